import { count, joinWords } from "private-link-preview/util";
import type { Command } from "../cli/command";
import { program } from "../cli/program";
import { WorkingDirectory, findEngine } from "../engine/engine";
import { parallelismFor } from "../engine/parallelism";
import { managedResources } from "../plan/plan";
import { synthesize } from "../synth/synthesize";
import { stackFolder } from "../terraform/stack-folder";
import { cdktf } from "./cdktf";

/** `npm run destroy`: shows how much will be destroyed, and runs `cdktf destroy`. */
export const command: Command = async (args) => {
  const cli = program("destroy")
    .usage("[options of cdktf destroy, such as --auto-approve]")
    .allowUnknownOption()
    .allowExcessArguments();
  cli.parse(args, { from: "user" });
  const engine = findEngine(process.env);
  const { stack } = synthesize();
  const working = new WorkingDirectory({ engine, folder: stackFolder() });
  console.error(`${engine.command} init and show in ${stackFolder()}`);
  await working.init();
  console.log(`${destroyedText(await working.show())}\n`);
  const parallelism = parallelismFor(stack.toTerraform());
  return await cdktf({ verb: "destroy", engine, parallelism, args: cli.args });
};

function destroyedText(state: unknown): string {
  const resources = [...managedResources(state).values()];
  if (resources.length === 0) return "Nothing is deployed: the state is empty.";
  const registries = resources
    .filter(({ type }) => type === "azurerm_container_registry")
    .map(({ values, address }) => (typeof values.name === "string" ? values.name : address));
  const [registry, its] = registries.length === 1 ? ["registry", "its"] : ["registries", "their"];
  const images = `, among them the ${registry} ${joinWords(registries)}, with all ${its} images`;
  return `${count(resources.length, "resource")} will be destroyed${registries.length > 0 ? images : ""}.`;
}
