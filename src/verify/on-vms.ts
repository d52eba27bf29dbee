import type { Command } from "commander";
import { UsageError, UserError } from "private-link-preview/util";
import type { CommandName } from "../cli/catalogue";
import { program } from "../cli/program";
import { stackFolder } from "../terraform/stack-folder";
import { readDeployment } from "./deployment";
import { EndpointConnections } from "./endpoint-connection";
import { RESOURCE_MANAGERS, signIn } from "./run-command/sign-in";
import { VmScripts } from "./run-command/vm-scripts";
import type { VerifyProps } from "./verify";

/** The options of every command that works on test VMs. */
export interface OnVmsOptions {
  /** Repository and tag, such as `sample/hello-world:v1`. */
  readonly image: string;
  readonly start: boolean;
  /** Path of a file with the output of `terraform show -json`. */
  readonly state?: string;
  readonly json: boolean;
}

/** A command line with {@link OnVmsOptions}. */
export function commandOnVms(name: CommandName, more?: string): Command {
  return program(name, more)
    .option("--image <repository:tag>", "image in the registry", "sample/hello-world:v1")
    .option("--start", "start VMs that are not running", false)
    .option("--state <file>", "file with the output of terraform show -json, to be used instead of running it")
    .option("--json", "print the result as JSON", false);
}

/**
 * Reads what is deployed and signs in. Ctrl-C ends the scripts on the VMs, and then the command.
 *
 * @throws UsageError if the image is not `REPOSITORY:TAG`
 * @throws UserError if nothing is deployed, or if there are no test VMs
 */
export async function onVms({ image, start, state }: OnVmsOptions): Promise<Omit<VerifyProps, "ask">> {
  if (!/^[\w./-]+:[\w.-]+$/.test(image)) {
    throw new UsageError(
      `--image: found ${JSON.stringify(image)}, allowed: REPOSITORY:TAG, such as sample/hello-world:v1`,
    );
  }
  const deployment = await readDeployment(stackFolder(), process.env, state);
  if (deployment.vms.length === 0)
    throw new UserError('There are no test VMs. Set "testVms": true, then run: npm run deploy');
  const resourceManager = RESOURCE_MANAGERS[deployment.cloud];
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    console.error(
      "Ending the scripts on the VMs. Press Ctrl-C again to exit at once; the scripts then run until their time limit.",
    );
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
