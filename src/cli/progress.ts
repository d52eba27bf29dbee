/** A line on standard error that tells how far long work is: rewritten on a terminal, elsewhere told now and then. */
export class Progress {
  private told = -Infinity;
  private width = 0;

  /** @param every - milliseconds between two lines where standard error is not a terminal */
  constructor(
    private readonly stream: NodeJS.WriteStream = process.stderr,
    private readonly every = 10_000,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Tells how far it is. */
  public update(text: string): void {
    if (this.stream.isTTY) {
      const line = text.slice(0, Math.max(20, (this.stream.columns || 80) - 1));
      this.stream.write(`\r${line.padEnd(this.width)}`);
      this.width = line.length;
    } else if (this.clock() - this.told >= this.every) {
      this.told = this.clock();
      this.stream.write(`${text}\n`);
    }
  }

  /** Tells something that stays to be read. */
  public line(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }

  /** Takes the line away that was still being rewritten. */
  public clear(): void {
    if (this.stream.isTTY && this.width > 0) this.stream.write(`\r${" ".repeat(this.width)}\r`);
    this.width = 0;
  }
}
