import { say } from "../../packages/common/text";
import { existsSync } from "node:fs";
import { at, readJsonFile, UserError } from "../../packages/common/util";
import { registryName } from "../../src/naming";
import { type LoadedSettings, loadSettings } from "../../src/settings/load";
import type { Settings } from "../../src/schema";
import { stackFilesOf, type StackFiles } from "../../src/terraform/stack-files";
import type { CommandName } from "./catalogue";
import { lineOf } from "./invocation";

/** The option of every command that reads settings. */
export const SETTINGS_OPTION = [
  "--settings <file>",
  "file with the settings, used in place of those in cdktf.json and CDKTF_CONTEXT_JSON",
] as const;

/** What the option says. */
export interface SettingsOption {
  readonly settings?: string;
}

/** How to call another command on the same settings. */
export function nextLine(name: CommandName, { settings }: SettingsOption, args = ""): string {
  return lineOf(name, [...(settings === undefined ? [] : [`--settings ${settings}`]), args].join(" ").trim());
}

/**
 * Reads the settings that a command works on.
 *
 * @throws UserError with all errors in them
 */
export function settingsFor({ settings: file }: SettingsOption): LoadedSettings {
  return loadSettings({ directory: process.cwd(), env: process.env, file });
}

/**
 * Says on standard error which environment a command is about, and where its state is.
 *
 * @throws UserError if its state is in the file of another environment
 */
export function announce({ settings, source, files }: LoadedSettings): void {
  const { storageAccount, container, key = files.stateKey } = settings.state ?? {};
  const state = storageAccount === undefined ? files.stateFile : `${key} in ${storageAccount}/${container!}`;
  if (storageAccount === undefined && !existsSync(files.stateFile)) refuseStateElsewhere(settings, files);
  say(`Environment ${settings.environment} (${source}), state ${state}.`);
}

/** An environment that was deployed before it had a state of its own has it in the file of all. */
function refuseStateElsewhere({ environment, registry }: Settings, files: StackFiles): void {
  const { stateFile } = stackFilesOf();
  if (stateFile === files.stateFile || !existsSync(stateFile)) return;
  const [name] = at(readJsonFile(stateFile), ["outputs", "registry_name", "value"]);
  if (name !== registryName(registry.namePrefix, environment)) return;
  throw new UserError(
    `The state of the environment ${environment} is in ${stateFile}, which is that of cdktf.json. Give it a file of its own: mv ${stateFile} ${files.stateFile}`,
  );
}
