import { program } from "./src/commands/program";
import { run } from "./src/commands/run";
import { summary } from "./src/report/summary";
import { loadSettings } from "./src/settings/load";
import { PrivateRegistryStack } from "./src/stack";
import { App } from "./src/terraform";

run(() => {
  if (process.argv.length > 2) program("synth").parse();
  const { settings, source } = loadSettings(process.cwd(), process.env);
  const app = new App({ stackTraces: false });
  const stack = new PrivateRegistryStack(app, settings);
  app.synth();
  console.error(`${app.outdir}/stacks/${stack.node.id}/cdk.tf.json from ${source}.\n${summary(stack.resolution)}`);
});
