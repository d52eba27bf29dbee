import { resolve } from "node:path";
import type { Command } from "commander";
import { Progress } from "../../../common/text/progress";
import { UsageError, writeWhole } from "../../../common/util";
import { kept } from "../read/kept";
import { readAzure } from ".";
import type { Source } from "../read/read-json";

/** Whether Azure is read, what of it, and where that is kept. */
export interface AzureOptions {
  readonly azure?: boolean;
  readonly subscription?: readonly string[];
  readonly save?: string;
}

/** Adds the options for what Azure has now. */
export function azureOptions(command: Command): Command {
  return command
    .option("--azure", "read from Azure what is deployed now, as one of the files")
    .option(
      "--subscription <id>",
      "with --azure: a subscription to read, by default all that the login may read; can be repeated",
      (id: string, before?: string[]) => [...(before ?? []), id],
    )
    .option("--save <file>", "with --azure: keep what was read in this file, which is an input again");
}

/**
 * What Azure has now, as one more file.
 *
 * @param others - files that are read or written beside, which must not be overwritten
 * @returns undefined if the options do not ask for it
 * @throws UsageError if options that go with `--azure` come without it
 * @throws UserError if nobody is signed in, or Azure can't be read at all
 */
export async function azureSource(
  options: AzureOptions,
  others: readonly (string | undefined)[] = [],
  env = process.env,
): Promise<Source | undefined> {
  const { azure = false, subscription: subscriptions, save } = options;
  if (!azure) {
    const [given] = (["subscription", "save"] as const).filter((name) => options[name] !== undefined);
    if (given !== undefined) throw new UsageError(`--${given}: found it without --azure, allowed: both together`);
    return undefined;
  }
  if (save !== undefined && others.some((other) => other !== undefined && resolve(other) === resolve(save)))
    throw new UsageError(`--save: found ${save}, which is another file of this command, allowed: a file of its own`);
  const progress = new Progress();
  try {
    const onProgress = (text: string) => {
      progress.update(text);
    };
    const read = await readAzure({ ...(subscriptions && { subscriptions }), env, keep: kept, onProgress });
    if (save !== undefined) writeWhole(save, `${JSON.stringify(read, null, 1)}\n`);
    return { json: read, source: save ?? "Azure" };
  } finally {
    progress.clear();
  }
}
