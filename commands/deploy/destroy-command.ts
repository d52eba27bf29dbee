import { count, joinWords } from "../../packages/common/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { announce, SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { findEngine } from "../engine/engine";
import { type Plan, readPlan } from "../plan/plan";
import { withPlan } from "../plan/with-plan";
import { synthesize } from "../synth/synthesize";
import { applyPlan, chosenParallelism, parallelismOptions, timeText } from "./apply";
import { DESTROY_DURATION } from "./duration";

interface Options extends SettingsOption {
  readonly autoApprove?: boolean;
  readonly parallelism?: number;
  readonly terraformParallelism?: number;
}

/** `npm run destroy`: makes one plan that destroys everything, shows how much, asks, and applies it. */
export const command: Command = async (args) => {
  const cli = program("destroy")
    .option(...SETTINGS_OPTION)
    .option("--auto-approve", "destroy without asking");
  const options = parallelismOptions(cli).parse(args, { from: "user" }).opts<Options>();
  const { autoApprove = false } = options;
  const engine = findEngine(process.env);
  const loaded = settingsFor(options);
  const { files } = loaded;
  const { stack } = synthesize(loaded);
  announce(loaded);
  const said = options.parallelism ?? options.terraformParallelism;
  const parallelism = chosenParallelism(said, engine, stack.toTerraform());
  await withPlan(engine, files, { destroy: true, ...parallelism }, async ({ json, planFile }) => {
    const plan = readPlan(json, "the plan");
    console.log(destroyedText(plan));
    const { length } = plan.changes;
    if (length === 0) return;
    const began = performance.now();
    await applyPlan(
      planFile,
      { total: length, takes: DESTROY_DURATION },
      { engine, files, autoApprove, ...parallelism },
    );
    console.log(`\nDestroyed ${count(length, "resource")} in ${timeText(performance.now() - began)}.`);
  });
  return EXIT.done;
};

function destroyedText({ changes }: Plan): string {
  if (changes.length === 0) return "Nothing is deployed: the state is empty.";
  const registries = changes
    .filter(({ type }) => type === "azurerm_container_registry")
    .map(({ before, address }) => (typeof before.name === "string" ? before.name : address));
  const [registry, its] = registries.length === 1 ? ["registry", "its"] : ["registries", "their"];
  const images = `, among them the ${registry} ${joinWords(registries)}, with all ${its} images`;
  return `${count(changes.length, "resource")} will be destroyed${registries.length > 0 ? images : ""}.`;
}
