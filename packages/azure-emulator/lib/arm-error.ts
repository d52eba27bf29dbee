/** A refusal as Azure Resource Manager tells it: an HTTP status, a code and a message. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** What goes over the wire. */
  get body(): object {
    return { error: { code: this.code, message: this.message } };
  }
}
