import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const EXAMPLES = join(__dirname, "..", "..", "examples");

/** The settings of each example, that of the default network included, by name. */
export const exampleSettings: readonly (readonly [string, object])[] = readdirSync(EXAMPLES, {
  recursive: true,
  encoding: "utf8",
})
  .filter((file) => file.endsWith(".json"))
  .map((file) => {
    const { privateRegistry } = JSON.parse(readFileSync(join(EXAMPLES, file), "utf8")) as { privateRegistry: object };
    return [file.replace(/\W/g, "-"), privateRegistry];
  });
