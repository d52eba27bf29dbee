import type { Resource } from "./module";

/** What was read from a file, and what is missing in it. */
export interface Configuration {
  /** A configuration shows every expression; a plan lacks those of locals, and a state lacks all. */
  readonly form: "configuration" | "plan" | "state";
  readonly resources: Resource[];
  /** Subscriptions of the providers, where their configuration shows them. */
  readonly subscriptions?: readonly string[];
  /** What a plan or a state says beside its resources. @default - nothing */
  readonly notices?: readonly string[];
  /** What belongs to the networks, and is not in the file. */
  readonly notRead: readonly NotRead[];
  /** Whether it is all that Azure has in some subscriptions, but for what was not read. @default false */
  readonly isAll?: boolean;
  /** Whether it is so now: nothing of it is planned. Record sets that DNS zone groups wrote are shown then. @default false */
  readonly isDeployed?: boolean;
  /** What several files say differently of one resource, in sentences, by the address of the resource. */
  readonly conflicts?: ReadonlyMap<string, string>;
}

/** Something that is not in a file. */
export interface NotRead {
  /** The address of a module call, or what of Azure could not be read. */
  readonly what: string;
  /** Why Azure did not show it; absent for a module. */
  readonly why?: string;
}

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
