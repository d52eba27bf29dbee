import { print } from "../../packages/common/text";
import { count, joinWords, UsageError } from "../../packages/common/util";
import { requireApproval } from "../cli/approval";
import { type Command, EXIT, type ExitStatus } from "../cli/command";
import { program } from "../cli/program";
import { SETTINGS_OPTION } from "../cli/settings-option";
import { type Plan, readPlan } from "../plan/plan";
import { type PreparedStack, withPlan, withStack } from "../plan/with-plan";
import { applyPlan, type ApplyingOptions, chosenParallelism, parallelismOptions, timeText } from "./apply";
import { DESTROY_DURATION } from "./duration";

interface Options extends ApplyingOptions {
  readonly destroyRegistry?: string;
}

/** `npm run destroy`: makes one plan that destroys everything, shows how much, asks, and applies it. */
export const command: Command = async (args) => {
  const cli = program("destroy")
    .option(...SETTINGS_OPTION)
    .option("--auto-approve", "destroy without asking, unless a registry is destroyed with all its images")
    .option("--destroy-registry <name>", "destroy the registry of this name with all its images, without asking");
  const options = parallelismOptions(cli).parse(args, { from: "user" }).opts<Options>();
  return withStack(options, (made) => destroyed(options, made));
};

async function destroyed(options: Options, made: PreparedStack): Promise<ExitStatus> {
  const { autoApprove = false, destroyRegistry } = options;
  const parallelism = chosenParallelism(options, made);
  await withPlan(made, { destroy: true, ...parallelism }, async ({ json, planFile }) => {
    const plan = readPlan(json, "the plan");
    const registries = registriesIn(plan);
    print(destroyedText(plan, registries));
    const { length } = plan.changes;
    if (destroyRegistry !== undefined && !registries.includes(destroyRegistry))
      throw new UsageError(
        `--destroy-registry: found ${destroyRegistry}, allowed: ${registries.join(", ") || "no such option, because no registry is destroyed"}`,
      );
    if (length === 0) return;
    // Images that are lost are lost for good, so it takes the registry's own name.
    const [registry] = registries;
    if (registry !== undefined && destroyRegistry === undefined)
      await requireApproval(registry, `--destroy-registry ${registry}`);
    const began = performance.now();
    await applyPlan(
      planFile,
      { total: length, takes: DESTROY_DURATION },
      { ...made, ...parallelism, autoApprove: autoApprove || registry !== undefined },
    );
    print(`\nDestroyed ${count(length, "resource")} in ${timeText(performance.now() - began)}.`);
  });
  return EXIT.done;
}

/** The names of the registries that a plan destroys. */
function registriesIn({ changes }: Plan): string[] {
  return changes
    .filter(({ type }) => type === "azurerm_container_registry")
    .map(({ before, address }) => (typeof before.name === "string" ? before.name : address));
}

function destroyedText({ changes }: Plan, registries: readonly string[]): string {
  if (changes.length === 0) return "Nothing is deployed: the state is empty.";
  const [registry, its] = registries.length === 1 ? ["registry", "its"] : ["registries", "their"];
  const images = `, among them the ${registry} ${joinWords(registries)}, with all ${its} images`;
  return `${count(changes.length, "resource")} will be destroyed${registries.length > 0 ? images : ""}.`;
}
