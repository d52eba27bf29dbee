import { ArmError } from "./arm-error";

/** An asynchronous operation, which a client polls. */
export interface AsyncOperation {
  readonly id: string;
  /** When it ends, in milliseconds of the emulator's clock. Infinity while it is not known. */
  due: number;
  readonly finish: () => void;
  status: "InProgress" | "Succeeded" | "Failed";
  error?: ArmError;
}

/** All asynchronous operations. None ends by itself: {@link finishDue} ends those whose time has come. */
export class AsyncOperations {
  private readonly operations: AsyncOperation[] = [];

  constructor(private readonly clock: () => number) {}

  /**
   * Begins an operation. One that takes no time ends at once.
   *
   * @param id - a UUID
   * @param finish - what it does at its end; an ArmError makes it fail
   * @param work - what it waits for, besides the seconds; never rejects
   */
  public begin(id: string, seconds: number, finish: () => void, work?: Promise<void>): AsyncOperation {
    const due = this.clock() + seconds * 1000;
    const operation: AsyncOperation = { id, due: work ? Infinity : due, finish, status: "InProgress" };
    void work?.then(() => {
      operation.due = due;
    });
    this.operations.push(operation);
    this.finishDue();
    return operation;
  }

  /** Ends what is due, in the order of the times. */
  public finishDue(): void {
    const due = this.operations
      .filter(({ status, due }) => status === "InProgress" && due <= this.clock())
      .sort((a, b) => a.due - b.due);
    for (const operation of due) {
      // Before the end, which may begin another operation.
      operation.status = "Succeeded";
      try {
        operation.finish();
      } catch (error) {
        if (!(error instanceof ArmError)) throw error;
        operation.status = "Failed";
        operation.error = error;
      }
    }
  }

  /** Whole seconds until an operation ends; 0 while that is not known. */
  public remaining({ due }: AsyncOperation): number {
    return due === Infinity ? 0 : Math.max(0, Math.ceil((due - this.clock()) / 1000));
  }
}
