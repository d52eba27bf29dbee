import { randomUUID } from "node:crypto";
import { ArmError, conflict } from "./arm-error";
import type { ArmId } from "./arm-id";
import type { ArmAnswer } from "./arm-request";
import { type Polling, type PollingBy, pollingPath } from "./polling";
import type { ResourceType } from "./resource-type";
import type { Store } from "./store";

/** An operation, which a client polls if it is asynchronous. */
interface Operation {
  readonly id: string;
  /** When it ends, in milliseconds of the emulator's clock. Infinity while it is not known. */
  due: number;
  readonly finish: () => void;
  status: "InProgress" | "Succeeded" | "Failed";
  error?: ArmError;
}

/** What an operation does. */
export interface OperationProps {
  readonly action: Parameters<PollingBy>[0];
  /** Whether the client polls it. */
  readonly isAsynchronous: boolean;
  /** How long it takes. */
  readonly seconds: number;
  /** What it does at its end; an ArmError makes it fail. */
  readonly finish: () => void;
  /** What it waits for, besides the seconds; never rejects. */
  readonly work?: Promise<void> | undefined;
}

/** The headers with the paths by which clients poll. */
const HEADERS = { status: "Azure-AsyncOperation", result: "Location" } as const;

/** All operations on resources. None ends by itself: {@link finishDue} ends those whose time has come. */
export class Operations {
  private readonly all: Operation[] = [];
  /** The last operation on each id. */
  private readonly last = new Map<string, Operation>();
  /** What is polled, by path. */
  private readonly polls = new Map<string, { operation: Operation; polling: Polling; shows: keyof typeof HEADERS }>();

  constructor(
    private readonly endpoint: string,
    private readonly clock: () => number,
  ) {}

  /**
   * Begins the operation of a write, a deletion or an action. One that takes no time ends at once.
   *
   * @returns the headers by which the client polls it; none where it is not asynchronous
   * @throws ArmError if it has failed and is not asynchronous
   */
  public begin(id: ArmId, resourceType: ResourceType, props: OperationProps, store: Store): Record<string, string> {
    const [namespace] = resourceType.type.split("/");
    const polling: Polling = resourceType.polling?.(props.action) ?? {
      status: `/subscriptions/{subscription}/providers/${namespace!}/locations/{region}/operations/{operation}`,
    };
    const uuid = randomUUID();
    // Before the operation begins: a deletion may end at once, and the region with it.
    const paths = (["status", "result"] as const).flatMap((shows) => {
      const path = polling[shows];
      return path === undefined ? [] : [{ shows, path: pollingPath(path, id, uuid, store) }];
    });
    const operation = this.start(uuid, props.isAsynchronous ? props.seconds : 0, props.finish, props.work);
    if (operation.status === "InProgress") this.last.set(id.path.toLowerCase(), operation);
    if (!props.isAsynchronous) {
      if (operation.error) throw operation.error;
      return {};
    }
    for (const { shows, path } of paths) this.polls.set(path, { operation, polling, shows });
    return {
      ...Object.fromEntries(paths.map(({ shows, path }) => [HEADERS[shows], this.endpoint + path])),
      "Retry-After": this.remaining(operation),
    };
  }

  /** Does something later, which no client asks for. */
  public after(seconds: number, finish: () => void): void {
    this.start(randomUUID(), seconds, finish);
  }

  /** The answer to a client that polls; undefined for any other path. */
  public answerPoll(path: string): ArmAnswer | undefined {
    const poll = this.polls.get(path);
    if (!poll) return undefined;
    const { operation, polling, shows } = poll;
    const { id, status, error } = operation;
    const headers = { "Retry-After": this.remaining(operation) };
    const isInProgress = status === "InProgress";
    if (shows === "status")
      return {
        status: isInProgress ? (polling.inProgress ?? 200) : 200,
        body: { name: id, status: isInProgress ? (polling.inProgressAs ?? status) : status, ...error?.body },
        headers,
      };
    if (isInProgress) return { status: 202, headers };
    return error ? { status: error.status, body: error.body } : { status: polling.ended ?? 200 };
  }

  /** @throws ArmError if an operation on a resource is in progress */
  public refuseBusy({ path }: ArmId): void {
    if (this.last.get(path.toLowerCase())?.status === "InProgress")
      throw conflict("AnotherOperationInProgress", `Another operation on ${path} is in progress.`);
  }

  /** Whether an operation on a resource is in progress. */
  public isBusy({ id }: { readonly id: string }): boolean {
    return this.last.get(id.toLowerCase())?.status === "InProgress";
  }

  /** Ends an operation on a resource that is in progress, because a later one takes its place. */
  public preempt({ path }: ArmId): void {
    const operation = this.last.get(path.toLowerCase());
    if (operation?.status !== "InProgress") return;
    operation.status = "Failed";
    operation.error = conflict("OperationPreempted", "Operation was preempted by a more recent operation.");
  }

  /** Ends what is due, in the order of the times. */
  public finishDue(): void {
    const due = this.all
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

  /** Ends what is in progress, unless it waits for more than time. */
  public finishAll(): void {
    for (const operation of this.all) if (operation.due !== Infinity) operation.due = -Infinity;
    this.finishDue();
  }

  private start(id: string, seconds: number, finish: () => void, work?: Promise<void>): Operation {
    const due = this.clock() + seconds * 1000;
    const operation: Operation = { id, due: work ? Infinity : due, finish, status: "InProgress" };
    void work?.then(() => {
      operation.due = due;
    });
    this.all.push(operation);
    this.finishDue();
    return operation;
  }

  /** Whole seconds until an operation ends; 0 while that is not known. */
  private remaining({ due }: Operation): string {
    return String(due === Infinity ? 0 : Math.max(0, Math.ceil((due - this.clock()) / 1000)));
  }
}
