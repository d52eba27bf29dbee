import { unique } from "../util/collections";
import { at } from "../util/json";
import type { CloudName } from "./clouds";
import { normaliseRegion } from "./regions";
import { type NameRule, SERVICES, type ServiceType, type Subresource } from "./services";

/** A host name that a private endpoint of a service has an address for. */
export interface ServiceHost {
  /** As the table of services writes it: `blob`; for a slot, with the slot's name: `sites-staging`. */
  readonly subresource: string;
  /** Short, for tables: `blob`, `scm`, or `data swedencentral`. */
  readonly label: string;
  /** The region that serves it, if its name says so. */
  readonly region?: string;
  /** The public name that clients ask for, in lower case: `account.blob.core.windows.net`. May start with `*.`. */
  readonly fqdn: string;
  /** The name of its A record with the zone: `account.privatelink.blob.core.windows.net`. */
  readonly privateName: string;
  /** The private DNS zone: `privatelink.blob.core.windows.net`. */
  readonly zone: string;
}

/** The known values of a placeholder, which is the path of an attribute of the Terraform resource. */
export type ValueOf = (placeholder: string) => readonly string[];

/**
 * The host names that an endpoint of a resource has at a subresource, as far as they follow from the resource. None if the
 * service does not have the subresource, the cloud does not have the service, or only the endpoint's own list has its names.
 *
 * @param valueOf - the values of a placeholder that are known, or a text that stands for one that is not
 */
export function serviceHosts(
  service: ServiceType,
  subresource: string,
  cloud: CloudName,
  valueOf: ValueOf,
): ServiceHost[] {
  const found = subresourceOf(service, subresource);
  if (!found) return [];
  const values: ValueOf = (placeholder) =>
    placeholder in found.values ? [found.values[placeholder]!] : valueOf(placeholder);
  const name = fill(found.subresource.name, found.values)!;
  const hosts = found.subresource.names
    .filter((rule) => applies(rule, values))
    .flatMap((rule) => hostsOf(rule, name, cloud, values));
  // A registry may have its own region among those of its replicas too.
  return [...new Map(hosts.map((host) => [host.privateName, host])).values()];
}

/** The service with an Azure resource type, in any case: `microsoft.storage/storageaccounts`. */
export function serviceByAzureType(type: string): ServiceType | undefined {
  return BY_AZURE_TYPE.get(type.toLowerCase());
}

/** The service that a resource type of the azurerm provider creates: `azurerm_storage_account`. */
export function serviceByTerraformType(type: string): ServiceType | undefined {
  return BY_TERRAFORM_TYPE.get(type);
}

