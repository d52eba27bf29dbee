import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../user-error";
import { checkTogether } from "./checks";
import { CONTEXT_KEY, describe, faultsOf, isObject } from "./faults";
import { type Settings, settingsSchema } from "./schema";

/** The settings, and where they were written. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** In words: "cdktf.json", "CDKTF_CONTEXT_JSON", "defaults", and ACR_NAME_PREFIX where that had a say. */
  readonly source: string;
}

/**
 * Reads the settings: the key `privateRegistry` of the context in `CDKTF_CONTEXT_JSON`, else of that in `cdktf.json`;
 * `ACR_NAME_PREFIX` in the environment overrides the registry's name prefix.
 *
 * @param directory - where `cdktf.json` is
 * @throws UserError naming every fault, if there is any
 */
export function loadSettings(directory: string, env: NodeJS.ProcessEnv): LoadedSettings {
  const { written, source } = readContext(directory, env);
  const prefix = env.ACR_NAME_PREFIX;
  return prefix
    ? load(withPrefix(written, prefix), `${source} and ACR_NAME_PREFIX`)
    : load(written, source);
}

function load(written: unknown, source: string): LoadedSettings {
  return { settings: parseSettings(written, source), source };
}

/** The settings with another name prefix; what is not an object stays as it is, for the checks to refuse. */
function withPrefix(written: unknown, namePrefix: string): unknown {
  if (!isObject(written)) return written;
  const { registry = {} } = written;
  return { ...written, registry: isObject(registry) ? { ...registry, namePrefix } : registry };
}

/**
 * Checks a settings object and fills in the defaults.
 *
 * @param source - where the object comes from, for the error
 * @throws UserError naming every fault, if there is any
 */
export function parseSettings(written: unknown, source = "the settings"): Settings {
  const result = settingsSchema.safeParse(written ?? {});
  const faults = [...faultsOf(result.error?.issues ?? [], written), ...checkTogether(written)];
  if (result.success && faults.length === 0) return result.data;
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  throw new UserError([`${count} in the settings (${source}):`, ...faults.map((fault) => `  ${describe(fault)}`)].join("\n"));
}

function readContext(directory: string, env: NodeJS.ProcessEnv): { written: unknown; source: string } {
  const file = parseJson(readFileSync(join(directory, "cdktf.json"), "utf8"), "cdktf.json");
  const sources = [
    { source: "CDKTF_CONTEXT_JSON", context: env.CDKTF_CONTEXT_JSON && parseJson(env.CDKTF_CONTEXT_JSON, "CDKTF_CONTEXT_JSON") },
    { source: "cdktf.json", context: isObject(file) ? file.context : undefined },
  ];
  for (const { source, context } of sources) {
    if (isObject(context) && context[CONTEXT_KEY] !== undefined) return { written: context[CONTEXT_KEY], source };
  }
  return { written: {}, source: "defaults" };
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${source} is not JSON: ${(error as Error).message}`);
  }
}
