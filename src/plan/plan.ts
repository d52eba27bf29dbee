import { type Finding, previewOf } from "private-link-preview";
import { at, isJson, type Json, objects, UserError } from "private-link-preview/util";
import { NetworkIndex } from "./network-index";

/** What becomes of a resource. */
export type Action = "create" | "update" | "replace" | "delete" | "forget" | "import";

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
  /**
   * The hub, the registry or the spoke of this project to which it belongs: what its logical id starts with. Absent for
   * what belongs to none, or is not of this project.
   */
  readonly part?: string;
  /** The rest of the logical id: `endpoint`, `vm_nic`, `peering-to-hub`. */
  readonly role: string;
  readonly action: Action;
  /** For a resource that is replaced, whether the new one is there before the old one goes. */
  readonly overlaps: boolean;
  /** Values before; empty for a resource that comes. */
  readonly before: Json;
  /** Values afterwards as far as known; empty for a resource that goes. */
  readonly after: Json;
  /** By attribute, whether its value afterwards is known only once applied. */
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
export type Fate = "joins" | "leaves" | "is replaced";

/** What a deployment would do, and the network before and after it. */
export interface Plan {
  /** What happens to resources; reading data does not count. */
  readonly changes: readonly ResourceChange[];
  /** What was changed by others since the last deployment. */
  readonly drift: readonly ResourceChange[];
  readonly before: NetworkIndex;
  readonly after: NetworkIndex;
  /** What is wrong with the network afterwards, or worth knowing. */
  readonly findings: readonly Finding[];
  /** What there is before, by address. */
  readonly resourcesBefore: ReadonlyMap<string, ShownResource>;
  /** What there is afterwards, by address. */
  readonly resourcesAfter: ReadonlyMap<string, ShownResource>;
  /** What happens to the hub and the spokes as a whole; of those that stay, nothing. */
  readonly fates: ReadonlyMap<string, Fate>;
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
  const parts = partsIn([...resourcesBefore.keys(), ...resourcesAfter.keys()]);
  const read = (list: unknown) => objects(list).flatMap((change) => changeOf(change, parts));
  const after = previewOf(json, source);
  const plan = { changes: read(changes), drift: read(drift), resourcesBefore, resourcesAfter };
  return {
    ...plan,
    before: new NetworkIndex(previewOf({ format_version: "1.0", values }, source)),
    after: new NetworkIndex(after),
    findings: after.findings,
    fates: fatesOf(
      [...parts].filter((part) => part !== "registry"),
      plan,
    ),
  };
}

/** Each part has a resource group for all that is made for it: so its group, or its virtual network, tells its fate. */
function fatesOf(
  parts: readonly string[],
  { changes, resourcesBefore, resourcesAfter }: Pick<Plan, "changes" | "resourcesBefore" | "resourcesAfter">,
): Map<string, Fate> {
  const replaced = new Set(changes.filter(({ action }) => action === "replace").map(({ address }) => address));
  return new Map(
    parts.flatMap((part): [string, Fate][] => {
      const group = resourceGroupOf(part);
      const [before, after] = [resourcesBefore.has(group), resourcesAfter.has(group)];
      if (before !== after) return [[part, before ? "leaves" : "joins"]];
      return replaced.has(group) || replaced.has(networkOf(part)) ? [[part, "is replaced"]] : [];
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

/** Each part of this project has a resource group, which is called after it. */
function partsIn(addresses: readonly string[]): Set<string> {
  return new Set(
    addresses.flatMap((address) => /^azurerm_resource_group\.([^_]+)_resource-group$/.exec(address)?.[1] ?? []),
  );
}

/** The text of an attribute, if it has one. */
export function textIn(values: Json, attribute: string): string | undefined {
  const value = values[attribute];
  return typeof value === "string" ? value : undefined;
}

/** Terraform address of the virtual network of the hub or a spoke. */
export function networkOf(part: string): string {
  return `azurerm_virtual_network.${part}_network`;
}

/** Terraform address of a part's resource group. */
export function resourceGroupOf(part: string): string {
  return `azurerm_resource_group.${part}_resource-group`;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  create: "create",
  update: "update",
  delete: "delete",
  forget: "forget",
  "delete,create": "replace",
  "create,delete": "replace",
  "create,forget": "replace",
};

function changeOf(resource: Json, parts: ReadonlySet<string>): ResourceChange[] {
  const { address, mode, type, name, module_address: module, deposed, action_reason: reason, change } = resource;
  if (mode === "data" || typeof address !== "string" || typeof type !== "string" || !isJson(change)) return [];
  const { actions, before, after, after_unknown: unknown, before_sensitive, after_sensitive, replace_paths } = change;
  const action = ACTIONS[String(actions)] ?? (isJson(change.importing) ? "import" : undefined);
  if (action === undefined) return [];
  const [part = "", ...role] = typeof name === "string" ? name.split("_") : [];
  const ours = module === undefined && parts.has(part);
  return [
    {
      address: typeof deposed === "string" ? `${address} (deposed object ${deposed})` : address,
      type,
      ...(ours && { part }),
      role: ours ? role.join("_") : "",
      action,
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
