import { existsSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { print, say } from "../../packages/common/text";
import { at, count, objects, readJsonFile, UserError } from "../../packages/common/util";
import type { LoadedSettings } from "../../src/settings/load";
import { type Command, EXIT, type ExitStatus } from "../cli/command";
import { program } from "../cli/program";
import { announce, SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { Engine, EngineError, findEngine, WorkingDirectory } from "../engine/engine";
import { inOwnFolder } from "../engine/own-folder";
import { managedResources } from "../plan/plan";
import { synthesize } from "../../main";
import { lockedStack } from "../synth/locked-stack";

/** `npm run move-state`: copies the state to where the settings keep it now. */
export const command: Command = async (args) => {
  const cli = program(
    "move-state",
    "For example after state was added to the settings. The old state stays as it is, as a backup. Nothing is moved if there " +
      "is a state in the new place already.",
  ).option(...SETTINGS_OPTION);
  const loaded = settingsFor(cli.parse(args, { from: "user" }).opts<SettingsOption>());
  const engine = findEngine(process.env);
  return lockedStack(loaded.files, () => moved(loaded, engine));
};

async function moved(loaded: LoadedSettings, engine: Engine): Promise<ExitStatus> {
  const { folder, stateFile } = loaded.files;
  if (!existsSync(join(folder, ".terraform")) && !existsSync(stateFile))
    throw new UserError(
      `There is no state to move: nothing was deployed from this folder, and there is no ${stateFile}.`,
    );
  synthesize(loaded);
  announce(loaded);
  const directory = new WorkingDirectory({ engine, folder });
  const isThere = await isInitialized(directory);
  const here = existsSync(stateFile) ? readJsonFile(stateFile) : {};
  const before = resourcesIn(here);
  if (isThere) {
    const { size } = managedResources(await directory.show());
    if (size + before === 0)
      throw new UserError(
        "There is no state to move: nothing is deployed, neither from this folder nor in the new place.",
      );
    print(`The state is there already: ${count(size, "resource")}. To see that nothing changes: npm run plan`);
    return EXIT.done;
  }
  const there = await stateThere(engine, folder);
  const found = resourcesIn(there);
  const [isSame, isCopy] = [isEqualIn(here, there, "lineage"), isEqualIn(here, there, "serial")];
  if (found > 0 && !(isSame && isCopy))
    throw new UserError(
      `Nothing was moved: the state there has ${count(found, "resource")} already. ${
        isSame
          ? `It is another version of the one in ${stateFile}. If it is the newer one, use it: move ${stateFile} and ${join(folder, ".terraform")} away, then run: npm run plan`
          : "Give state.key another name, or remove that state."
      }`,
    );
  if (found > 0) say("The state there is the same already: an earlier move was ended before it was done.");
  await directory.migrateState();
  const moved = managedResources(await directory.show()).size;
  if (moved < before)
    throw new UserError(
      `The state in the new place has ${moved} of ${count(before, "resource")}. The old one is in ${stateFile}, or in ${stateFile}.backup.`,
    );
  print(`Moved the state: ${count(moved, "resource")}. To see that nothing changes: npm run plan`);
  return EXIT.done;
}

/** Whether the engine takes the folder as it is. It refuses another place of the state: that is what this command is for. */
async function isInitialized(directory: WorkingDirectory): Promise<boolean> {
  try {
    await directory.init();
    return true;
  } catch (error) {
    if (!(error instanceof EngineError) || !error.message.includes("npm run move-state")) throw error;
    return false;
  }
}

/** How many resources a state has, as its file shows it. */
function resourcesIn(state: unknown): number {
  return objects(at(state, ["resources"]))
    .filter(({ mode }) => mode === "managed")
    .reduce((sum, { instances }) => sum + objects(instances ?? []).length, 0);
}

function isEqualIn(one: unknown, other: unknown, name: string): boolean {
  const [value] = at(one, [name]);
  return value !== undefined && value === at(other, [name])[0];
}

/** The state in the new place, read without touching what the folder knows of the old one. */
async function stateThere(engine: Engine, folder: string): Promise<unknown> {
  return await inOwnFolder(join(tmpdir(), "private-registry-state-"), async (data) => {
    // The providers are there already.
    const providers = join(folder, ".terraform", "providers");
    if (existsSync(providers)) symlinkSync(providers, join(data, "providers"), "junction");
    const apart = new WorkingDirectory({
      engine: new Engine(engine.command, { ...engine.env, TF_DATA_DIR: data }),
      folder,
    });
    await apart.init();
    return apart.stateFile();
  });
}
