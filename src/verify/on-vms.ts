import type { Command } from "commander";
import { stackFolder } from "../terraform/stack-folder";
import { UsageError, UserError } from "private-link-preview/util";
import { RESOURCE_MANAGERS, signIn } from "./run-command/sign-in";
import { readDeployment } from "./deployment";
import { EndpointConnections } from "./endpoint-connection";
import { VmScripts } from "./run-command/vm-scripts";
import type { VerifyProps } from "./verify";
import type { CommandName } from "../cli/catalogue";
import { program } from "../cli/program";

/** The options that the commands on VMs share. */
export interface OnVmsOptions {
  /** Repository and tag, such as `sample/hello-world:v1`. */
  readonly image: string;
  readonly start: boolean;
  /** File with the output of `terraform show -json`. */
  readonly state?: string;
  readonly json: boolean;
}

/** A command with the options that they share. */
export function commandOnVms(name: CommandName, more?: string): Command {
  return program(name, more)
    .option("--image <repository:tag>", "image in the registry", "sample/hello-world:v1")
    .option("--start", "start VMs that are off", false)
    .option("--state <file>", "output of terraform show -json, instead of asking for it")
    .option("--json", "print the result as JSON", false);
}

/**
 * Reads what is deployed and signs in. Ctrl-C ends what runs on the VMs, then the command.
 *
 * @throws UsageError if the image is not written as one
 * @throws UserError if nothing is deployed, or there are no test VMs
 */
export async function onVms({ image, start, state }: OnVmsOptions): Promise<Omit<VerifyProps, "ask">> {
  if (!/^[\w./-]+:[\w.-]+$/.test(image)) {
    throw new UsageError(
      `--image: found ${JSON.stringify(image)}, allowed: REPOSITORY:TAG, such as sample/hello-world:v1`,
    );
  }
  const deployment = await readDeployment(stackFolder(), process.env, state);
  if (deployment.vms.length === 0)
    throw new UserError('There are no test VMs. Set "testVms": true, then: npm run deploy');
  const resourceManager = RESOURCE_MANAGERS[deployment.cloud];
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    console.error("Ending what runs on the VMs. Once more Ctrl-C leaves it to its time limit.");
    interrupted.abort(new UserError("Interrupted. Nothing is left running on the VMs."));
  });
  const credential = signIn(resourceManager, process.env);
  return {
    deployment,
    scripts: new VmScripts(credential, { resourceManager }),
    connections: new EndpointConnections(credential, { resourceManager }),
    image,
    start,
    signal: interrupted.signal,
    onProgress: (spoke, progress) => {
      console.error(`${spoke}: ${progress}`);
    },
  };
}
