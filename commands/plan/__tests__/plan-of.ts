import { isJson } from "../../../packages/common/util";
import {
  expressionsIn,
  isTemplate,
  referencesIn,
  templatesIn,
} from "../../../packages/private-link-preview/lib/read/expression";
import { isFuzz } from "../../../__tests__/support/fast-check";
import { type Attributes, type TerraformJson, synthesize } from "../../../__tests__/support/synth";

export const SPOKE1 = { name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" };
export const SPOKE2 = { name: "spoke2", location: "switzerlandnorth", addressSpace: "10.11.0.0/16" };
export const SPOKE3 = { name: "spoke3", location: "francecentral", addressSpace: "10.13.0.0/16" };

/**
 * A plan as `terraform show -json` prints it, made from the stack of the settings before and after, without an engine.
 *
 * It follows Terraform's rules: what can't change in place is replaced; what only exists once applied is unknown, and so
 * is what refers to it; a data source is read late if what it depends on changes.
 */
export interface PlanJson {
  readonly format_version: string;
  readonly planned_values: { readonly root_module: { readonly resources: Shown[] } };
  readonly prior_state: { readonly values: { readonly root_module: { readonly resources: Shown[] } } };
  readonly resource_changes: PlannedChange[];
  readonly resource_drift: PlannedChange[];
  readonly configuration: { readonly root_module: { readonly resources: readonly object[] } };
}

/** What a resource is called. */
interface Named {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
}

const nameOf = ({ address, mode, type, name }: Named): Named => ({ address, mode, type, name });

/** A resource in a state or plan. */
export interface Shown extends Named {
  readonly values: Attributes;
}

/** A resource's change. */
export interface PlannedChange extends Named {
  readonly deposed?: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Attributes | null;
    readonly after: Attributes | null;
    readonly after_unknown: Attributes;
    readonly before_sensitive?: Attributes;
    readonly after_sensitive?: Attributes;
    readonly importing?: { readonly id: string };
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

/**
 * The plan that leads from what some settings have deployed to other settings; null stands for nothing. Tests may change
 * the plan that they get: the next one gets another copy.
 */
export function planOf(before: object | null, after: object | null): PlanJson {
  return JSON.parse(once(texts, [before, after], () => JSON.stringify(newPlan(before, after)))) as PlanJson;
}

/** Takes a resource out of what is planned. */
export function removeFrom({ planned_values: { root_module } }: PlanJson, address: string): void {
  const { resources } = root_module;
  resources.splice(
    resources.findIndex((resource) => resource.address === address),
    1,
  );
}

// Many tests of a suite ask for the same plans, and more of them for the same settings.
const texts = new Map<string, string>();
const states = new Map<string, Shown[]>();
const stacks = new Map<string, TerraformJson>();

function once<T>(known: Map<string, T>, settings: unknown, make: () => T): T {
  const key = JSON.stringify(settings);
  const value = known.get(key) ?? make();
  // At length, no settings are asked for again.
  if (!isFuzz) known.set(key, value);
  return value;
}

function newPlan(before: object | null, after: object | null): PlanJson {
  const stackOf = (settings: object) => once(stacks, settings, () => synthesize(settings));
  const state = before === null ? [] : once(states, before, () => new Applied(stackOf(before)).resources());
  const json = after === null ? NOTHING : stackOf(after);
  const planned = new Planned(json, new Map(state.map((resource) => [resource.address, resource])));
  return {
    format_version: "1.2",
    planned_values: { root_module: { resources: planned.shown() } },
    prior_state: { values: { root_module: { resources: state } } },
    resource_changes: planned.changes(),
    resource_drift: [],
    configuration: { root_module: { resources: configurationOf(json) } },
  };
}

const NOTHING: TerraformJson = { resource: {}, data: {}, provider: {}, output: {}, terraform: {} };

/** Attributes for which azurerm replaces a resource of any type. */
const FORCE_NEW = ["name", "location", "resource_group_name"];

/** And those for which it replaces one of a type. */
const FORCE_NEW_OF: Record<string, readonly string[]> = {
  azurerm_bastion_host: ["ip_configuration"],
  azurerm_dev_test_global_vm_shutdown_schedule: ["virtual_machine_id"],
  azurerm_linux_virtual_machine: ["admin_ssh_key", "custom_data"],
  azurerm_management_lock: ["scope"],
  azurerm_monitor_diagnostic_setting: ["target_resource_id"],
  azurerm_private_dns_a_record: ["zone_name"],
  azurerm_private_dns_zone_virtual_network_link: ["private_dns_zone_name", "virtual_network_id"],
  azurerm_private_endpoint: ["subnet_id", "private_service_connection", "custom_network_interface_name"],
  azurerm_role_assignment: ["scope", "role_definition_name", "principal_id", "condition"],
  azurerm_subnet: ["virtual_network_name"],
  azurerm_subnet_network_security_group_association: ["subnet_id", "network_security_group_id"],
  azurerm_subnet_route_table_association: ["subnet_id", "route_table_id"],
  azurerm_virtual_network_peering: ["virtual_network_name", "remote_virtual_network_id"],
};

/** A value that is known only once applied. */
const UNKNOWN = Symbol("(known after apply)");

interface Body extends Named {
  readonly body: Attributes;
}

function bodiesIn({ resource, data }: TerraformJson): Body[] {
  const flat = (kinds: TerraformJson["resource"] | undefined, mode: Body["mode"]) =>
    Object.entries(kinds ?? {}).flatMap(([type, named]) =>
      Object.entries(named).map(([name, body]): Body => {
        return { address: `${mode === "data" ? "data." : ""}${type}.${name}`, mode, type, name, body };
      }),
    );
  return [...flat(data, "data"), ...flat(resource, "managed")].sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** Works out what the expressions of a configuration are. */
abstract class Evaluation {
  protected readonly bodies: Map<string, Body>;
  private readonly evaluated = new Map<string, Attributes>();

  constructor(json: TerraformJson) {
    this.bodies = new Map(bodiesIn(json).map((body) => [body.address, body]));
  }

  /** An attribute that is not in the configuration: an id, a principal. */
  protected abstract computed(address: string, steps: string): unknown;

  /** The address of a host name that a data source reads. */
  protected abstract addressOf(nic: string, fqdn: string): unknown;

  /** Values of a resource's configuration, blocks as lists, without what is only for Terraform. */
  protected valuesOf(address: string): Attributes {
    const known = this.evaluated.get(address);
    if (known) return known;
    const { body } = this.bodies.get(address)!;
    const values = Object.fromEntries(
      Object.entries(body)
        .filter(([name]) => !["lifecycle", "depends_on", "provider"].includes(name))
        .map(([name, value]) => [name, blocks(name, this.evaluate(value))]),
    );
    this.evaluated.set(address, values);
    return values;
  }

  private evaluate(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.evaluate(one));
    if (isJson(value))
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.evaluate(one)]));
    if (!isTemplate(value)) return value;
    const [expression] = expressionsIn(value);
    const lookup = /^one\(try\(\[for c in (data\.[\w.-]+?)\.output\..*, "([^"]+)"\)/.exec(expression ?? "");
    if (lookup) return this.addressOf(lookup[1]!, lookup[2]!);
    // The address space of an existing network, which no configuration has.
    if (expression?.startsWith("join(")) return "10.200.0.0/24";
    const [reference] = referencesIn(expression ?? "");
    const start = reference && `\${${reference.root}${reference.steps}}`;
    if (start === undefined || !value.startsWith(start)) throw new Error(`can't evaluate ${value}`);
    const { root, steps } = reference!;
    const known = this.valuesOf(root)[steps.slice(1)];
    const attribute = known === undefined ? this.computed(root, steps) : known;
    return value === start || attribute === UNKNOWN ? attribute : `${String(attribute)}${value.slice(start.length)}`;
  }
}

