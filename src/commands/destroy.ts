import { WorkingDirectory, findEngine } from "../engine/engine";
import { parallelismFor } from "../engine/parallelism";
import { managedResources } from "../changes/plan";
import { list } from "../resolution/findings/finding";
import { stackFolder } from "../stack-folder";
import { count } from "../words";
import { cdktf } from "./cdktf";
import { program } from "./program";
import { run } from "./run";
import { synthesize } from "./synthesize";

const command = program("destroy")
  .usage("[options of cdktf destroy, such as --auto-approve]")
  .allowUnknownOption()
  .allowExcessArguments();

run(async () => {
  command.parse();
  const engine = findEngine(process.env);
  const { stack } = synthesize();
  const working = new WorkingDirectory({ engine, folder: stackFolder() });
  console.error(`${engine.command} init and show in ${stackFolder()}`);
  await working.init();
  console.log(`${whatGoes(await working.show())}\n`);
  const parallelism = parallelismFor(stack.toTerraform());
  process.exitCode = await cdktf({ verb: "destroy", engine, parallelism, args: command.args });
});

function whatGoes(state: unknown): string {
  const resources = [...managedResources(state).values()];
  if (resources.length === 0) return "Nothing is deployed: the state is empty.";
  const registries = resources
    .filter(({ type }) => type === "azurerm_container_registry")
    .map(({ values, address }) => (typeof values.name === "string" ? values.name : address));
  const images = `the registry ${list(registries)}, and all its images are lost`;
  return `${count(resources.length, "resource")} will go${registries.length > 0 ? `, among them ${images}` : ""}.`;
}
