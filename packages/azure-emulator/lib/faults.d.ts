/** Faults that the emulator injects, to see how a client copes with them. */
export interface Faults {
    /** The first write and the first deletion of each id that matches are refused. */
    readonly failOnce?: RegExp;
    /** Every n-th request is answered with status 429; at least 2. */
    readonly throttleEvery?: number;
    /** Value of `Retry-After` in these answers, in seconds. @default 1 */
    readonly retryAfter?: number;
    /** How many seconds the operation of a write or deletion takes, by id. The first pattern that matches counts. */
    readonly slow?: readonly SlowPattern[];
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
    /** How many seconds a request waits before it is served, by path. The first pattern that matches counts. */
    readonly hold?: readonly SlowPattern[];
}
/** A time for all paths that match. */
export interface SlowPattern {
    readonly pattern: RegExp;
    readonly seconds: number;
}
/** Seconds of the first pattern that matches a path. */
export declare function secondsFor(path: string, patterns?: readonly SlowPattern[]): number;
