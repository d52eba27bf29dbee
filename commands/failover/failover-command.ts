import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { normaliseRegion, REGIONS } from "../../packages/common/azure";
import { print, printExactly, say, terminalColors, terminalWidth } from "../../packages/common/text";
import { JSON_VERSION, printableJson, UsageError } from "../../packages/common/util";
import { requireApproval } from "../cli/approval";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { announce, SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { WorkingDirectory, findEngine } from "../engine/engine";
import { inOwnFolder } from "../engine/own-folder";
import { stackInMemory } from "../synth/stack-in-memory";
import type { Settings } from "../../src/schema";
import { STACK_ID } from "../../src/terraform/stack-files";
import { appliedText, drainedText, movesText, nothingText } from "./failover-text";
import type { Failover } from "./moves";
import { planFailover } from "./plan-failover";

interface Options extends SettingsOption {
  readonly back?: boolean;
  readonly autoApprove?: boolean;
  readonly json?: boolean;
}

const LOCK_FILE = ".terraform.lock.hcl";

/** `npm run failover`: leads networks from a region that fails to the next one, by DNS records alone, and back. */
export const command: Command = async (args) => {
  const cli = program(
    "failover",
    "It asks Azure for the records alone, and not for the registry: so it works while the control plane of the registry, or " +
      "of the region, is down. It needs terraform or tofu, the state, and registry.regionalEndpoints.",
  )
    .argument("<region>", "the region that fails, such as swedencentral")
    .option(...SETTINGS_OPTION)
    .option("--back", "lead the networks that prefer the region there again")
    .option("--auto-approve", "apply without asking")
    .option("--json", "print what moves as JSON");
  const options = cli.parse(args, { from: "user" }).opts<Options>();
  const { back = false, autoApprove = false, json = false } = options;
  const failover: Failover = { region: normaliseRegion(cli.args[0]!), back };
  const loaded = settingsFor(options);
  const { settings, files } = loaded;
  if (settings.dns === "external")
    throw new UsageError(
      `dns is "external": others write the records. Set ${drainedText(failover, settings.registry.drained)} under registry in the settings, run npm run deploy, and hand the records over: npm run dns-records`,
    );
  refuseUnknownRegion(failover.region, settings);
  const stack = stackInMemory(settings, files).toTerraform();
  announce(loaded);
  const { drained } = settings.registry;

  // As deep as the stack's folder, since the path of a local state is relative. The configuration that was deployed stays as
  // it is, and so does the work of a command that is in that folder now: a failover does not wait for it.
  mkdirSync(dirname(files.folder), { recursive: true });
  return await inOwnFolder(join(dirname(files.folder), `${STACK_ID}-failover-`), async (folder) => {
    useProvidersOf(files.folder, folder);
    const write = (configuration: object) => {
      writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(configuration));
    };
    write(stack);
    const engine = findEngine(process.env);
    const directory = new WorkingDirectory({ engine, folder });
    say(`${engine.command} init and plan in ${folder}`);
    await directory.init();
    const planFile = join(folder, "failover.tfplan");
    const moves = await planFailover({ failover, settings, stack, directory, write, planFile });
    const tell = (text: string) => {
      if (!json) print(text);
    };
    if (moves.length === 0) {
      tell(nothingText(failover));
    } else {
      tell(movesText(moves, terminalColors, terminalWidth()));
      if (!autoApprove) await requireApproval();
      await directory.apply(planFile);
      tell(`\n${appliedText(failover, moves, drained)}`);
    }
    if (json) printExactly(`${printableJson({ version: JSON_VERSION, ...failover, moves })}\n`);
    return EXIT.done;
  });
};

/** Whether the registry is in the region, the state says. What is no region at all is refused before the engine is asked. */
function refuseUnknownRegion(region: string, { cloud, newRegions, registry }: Settings): void {
  if (Object.hasOwn(REGIONS[cloud], region) || newRegions.includes(region)) return;
  const regions = [registry.location, ...registry.replicas.map(({ location }) => location)];
  throw new UsageError(
    `${region} is not a region of the Azure ${cloud} cloud. The registry's regions in the settings: ${regions.join(", ")}.`,
  );
}

/** Lets a folder use the providers of the stack's, if they are installed: then the engine has written its lock file. */
function useProvidersOf(stack: string, folder: string): void {
  if (!existsSync(join(stack, LOCK_FILE))) return;
  copyFileSync(join(stack, LOCK_FILE), join(folder, LOCK_FILE));
  const providers = join(stack, ".terraform", "providers");
  mkdirSync(join(folder, ".terraform"));
  if (existsSync(providers)) symlinkSync(providers, join(folder, ".terraform", "providers"), "junction");
}
