import type { Resource } from "./module";

/** What was read, and what could not be. */
export interface Configuration {
  /** Only a configuration still shows every expression; a plan lacks locals, a state all of them. */
  readonly form: "configuration" | "plan" | "state";
  readonly resources: Resource[];
  /** Addresses of module calls whose contents are not in the file. */
  readonly unreadModules: string[];
}
