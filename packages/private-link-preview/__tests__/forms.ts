/** Small networks as Terraform JSON: each part is written once and shown as synthesized, as a plan or as a state. */
export type Json = Record<string, unknown>;

/** A resource or data source. */
export interface Part {
  readonly address: string;
  /** As it is synthesized, references as `${…}`. */
  readonly body: Json;
  /** What is known besides, or in place of `body`, once it exists. */
  readonly applied: Json;
}

export function part(address: string, body: Json, applied: Json = {}): Part {
  return { address, body, applied };
}

export function without(parts: Part[], ...addresses: string[]): Part[] {
  for (const address of addresses) findPart(parts, address);
  return parts.filter(({ address }) => !addresses.includes(address));
}

/** The parts with some attributes of one of them changed, or left out where they are undefined; what is in `applied` is so in a state alone. */
export function change(parts: Part[], address: string, body: Json, applied: Json = {}): Part[] {
  const { body: oldBody, applied: oldApplied } = findPart(parts, address);
  const changed = part(address, { ...oldBody, ...body }, { ...oldApplied, ...applied });
  return parts.map((old) => (old.address === address ? changed : old));
}

/** The parts with the attributes of several of them changed, by address. */
export function changeAll(parts: Part[], bodies: Record<string, Json>): Part[] {
  return Object.entries(bodies).reduce((changed, [address, body]) => change(changed, address, body), parts);
}

function findPart(parts: readonly Part[], address: string): Part {
  const found = parts.find((candidate) => candidate.address === address);
  if (!found) throw new Error(`The fixture has no ${address}.`);
  return found;
}

export type Form = (parts: Part[]) => Json;

export function synthesized(parts: Part[]) {
  const json: Record<"resource" | "data", Record<string, Json>> = { resource: {}, data: {} };
  for (const { address, body } of parts) {
    const { mode, type, name } = split(address);
    const kind = json[mode === "data" ? "data" : "resource"];
    kind[type] = { ...kind[type], [name]: body };
  }
  return { terraform: {}, ...json };
}

/** A first plan of a configuration in Terraform's own language: names are known, ids are not. */
export function planOf(parts: Part[]) {
  return plan(parts, (references) => ({ references }));
}

/** A first plan of a configuration in JSON: Terraform then shows the raw template beside its references. */
export function planOfJson(parts: Part[]): Json {
  return plan(parts, (references, value) => ({ constant_value: value, references }));
}

function plan(parts: Part[], expression: (references: string[], value: unknown) => Json) {
  return shownPlan({
    resources: parts.map(({ address, body }) => shown(address, known(body, parts, ({ body }) => body) as Json)),
    configuration: parts.map(({ address, body }) => configured(address, describe(body, expression))),
  });
}

export function stateOf(parts: Part[]): Json {
  const values = (of: Part): Json => ({ ...of.body, ...of.applied });
  return shownState(parts.map((of) => shown(of.address, known(values(of), parts, values) as Json)));
}

export const FORMS: readonly (readonly [string, Form])[] = [
  ["synthesized", synthesized],
  ["planned", planOf],
  ["applied", stateOf],
];

/** The plan of resources and child modules that are shown and configured as given. */
export function shownPlan(given: {
  resources?: Json[];
  modules?: Json[];
  configuration?: Json[];
  calls?: Json;
  read?: Json[];
}) {
  const { resources = [], modules = [], configuration = [], calls = {}, read = [] } = given;
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: { root_module: { resources, child_modules: modules } },
    prior_state: { values: { root_module: { resources: read } } },
    configuration: { root_module: { resources: configuration, module_calls: calls } },
  };
}

/** A plan with more resources, and with their configuration. */
export function withMore(plan: ReturnType<typeof shownPlan>, resources: Json[], ...configuration: Json[]) {
  const more = structuredClone(plan);
  more.planned_values.root_module.resources.push(...resources);
  more.configuration.root_module.resources.push(...configuration);
  return more;
}

export function shownState(resources: Json[], modules: Json[] = []): Json {
  const root_module = { resources, child_modules: modules };
  return { format_version: "1.0", terraform_version: "1.11.4", values: { root_module } };
}

/** An instance of a resource, as a plan or a state shows it. */
export function shown(address: string, values: Json): Json {
  const { type, ...rest } = split(address);
  return { address, type, ...rest, values: { ...NO_BLOCKS[type], ...values } };
}

/** Terraform shows an empty list for blocks that are not there. */
const NO_BLOCKS: Record<string, Json> = {
  azurerm_bastion_host: { ip_configuration: [] },
  azurerm_firewall: { ip_configuration: [] },
  azurerm_private_endpoint: { private_dns_zone_group: [] },
};

/** An instance of a module, as a plan or a state shows it. */
export function shownModule(address: string, resources: Json[], modules: Json[] = []): Json {
  const inside = (one: Json): Json => ({ ...one, address: `${address}.${String(one.address)}` });
  const deeper = (one: Json): Json => ({
    ...inside(one),
    resources: (one.resources as Json[]).map(inside),
    child_modules: (one.child_modules as Json[]).map(deeper),
  });
  return { address, resources: resources.map(inside), child_modules: modules.map(deeper) };
}

/** A resource, as a plan shows its configuration. */
export function configured(address: string, expressions: Json, forEach?: Json): Json {
  return { address, ...split(address), expressions, ...(forEach ? { for_each_expression: forEach } : {}) };
}

/** References, as Terraform lists them: each with all that it starts with. */
export function refs(...references: string[]): { references: string[] } {
  return { references: references.flatMap(prefixes) };
}

function prefixes(reference: string): string[] {
  const steps = reference.match(/^(?:data\.|module\.)?[\w-]+(?:\.[\w-]+)?|\[[^\]]*\]|\.[\w-]+/g) ?? [];
  return steps.map((_, index) => steps.slice(0, index + 1).join("")).reverse();
}

function split(address: string): { mode: string; type: string; name: string; index?: string | number } {
  const found = /^(data\.)?(\w+)\.([\w-]+)(?:\[(.+)\])?$/.exec(address);
  if (!found) throw new Error(`${address} is no address.`);
  const [, data, type = "", name = "", index] = found;
  const mode = data ? "data" : "managed";
  return { mode, type, name, ...(index ? { index: JSON.parse(index) as string | number } : {}) };
}

/** What of a value is known, given what is known of the parts that it refers to. Unknown is left out. */
function known(value: unknown, parts: Part[], of: (found: Part) => Json): unknown {
  if (typeof value === "string" && value.includes("${")) {
    const [, address, attribute] = /^\$\{((?:data\.)?[\w-]+\.[\w-]+)\.(\w+)\}$/.exec(value) ?? [];
    return address && attribute ? of(findPart(parts, address))[attribute] : undefined;
  }
  if (Array.isArray(value)) {
    const elements = value.map((element) => known(element, parts, of));
    return elements.includes(undefined) ? undefined : elements;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, known(inner, parts, of)]);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

const REFERENCE = /local\.\w+|(?:data\.)?azu?[a-z]+_[a-z_]+\.[\w-]+(?:\.\w+|\[\d+\])*/g;

function describe(body: Json, expression: (references: string[], value: unknown) => Json): Json {
  const one = (value: unknown): unknown => {
    if (isBlock(value)) return [describe(value, expression)];
    if (Array.isArray(value) && value.some(isBlock)) return value.map((block) => describe(block as Json, expression));
    const references = JSON.stringify(value).match(REFERENCE) ?? [];
    return references.length > 0 ? expression(references.flatMap(prefixes), value) : { constant_value: value };
  };
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, one(value)]));
}

function isBlock(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