/** What is there once a configuration is applied. */
class Applied extends Evaluation {
  public resources(): Shown[] {
    return [...this.bodies.values()].map((body) => {
      const { address, type } = body;
      const computed = { id: this.computed(address, ".id"), ...this.readBack(address, type) };
      return { ...nameOf(body), values: { ...this.valuesOf(address), ...computed } };
    });
  }

  protected computed(address: string, steps: string): string {
    const { type } = this.bodies.get(address)!;
    const { resource_group_name: group = "", virtual_network_name: parent = "", name = "" } = this.valuesOf(address);
    const id = ["/subscriptions/s/resourceGroups", group, "providers", type, parent, name].join("/");
    return steps === ".id" ? id : `${id}${steps}`;
  }

  protected addressOf(nic: string, fqdn: string): string {
    const hosts = this.hosts();
    const endpoint = nic.replace(/^data\.azapi_resource\.(.*)_nic$/, "azurerm_private_endpoint.$1");
    const subnetId = this.valuesOf(endpoint).subnet_id;
    const subnet = [...this.bodies.values()].find(
      ({ type, address }) => type === "azurerm_subnet" && this.computed(address, ".id") === subnetId,
    );
    const range = subnet ? (this.valuesOf(subnet.address).address_prefixes as string[])[0]! : "10.200.0.0/24";
    // Azure keeps the first four addresses of a subnet.
    return range.replace(/(\d+)\/\d+$/, (_, last: string) => String(Number(last) + 4 + hosts.indexOf(fqdn)));
  }

