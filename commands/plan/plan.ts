import { at, isJson, type Json, objects, refuseOthers, UserError, withoutSensitive } from "../../packages/common/util";
import { type Finding, previewOf } from "../../packages/private-link-preview";
import {
  hubName,
  ID,
  networkOf,
  partAndRole,
  partOfResourceGroup,
  resourceGroupOf,
} from "../../src/terraform/logical-ids";
import { NetworkIndex } from "./network-index";
import { withoutSecrets } from "./secrets";
import { REMEDIES } from "../../src/dns/remedies";

/** What Terraform does with a resource. */
export type Effect = "created" | "updated" | "replaced" | "destroyed" | "imported" | "forgotten";

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
  /** Whether it is imported, before it is updated in place if that is its effect. */
  readonly imported: boolean;
  /** For a resource that is replaced, whether the new one is created before the old one is destroyed. */
  readonly overlaps: boolean;
  /** Values before, without what is secret; empty for a resource that is created. */
  readonly before: Json;
  /** Values afterwards as far as known, without what is secret; empty for a resource that is destroyed. */
  readonly after: Json;
  /** By attribute, whether its value is (known after apply). */
  readonly unknown: Json;
  /** Paths of the secret values that differ. */
  readonly secretsChanged: readonly string[];
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
  /** What the plan says that its resources do not show, such as conditions that failed. */
  readonly notices: readonly string[];
  /** Managed resources before, by address. */
  readonly resourcesBefore: ReadonlyMap<string, ShownResource>;
  /** What data sources have read, by address. */
  readonly read: ReadonlyMap<string, ShownResource>;
  /** Managed resources afterwards, by address. */
  readonly resourcesAfter: ReadonlyMap<string, ShownResource>;
  /** The hub and the spokes that are created, destroyed or replaced as a whole. */
  readonly changedParts: ReadonlyMap<string, PartEffect>;
  /** Whether the record sets that others write differ afterwards. */
  readonly externalRecordsChange: boolean;
}

/** How a plan is read. */
export interface ReadPlanOptions {
  /** Whether it may be of some resources alone, as with `-target`. @default false */
  readonly partial?: boolean;
}

/**
 * Reads `terraform show -json` of a plan file.
 *
 * @param source - where it comes from, for the error
 * @throws UserError if it is something else, or a plan that is not whole or not understood
 */
export function readPlan(json: unknown, source: string, { partial = false }: ReadPlanOptions = {}): Plan {
  refuseOthers(json, source);
  if (!isJson(json) || !isJson(json.planned_values)) {
    throw new UserError(`${source} is not a plan. Give the output of: terraform show -json PLANFILE`);
  }
  if (lacksChanges(json))
    throw new UserError(
      `${source} lacks its list of changes, resource_changes, so what it changes is not known for certain. Give the whole output of: terraform show -json PLANFILE`,
    );
  // The preview refuses a plan that is not whole, unless that is on purpose.
  const shown: Json = { ...withoutSensitive(json), ...(partial && { complete: true, deferred_changes: [] }) };
  const { prior_state: prior, planned_values: planned } = shown;
  const values = isJson(prior) ? prior.values : undefined;
  const resourcesBefore = managedResources({ values });
  const resourcesAfter = managedResources({ values: planned });
  const addresses = [...resourcesBefore.keys(), ...resourcesAfter.keys()];
  // A registry that was imported, and records of a hub in a zone that exists, are in existing resource groups.
  const partOf = (address: string) => {
    const { part } = partAndRole(address.slice(address.indexOf(".") + 1));
    return hubName(part) === undefined ? partOfResourceGroup(address) : part;
  };
  const parts = new Set([ID.registry, ID.hub, ...addresses.flatMap((address) => partOf(address) ?? [])]);
  const changes = (list: unknown, name: string) => changesIn(list, `${source}: ${name}`, parts);
  const after = previewOf(shown, source, REMEDIES);
  const plan = {
    changes: changes(shown.resource_changes ?? [], "resource_changes"),
    drift: changes(shown.resource_drift ?? [], "resource_drift"),
    resourcesBefore,
    resourcesAfter,
    read: resourcesOf("data", { values }),
  };
  return {
    ...plan,
    before: new NetworkIndex(previewOf({ format_version: "1.0", values }, source, REMEDIES)),
    after: new NetworkIndex(after),
    findings: after.findings,
    notices: after.notices,
    externalRecordsChange: isOutputChanged(json, "dns_records"),
    changedParts: changedParts(
      [...parts].filter((part) => part !== ID.registry),
      plan,
    ),
  };
}

