import type { AzureRead, ReadOptions } from "./azure-read";

export type { AzureRead, ReadOptions } from "./azure-read";

/**
 * Reads the networks of subscriptions from Azure, and what they lead to. It only reads. The Azure SDK is loaded when this is
 * called, so that whoever looks at a file does not wait for it.
 *
 * @throws UsageError if a subscription is not given as an ID
 * @throws UserError if there is no sign-in, no connection, or a subscription that is not there
 */
export async function readAzure(options: ReadOptions): Promise<AzureRead> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { readAs } = require("./sign-in") as typeof import("./sign-in");
  return readAs(options);
}
