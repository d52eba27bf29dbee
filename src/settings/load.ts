import { distance } from "fastest-levenshtein";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  count,
  isJson,
  type Json,
  lostKeys,
  parseJson,
  pathText,
  readTextFile,
  UsageError,
  UserError,
} from "../../packages/common/util";
import { stackFilesOf, type StackFiles } from "../terraform/stack-files";
import { CONTEXT_KEY, errorLine, errorsOf, issueOf, show } from "./errors";
import { errorsAcross } from "../rules";
import { withHubs } from "../network/hubs";
import { DEFAULT_ENVIRONMENT, type Settings, settingsSchema } from "../schema";
import { wellFormed } from "./well-formed";

/** The settings, and where they were written. */
export interface LoadedSettings {
  readonly settings: Settings;
  /**
   * For messages: the settings file, "cdktf.json", "CDKTF_CONTEXT_JSON" or "the default settings", and ACR_NAME_PREFIX where
   * that is set.
   */
  readonly source: string;
  /** Where this environment has its Terraform JSON and its state: one that is not that of `cdktf.json` has its own. */
  readonly files: StackFiles;
}

/** Where settings are looked for. */
export interface SettingsPlaces {
  /** Folder with `cdktf.json`. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** File with the settings, in place of these. */
  readonly file?: string | undefined;
}

/** What was written as settings, and what is wrong with the place. */
interface Written {
  readonly value: unknown;
  readonly source: string;
  /** Lines for keys that would be ignored. */
  readonly ignored: readonly string[];
}

/**
 * Reads the settings: from a file, or else the key `privateRegistry` of the context in `CDKTF_CONTEXT_JSON`, or else of that
 * in `cdktf.json`; `ACR_NAME_PREFIX` in the environment overrides the registry's name prefix.
 *
 * @throws UsageError with all errors in the settings, if there are any
 */
export function loadSettings({ directory, env, file }: SettingsPlaces): LoadedSettings {
  const written = file === undefined ? readContext(directory, env) : readFile(file);
  const { value, source } = written;
  const prefix = env.ACR_NAME_PREFIX;
  const settings = prefix
    ? parsed({ ...written, value: withPrefix(value, prefix) }, { "registry.namePrefix": "ACR_NAME_PREFIX" })
    : parsed(written);
  const other = settings.environment === ownEnvironment(directory) ? undefined : settings.environment;
  return {
    settings,
    source: prefix ? `${source} and ACR_NAME_PREFIX` : source,
    // Settings in the variable are written where the cdktf CLI looks, and have the same blob as in a file.
    files: { ...stackFilesOf(file === undefined ? undefined : other), stateKey: stackFilesOf(other).stateKey },
  };
}

