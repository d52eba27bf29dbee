/** What is to go wrong, for whoever wants to see how a client copes. */
export interface Faults {
  /** The first write of each id that matches is refused, and its first deletion. */
  readonly failOnce?: RegExp;
  /** Every so manieth request is answered 429; at least 2. */
  readonly throttleEvery?: number;
  /** What the 429 says to wait, in seconds. @default 1 */
  readonly retryAfter?: number;
  /** How long writes and deletions of what matches take, in seconds; the first that matches counts. */
  readonly slow?: readonly { readonly pattern: RegExp; readonly seconds: number }[];
}
