/** An error of Azure Resource Manager: an HTTP status, a code and a message. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** The body of the answer. */
  get body(): object {
    return { error: { code: this.code, message: this.message } };
  }
}
