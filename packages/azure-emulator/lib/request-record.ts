/** A request that was answered. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Milliseconds from the start of the emulator to the answer. */
  readonly at: number;
  /** Why it was refused: the code and message of the answer. */
  readonly error?: string;
}
