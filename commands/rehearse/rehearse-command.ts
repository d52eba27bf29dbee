import { type Faults, HOLD_OPTION, SLOW_OPTION } from "../../packages/azure-emulator";
import { normaliseRegion } from "../../packages/common/azure";
import { Progress, print, printExactly, say, terminalColors, terminalWidth } from "../../packages/common/text";
import { JSON_VERSION, printableJson, UsageError } from "../../packages/common/util";
import { FINDING_CODES } from "../../packages/private-link-preview";
import { ignoreOptions, previewText } from "../../packages/private-link-preview/report";
import { InvalidArgumentError } from "commander";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Command, EXIT } from "../cli/command";
import { flagOf, PARALLELISM_OPTION, wholeFrom } from "../cli/option-values";
import { program } from "../cli/program";
import { SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { Engine, findEngine } from "../engine/engine";
import { guarded } from "../engine/interruption";
import { PLAN_FINDING_CODES } from "../plan/finding-codes";
import { planText } from "../plan/plan-text";
import { readSettings } from "../../src/settings/load";
import { PROVIDER_CACHE } from "./emulated-deployment";
import { Rehearsal, type Step } from "./rehearsal";
import { criticalPathText, rehearsalText, walkText } from "./rehearsal-text";
import { type FolderOptions, rehearseFolder } from "./folder/rehearse-folder";

interface Options extends SettingsOption, Partial<FolderOptions> {
  readonly from?: string;
  readonly to?: readonly string[];
  readonly outage?: string;
  readonly pull?: boolean;
  readonly fail?: RegExp;
  readonly throttle?: number;
  readonly slow?: Faults["slow"];
  readonly hold?: Faults["hold"];
  readonly zoneGroups?: boolean;
}

/** `npm run rehearse`: deploys to an emulated Azure, and checks the result. */
export const command: Command = async (args) => {
  const given = options().parse(args, { from: "user" }).opts<Options>();
  refuseMixed(given);
  const progress = new Progress();
  if (given.dir !== undefined) {
    const { command: engine, env } = findEngine(process.env);
    const folder = { ...given, dir: given.dir };
    progress.line("Rehearsing a folder takes 1 to 15 minutes, most of it in waits of azurerm.");
    return rehearseFolder(folder, new Engine(engine, withProviderCache(env)), faultsOf(given), progress, keep);
  }
  if (given.from !== undefined && given.settings !== undefined)
    throw new UsageError("Give one of --from and --settings, not both: they mean the same here.");
  const from = settingsFor({ ...given, ...(given.from !== undefined && { settings: given.from }) }).settings;
  const changes = (given.to ?? []).map((file) => ({ name: `to ${basename(file)}`, settings: readSettings(file) }));
  const steps: Step[] = [];
  const { command: engine, env } = findEngine(process.env);
  const faults = faultsOf(given);
  progress.line(
    "Rehearsing the default network takes about five minutes, three of them to destroy it; with many spokes, each peering takes 15 s.",
  );
  const rehearsal = await Rehearsal.start({
    engine: new Engine(engine, withProviderCache(env)),
    faults,
    zoneGroupPolicy: given.zoneGroups ?? false,
    pulls: given.pull ?? false,
    approves: true,
    ignoring: given,
    ...(given.parallelism !== undefined && { parallelism: given.parallelism }),
    onProgress: (text) => {
      progress.update(text);
    },
    onPlan: (report) => {
      // The first deployment creates everything.
      if (steps.length > 0) progress.line(planText(report, terminalColors, terminalWidth()));
    },
    onStep: (step) => {
      steps.push(step);
      progress.line(
        `${step.name}: ${step.passed ? step.outcome : `failed: ${step.outcome}`} (${step.seconds.toFixed(1)} s)`,
      );
    },
  });
  const work = async () => {
    await rehearsal.deploy("deploy", from);
    for (const { name, settings } of changes) await rehearsal.deploy(name, settings);
    if (given.outage !== undefined)
      await rehearsal.drill(normaliseRegion(given.outage), changes.at(-1)?.settings ?? from);
    if (given.keep) await keep(rehearsal);
    else await rehearsal.destroy();
  };
  await rehearsal.during(work, progress, given.requests);
  if (given.json)
    printExactly(`${printableJson({ version: JSON_VERSION, steps, unusedActions: rehearsal.unusedActions })}\n`);
  else {
    const texts = [
      rehearsal.preview && previewText(rehearsal.preview, terminalColors, terminalWidth()),
      ...steps.map(criticalPathText),
      ...steps.map((step) => walkText(step, terminalColors, terminalWidth())),
      rehearsalText(steps, terminalColors, terminalWidth()),
    ];
    print(texts.filter((text) => text).join("\n\n"));
  }
  return steps.some(({ passed }) => !passed) ? EXIT.wrong : EXIT.done;
};

function faultsOf({ fail, throttle, slow, hold }: Options): Faults {
  return {
    ...(fail && { failOnce: fail }),
    ...(throttle !== undefined && { throttleEvery: throttle }),
    slow,
    hold,
  };
}

/** Options for the settings, and options for a folder. */
const OF_SETTINGS = ["from", "to", "settings", "outage", "pull", "fail"] as const;
const OF_FOLDER = ["existing", "var", "varFile", "workspace", "allowProvider", "stateJson"] as const;

/** @throws UsageError if options for the settings and for a folder are mixed */
function refuseMixed(given: Options): void {
  const isFolder = given.dir !== undefined;
  const [wrong] = (isFolder ? OF_SETTINGS : OF_FOLDER).filter((name) => given[name] !== undefined);
  if (wrong === undefined) return;
  throw new UsageError(
    isFolder
      ? `Give one of --dir and ${flagOf(wrong)}, not both: --dir rehearses a folder, and not the settings.`
      : `${flagOf(wrong)} is for a folder: give --dir too.`,
  );
}

/** The options of the command. */
function options() {
  const cli = program(
    "rehearse",
    "It starts the emulated Azure itself, on the loopback interface, so it needs no account and costs nothing. It needs " +
      "terraform or tofu, and Linux. Exit status 1 if a step fails: a plan with an error, which is not applied, a second " +
      "plan that is not empty, an answer that is wrong, or a resource that is left after destroy.",
  )
    .option(...SETTINGS_OPTION)
    .option(
      "--from <file>",
      "settings to deploy first, in the format of the files in examples; by default the settings of the project",
    )
    .option(
      "--to <file>",
      "settings to change to afterwards: shows what the change means, and applies it; can be repeated",
      several,
    )
    .option(
      "--outage <region>",
      "afterwards, take the control plane of this region down, lead the networks to other regions as npm run failover does, and back",
    )
    .option(
      "--pull",
      "after each deployment, push the image of docker-hello from a test VM and pull it on each, by the scripts of push-hello and verify, each VM in a network namespace with the DNS of its network; in place of docker, a stand-in without a daemon and a base image",
    )
    .option(
      "--dir <folder>",
      "rehearse this folder with Terraform or OpenTofu configuration instead of the settings: a copy of it is applied, its state previewed, and everything destroyed",
    )
    .option("--existing <file>", "for a folder: resources that exist, as a JSON array in the form of Azure's API")
    .option("--var <name=value>", "for a folder: sets a variable; can be repeated", several)
    .option("--var-file <file>", "for a folder: a file with variables; can be repeated", several)
    .option("--workspace <name>", "for a folder: the workspace; by default the one that is selected there")
    .option(
      "--allow-provider <source>",
      "for a folder: accept a provider that the emulated Azure knows nothing of, such as azure/modtm; can be repeated",
      several,
    )
    .option(
      "--state-json <file>",
      "for a folder: write the state before it is destroyed to this file, as terraform show -json prints it",
    )
    .option("--keep", "keep the emulated Azure running until Ctrl-C, and destroy nothing")
    .option(
      "--fail <pattern>",
      "reject the first write and the first deletion of each resource whose id matches, and apply again until everything is done",
      pattern,
    )
    .option("--throttle <n>", "respond to every nth request with status 429", wholeFrom(2))
    .option(...SLOW_OPTION)
    .option(...HOLD_OPTION)
    .option(
      "--zone-groups",
      "attach a DNS zone group to each private endpoint, as a landing zone's policy does; for a folder, preview its state as if one had",
    )
    .option(...PARALLELISM_OPTION)
    .option("--requests <file>", "write a record of all requests to this file, as JSON")
    .option("--json", "print the steps, and the unused actions of the deployer's role, as JSON");
  return ignoreOptions(cli, Object.keys({ ...PLAN_FINDING_CODES, ...FINDING_CODES }));
}

/** Keeps the providers from one rehearsal to the next, unless the user has a plugin cache. */
function withProviderCache(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.TF_PLUGIN_CACHE_DIR) return env;
  mkdirSync(PROVIDER_CACHE, { recursive: true });
  // The folder of a rehearsal has no lock file, and without one the cache is not used unless this is set.
  return { ...env, TF_PLUGIN_CACHE_DIR: PROVIDER_CACHE, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" };
}

async function keep({
  azure,
  environment,
  folder,
}: Pick<Rehearsal, "azure" | "environment" | "folder">): Promise<void> {
  const file = join(folder, "azure.env");
  writeFileSync(
    file,
    Object.entries(environment)
      .map(([name, value]) => `export ${name}=${value}\n`)
      .join(""),
  );
  say(
    `The emulated Azure listens at ${azure.endpoint}; /_resources lists its resources. To use it:\n` +
      `  . ${file} && cd ${folder}\nCtrl-C ends it, and deletes the folder.`,
  );
  // The process stays alive because the server listens, not because of this.
  let end: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  await guarded(
    {
      stop: () => {
        end();
      },
    },
    () => ended,
  );
}

function several(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, "i");
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
