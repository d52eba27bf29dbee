import { UserError } from "./user-error";

/** Limits work that grows faster than the file that causes it, so that no file keeps a command busy without end. */
export class Budget {
  /**
   * @param left - how much may be spent
   * @param spent - what to say once it is: a sentence that names what there is too much of
   */
  constructor(
    private left: number,
    private readonly spent: string,
  ) {}

  /** @throws UserError if no more is left */
  public spend(amount = 1): void {
    this.left -= amount;
    if (this.left < 0) throw new UserError(this.spent);
  }
}
