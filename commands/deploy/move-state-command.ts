import { print } from "../../packages/common/text";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at, count, objects, readJsonFile, UserError } from "../../packages/common/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { announce, SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { Engine, EngineError, findEngine, WorkingDirectory } from "../engine/engine";
import { guarded } from "../engine/interruption";
import { managedResources } from "../plan/plan";
import { synthesize } from "../synth/synthesize";

/** `npm run move-state`: copies the state to where the settings keep it now. */
export const command: Command = async (args) => {
  const cli = program(
    "move-state",
    "For example after state was added to the settings. The old state stays as it is, as a backup. Nothing is moved if there " +
      "is a state in the new place already.",
  ).option(...SETTINGS_OPTION);
  const loaded = settingsFor(cli.parse(args, { from: "user" }).opts<SettingsOption>());
  const engine = findEngine(process.env);
  const { folder, stateFile } = loaded.files;
  if (!existsSync(join(folder, ".terraform")) && !existsSync(stateFile))
    throw new UserError(
      `There is no state to move: nothing was deployed from this folder, and there is no ${stateFile}.`,
    );
  synthesize(loaded);
  announce(loaded);
  const directory = new WorkingDirectory({ engine, folder });
  try {
    await directory.init();
    print("The state is there already.");
    return EXIT.done;
  } catch (error) {
    // The engine refuses to go on with another backend than before: that is what this command is for.
    if (!(error instanceof EngineError) || !error.message.includes("npm run move-state")) throw error;
  }
  const before = resourcesIn(stateFile);
  const found = await resourcesThere(engine, folder);
  if (found > 0)
    throw new UserError(
      `Nothing was moved: the state there has ${count(found, "resource")} already. Give state.key another name, or remove that state.`,
    );
  await directory.migrateState();
  const moved = managedResources(await directory.show()).size;
  if (moved < before)
    throw new UserError(
      `The state in the new place has ${moved} of ${count(before, "resource")}. The old one is in ${stateFile}, or in ${stateFile}.backup.`,
    );
  print(`Moved the state: ${count(moved, "resource")}. To see that nothing changes: npm run plan`);
  return EXIT.done;
};

/** How many resources a local state has; none if there is no such file. */
function resourcesIn(stateFile: string): number {
  if (!existsSync(stateFile)) return 0;
  return objects(at(readJsonFile(stateFile), ["resources"]))
    .filter(({ mode }) => mode === "managed")
    .reduce((sum, { instances }) => sum + objects(instances ?? []).length, 0);
}

/** How many resources the state in the new place has, without touching what the folder knows of the old one. */
async function resourcesThere(engine: Engine, folder: string): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), "state-"));
  const cleanUp = () => {
    rmSync(data, { recursive: true, force: true });
  };
  return await guarded({ cleanUp }, async () => {
    // The providers are there already.
    const providers = join(folder, ".terraform", "providers");
    if (existsSync(providers)) symlinkSync(providers, join(data, "providers"), "junction");
    const apart = new WorkingDirectory({
      engine: new Engine(engine.command, { ...engine.env, TF_DATA_DIR: data }),
      folder,
    });
    await apart.init();
    return managedResources(await apart.show()).size;
  });
}
