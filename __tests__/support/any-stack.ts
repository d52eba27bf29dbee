import fc from "./fast-check";
import { type TerraformJson, synthesize } from "./synth";

/**
 * Runs checks with settings at random and their Terraform JSON. The settings are generated, and the JSON synthesized, once
 * for all tests of a file: a check must not change them.
 */
export function withAnyStack<Settings extends object>(
  arbitrary: fc.Arbitrary<Settings>,
): (check: (json: TerraformJson, settings: Settings) => void) => void {
  let stacks: { json: TerraformJson; settings: Settings }[] | undefined;
  return (check) => {
    stacks ??= fc.sample(arbitrary, 20).map((settings) => ({ settings, json: synthesize(settings) }));
    for (const { json, settings } of stacks) {
      try {
        check(json, settings);
      } catch (cause) {
        throw new Error(`With the settings ${JSON.stringify(settings)}: ${(cause as Error).message}`, { cause });
      }
    }
  };
}
