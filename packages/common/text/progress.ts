import { harmless } from "./output";
import { printable } from "../util";

/** Progress of long work, on standard error: a line that is rewritten on a terminal, and a line now and then elsewhere. */
export class Progress {
  private lastWritten = -Infinity;
  private width = 0;

  /** @param every - least milliseconds between two lines if standard error is not a terminal */
  constructor(
    private readonly stream: NodeJS.WriteStream = process.stderr,
    private readonly every = 10_000,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Shows the progress. */
  public update(text: string): void {
    if (this.stream.isTTY) {
      const line = printable(text).slice(0, Math.max(20, (this.stream.columns || 80) - 1));
      this.stream.write(`\r${line.padEnd(this.width)}`);
      this.width = line.length;
    } else if (this.clock() - this.lastWritten >= this.every) {
      this.lastWritten = this.clock();
      this.stream.write(`${harmless(text)}\n`);
    }
  }

  /** Writes a line that stays. */
  public line(text: string): void {
    this.clear();
    this.stream.write(`${harmless(text)}\n`);
  }

  /** Removes the line that is being rewritten. */
  public clear(): void {
    if (this.stream.isTTY && this.width > 0) this.stream.write(`\r${" ".repeat(this.width)}\r`);
    this.width = 0;
  }
}
