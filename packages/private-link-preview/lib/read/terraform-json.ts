import { UserError, checkDepth, isJson, refuseOthers, withoutSensitive } from "../../../common/util";
import type { Configuration } from "./configuration";
import { readPlanJson, readStateJson } from "./shown";
import { noticesOf, requireWhole } from "./whole-plan";
import { readSynthesizedJson } from "./synthesized";

/**
 * Reads Terraform JSON: a configuration as synthesized, or `terraform show -json` of a plan or a state.
 *
 * @param source - where it comes from, for the error
 * @throws UserError if it is none of these, a plan that is not whole, or a part of it is of the wrong type
 */
export function readTerraformJson(given: unknown, source: string): Configuration {
  checkDepth(given, source);
  refuseOthers(given, source);
  const json = isJson(given) ? withoutSensitive(given) : given;
  if (isJson(json)) {
    if ("planned_values" in json) {
      requireWhole(json, source);
      return { ...readPlanJson(json, source), notices: noticesOf(json) };
    }
    if ("values" in json || "format_version" in json)
      return { ...readStateJson(json, source), notices: noticesOf(json) };
    if ("resource" in json || "data" in json || "terraform" in json || "module" in json)
      return readSynthesizedJson(json, source);
  }
  throw new UserError(
    `${source} is not Terraform JSON. Give a configuration such as cdk.tf.json, or the output of terraform show -json for a plan or a state.`,
  );
}
