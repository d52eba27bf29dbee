import { isJson } from "../util/json";
import { UserError } from "../util/user-error";
import type { Configuration } from "./configuration";
import { readPlanJson, readStateJson } from "./shown";
import { readSynthesizedJson } from "./synthesized";

/**
 * Reads Terraform JSON: a configuration as synthesized, or `terraform show -json` of a plan or a state.
 *
 * @param source - where it comes from, for the error
 * @throws UserError if it is none of these
 */
export function readTerraformJson(json: unknown, source: string): Configuration {
  if (isJson(json)) {
    if (isJson(json.planned_values)) return readPlanJson(json);
    if ("values" in json || "format_version" in json) return readStateJson(json);
    if ("resource" in json || "data" in json || "terraform" in json || "module" in json)
      return readSynthesizedJson(json);
    if (json.version === 4 && "lineage" in json) {
      throw new UserError(`${source} is a raw state file. Give the output of: terraform show -json`);
    }
  }
  throw new UserError(
    `${source} is not Terraform JSON. Give a configuration such as cdk.tf.json, or the output of terraform show -json for a plan or a state.`,
  );
}
