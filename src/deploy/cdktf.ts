import { spawn } from "node:child_process";
import { basename } from "node:path";
import { UserError } from "private-link-preview/util";
import { EXIT, type ExitStatus } from "../cli/command";
import type { Engine } from "../engine/engine";
import { CLI } from "../terraform";
import { STACK_ID } from "../terraform/stack-folder";

/** What the cdktf CLI is called with. */
export interface CdktfProps {
  readonly verb: "deploy" | "destroy";
  readonly engine: Engine;
  /** Number of concurrent operations, unless the user sets another. */
  readonly parallelism: number;
  /** The user's arguments that are passed on, such as `--auto-approve`. */
  readonly args: readonly string[];
}

/**
 * Runs the cdktf CLI for the stack that was synthesized, in this terminal, so that it can ask for approval.
 *
 * @returns its exit status
 * @throws UserError if the CLI is not installed
 */
export function cdktf(props: CdktfProps): Promise<ExitStatus> {
  const { engine } = props;
  return new Promise((resolve, reject) => {
    const child = spawn(CLI, cdktfArguments(props), {
      // cdktf runs terraform unless this variable names another engine.
      env: { ...engine.env, TERRAFORM_BINARY_NAME: engine.env.TERRAFORM_BINARY_NAME ?? basename(engine.command) },
      stdio: "inherit",
      // On Windows cdktf is a script.
      shell: process.platform === "win32",
    });
    // Ctrl-C reaches cdktf as well: wait until that has ended.
    const wait = (): void => undefined;
    process.on("SIGINT", wait);
    child.on("error", ({ message }) => {
      reject(new UserError(`Can't run ${CLI}: ${message}. Run this by npm, after: npm ci`));
    });
    child.on("close", (status) => {
      process.off("SIGINT", wait);
      resolve(status ?? EXIT.wrong);
    });
  });
}

/** The arguments of the cdktf CLI. */
export function cdktfArguments({ verb, engine, parallelism, args }: CdktfProps): string[] {
  const own = saysParallelism(engine.env, args) ? [] : ["--terraform-parallelism", String(parallelism)];
  return [verb, "--skip-synth", STACK_ID, ...own, ...args];
}

/** Whether the user sets the number of concurrent operations: by an option of cdktf, or by a variable of Terraform. */
function saysParallelism(env: NodeJS.ProcessEnv, args: readonly string[]): boolean {
  return (
    args.some((arg) => arg.startsWith("--terraform-parallelism") || arg.startsWith("--terraformParallelism")) ||
    Object.entries(env).some(([name, value = ""]) => /^TF_CLI_ARGS(_|$)/.test(name) && value.includes("-parallelism"))
  );
}
