import { count } from "../../packages/common/util";
import type { EngineEvent } from "../engine/engine";

/**
 * Shows on a stream how many resources the engine has read while it plans: on a terminal in one line that is rewritten,
 * elsewhere a line for every hundred.
 */
export class PlanProgress {
  private read = 0;

  constructor(private readonly stream: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean }) {}

  public readonly onEvent = ({ type }: EngineEvent): void => {
    if (type !== "refresh_complete") return;
    this.read += 1;
    if (this.stream.isTTY) this.stream.write(`\r${this.line}`);
    else if (this.read % 100 === 0) this.stream.write(`${this.line}\n`);
  };

  /** Ends the line that is rewritten. */
  public end(): void {
    if (this.stream.isTTY && this.read > 0) this.stream.write("\n");
  }

  private get line(): string {
    return `${count(this.read, "resource")} read`;
  }
}
