/** An error of Azure Resource Manager: an HTTP status, a code, a message, and the errors that caused it. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: readonly { readonly code: string; readonly message: string }[] = [],
  ) {
    super(message);
  }

  /** The body of the answer. */
  get body(): object {
    const { code, message, details } = this;
    return { error: { code, message, ...(details.length > 0 && { details }) } };
  }
}
