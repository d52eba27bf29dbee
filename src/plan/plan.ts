import { type Finding, previewOf } from "private-link-preview";
import { at, isJson, type Json, objects, UserError } from "private-link-preview/util";
import { ID, networkOf, partAndRole, partOfResourceGroup, resourceGroupOf } from "../terraform/logical-ids";
import type { Effect } from "./change";
import { NetworkIndex } from "./network-index";

/** A resource with the values that are known, as a state or a plan shows it. */
export interface ShownResource {
  readonly address: string;
  readonly type: string;
  readonly values: Json;
}

/** A change of one resource, or of a deposed object of it. */
export interface ResourceChange {
  /** Terraform address; for a deposed object followed by which. */
  readonly address: string;
  readonly type: string;
  /** The part of this project to which it belongs, by its logical id: the hub, the registry or a spoke; absent for none. */
  readonly part?: string;
  /** Its role in that part, by its logical id: `endpoint`, `vm_nic`, `peering-to-hub`; empty without a part. */
  readonly role: string;
  readonly effect: Effect;
  /** For a resource that is replaced, whether the new one is created before the old one is destroyed. */
  readonly overlaps: boolean;
  /** Values before; empty for a resource that is created. */
  readonly before: Json;
  /** Values afterwards as far as known; empty for a resource that is destroyed. */
  readonly after: Json;
  /** By attribute, whether its value is (known after apply). */
  readonly unknown: Json;
  /** By attribute, whether it is secret. */
  readonly secret: Json;
  /** Paths of the attributes for which it must be replaced. */
  readonly forcedBy: readonly (readonly (string | number)[])[];
  /** Why, where Terraform says so: `replace_because_tainted` and its like. */
  readonly reason?: string;
  readonly deposed: boolean;
}

/** What happens to the hub or a spoke as a whole. */
export type PartEffect = Extract<Effect, "created" | "destroyed" | "replaced">;

/** What a deployment would do, and the network before and after it. */
export interface Plan {
  /** Changes of managed resources. */
  readonly changes: readonly ResourceChange[];
  /** What was changed by others since the last deployment. */
  readonly drift: readonly ResourceChange[];
  readonly before: NetworkIndex;
  readonly after: NetworkIndex;
  /** Errors and warnings of the network afterwards. */
  readonly findings: readonly Finding[];
  /** Managed resources before, by address. */
  readonly resourcesBefore: ReadonlyMap<string, ShownResource>;
  /** Managed resources afterwards, by address. */
  readonly resourcesAfter: ReadonlyMap<string, ShownResource>;
  /** The hub and the spokes that are created, destroyed or replaced as a whole. */
  readonly changedParts: ReadonlyMap<string, PartEffect>;
}

/**
 * Reads `terraform show -json` of a plan file.
 *
 * @param source - where it comes from, for the error
 * @throws UserError if it is something else
 */
export function readPlan(json: unknown, source: string): Plan {
  if (!isJson(json) || !isJson(json.planned_values)) {
    throw new UserError(`${source} is not a plan. Give the output of: terraform show -json PLANFILE`);
  }
  const { prior_state: prior, planned_values: planned, resource_changes: changes, resource_drift: drift } = json;
  const values = isJson(prior) ? prior.values : undefined;
  const resourcesBefore = managedResources({ values });
  const resourcesAfter = managedResources({ values: planned });
  const addresses = [...resourcesBefore.keys(), ...resourcesAfter.keys()];
  const parts = new Set(addresses.flatMap((address) => partOfResourceGroup(address) ?? []));
  const read = (list: unknown) => objects(list).flatMap((change) => changeOf(change, parts));
  const after = previewOf(json, source);
  const plan = { changes: read(changes), drift: read(drift), resourcesBefore, resourcesAfter };
  return {
    ...plan,
    before: new NetworkIndex(previewOf({ format_version: "1.0", values }, source)),
    after: new NetworkIndex(after),
    findings: after.findings,
    changedParts: changedParts(
      [...parts].filter((part) => part !== ID.registry),
      plan,
    ),
  };
}

/** A part is created or destroyed with its resource group, and replaced with its resource group or its virtual network. */
function changedParts(
  parts: readonly string[],
  { changes, resourcesBefore, resourcesAfter }: Pick<Plan, "changes" | "resourcesBefore" | "resourcesAfter">,
): Map<string, PartEffect> {
  const replaced = new Set(changes.filter(({ effect }) => effect === "replaced").map(({ address }) => address));
  return new Map(
    parts.flatMap((part): [string, PartEffect][] => {
      const group = resourceGroupOf(part);
      const [before, after] = [resourcesBefore.has(group), resourcesAfter.has(group)];
      if (before !== after) return [[part, before ? "destroyed" : "created"]];
      return replaced.has(group) || replaced.has(networkOf(part)) ? [[part, "replaced"]] : [];
    }),
  );
}

/** The managed resources in what `terraform show -json` prints of a state, with those of its modules, by address. */
export function managedResources(state: unknown): Map<string, ShownResource> {
  const found = new Map<string, ShownResource>();
  const visit = (module: unknown): void => {
    if (!isJson(module)) return;
    for (const { mode, address, type, values } of objects(module.resources)) {
      if (mode === "data" || typeof address !== "string" || typeof type !== "string") continue;
      found.set(address, { address, type, values: isJson(values) ? values : {} });
    }
    objects(module.child_modules).forEach(visit);
  };
  at(state, ["values", "root_module"]).forEach(visit);
  return found;
}

/** The text of an attribute, if it has one. */
export function textIn(values: Json, attribute: string): string | undefined {
  const value = values[attribute];
  return typeof value === "string" ? value : undefined;
}

/** Effects by Terraform's `actions`. */
const EFFECTS: Readonly<Record<string, Effect>> = {
  create: "created",
  update: "updated",
  delete: "destroyed",
  forget: "forgotten",
  "delete,create": "replaced",
  "create,delete": "replaced",
  "create,forget": "replaced",
};

function changeOf(resource: Json, parts: ReadonlySet<string>): ResourceChange[] {
  const { address, mode, type, name, module_address: module, deposed, action_reason: reason, change } = resource;
  if (mode === "data" || typeof address !== "string" || typeof type !== "string" || !isJson(change)) return [];
  const { actions, before, after, after_unknown: unknown, before_sensitive, after_sensitive, replace_paths } = change;
  const effect = EFFECTS[String(actions)] ?? (isJson(change.importing) ? "imported" : undefined);
  if (effect === undefined) return [];
  const { part, role } = partAndRole(typeof name === "string" ? name : "");
  const ours = module === undefined && parts.has(part);
  return [
    {
      address: typeof deposed === "string" ? `${address} (deposed object ${deposed})` : address,
      type,
      ...(ours && { part }),
      role: ours ? role : "",
      effect,
      overlaps: String(actions) === "create,delete",
      before: isJson(before) ? before : {},
      after: isJson(after) ? after : {},
      unknown: isJson(unknown) ? unknown : {},
      secret: { ...(isJson(before_sensitive) && before_sensitive), ...(isJson(after_sensitive) && after_sensitive) },
      forcedBy: Array.isArray(replace_paths) ? (replace_paths as unknown[]).filter(isPath) : [],
      ...(typeof reason === "string" && { reason }),
      deposed: typeof deposed === "string",
    },
  ];
}

function isPath(path: unknown): path is (string | number)[] {
  return Array.isArray(path) && path.every((step) => typeof step === "string" || typeof step === "number");
}