/** The service and the name of the resource with an Azure id. */
export function serviceOfId(id: string): { service: ServiceType; name: string } | undefined {
  const [namespace = "", ...rest] =
    id
      .split(/\/providers\//i)
      .slice(1)
      .at(-1)
      ?.split("/") ?? [];
  const types = rest.filter((_, index) => index % 2 === 0);
  const name = rest.length % 2 === 0 ? rest.at(-1) : undefined;
  const service = serviceByAzureType([namespace, ...types].join("/"));
  return service && name ? { service, name } : undefined;
}

/** The values of placeholders in a resource's JSON, as Azure's API has it. */
export function armValues(service: ServiceType, resource: unknown): ValueOf {
  return (placeholder) =>
    at(resource, (service.armPaths?.[placeholder] ?? placeholder).split(".")).filter(
      (value) => typeof value === "string",
    );
}

const BY_AZURE_TYPE = new Map(SERVICES.map((service) => [service.azureType.toLowerCase(), service]));
const BY_TERRAFORM_TYPE = new Map(
  SERVICES.flatMap((service) => service.terraformTypes.map((type) => [type, service] as const)),
);

/** Most characters in a label of a DNS name. */
const MAX_LABEL = 63;

/** Values by placeholder: `name`, or with what of the value counts, `endpoint:host`. */
type Values = Readonly<Record<string, string>>;

/** The subresource with a name, and what its placeholder stands for. */
export function subresourceOf(
  service: ServiceType,
  name: string,
): { subresource: Subresource; values: Values } | undefined {
  for (const subresource of service.subresources) {
    const match = new RegExp(`^${pattern(subresource.name)}$`, "i").exec(name);
    if (match) return { subresource, values: { ...match.groups } };
  }
  return undefined;
}

/** The private zone of a name, and what follows the record in the public name; undefined where the cloud has none. */
export function domainsOf(rule: NameRule, cloud: CloudName): readonly [zone: string, suffix: string] | undefined {
  const zone = rule.zone[cloud];
  return zone === undefined ? undefined : [zone, rule.suffix?.[cloud] ?? zone.replace(/^privatelink\./, "")];
}

/** A zone and a suffix with the values of their placeholders, if all are known. */
export function filled(
  [zone, suffix]: readonly [string, string],
  values: Values,
): readonly [string, string] | undefined {
  const [zoneName, suffixName] = [fill(zone, values), fill(suffix, values)];
  return zoneName === undefined || suffixName === undefined ? undefined : [zoneName, suffixName];
}

/** The names of a rule, one for each combination of the values of its placeholders. */
function hostsOf(rule: NameRule, subresource: string, cloud: CloudName, valueOf: ValueOf): ServiceHost[] {
  const domains = domainsOf(rule, cloud);
  if (!domains) return [];
  const label = rule.label ?? subresource;
  for (const record of rule.record ?? []) {
    const placeholders = unique([record, ...domains, label, rule.fqdn ?? ""].flatMap(placeholdersOf));
    const region = placeholdersOf(record).find(isRegion);
    const hosts = combinations(placeholders, (placeholder) => valuesOf(placeholder, rule, valueOf)).flatMap((given) => {
      const values = withParts(given, record, [...domains].reverse());
      const name = fill(record, values);
      const [zone, suffix] = filled(domains, values) ?? [];
      if (name === undefined || zone === undefined || suffix === undefined) return [];
      const known = fill(rule.fqdn ?? "", values);
      return {
        subresource,
        label: fill(label, values) ?? subresource,
        ...(region !== undefined && { region: values[region]! }),
        fqdn: (known?.endsWith(`.${suffix}`) ? known : `${name}.${suffix}`).toLowerCase(),
        privateName: `${name}.${zone}`.toLowerCase(),
        zone: zone.toLowerCase(),
      };
    });
    if (hosts.length > 0) return hosts;
  }
  return [];
}

/** Whether a resource with these values has the names of a rule. */
function applies({ when = {} }: NameRule, valueOf: ValueOf): boolean {
  return Object.entries(when).every(([placeholder, test]) => {
    const values = valueOf(placeholder);
    return values.length === 0 ? test.test("") : values.some((value) => test.test(value));
  });
}

/** The values of a placeholder that count for a rule: of a URL its host, of a region the API's name. */
function valuesOf(placeholder: string, { when }: NameRule, valueOf: ValueOf): string[] {
  return valueOf(placeholder)
    .filter((value) => when?.[placeholder]?.test(value) ?? true)
    .map((value) => {
      if (isRegion(placeholder) && /^[\w\s-]+$/.test(value)) return normaliseRegion(value);
      return /^\w+:\/\/([^/:]+)/.exec(value)?.[1] ?? value;
    });
}

function combinations(placeholders: readonly string[], valuesOf: ValueOf): Values[] {
  return placeholders.reduce<Values[]>(
    (combined, placeholder) => {
      const values = valuesOf(placeholder);
      return values.length === 0
        ? combined
        : combined.flatMap((one) => values.map((value) => ({ ...one, [placeholder]: value })));
    },
    [{}],
  );
}

/** The values with the parts of them that a record asks for, and with what a host name says of its zone. */
function withParts(values: Values, record: string, domains: readonly string[]): Values {
  const [, host] = /\{([\w.]+):(?:host|first)\}/.exec(record) ?? [];
  if (host !== undefined) {
    const groups = domains
      .map((domain) => new RegExp(`^(?<record>.+)\\.${pattern(domain, values)}$`, "i").exec(values[host] ?? "")?.groups)
      .find((found) => found !== undefined);
    if (!groups) return values;
    const { record: part = "", ...captured } = groups;
    const [first = "", ...rest] = part.split(".");
    return {
      ...captured,
      ...values,
      [`${host}:host`]: part,
      [`${host}:first`]: first,
      [`${host}:rest`]: rest.map((one) => `.${one}`).join(""),
    };
  }
  const [, name] = /\{([\w.]+):fit\}/.exec(record) ?? [];
  if (name === undefined) return values;
  const others = fill(record, { ...values, [`${name}:fit`]: "" })?.split(".")[0]?.length ?? 0;
  return { ...values, [`${name}:fit`]: (values[name] ?? "").slice(0, MAX_LABEL - others) };
}

/** A template with the values of its placeholders, if all are known. */
function fill(template: string, values: Values): string | undefined {
  const unknown = [...template.matchAll(PLACEHOLDER)].some(([, placeholder = ""]) => values[placeholder] === undefined);
  return unknown ? undefined : template.replace(PLACEHOLDER, (_, placeholder: string) => values[placeholder]!);
}

/** A regular expression for a template, with a group for each placeholder that has no value. */
export function pattern(template: string, values: Values = {}): string {
  return template
    .split(/(\{\w+\})/)
    .map((part) => {
      const [, placeholder] = /^\{(\w+)\}$/.exec(part) ?? [];
      if (placeholder === undefined) return escaped(part);
      const value = values[placeholder];
      return value === undefined ? `(?<${placeholder}>[^.]+)` : escaped(value);
    })
    .join("");
}

function escaped(text: string): string {
  return text.replace(/[^\w-]/g, "\\$&");
}

const PLACEHOLDER = /\{([\w.:]+)\}/g;

/** The paths of the attributes in a template. */
function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, placeholder = ""]) => placeholder.replace(/:.*/, ""));
}

function isRegion(placeholder: string): boolean {
  return placeholder.split(".").at(-1) === "location";
}
