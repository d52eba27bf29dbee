import type { Command } from "commander";
import { UsageError } from "../../../common/util";
import type { NetworkModel } from "../model/network-model";
import { FINDING_CODES } from "./codes";
import { IGNORE_FILE, type Ignorable, type Ignoring, readIgnoreFile, typeOf, withIgnoreFile } from "./ignore-file";

/** What is ignored on purpose. */
export interface IgnoreOptions {
  /** Codes of findings. */
  readonly ignore?: readonly string[];
  /** Path of a file. @default - the file with the usual name, if it is there */
  readonly ignoreFile?: string;
}

/**
 * Adds the options by which findings are ignored.
 *
 * @param codes - the codes that `--ignore` takes. @default - those of the preview
 */
export function ignoreOptions(command: Command, codes: readonly string[] = Object.keys(FINDING_CODES)): Command {
  return command
    .option(
      "--ignore <code>",
      "don't fail because of findings of this code; can be repeated",
      (code, before?: readonly string[]) => {
        if (!codes.includes(code))
          throw new UsageError(`--ignore: found ${JSON.stringify(code)}, allowed: ${[...codes].sort().join(", ")}`);
        return [...(before ?? []), code];
      },
    )
    .option("--ignore-file <file>", `file with findings to ignore; by default ${IGNORE_FILE} if it is there`);
}

/** Whether a finding makes a command fail: an error that is not ignored. */
export function isBlocking({ severity, ignored = false }: Pick<Ignorable, "severity" | "ignored">): boolean {
  return severity === "error" && !ignored;
}

/**
 * Marks the findings that are ignored, by the options and by the file.
 *
 * @throws UsageError with all errors in the file
 * @throws UserError if the file can't be read
 */
export function markIgnored<F extends Ignorable>(
  findings: readonly F[],
  { ignore = [], ignoreFile }: IgnoreOptions,
  model: NetworkModel,
): Ignoring<F> {
  const byCode = findings.map((finding) => (ignore.includes(finding.code) ? { ...finding, ignored: true } : finding));
  const file = readIgnoreFile(ignoreFile);
  if (!file) return { findings: byCode, notices: [] };
  return withIgnoreFile(byCode, file, new Date().toISOString().slice(0, 10), kindsIn(model));
}

/** What kind of thing an address is, whichever provider it is of: a network of azapi is one too. */
function kindsIn({ networks, endpoints, zones, services }: NetworkModel): (address: string) => string {
  const things = Object.entries({ network: networks, endpoint: endpoints, zone: zones, service: services });
  const kinds = new Map(things.flatMap(([kind, all]) => all.map(({ address }) => [address, kind] as const)));
  return (address) => kinds.get(address) ?? typeOf(address);
}
