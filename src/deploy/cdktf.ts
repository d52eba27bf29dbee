import { EXIT, type ExitStatus } from "../cli/command";
import { spawn } from "node:child_process";
import { basename } from "node:path";
import type { Engine } from "../engine/engine";
import { STACK_ID } from "../terraform/stack-folder";
import { CLI } from "../terraform";
import { UserError } from "private-link-preview/util";

/** What to hand over to the cdktf CLI. */
export interface CdktfProps {
  readonly verb: "deploy" | "destroy";
  readonly engine: Engine;
  /** Most operations at once, unless the user says otherwise. */
  readonly parallelism: number;
  /** What the user gave to be passed on, such as `--auto-approve`. */
  readonly args: readonly string[];
}

/**
 * Runs the cdktf CLI for the stack as it is written, in this terminal, so that it can ask.
 *
 * @returns its exit status
 * @throws UserError if it is not there
 */
export function cdktf(props: CdktfProps): Promise<ExitStatus> {
  const { engine } = props;
  return new Promise((resolve, reject) => {
    const child = spawn(CLI, cdktfArguments(props), {
      // cdktf takes terraform unless it is told otherwise.
      env: { ...engine.env, TERRAFORM_BINARY_NAME: engine.env.TERRAFORM_BINARY_NAME ?? basename(engine.command) },
      stdio: "inherit",
      // On Windows cdktf is a script.
      shell: process.platform === "win32",
    });
    // Ctrl-C reaches cdktf too: it ends in its own time, and then this.
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

/** What the cdktf CLI is called with. */
export function cdktfArguments({ verb, engine, parallelism, args }: CdktfProps): string[] {
  const own = saysParallelism(engine.env, args) ? [] : ["--terraform-parallelism", String(parallelism)];
  return [verb, "--skip-synth", STACK_ID, ...own, ...args];
}

/** Whether the user says how many operations at once: to cdktf, or to Terraform by its environment. */
function saysParallelism(env: NodeJS.ProcessEnv, args: readonly string[]): boolean {
  return (
    args.some((arg) => arg.startsWith("--terraform-parallelism") || arg.startsWith("--terraformParallelism")) ||
    Object.entries(env).some(([name, value = ""]) => /^TF_CLI_ARGS(_|$)/.test(name) && value.includes("-parallelism"))
  );
}
