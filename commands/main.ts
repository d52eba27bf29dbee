import { UsageError } from "../packages/common/util";
import { type Command, EXIT, type ExitStatus } from "./cli/command";
import { lineOf } from "./cli/invocation";
import { run } from "./cli/run";
import { nearest } from "../src/settings/nearest";

/** The module of each command, which exports it as `command`. */
const MODULES: Readonly<Record<string, string>> = {
  adopt: "./adopt/adopt-command",
  deploy: "./deploy/deploy-command",
  destroy: "./deploy/destroy-command",
  "dns-records": "./dns-records/dns-records-command",
  diagram: "./preview/diagram-command",
  docs: "./docs/docs-command",
  emulator: "./rehearse/emulator-command",
  failover: "./failover/failover-command",
  hcl: "./synth/hcl-command",
  help: "./cli/help-command",
  plan: "./plan/plan-command",
  preview: "./preview/preview-command",
  "push-hello": "./verify/push-hello-command",
  rehearse: "./rehearse/rehearse-command",
  synth: "./synth/synth-command",
  verify: "./verify/verify-command",
};

/** Runs a command by its name, as `npm run NAME` does. Only the code of this command is loaded. */
export async function runCommand(name?: string, args: readonly string[] = []): Promise<ExitStatus> {
  if (name === undefined) {
    await runCommand("help");
    return EXIT.usage;
  }
  if (name === "--help" || name === "--version") return runCommand("help", name === "--help" ? [] : [name]);
  if (!Object.hasOwn(MODULES, name))
    throw new UsageError(
      `There is no command ${JSON.stringify(name)}${nearest(name, Object.keys(MODULES))}. To list all commands: ${lineOf("help", "")}`,
    );
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require(MODULES[name]!) as { command: Command }).command(args);
}

/** Runs the command that the arguments of the process name. */
export function main([name, ...args]: readonly string[]): void {
  run(() => runCommand(name, args), args);
}

if (require.main === module) main(process.argv.slice(2));
