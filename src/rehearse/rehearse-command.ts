import { InvalidArgumentError } from "commander";
import { mkdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { basename, join } from "node:path";
import type { Faults } from "azure-emulator";
import { previewText, terminalColors } from "private-link-preview/text";
import { isJson, readJsonFile } from "private-link-preview/util";
import { Engine, findEngine } from "../engine/engine";
import { Rehearsal, type Step } from "./rehearsal";
import { planText } from "../plan/plan-text";
import { Progress } from "../cli/progress";
import { criticalPathText, rehearsalText } from "./rehearsal-text";
import { CONTEXT_KEY } from "../settings/errors";
import { loadSettings, parseSettings } from "../settings/load";
import type { Settings } from "../settings/schema";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";

interface Options {
  readonly from?: string;
  readonly to: readonly string[];
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly fail?: RegExp;
  readonly throttle?: number;
  readonly slow?: { readonly pattern: RegExp; readonly seconds: number }[];
  readonly zoneGroups?: boolean;
  readonly parallelism?: number;
  readonly requests?: string;
}

/** `npm run rehearse`: deploys to an emulated Azure, and proves the outcome. */
export const command: Command = async (args) => {
  const given = options().parse(args, { from: "user" }).opts<Options>();
  const progress = new Progress();
  const from = given.from === undefined ? loadSettings(process.cwd(), process.env).settings : readSettings(given.from);
  const changes = given.to.map((file) => ({ name: `to ${basename(file)}`, settings: readSettings(file) }));
  const steps: Step[] = [];
  const { command: engine, env } = findEngine(process.env);
  const faults: Faults = {
    ...(given.fail && { failOnce: given.fail }),
    ...(given.throttle !== undefined && { throttleEvery: given.throttle }),
    ...(given.slow && { slow: given.slow }),
  };
  const rehearsal = await Rehearsal.start({
    engine: new Engine(engine, withProviderCache(env)),
    faults,
    zoneGroupPolicy: given.zoneGroups ?? false,
    ...(given.parallelism !== undefined && { parallelism: given.parallelism }),
    onProgress: (text) => {
      progress.update(text);
    },
    onPlan: (report) => {
      // What a first deployment does is no news.
      if (steps.length > 0) progress.line(planText(report, terminalColors));
    },
    onStep: (step) => {
      steps.push(step);
      progress.line(
        `${step.name}: ${step.passed ? step.outcome : `failed: ${step.outcome}`} (${step.seconds.toFixed(1)} s)`,
      );
    },
  });
  try {
    await rehearsal.deploy("deploy", from);
    for (const { name, settings } of changes) await rehearsal.deploy(name, settings);
    if (given.keep) await keep(rehearsal);
    else await rehearsal.destroy();
  } finally {
    progress.clear();
    if (given.requests !== undefined)
      writeFileSync(given.requests, `${JSON.stringify(rehearsal.azure.requests, null, 2)}\n`);
    await rehearsal.close();
  }
  if (given.json) console.log(JSON.stringify({ steps }, null, 2));
  else {
    const texts = [
      rehearsal.preview && previewText(rehearsal.preview, terminalColors),
      ...steps.map(criticalPathText),
      rehearsalText(steps, terminalColors),
    ];
    console.log(texts.filter((text) => text).join("\n\n"));
  }
  return steps.some(({ passed }) => !passed) ? EXIT.wrong : EXIT.done;
};

/** The options of the command. */
function options() {
  return program(
    "rehearse",
    "Starts the emulated Azure itself, on loopback: no account, no cost. Needs terraform or tofu, and Linux. Exit status 1 " +
      "if a second plan is not empty, an answer is wrong, or something is left.",
  )
    .option(
      "--from <file>",
      "settings to deploy first, in the form of the files in examples; otherwise the project's own",
    )
    .option(
      "--to <file>",
      "settings to change to afterwards: tells what the change means, and applies it; may be repeated, for one change after the other",
      (file: string, before: string[]) => [...before, file],
      [],
    )
    .option("--keep", "leave it up to look at, until Ctrl-C; it is not destroyed then")
    .option(
      "--fail <pattern>",
      "let the first write and the first deletion of each id that matches fail, and apply again until done",
      pattern,
    )
    .option("--throttle <n>", "answer every nth request with 429", whole(2))
    .option(
      "--slow <pattern=seconds>",
      "let writes and deletions of ids that match take so long; may be repeated",
      slow,
    )
    .option("--zone-groups", "attach a zone group to each endpoint, as a landing zone's policy does")
    .option("--parallelism <n>", "operations at once; otherwise what suits the network", whole(1))
    .option("--requests <file>", "write the record of all requests there, as JSON")
    .option("--json", "print the steps as JSON");
}

/** Settings as a file holds them: below the context key, as in `cdktf.json`, or alone. */
function readSettings(file: string): Settings {
  const json = readJsonFile(file);
  const context = isJson(json) && isJson(json.context) ? json.context : json;
  return parseSettings(isJson(context) && CONTEXT_KEY in context ? context[CONTEXT_KEY] : context, file);
}

/** Providers are kept from one rehearsal to the next, unless the user keeps them elsewhere. */
function withProviderCache(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.TF_PLUGIN_CACHE_DIR) return env;
  const folder = join(__dirname, "..", "..", "node_modules", ".cache", "terraform-providers");
  mkdirSync(folder, { recursive: true });
  // A rehearsal's folder has no lock file yet, without which the cache would not be used.
  return { ...env, TF_PLUGIN_CACHE_DIR: folder, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" };
}

async function keep({ azure, environment, folder }: Rehearsal): Promise<void> {
  const file = join(folder, "azure.env");
  writeFileSync(
    file,
    Object.entries(environment)
      .map(([name, value]) => `export ${name}=${value}\n`)
      .join(""),
  );
  console.error(
    `The emulated Azure is up at ${azure.endpoint}; its resources are at /_resources. To use it:\n` +
      `  . ${file} && cd ${folder}\nCtrl-C ends it, and removes the folder.`,
  );
  // A signal is not a reason to stay alive; a server that listens is.
  await once(process, "SIGINT");
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, "i");
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least)
      throw new InvalidArgumentError(`Allowed: a whole number from ${least}.`);
    return number;
  };
}

function slow(text: string, before: Options["slow"] = []): Options["slow"] {
  const [, ids = "", seconds = ""] = /^(.+)=(\d+)$/.exec(text) ?? [];
  if (ids === "") throw new InvalidArgumentError("Allowed: PATTERN=SECONDS, such as virtualNetworkLinks=60.");
  return [...before, { pattern: pattern(ids), seconds: Number(seconds) }];
}
