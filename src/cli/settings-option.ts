import { type LoadedSettings, loadSettings } from "../settings/load";

/** The option of every command that reads settings. */
export const SETTINGS_OPTION = [
  "--settings <file>",
  "file with the settings, used in place of those in cdktf.json and CDKTF_CONTEXT_JSON",
] as const;

/** What the option says. */
export interface SettingsOption {
  readonly settings?: string;
}

/**
 * Reads the settings that a command works on.
 *
 * @throws UserError with all errors in them
 */
export function settingsFor({ settings: file }: SettingsOption): LoadedSettings {
  return loadSettings({ directory: process.cwd(), env: process.env, file });
}
