import { say } from "../../packages/common/text";
import type { Command } from "commander";
import { ResourceManager, resourceManagerFor, signIn } from "../../packages/common/azure-client";
import { printable, UsageError, UserError } from "../../packages/common/util";
import type { CommandName } from "../cli/catalogue";
import type { ExitStatus } from "../cli/command";
import { program } from "../cli/program";
import { SETTINGS_OPTION, type SettingsOption } from "../cli/settings-option";
import { guarded } from "../engine/interruption";
import { type Deployment, readDeployment } from "./deployment";
import { EndpointConnections } from "./endpoint-connection";
import { ownVms } from "./own-vms";
import { VmScripts } from "./run-command/vm-scripts";
import type { VerifyProps } from "./verify";

/** The options of every command that works on VMs. */
export interface OnVmsOptions extends SettingsOption {
  /** Repository and tag, such as `sample/hello-world:v1`. */
  readonly image: string;
  readonly start: boolean;
  /** Path of a file with the output of `terraform show -json`. */
  readonly state?: string;
  readonly json: boolean;
  /** Azure ids of VMs to use in place of the test VMs. */
  readonly vm?: readonly string[];
  /** Client id of the managed identity that signs in on a VM. */
  readonly identity?: string;
}

/** A command line with {@link OnVmsOptions}. */
export function commandOnVms(name: CommandName, more?: string): Command {
  return program(name, more)
    .option(...SETTINGS_OPTION)
    .option("--image <repository:tag>", "image in the registry", "sample/hello-world:v1")
    .option("--start", "start VMs that are not running", false)
    .option("--state <file>", "file with the output of terraform show -json, to be used instead of running it")
    .option("--json", "print the result as JSON", false);
}

/** How long a script on a VM may take, and what usually makes it wait. */
export function limitText(seconds: number): string {
  return `The script is ended after ${seconds / 60} minutes; right after a deployment, it waits up to ten for the roles of the VMs.`;
}

/**
 * Reads what is deployed.
 *
 * @throws UsageError if the image is not `REPOSITORY:TAG`
 * @throws UserError if nothing is deployed
 */
export async function deploymentFor({
  image,
  state,
  ...options
}: Pick<OnVmsOptions, "image" | "state" | "settings">): Promise<Deployment> {
  if (!/^[\w./-]+:[\w.-]+$/.test(image)) {
    throw new UsageError(
      `--image: found ${JSON.stringify(image)}, allowed: REPOSITORY:TAG, such as sample/hello-world:v1`,
    );
  }
  return readDeployment(options, state);
}

/**
 * Reads what is deployed, and works on the VMs. A signal ends the scripts on the VMs first, and then the command. A second
 * Ctrl-C ends the command at once, and says what is left on which VM.
 *
 * @param work - what to do
 * @throws UsageError if the image is not `REPOSITORY:TAG`
 * @throws UserError if nothing is deployed, if there are no test VMs, or after a signal
 */
export async function onVms(
  options: OnVmsOptions,
  work: (props: Omit<VerifyProps, "ask">) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const { image, start, vm, identity } = options;
  const deployment = await deploymentFor(options);
  if (vm === undefined && deployment.vms.length === 0)
    throw new UserError(
      'There are no test VMs. Set "testVms": true, then run: npm run deploy. To verify from machines of your own: npm run verify -- --vm VM_ID, or npm run verify -- --job',
    );
  const resourceManager = resourceManagerFor(deployment.cloud, process.env);
  const credential = signIn(resourceManager, process.env);
  const scripts = new VmScripts(credential, { resourceManager });
  const interrupted = new AbortController();
  const guard = {
    stop: (signal: NodeJS.Signals) => {
      if (interrupted.signal.aborted) return;
      say("Ending the scripts on the VMs.");
      interrupted.abort(new UserError(`Interrupted by ${signal}. Nothing is left running on the VMs.`));
    },
    get leaves() {
      return scripts.leaves;
    },
  };
  const azure = new ResourceManager(credential, { resourceManager });
  const { signal } = interrupted;
  return guarded(guard, async () =>
    work({
      deployment: vm === undefined ? deployment : { ...deployment, vms: await ownVms(vm, deployment, azure, signal) },
      scripts,
      connections: new EndpointConnections(azure),
      image,
      start,
      ...(identity !== undefined && { identity }),
      signal,
      onProgress: (spoke, progress) => {
        say(printable(`${spoke}: ${progress}`));
      },
    }),
  );
}
