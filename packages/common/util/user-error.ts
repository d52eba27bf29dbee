import { printable } from "./words";

/** An error that the user can fix. Only its message is shown, without a stack trace. */
export class UserError extends Error {
  constructor(message: string) {
    super(message.split("\n").map(printable).join("\n"));
  }
}

/** Wrong options or arguments of a command. */
export class UsageError extends UserError {}
