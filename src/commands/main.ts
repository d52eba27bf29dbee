import { UsageError } from "private-link-preview/util";
import type { Command, ExitStatus } from "../cli/command";
import { run } from "../cli/run";

/** The module of each command, which exports it as `command`. */
const MODULES: Readonly<Record<string, string>> = {
  adopt: "../adopt/adopt-command",
  deploy: "../deploy/deploy-command",
  destroy: "../deploy/destroy-command",
  "dns-records": "../dns-records/dns-records-command",
  diagram: "../preview/diagram-command",
  docs: "../docs/docs-command",
  failover: "../failover/failover-command",
  hcl: "../synth/hcl-command",
  help: "../cli/help-command",
  plan: "../plan/plan-command",
  preview: "../preview/preview-command",
  "push-hello": "../verify/push-hello-command",
  rehearse: "../rehearse/rehearse-command",
  synth: "../synth/synth-command",
  verify: "../verify/verify-command",
};

/** Runs a command by its name, as `npm run NAME` does. Only the code of this command is loaded. */
export async function runCommand(name = "", args: readonly string[] = []): Promise<ExitStatus> {
  const module = MODULES[name];
  if (module === undefined)
    throw new UsageError(`There is no command ${JSON.stringify(name)}. To list all commands: npm run help`);
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require(module) as { command: Command }).command(args);
}

if (require.main === module) {
  const [, , name, ...args] = process.argv;
  run(() => runCommand(name, args), args);
}
