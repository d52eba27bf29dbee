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
  /** Addresses of module calls whose contents are not in the file. */
  readonly unreadModules: string[];
}
