import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { count, isJson, type Json, parseJson, readJsonFile, UserError } from "private-link-preview/util";
import { CONTEXT_KEY, errorLine, errorsOf, issueOf, show } from "./errors";
import { errorsAcross } from "./rules";
import { type Settings, settingsSchema } from "./schema";
import { wellFormed } from "./well-formed";

/** The settings, and where they were written. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** For messages: "cdktf.json", "CDKTF_CONTEXT_JSON" or "the default settings", and ACR_NAME_PREFIX where that is set. */
  readonly source: string;
}

/**
 * Reads the settings: the key `privateRegistry` of the context in `CDKTF_CONTEXT_JSON`, else of that in `cdktf.json`;
 * `ACR_NAME_PREFIX` in the environment overrides the registry's name prefix.
 *
 * @param directory - where `cdktf.json` is
 * @throws UserError with all errors in the settings, if there are any
 */
export function loadSettings(directory: string, env: NodeJS.ProcessEnv): LoadedSettings {
  const { written, source } = readContext(directory, env);
  const prefix = env.ACR_NAME_PREFIX;
  if (!prefix) return { settings: parseSettings(written, source), source };
  const settings = parseSettings(withPrefix(written, prefix), source, { "registry.namePrefix": "ACR_NAME_PREFIX" });
  return { settings, source: `${source} and ACR_NAME_PREFIX` };
}

/**
 * Reads settings in a file: below the context key, as in `cdktf.json`, or alone.
 *
 * @throws UserError if the file can't be read, or with all errors in the settings
 */
export function readSettings(file: string): Settings {
  const json = readJsonFile(file);
  const context = isJson(json) && isJson(json.context) ? json.context : json;
  return parseSettings(isJson(context) && CONTEXT_KEY in context ? context[CONTEXT_KEY] : context, file);
}

/** The settings with another name prefix; what is not an object stays as it is, for the schema to refuse. */
function withPrefix(written: unknown, namePrefix: string): unknown {
  if (!isJson(written)) return written;
  const { registry = {} } = written;
  return {
    ...written,
    registry: isJson(registry) ? { ...registry, namePrefix } : registry,
  };
}

/**
 * Validates a settings object and fills in the defaults.
 *
 * @param source - where the object comes from, for the error
 * @param otherSources - for values that come from elsewhere, where from, by path
 * @throws UserError with all errors in the settings, if there are any
 */
export function parseSettings(
  written: unknown,
  source = "the settings",
  otherSources: Record<string, string> = {},
): Settings {
  const result = SCHEMA.safeParse(written);
  if (result.success) return result.data;
  const errors = errorsOf(result.error.issues, written);
  const lines = errors.map((error) => {
    const path = error.path.join(".");
    const elsewhere = Object.hasOwn(otherSources, path) ? otherSources[path] : undefined;
    return `  ${errorLine(error)}${elsewhere === undefined ? "" : ` (from ${elsewhere})`}`;
  });
  throw new UserError([`${count(errors.length, "error")} in the settings (${source}):`, ...lines].join("\n"));
}

/** The schema with the rules over several settings, which are judged although single values are wrong. */
const SCHEMA = settingsSchema.superRefine(
  (parsed, context) => {
    const settings = wellFormed(parsed, context.issues);
    for (const error of settings ? errorsAcross(settings) : []) context.addIssue(issueOf(error));
  },
  { when: () => true },
);

function readContext(directory: string, env: NodeJS.ProcessEnv): { written: unknown; source: string } {
  const file = settingsIn(readCdktfJson(directory).context ?? {}, "cdktf.json");
  const environment = settingsIn(
    env.CDKTF_CONTEXT_JSON ? parseJson(env.CDKTF_CONTEXT_JSON, "CDKTF_CONTEXT_JSON") : {},
    "CDKTF_CONTEXT_JSON",
  );
  // The cdktf CLI hands on the file's context by the variable.
  if (environment !== undefined && !isDeepStrictEqual(environment, file))
    return { written: environment, source: "CDKTF_CONTEXT_JSON" };
  return file === undefined ? { written: {}, source: "the default settings" } : { written: file, source: "cdktf.json" };
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
