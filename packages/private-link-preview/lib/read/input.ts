import type { Configuration } from "./configuration";

/** What a file says of the networks. */
export interface Input {
  readonly after: Configuration;
  /** What there is before the deployment of which the file is the what-if. */
  readonly before?: Configuration;
  readonly kind: Kind;
  /** Ids, in lower case, of what is deleted; with the type and a space before an id that is that of something else. */
  readonly gone: readonly string[];
}

/** Of the same resource, what counts comes first: what will be, what is, what was, and what was written. */
export const KINDS = ["plan", "what-if", "azure", "state", "configuration"] as const;

export type Kind = (typeof KINDS)[number];