/** The environment of the settings in `cdktf.json`, as far as they can be read. */
function ownEnvironment(directory: string): unknown {
  let value: unknown;
  try {
    value = readContext(directory, {}).value;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return isJson(value) && "environment" in value ? value.environment : DEFAULT_ENVIRONMENT;
}

/**
 * Reads settings in a file: below the context key, as in `cdktf.json`, or alone.
 *
 * @param text - what is in it, where it is read already
 * @throws UserError if the file can't be read
 * @throws UsageError with all errors in the settings
 */
export function readSettings(file: string, text = readTextFile(file)): Settings {
  return parsed(readFile(file, text));
}

/** Whether JSON is meant as settings, right or wrong: an object with settings, or with their key, or like `cdktf.json`. */
export function isSettings(json: unknown): boolean {
  if (!isJson(json)) return false;
  const keys = Object.keys(json);
  const isKnown = (key: string) => isMeantAsKey(key) || Object.hasOwn(settingsSchema.shape, key);
  return isAroundContext(json) || keys.length === 0 || keys.some(isKnown);
}

/** Whether an object is like `cdktf.json`, which may have no context. */
function isAroundContext({ app, context }: Json): boolean {
  return isJson(context) || (context === undefined && app !== undefined);
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
 * @throws UsageError with all errors in the settings, if there are any
 */
export function parseSettings(value: unknown, source = "the settings"): Settings {
  return parsed({ value, source, ignored: [] });
}

/** @param otherSources - for values that come from elsewhere, where from, by path */
function parsed({ value, source, ignored }: Written, otherSources: Record<string, string> = {}): Settings {
  const result = SCHEMA.safeParse(withoutDemo(value));
  if (result.success && ignored.length === 0) return withHubs(result.data);
  const found = result.success ? [] : errorsOf(result.error.issues, value);
  // Where not all are listed, those about a whole list come before those about its items.
  const errors = found.length > MOST_LINES ? [...found].sort((a, b) => a.path.length - b.path.length) : found;
  const lines = errors.map((error) => {
    const path = error.path.join(".");
    const elsewhere = Object.hasOwn(otherSources, path) ? otherSources[path] : undefined;
    return `${errorLine(error)}${elsewhere === undefined ? "" : ` (from ${elsewhere})`}`;
  });
  const all = [...ignored, ...lines];
  const more = all.length - MOST_LINES;
  throw new UsageError(
    [
      `${count(all.length, "error")} in the settings (${source}):`,
      ...all.slice(0, MOST_LINES).map((line) => `  ${line}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
    ].join("\n"),
  );
}

/** Settings with an existing hub are of a network that is in use: the spokes of the default network are not for it. */
function withoutDemo(value: unknown): unknown {
  if (!isJson(value)) return value;
  const hubs = [value.hub, ...(Array.isArray(value.hubs) ? (value.hubs as unknown[]) : [])];
  const isInUse = hubs.some((hub) => isJson(hub) && (hub.existing ?? hub.virtualHubId) !== undefined);
  return isInUse && value.spokes === undefined ? { ...value, spokes: [] } : value;
}

/** Most errors that are listed: with more, something else is wrong than each of them. */
const MOST_LINES = 100;

/** The schema with the rules over several settings, which are judged although single values are wrong. */
const SCHEMA = settingsSchema.superRefine(
  (parsed, context) => {
    const settings = wellFormed(parsed, context.issues);
    for (const error of settings ? errorsAcross(settings) : []) context.addIssue(issueOf(error));
  },
  { when: () => true },
);

function readContext(directory: string, env: NodeJS.ProcessEnv): Written {
  const path = join(directory, "cdktf.json");
  const text = readTextFile(path, `There is no ${path}. Run this in the project's folder.`);
  const whole = asObject(settingsJson(text, path), path);
  const context = asObject(whole.context ?? {}, "the context in cdktf.json");
  const variable = env.CDKTF_CONTEXT_JSON ?? "";
  const given = variable === "" ? {} : asObject(settingsJson(variable, VARIABLE), `the context in ${VARIABLE}`);
  const [file, environment] = [context[CONTEXT_KEY], given[CONTEXT_KEY]];
  // The cdktf CLI hands on the file's context by the variable.
  const isHandedOn = isDeepStrictEqual(given, context);
  const ignored = [
    ...strayKeys(whole, "cdktf.json", "context."),
    ...strayKeys(context, "cdktf.json: context"),
    ...lostIn(text, "cdktf.json"),
    ...(isHandedOn ? [] : [...strayKeys(given, VARIABLE), ...lostIn(variable || "{}", VARIABLE)]),
  ];
  if (environment !== undefined && !isDeepStrictEqual(environment, file))
    return { value: environment, source: VARIABLE, ignored };
  return file === undefined
    ? { value: {}, source: "the default settings", ignored }
    : { value: file, source: "cdktf.json", ignored };
}

const VARIABLE = "CDKTF_CONTEXT_JSON";

/** Settings in a file of their own, below the context key or alone, or in one like `cdktf.json`. */
function readFile(path: string, text = readTextFile(path)): Written {
  const file = path === "-" ? "standard input" : path;
  const whole = settingsJson(text, file);
  const isAround = isJson(whole) && !(CONTEXT_KEY in whole) && isAroundContext(whole);
  const context = isAround ? (whole.context ?? {}) : whole;
  const ignored = [...(isAround ? strayKeys(whole, file, "context.") : []), ...lostIn(text, file)];
  const keys = isJson(context) ? Object.keys(context).filter(isMeantAsKey) : [];
  const key = keys.includes(CONTEXT_KEY) ? CONTEXT_KEY : keys[0];
  return isJson(context) && key !== undefined
    ? { value: context[key], source: file, ignored: [...strayKeys(context, file), ...ignored] }
    : // Without the key, the object itself has the settings.
      { value: context, source: file, ignored };
}

/**
 * A line for each key of an object around the settings that is meant to be in them: a setting, or what looks like the key
 * of the settings. Keys of CDKTF's own, and of others, are left alone.
 *
 * @param below - where the key of the settings belongs, seen from the object
 */
function strayKeys(around: Json, where: string, below = ""): string[] {
  return Object.keys(around).flatMap((key) => {
    const line = (found: string, allowed: string) => `${where}: found ${found}, allowed: ${allowed}`;
    if (below === "" && key === CONTEXT_KEY) return [];
    if (Object.hasOwn(settingsSchema.shape, key))
      return [line(`the setting ${key} outside of ${CONTEXT_KEY}`, `${below}${CONTEXT_KEY}.${key}`)];
    if (isMeantAsKey(key)) return [line(`the key ${show(key)}`, `${below}${CONTEXT_KEY}`)];
    // In anything but the context, as in a context whose key is misspelt, or in a context inside a context.
    const value = around[key];
    const isContext = key === "context" && below === "context.";
    return isJson(value) && CONTEXT_KEY in value && !isContext
      ? [line(`${CONTEXT_KEY} in ${show(key)}`, `${below}${CONTEXT_KEY}`)]
      : [];
  });
}

/** Whether a key is that of the settings, or looks like it. */
function isMeantAsKey(key: string): boolean {
  return distance(key.toLowerCase().replaceAll(/[^a-z]/g, ""), CONTEXT_KEY.toLowerCase()) <= 3;
}

/** A line for each key that is lost when the text is parsed. */
function lostIn(text: string, where: string): string[] {
  return lostKeys(text).map(
    ({ path, why, line, column }) =>
      `${where}, line ${line}, column ${column}: found ${pathText(path)} ${why === "twice" ? "a second time, allowed: each key once" : "as a key, allowed: another name"}`,
  );
}

/** What a text with settings holds. One that is not JSON counts as wrong settings, and not as a file that can't be read. */
function settingsJson(text: string, source: string): unknown {
  try {
    return parseJson(text, source);
  } catch (error) {
    throw error instanceof UserError ? new UsageError(error.message) : error;
  }
}

function asObject(value: unknown, what: string): Json {
  if (isJson(value)) return value;
  throw new UsageError(`${what}: found ${show(value)}, allowed: an object, such as {"${CONTEXT_KEY}": {}}`);
}