  /** The host names of the registry: those that there are records of. */
  private hosts(): string[] {
    const records = [...this.bodies.values()].filter(({ type }) => type === "azurerm_private_dns_a_record");
    return [...new Set(records.map(({ body }) => `${String(body.name)}.${suffixIn(body)}`))].sort();
  }

  /** What Azure tells besides. */
  private readBack(address: string, type: string): Attributes {
    if (type === "azurerm_private_endpoint")
      return { network_interface: [{ id: this.computed(address, ".network_interface[0].id") }] };
    if (type !== "azapi_resource") return {};
    return { output: nicOutput(this.hosts().map((fqdn) => [fqdn, this.addressOf(address, fqdn)])) };
  }
}

/** What a network interface tells, with the address of each host name. */
const nicOutput = (addresses: [fqdn: string, privateIPAddress: string][]) => ({
  properties: {
    ipConfigurations: addresses.map(([fqdn, privateIPAddress]) => ({
      properties: { privateIPAddress, privateLinkConnectionProperties: { fqdns: [fqdn] } },
    })),
  },
});

/** The suffix of the host names by which a record set selects its addresses. */
function suffixIn(body: Attributes): string {
  return /, "[^"]*\.(azurecr\.\w+)"\)/.exec(templatesIn(body.records).join())![1]!;
}

/** What is planned for a configuration, given what is there. */
class Planned extends Evaluation {
  private readonly decided = new Map<string, { action: string; forced: string[] }>();

  constructor(
    json: TerraformJson,
    private readonly state: ReadonlyMap<string, Shown>,
  ) {
    super(json);
  }

  public shown(): Shown[] {
    return [...this.bodies.values()]
      .filter(({ address, mode }) => mode === "managed" || this.isReadLate(address))
      .map((body) => ({ ...nameOf(body), values: known(this.after(body.address)) as Attributes }));
  }

  /** What says so, and all that it depends on, is created before the old one is destroyed. */
  private readonly overlapping = new Set<string>();

  private overlap(address: string): void {
    if (this.overlapping.has(address)) return;
    this.overlapping.add(address);
    const text = JSON.stringify(this.bodies.get(address)!.body);
    for (const [found] of text.matchAll(/\bazurerm_\w+\.[\w-]+/g)) if (this.bodies.has(found)) this.overlap(found);
  }

  public changes(): PlannedChange[] {
    for (const [address, { body }] of this.bodies)
      if ((body.lifecycle as { create_before_destroy?: boolean } | undefined)?.create_before_destroy)
        this.overlap(address);
    const own = [...this.bodies.values()].map((body): PlannedChange => {
      const { address, mode } = body;
      const before = this.state.get(address)?.values ?? null;
      if (mode === "data") {
        const actions = this.isReadLate(address) ? ["read"] : ["no-op"];
        return { ...nameOf(body), change: { actions, before, after: before, after_unknown: {} } };
      }
      const { action, forced } = this.decide(address);
      const after = this.after(address);
      const values = { before, after: known(after) as Attributes, after_unknown: unknown(after) as Attributes };
      if (action !== "replace") return { ...nameOf(body), change: { actions: [action], ...values } };
      const actions = this.overlapping.has(address) ? ["create", "delete"] : ["delete", "create"];
      return {
        ...nameOf(body),
        action_reason: "replace_because_cannot_update",
        change: { actions, ...values, replace_paths: forced.map((attribute) => [attribute]) },
      };
    });
    const gone = [...this.state.values()].filter(
      ({ address, mode }) => mode === "managed" && !this.bodies.has(address),
    );
    return [
      ...own,
      ...gone.map((resource) => ({
        ...nameOf(resource),
        action_reason: "delete_because_no_resource_config",
        change: { actions: ["delete"], before: resource.values, after: null, after_unknown: {} },
      })),
    ];
  }

  protected computed(address: string, steps: string): unknown {
    const { action } = this.decide(address);
    if (action === "create" || action === "replace") return UNKNOWN;
    const { values } = this.state.get(address)!;
    return steps === ".id" ? values.id : `${String(values.id)}${steps}`;
  }

