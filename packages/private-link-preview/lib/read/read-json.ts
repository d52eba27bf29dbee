import {
  type Json,
  UserError,
  at,
  checkDepth,
  isJson,
  objects,
  refuseOthers,
  withoutSensitiveIn,
} from "../../../common/util";
import { isOfAzure, readAzureJson } from "./azure";
import type { Input } from "./configuration";
import type { NamedInput } from "./joined";
import { readPlanJson, readStateJson } from "./shown";
import { noticesOf, requireWhole } from "./whole-plan";
import { readSynthesizedJson } from "./synthesized";

/** JSON of a file, and what the file is called in errors and findings. */
export interface Source {
  readonly json: unknown;
  readonly source: string;
}

/**
 * Reads files that are told together: what is marked as sensitive in one of them is withheld in all.
 *
 * @throws UserError if one is in none of the forms that are read
 */
export function readAll(sources: readonly Source[]): NamedInput[] {
  for (const { json, source } of sources) {
    checkDepth(json, source);
    refuseOthers(json, source);
  }
  const shown = withoutSensitiveIn(sources.map(({ json }) => ({ json, isValues: isOfAzure(json) })));
  return sources.map(({ source }, index) => ({ ...readJson(shown[index], source), source }));
}

/**
 * Reads Terraform JSON, which is a configuration as synthesized or `terraform show -json` of a plan or a state, or resources
 * in the form of Azure's API.
 *
 * @param source - where it comes from, for the error
 * @throws UserError if it is none of these, a plan that is not whole, or a part of it is of the wrong type
 */
function readJson(json: unknown, source: string): Input {
  const azure = readAzureJson(json, source);
  if (azure) return azure;
  if (isJson(json)) {
    if ("planned_values" in json) {
      requireWhole(json, source);
      const after = { ...readPlanJson(json, source), notices: noticesOf(json) };
      return { after, kind: "plan", gone: deletedIn(json) };
    }
    if ("values" in json || "format_version" in json)
      return { after: { ...readStateJson(json, source), notices: noticesOf(json) }, kind: "state", gone: [] };
    if ("resource" in json || "data" in json || "terraform" in json || "module" in json)
      return { after: readSynthesizedJson(json, source), kind: "configuration", gone: [] };
  }
  throw new UserError(
    `${source} is not Terraform JSON. Give a configuration such as cdk.tf.json, the output of terraform show -json for a plan or a state, or resources in the form of Azure's API.`,
  );
}

/** Types whose resources have the id of what they say something of, which stays. */
const HAVE_ID_OF_OTHER = /association$|_rules$|_dns_servers$|_managed_key$|^azapi_(update_resource|resource_action)$/;

/** Ids, in lower case, of what a plan deletes, or replaces; with the type before it where the id is that of something else. */
function deletedIn(plan: Json): string[] {
  return objects(plan.resource_changes ?? [])
    .filter((change) => at(change, ["change", "actions"]).includes("delete"))
    .flatMap((change) => at(change, ["change", "before", "id"]).map((id) => ({ id, type: String(change.type) })))
    .flatMap(({ id, type }) => (typeof id === "string" ? [ofType(type) + id.toLowerCase()] : []));
}

function ofType(type: string): string {
  return HAVE_ID_OF_OTHER.test(type) ? `${type} ` : "";
}
