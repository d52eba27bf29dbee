import { say } from "../../packages/common/text";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { at, isJson, readJsonFile, UserError } from "../../packages/common/util";
import { announce, type SettingsOption, settingsFor } from "../cli/settings-option";
import { WorkingDirectory, findEngine } from "../engine/engine";
import type { LoadedSettings } from "../../src/settings/load";
import { stackFilesOf } from "../../src/terraform/stack-files";
import { synthesize } from "../../main";
import { lockedStack } from "./locked-stack";

/**
 * The state of what is deployed, as `terraform show -json` prints it: in the stack's folder if that is initialized, or else,
 * as on another machine, where the settings say that the state is.
 *
 * @throws UserError if nothing was deployed, or if there is no engine
 * @throws EngineError if the engine can't show the state
 */
export async function deployedState(options: SettingsOption = {}): Promise<unknown> {
  const loaded = options.settings === undefined ? undefined : settingsFor(options);
  if (loaded) announce(loaded);
  const files = loaded?.files ?? stackFilesOf();
  const directory = () => new WorkingDirectory({ engine: findEngine(process.env), folder: files.folder });
  if (!isInitialized(files.folder, loaded)) await initialize(loaded ?? settingsFor(options), directory);
  const state = await directory().show();
  if (isJson(state) && "format_version" in state && !("values" in state))
    throw new UserError("Nothing is deployed: the Terraform state is empty. Run: npm run deploy");
  return state;
}

/** Whether the engine can read the state in a folder: it has initialized the backend, or there is a local state alone. */
function isInitialized(folder: string, loaded: LoadedSettings | undefined): boolean {
  const data = join(folder, ".terraform");
  if (existsSync(join(data, "terraform.tfstate"))) return true;
  return existsSync(data) && !(loaded ? loaded.settings.state !== undefined : isRemoteIn(join(folder, "cdk.tf.json")));
}

/** Whether the Terraform JSON in a file keeps its state in a blob. */
function isRemoteIn(file: string): boolean {
  const [backend] = existsSync(file) ? at(readJsonFile(file), ["terraform", "backend"]) : [];
  return isJson(backend) && "azurerm" in backend;
}

async function initialize(loaded: LoadedSettings, directory: () => WorkingDirectory): Promise<void> {
  const { settings, files } = loaded;
  if (!settings.state && !existsSync(files.stateFile))
    throw new UserError(`Nothing was deployed from this folder: there is no ${files.stateFile}. Run: npm run deploy`);
  const working = directory();
  await lockedStack(files, async () => {
    synthesize(loaded);
    say(`Initializing ${files.folder}, to read the state.`);
    await working.init();
  });
}
