import { say } from "./packages/common/text";
import { type LoadedSettings, loadSettings } from "./src/settings/load";
import { PrivateRegistryStack } from "./src/stack";
import { App } from "./src/terraform";
import { errorReport } from "./src/terraform/error-report";
import { intoOutput } from "./src/terraform/stack-files";

/**
 * Writes the Terraform JSON of the settings, as `cdktf synth` and `npm run synth` do.
 *
 * @throws Error if a network would get an answer that is wrong or that it can't reach; then nothing is written
 * @throws UserError if the folder can't be written to
 */
export function synthesize({ settings, files }: LoadedSettings): PrivateRegistryStack {
  return intoOutput(files, (outdir) => {
    const app = new App({ stackTraces: false, outdir });
    const stack = new PrivateRegistryStack(app, settings, files);
    app.synth();
    return stack;
  });
}

if (require.main === module) {
  try {
    synthesize(loadSettings({ directory: process.cwd(), env: process.env }));
  } catch (error) {
    const { text, status } = errorReport(error);
    say(text);
    process.exitCode = status;
  }
}
