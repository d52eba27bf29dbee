/** Something that the user can mend: its message is all there is to say, without a stack trace. */
export class UserError extends Error {}

/** A command that was called in a way that it does not understand. */
export class UsageError extends UserError {}
