import { print } from "../../packages/common/text";
import { count, joinWords } from "../../packages/common/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { SETTINGS_OPTION } from "../cli/settings-option";
import { type Plan, readPlan } from "../plan/plan";
import { preparedStack, withPlan } from "../plan/with-plan";
import { applyPlan, type ApplyingOptions, chosenParallelism, parallelismOptions, timeText } from "./apply";
import { DESTROY_DURATION } from "./duration";

/** `npm run destroy`: makes one plan that destroys everything, shows how much, asks, and applies it. */
export const command: Command = async (args) => {
  const cli = program("destroy")
    .option(...SETTINGS_OPTION)
    .option("--auto-approve", "destroy without asking");
  const options = parallelismOptions(cli).parse(args, { from: "user" }).opts<ApplyingOptions>();
  const { autoApprove = false } = options;
  const made = preparedStack(options);
  const parallelism = chosenParallelism(options, made);
  await withPlan(made, { destroy: true, ...parallelism }, async ({ json, planFile }) => {
    const plan = readPlan(json, "the plan");
    print(destroyedText(plan));
    const { length } = plan.changes;
    if (length === 0) return;
    const began = performance.now();
    await applyPlan(planFile, { total: length, takes: DESTROY_DURATION }, { ...made, autoApprove, ...parallelism });
    print(`\nDestroyed ${count(length, "resource")} in ${timeText(performance.now() - began)}.`);
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