/** Whether a plan changes an output to another value. One that is destroyed has none. */
function isOutputChanged(plan: Json, output: string): boolean {
  const [actions] = at(plan, ["output_changes", output]).map((change) => isJson(change) && change.actions);
  return Array.isArray(actions) && actions.some((action) => action === "create" || action === "update");
}

/** Whether a plan has resources, and no list of what changes in them. */
function lacksChanges({ resource_changes: changes, planned_values: planned, prior_state: prior }: Json): boolean {
  const hasResources = (part: unknown) =>
    at(part, ["root_module"]).some((module) => isJson(module) && Object.keys(module).length > 0);
  return (changes ?? null) === null && (hasResources(planned) || at(prior, ["values"]).some(hasResources));
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
  return resourcesOf("managed", state);
}

function resourcesOf(wanted: "managed" | "data", state: unknown): Map<string, ShownResource> {
  const found = new Map<string, ShownResource>();
  const visit = (module: unknown): void => {
    if (!isJson(module)) return;
    for (const { mode, address, type, values } of objects(module.resources)) {
      if ((mode === "data") !== (wanted === "data") || typeof address !== "string" || typeof type !== "string")
        continue;
      found.set(address, { address, type, values: isJson(values) ? values : {} });
    }
    objects(module.child_modules).forEach(visit);
  };
  at(state, ["values", "root_module"]).forEach(visit);
  return found;
}

/** Data sources are read, and ephemeral resources are never stored. */
function isManaged(mode: unknown): boolean {
  return mode !== "data" && mode !== "ephemeral";
}

/** The text of an attribute, if it has one. */
export function textIn(values: Json, attribute: string): string | undefined {
  const value = values[attribute];
  return typeof value === "string" ? value : undefined;
}

/** Effects by Terraform's `actions`; none for those that change nothing. */
const EFFECTS: Readonly<Record<string, Effect | undefined>> = {
  "no-op": undefined,
  read: undefined,
  create: "created",
  update: "updated",
  delete: "destroyed",
  forget: "forgotten",
  "delete,create": "replaced",
  "create,delete": "replaced",
  "create,forget": "replaced",
  "forget,create": "replaced",
};

/** @throws UserError for an entry that is not understood: to leave it out would hide a change */
function changesIn(list: unknown, source: string, parts: ReadonlySet<string>): ResourceChange[] {
  if (!Array.isArray(list))
    throw new UserError(`${source} is not a list. Give the whole output of: terraform show -json PLANFILE`);
  return list.flatMap((entry: unknown, i) => changeOf(entry, `${source}[${i}]`, parts));
}

function changeOf(resource: unknown, source: string, parts: ReadonlySet<string>): ResourceChange[] {
  const {
    address,
    mode,
    type,
    name,
    module_address: module,
    deposed,
    action_reason: reason,
    change,
  } = isJson(resource) ? resource : {};
  if (typeof address !== "string" || typeof type !== "string" || !isJson(change) || !Array.isArray(change.actions))
    throw new UserError(`${source} is not a change of a resource, so what the plan changes is not known.`);
  const { after_unknown: unknown, before_sensitive, after_sensitive, replace_paths } = change;
  const actions = String(change.actions);
  if (!Object.hasOwn(EFFECTS, actions))
    throw new UserError(
      `${source} has the actions ${JSON.stringify(change.actions)} for ${address}, which this project does not know. Use a newer version of it.`,
    );
  const effect = EFFECTS[actions] ?? (isJson(change.importing) ? "imported" : undefined);
  if (effect === undefined || !isManaged(mode)) return [];
  const { part, role } = partAndRole(typeof name === "string" ? name : "");
  const ours = module === undefined && parts.has(part);
  const { before, after, changed } = withoutSecrets(change.before, change.after, {
    before: before_sensitive,
    after: after_sensitive,
  });
  return [
    {
      address: typeof deposed === "string" ? `${address} (deposed object ${deposed})` : address,
      type,
      ...(ours && { part }),
      role: ours ? role : "",
      effect,
      imported: isJson(change.importing),
      overlaps: actions === "create,delete",
      before,
      after,
      unknown: isJson(unknown) ? unknown : {},
      secretsChanged: changed,
      forcedBy: Array.isArray(replace_paths) ? (replace_paths as unknown[]).filter(isPath) : [],
      ...(typeof reason === "string" && { reason }),
      deposed: typeof deposed === "string",
    },
  ];
}

function isPath(path: unknown): path is (string | number)[] {
  return Array.isArray(path) && path.every((step) => typeof step === "string" || typeof step === "number");
}
