import { loadSettings } from "../settings/load";
import { PrivateRegistryStack } from "../stack";
import { App } from "../terraform";
import { withoutCreationStacks } from "../terraform/creation-stacks";

/** What a synthesis wrote. */
export interface Synthesized {
  readonly stack: PrivateRegistryStack;
  /** Path of the Terraform JSON, relative to the current folder. */
  readonly file: string;
  /** Where the settings came from. */
  readonly source: string;
}

/**
 * Writes the Terraform JSON of the current settings.
 *
 * @throws UserError if they are wrong; then nothing is written
 */
export function synthesize(): Synthesized {
  const { settings, source } = loadSettings(process.cwd(), process.env);
  const app = new App({ stackTraces: false });
  const stack = withoutCreationStacks(() => new PrivateRegistryStack(app, settings));
  app.synth();
  return { stack, file: `${app.outdir}/stacks/${stack.node.id}/cdk.tf.json`, source };
}
