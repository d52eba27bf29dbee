import { ArmError, badRequest } from "./arm-error";

/** Code of the error of a request that is throttled. */
export const THROTTLED = "TooManyRequests";

/** Faults that the emulator injects, to see how a client copes with them. */
export interface Faults {
  /** The first write and the first deletion of each id that matches are refused. */
  readonly failOnce?: RegExp | undefined;
  /** Every n-th request is answered with status 429; at least 2. */
  readonly throttleEvery?: number | undefined;
  /** Value of `Retry-After` in these answers, in seconds. @default 1 */
  readonly retryAfter?: number;
  /** How many seconds the operation of a write or deletion takes, by id. The first pattern that matches counts. */
  readonly slow?: readonly SlowPattern[] | undefined;
  /**
   * How many seconds a deletion goes on to have its effect after it has ended, by id: a zone is held by a link that is
   * deleted, say. The first pattern that matches counts.
   */
  readonly releaseLate?: readonly SlowPattern[];
  /**
   * Whether the network interface of an endpoint has the host names of a connection that waits for approval. It is not
   * recorded whether Azure's has. @default false
   */
  readonly namesWhilePending?: boolean;
  /** Every n-th request to registries themselves is answered with status 429; at least 2. */
  readonly throttleRegistryEvery?: number | undefined;
  /** How many seconds it takes until the other regions of a registry know what is pushed or deleted in one. @default 0 */
  readonly replicateLate?: number | undefined;
  /** How many seconds a request waits before it is served, by path. The first pattern that matches counts. */
  readonly hold?: readonly SlowPattern[] | undefined;
}

/** A time for all paths that match. */
export interface SlowPattern {
  readonly pattern: RegExp;
  readonly seconds: number;
}

/** Seconds of the first pattern that matches a path. */
export function secondsFor(path: string, patterns: readonly SlowPattern[] = []): number {
  return patterns.find(({ pattern }) => pattern.test(path))?.seconds ?? 0;
}

/** The faults that are injected into requests of clients, and what has failed already. */
export class InjectedFaults {
  private readonly failed = new Set<string>();
  private requests = 0;

  constructor(private faults: Faults) {}

  /** Value of `Retry-After` in the answer to a request that is throttled. */
  public get retryAfter(): string {
    return String(this.faults.retryAfter ?? 1);
  }

  /** @throws ArmError if the request is one of those that are throttled */
  public throttle(): void {
    const every = this.faults.throttleEvery;
    this.requests += 1;
    if (every !== undefined && this.requests % every === 0)
      throw new ArmError(429, THROTTLED, "Number of requests exceeded the limit. Please try again later.");
  }

  /** @throws ArmError for the first write or deletion of an id that is to fail */
  public failOnce(action: "write" | "delete", path: string): void {
    // A random name is another one each time that the client tries again.
    const key = `${action} ${path.toLowerCase().replace(/\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "/*")}`;
    if (!this.faults.failOnce?.test(path) || this.failed.has(key)) return;
    this.failed.add(key);
    throw badRequest("MadeToFail", `The emulator was told to let ${path} fail once.`);
  }

  /** How many seconds an operation on an id takes, or a deletion goes on to have its effect. */
  public secondsFor(fault: "slow" | "releaseLate", id: string): number {
    return secondsFor(id, this.faults[fault]);
  }

  /** Does something without faults. */
  public without(change: () => void): void {
    const { faults } = this;
    this.faults = {};
    try {
      change();
    } finally {
      this.faults = faults;
    }
  }
}
