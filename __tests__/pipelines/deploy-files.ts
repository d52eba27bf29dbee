import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PROJECT } from "../support/programs";

export const FOLDER = join(PROJECT, "pipelines", "deploy");
/** A file of the folder. */
export const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

/** A step of either service. */
interface Step {
  readonly if?: string;
  readonly condition?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly bash?: string;
  readonly template?: string;
  readonly checkout?: string;
  readonly persistCredentials?: boolean;
  readonly inputs?: { readonly azureSubscription?: string; readonly inlineScript?: string };
  readonly env?: Readonly<Record<string, string>>;
}

interface GitHubJob {
  readonly if: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface AzureJob {
  readonly environment?: string;
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } } };
}

export const github = parse(read("github.yml")) as {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<"plan" | "deploy" | "drift", GitHubJob>>;
};
export const azure = parse(read("azure-pipelines.yml")) as {
  readonly parameters: readonly { readonly name: string; readonly default: string }[];
  readonly stages: readonly {
    readonly stage: string;
    readonly condition: string;
    readonly jobs: readonly AzureJob[];
  }[];
};

/** The pairs in a file of lines NAME=VALUE, as steps write them for those after them. */
export const pairsIn = (text: string) =>
  Object.fromEntries([...text.matchAll(/^(.+?)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));

export const azureSteps = (stage: string) => {
  const job = azure.stages.find((one) => one.stage === stage)!.jobs[0]!;
  return job.steps ?? job.strategy!.runOnce.deploy.steps;
};