  protected addressOf(nic: string, fqdn: string): unknown {
    if (this.isReadLate(nic)) return UNKNOWN;
    const { output } = this.state.get(nic)!.values as { output: ReturnType<typeof nicOutput> };
    const found = output.properties.ipConfigurations.find(({ properties }) =>
      properties.privateLinkConnectionProperties.fqdns.includes(fqdn),
    );
    return found?.properties.privateIPAddress;
  }

  /** Whether a data source can't be read before what it refers to, or depends on, is applied. */
  private isReadLate(address: string): boolean {
    const { body } = this.bodies.get(address)!;
    const dependsOn = (body.depends_on ?? []) as string[];
    return holdsUnknown(this.valuesOf(address)) || dependsOn.some((one) => this.decide(one).action !== "no-op");
  }

  private decide(address: string): { action: string; forced: string[] } {
    const known = this.decided.get(address);
    if (known) return known;
    const { type } = this.bodies.get(address)!;
    const before = this.state.get(address)?.values;
    const ignored = this.ignoredIn(address);
    const values = this.valuesOf(address);
    const changed = before
      ? [...new Set([...Object.keys(before), ...Object.keys(values)])].filter(
          (name) => ![...ADDED, ...ignored].includes(name) && !same(before[name], values[name]),
        )
      : [];
    const forced = changed.filter((name) => [...FORCE_NEW, ...(FORCE_NEW_OF[type] ?? [])].includes(name));
    const action = !before ? "create" : forced.length > 0 ? "replace" : changed.length > 0 ? "update" : "no-op";
    this.decided.set(address, { action, forced });
    return { action, forced };
  }

  /** Values afterwards, some of them unknown. */
  private after(address: string): Attributes {
    const { mode } = this.bodies.get(address)!;
    const values = this.valuesOf(address);
    if (mode === "data") return values;
    const { action } = this.decide(address);
    if (action === "create" || action === "replace") return { ...values, id: UNKNOWN };
    // What the configuration doesn't say any more is gone, but for what Azure adds and what is ignored.
    const before = this.state.get(address)!.values;
    const kept = [...ADDED, ...this.ignoredIn(address)].filter((attribute) => attribute in before);
    return { ...values, ...Object.fromEntries(kept.map((attribute) => [attribute, before[attribute]])) };
  }

  private ignoredIn(address: string): string[] {
    const { lifecycle } = this.bodies.get(address)!.body;
    return (isJson(lifecycle) ? (lifecycle.ignore_changes ?? []) : []) as string[];
  }
}

/** Attributes that the configuration never says. */
const ADDED = ["id", "network_interface"];

/** azurerm shows blocks as lists; maps, and what azapi sends, are written as they are. */
function blocks(name: string, value: unknown): unknown {
  return isJson(value) && !["tags", "body", "triggers"].includes(name) ? [value] : value;
}

function same(a: unknown, b: unknown): boolean {
  return !holdsUnknown(b) && JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** A value without what is unknown; a list that holds something unknown is so as a whole, if it is not one of blocks. */
function known(value: unknown): unknown {
  if (Array.isArray(value)) return value.includes(UNKNOWN) ? undefined : value.map(known);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== UNKNOWN && !(Array.isArray(one) && one.includes(UNKNOWN)))
      .map(([name, one]) => [name, known(one)]),
  );
}

/** Where a value is unknown, as in `after_unknown`. */
function unknown(value: unknown): unknown {
  if (value === UNKNOWN || (Array.isArray(value) && value.includes(UNKNOWN))) return true;
  if (Array.isArray(value)) return value.map(unknown);
  if (!isJson(value)) return false;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => holdsUnknown(one))
      .map(([name, one]) => [name, unknown(one)]),
  );
}

/** The configuration as a plan shows it: each attribute's value, or what it refers to. */
function configurationOf(json: TerraformJson): object[] {
  return bodiesIn(json).map((named) => ({ ...nameOf(named), expressions: expressionsOf(named.body) }));
}

function expressionsOf(body: Attributes): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]): [string, unknown] => {
      const nested = [blocks(name, value)].flat().filter(isJson);
      if (nested.length > 0 && name !== "tags") return [name, nested.map(expressionsOf)];
      const found = templatesIn(value).flatMap(expressionsIn).flatMap(referencesIn);
      const references = found.map(({ root, steps }) => root + steps);
      return [name, references.length > 0 ? { constant_value: value, references } : { constant_value: value }];
    }),
  );
}
