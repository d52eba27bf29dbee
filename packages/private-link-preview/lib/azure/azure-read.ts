import type { Json } from "../../../common/util/json";
import type { NotRead } from "../read/configuration";

/** What was read of Azure: the file that `--save` writes, which is an input again. */
export interface AzureRead {
  readonly version: 1;
  /** When, as an ISO time. */
  readonly readAt: string;
  /** Who signed in, and how: without a secret or a token. */
  readonly readAs: string;
  /** IDs of the subscriptions. */
  readonly subscriptions: readonly string[];
  /** The resources as Azure's API shows them, of each what is kept, in the order of their IDs. */
  readonly resources: readonly Json[];
  /** What could not be read, with Azure's words. */
  readonly notRead: readonly Required<NotRead>[];
}

/** What to read. */
export interface ReadOptions {
  /** IDs of subscriptions. @default - all that the login can see */
  readonly subscriptions?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What of a resource is kept; undefined: nothing. */
  readonly keep: (resource: Json) => Json | undefined;
  /** Called with what is read, often. */
  readonly onProgress: (text: string) => void;
}
