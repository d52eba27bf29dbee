import { randomUUID } from "node:crypto";
import { ArmError } from "./arm-error";

/** An operation that takes its time. */
export interface AsyncOperation {
  readonly id: string;
  /** When it is over, in milliseconds of the emulator's clock. */
  readonly due: number;
  readonly finish: () => void;
  status: "InProgress" | "Succeeded" | "Failed";
  error?: ArmError;
}

/** AsyncOperations under way and ended. None runs by itself: each ends when somebody looks and its time has come. */
export class AsyncOperations {
  private readonly operations = new Map<string, AsyncOperation>();

  constructor(private readonly clock: () => number) {}

  /** Begins an operation. One that takes no time is over at once. */
  public begin(seconds: number, finish: () => void): AsyncOperation {
    const operation: AsyncOperation = {
      id: randomUUID(),
      due: this.clock() + seconds * 1000,
      finish,
      status: "InProgress",
    };
    this.operations.set(operation.id, operation);
    this.finishDue();
    return operation;
  }

  public get(id: string): AsyncOperation | undefined {
    return this.operations.get(id);
  }

  /** Ends what is due, in the order in which it fell due. */
  public finishDue(): void {
    const due = [...this.operations.values()]
      .filter(({ status, due }) => status === "InProgress" && due <= this.clock())
      .sort((a, b) => a.due - b.due);
    for (const operation of due) {
      try {
        operation.finish();
        operation.status = "Succeeded";
      } catch (error) {
        if (!(error instanceof ArmError)) throw error;
        operation.status = "Failed";
        operation.error = error;
      }
    }
  }

  /** Seconds until an operation is over, whole ones. */
  public remaining({ due }: AsyncOperation): number {
    return Math.max(0, Math.ceil((due - this.clock()) / 1000));
  }
}
