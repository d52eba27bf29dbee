/** An error of Azure Resource Manager: an HTTP status, a code, a message, and the errors that caused it. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details?: readonly { readonly code: string; readonly message: string }[],
    private readonly isBare = false,
    /** Seconds after which the request can be repeated. */
    readonly retryAfter?: string,
  ) {
    super(message);
  }

  /** The body of the answer. */
  get body(): object {
    const { code, message, details } = this;
    const error = { code, message, ...(details && { details }) };
    return this.isBare ? error : { error };
  }
}

/** What a client asks for is wrong. */
export function badRequest(code: string, message: string): ArmError {
  return new ArmError(400, code, message);
}

/** What a client asks for is not there in the emulator, and nothing changes that. Clients do not repeat a request with status 501. */
export function notEmulated(what: string): ArmError {
  return new ArmError(501, "NotEmulated", `${what} is not emulated.`);
}

/** What a client asks for is refused because of the state of a resource. */
export function conflict(code: string, message: string): ArmError {
  return new ArmError(409, code, message);
}

/** The error of a resource that uses another one which is being written or deleted. */
export function notProvisioned(
  { id, properties }: { readonly id: string; readonly properties: object },
  user: string,
): { readonly code: string; readonly message: string } {
  return {
    code: "ReferencedResourceNotProvisioned",
    message: `Cannot proceed with operation because resource ${id} used by resource ${user} is not in Succeeded state. Resource is in ${String((properties as { provisioningState?: unknown }).provisioningState)} state.`,
  };
}
