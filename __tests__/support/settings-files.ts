import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

const EXAMPLES = join(__dirname, "..", "..", "examples");

/** The settings of each example, and of none, by name. */
export const exampleSettings: readonly (readonly [string, object])[] = [
  ["default", {}],
  ...readdirSync(EXAMPLES).map((file) => {
    const { privateRegistry } = JSON.parse(readFileSync(join(EXAMPLES, file), "utf8")) as { privateRegistry: object };
    return [basename(file, ".json"), privateRegistry] as const;
  }),
];
