import fc, { isFuzz, property } from "./fast-check";
import { type TerraformJson, synthesize } from "./synth";

/**
 * Properties of the Terraform JSON of any settings. In `npm test` all of them see the same settings, so that the JSON is
 * synthesized once for all properties of a file: a check must not change it.
 */
export function anyStackOf<Settings extends object>(
  settings: fc.Arbitrary<Settings>,
): (name: string, check: (json: TerraformJson, settings: Settings) => void) => void {
  const known = new Map<string, TerraformJson>();
  const jsonOf = (settings: Settings): TerraformJson => {
    const key = JSON.stringify(settings);
    const json = known.get(key) ?? synthesize(settings);
    if (!isFuzz) known.set(key, json);
    return json;
  };
  return (name, check) => {
    const holds = fc.property(settings, (settings) => {
      check(jsonOf(settings), settings);
    });
    property(name, 12, holds);
  };
}
