import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { count, isJson, type Json, parseJson, readJsonFile, UserError } from "private-link-preview/util";
import { checkTogether } from "./rules";
import { CONTEXT_KEY, describe, faultsOf, onePerValue, show } from "./errors";
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
  if (!prefix) return { settings: parseSettings(written, source), source };
  const settings = parseSettings(withPrefix(written, prefix), source, { "registry.namePrefix": "ACR_NAME_PREFIX" });
  return { settings, source: `${source} and ACR_NAME_PREFIX` };
}

/** The settings with another name prefix; what is not an object stays as it is, for the checks to refuse. */
function withPrefix(written: unknown, namePrefix: string): unknown {
  if (!isJson(written)) return written;
  const { registry = {} } = written;
  return {
    ...written,
    registry: isJson(registry) ? { ...registry, namePrefix } : registry,
  };
}

/**
 * Checks a settings object and fills in the defaults.
 *
 * @param source - where the object comes from, for the error
 * @param otherSources - where values come from that stand elsewhere, by path
 * @throws UserError naming every fault, if there is any
 */
export function parseSettings(
  written: unknown,
  source = "the settings",
  otherSources: Record<string, string> = {},
): Settings {
  const result = settingsSchema.safeParse(written);
  const faults = onePerValue([...faultsOf(result.error?.issues ?? [], written), ...checkTogether(written)]);
  if (result.success && faults.length === 0) return result.data;
  const lines = faults.map((fault) => {
    const path = fault.path.join(".");
    const elsewhere = Object.hasOwn(otherSources, path) ? otherSources[path] : undefined;
    return `  ${describe(fault)}${elsewhere === undefined ? "" : ` (from ${elsewhere})`}`;
  });
  throw new UserError([`${count(faults.length, "fault")} in the settings (${source}):`, ...lines].join("\n"));
}

function readContext(directory: string, env: NodeJS.ProcessEnv): { written: unknown; source: string } {
  const file = settingsIn(readCdktfJson(directory).context ?? {}, "cdktf.json");
  const environment = settingsIn(
    env.CDKTF_CONTEXT_JSON ? parseJson(env.CDKTF_CONTEXT_JSON, "CDKTF_CONTEXT_JSON") : {},
    "CDKTF_CONTEXT_JSON",
  );
  // The cdktf CLI hands on the file's context by the variable.
  if (environment !== undefined && !isDeepStrictEqual(environment, file))
    return { written: environment, source: "CDKTF_CONTEXT_JSON" };
  return file === undefined ? { written: {}, source: "defaults" } : { written: file, source: "cdktf.json" };
}

function readCdktfJson(directory: string): Json {
  const path = join(directory, "cdktf.json");
  return asObject(readJsonFile(path, `There is no ${path}. Run this in the project's folder.`), path);
}

function settingsIn(context: unknown, source: string): unknown {
  return asObject(context, `the context in ${source}`)[CONTEXT_KEY];
}

function asObject(value: unknown, what: string): Json {
  if (isJson(value)) return value;
  throw new UserError(`${what}: found ${show(value)}, allowed: an object, such as {"${CONTEXT_KEY}": {}}`);
}
