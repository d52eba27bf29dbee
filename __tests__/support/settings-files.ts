import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const EXAMPLES = join(__dirname, "..", "..", "examples");

/** The settings of each example, that of the default network included, by name. */
export const exampleSettings: readonly (readonly [string, object])[] = readdirSync(EXAMPLES, {
  recursive: true,
  encoding: "utf8",
})
  .filter((file) => file.endsWith(".json"))
  .flatMap((file) => {
    const text = readFileSync(join(EXAMPLES, file), "utf8");
    const { privateRegistry } = JSON.parse(text) as { privateRegistry?: object };
    // The others are plans.
    return privateRegistry ? [[file.replace(/\W/g, "-"), privateRegistry] as const] : [];
  });

/** The examples that are networks of their own: none is one change of the default network. */
export const exampleNetworks = exampleSettings.filter(([name]) => !name.startsWith("changes-"));
