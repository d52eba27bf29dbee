import type { Mention, Resource } from "../read/module";
import { groupBy, unique } from "../../../common/util";
import { draft } from "./draft";
import type { Endpoints } from "./endpoints";
import { type Endpoint, type RecordSet, type Zone, isAtOrBelow, relative } from "./network-model";
import { type Resources, TYPES, blocksOf, texts } from "./resources";
import type { Zones } from "./zones";

/** What an A record set holds, and its resource. */
interface Placed {
  readonly contents: Omit<RecordSet, "name">;
  readonly resource: Resource;
}

/** Puts each A record set of a file into its zone, with the endpoints that it reads from, and each CNAME record. */
export function addRecords(resources: Resources, zones: Zones, endpoints: Endpoints): void {
  const ofGroups = recordsOfGroups(resources, endpoints);
  const all = resources.ofType(TYPES.record).map((resource) => {
    const name = resource.text("name")?.toLowerCase();
    const zone = zones.of(resource, "zone_name");
    const contents = contentsOf(resource, endpoints);
    const writers = ofGroups.get(resource.text("id")?.toLowerCase() ?? "")?.get(addressesKey(contents.addresses));
    return { zone, name, contents: { ...contents, ...(writers && { readFrom: writers, byGroup: true }) }, resource };
  });
  const records = all.flatMap((one) => (one.zone ? [{ ...one, zone: one.zone }] : []));
  for (const { zone, name, contents } of records)
    if (name !== undefined) draft(zone).records.push({ ...contents, name });
  addUnnamed(
    records.flatMap(({ zone, name, contents, resource }) => (name === undefined ? [{ zone, contents, resource }] : [])),
  );
  const homeless = all.filter(({ zone }) => !zone);
  if (homeless.length > 0) mayBeInAny(homeless, zones, endpoints);
  for (const resource of resources.ofType("azurerm_private_dns_cname_record")) {
    const name = resource.text("name")?.toLowerCase();
    const target = resource.text("record")?.toLowerCase().replace(/\.$/, "") ?? "";
    const zone = zones.of(resource, "zone_name");
    if (name !== undefined && zone) draft(zone).aliases.set(name, target);
  }
}

/**
 * Notes that record sets of which the zone is not known may be in any zone that can have the names: with addresses of the
 * endpoints that they read from, or of any.
 */
function mayBeInAny(records: readonly Placed[], zones: Zones, endpoints: Endpoints): void {
  const byName = groupBy(zones.all, ({ name }) => name);
  const hidden = records.flatMap(({ resource }) => zones.hiddenAt(resource, "zone_name"));
  const sources = records.map(({ contents: { readFrom, readFromOneOf } }) => [...readFrom, ...readFromOneOf]);
  const isAny = sources.some(({ length }) => length === 0);
  for (const endpoint of isAny ? endpoints.all : unique(sources.flat())) {
    const names = unique(endpoint.hosts.flatMap(({ privateName }) => [privateName, ...parentsOf(privateName)]));
    draft(endpoint).mayRegisterIn.push(...names.flatMap((name) => byName.get(name) ?? []));
    // Many endpoints share the one list.
    draft(endpoint).zonesHidden = endpoint.zonesHidden.length > 0 ? [...endpoint.zonesHidden, ...hidden] : hidden;
  }
}

/** The names above a name. */
function parentsOf(name: string): string[] {
  return [...name.matchAll(/\./g)].map(({ index }) => name.slice(index + 1));
}

/**
 * Puts record sets of which the name is (known after apply) into their zones: where an endpoint has as many names in a zone
 * as there are such record sets with its addresses, they are one for each.
 */
function addUnnamed(unnamed: readonly (Placed & { readonly zone: Zone })[]): void {
  const groups = groupBy(
    unnamed.filter(({ contents }) => contents.readFrom.length === 1),
    ({ zone, contents }) => `${zone.address} ${contents.readFrom[0]!.address}`,
  );
  for (const same of groups.values()) {
    const [{ zone, contents }] = same as [(typeof same)[number]];
    const [endpoint] = contents.readFrom;
    const names = endpoint!.hosts
      .filter(({ privateName }) => isAtOrBelow(privateName, zone.name))
      .map(({ privateName }) => relative(privateName, zone))
      .filter((name) => !zone.records.some((record) => record.name === name));
    if (names.length === same.length)
      draft(zone).records.push(...same.map(({ contents }, index) => ({ ...contents, name: names[index]! })));
    else {
      draft(endpoint!).mayRegisterIn.push(zone);
      draft(endpoint!).zonesHidden.push(...same.map(({ resource }) => resource.hiddenBy("name")));
    }
  }
}

/**
 * The endpoints whose DNS zone groups say that they wrote a record set, by the id of the record set in lower case and by its
 * addresses. Azure alone shows that: what somebody wrote over it has other addresses.
 */
function recordsOfGroups(resources: Resources, endpoints: Endpoints): Map<string, Map<string, Endpoint[]>> {
  const written = resources.ofType("private_dns_zone_group").flatMap((group) => {
    const [endpoint] = [resources.at(group, TYPES.endpoint, "private_endpoint_id") ?? []]
      .flat()
      .flatMap(endpoints.behind);
    return blocksOf(group, "private_dns_zone_configs").flatMap((config) =>
      blocksOf(config, "record_sets").flatMap((set) => {
        const [zone, name] = texts([...config.known("private_dns_zone_id"), ...set.known("recordSetName")]);
        const id = `${zone}/A/${name}`.toLowerCase();
        return endpoint ? [{ id, addresses: addressesKey(texts(set.known("ipAddresses"))), endpoint }] : [];
      }),
    );
  });
  return new Map(
    [...groupBy(written, ({ id }) => id)].map(([id, same]) => [
      id,
      groupBy(
        same,
        ({ addresses }) => addresses,
        ({ endpoint }) => endpoint,
      ),
    ]),
  );
}

function addressesKey(addresses: readonly string[]): string {
  return [...addresses].sort().join();
}

function contentsOf(resource: Resource, endpoints: Endpoints): Omit<RecordSet, "name"> {
  // Azure has them in no order.
  const addresses = texts(resource.known("records")).sort();
  const mentions = resource.mentions("records");
  const sources = unique(mentions.flatMap(({ resource }) => endpoints.behind(resource)));
  const unsure =
    sources.length > 1 && mentions.some(({ oneOf, resource }) => oneOf && endpoints.behind(resource).length > 0);
  const readFrom = unsure ? [] : sources;
  return {
    address: resource.address,
    addresses,
    size: Math.max(addresses.length, readFrom.length),
    readFrom,
    readFromOneOf: unsure ? sources : [],
    ...(addresses.length + readFrom.length === 0 && { hidden: resource.hiddenBy("records") }),
    lost: unique([
      ...resource.lost("records"),
      ...mentions.flatMap(({ resource: source }) =>
        (source.managed && source.type !== TYPES.endpoint) || endpoints.behind(source).length > 0
          ? []
          : [source.address],
      ),
    ]),
    picksBy: resource.literals("records").map((literal) => literal.toLowerCase()),
    byPosition: mentions.filter(isByPosition).map(({ resource, steps }) => resource.address + steps),
  };
}

/**
 * Whether a record reads an endpoint's addresses by position: their order is not defined, and
 * `private_service_connection` shows only one of them.
 */
function isByPosition({ resource, steps }: Mention): boolean {
  if (resource.type === TYPES.endpoint) {
    return (
      /\b(custom_dns_configs|private_dns_zone_configs|record_sets)(\[\d+\]|\.\d+)/.test(steps) ||
      (steps.includes("private_service_connection") && steps.endsWith(".private_ip_address"))
    );
  }
  return (
    !resource.managed &&
    /\b(ip_configuration|ipConfigurations|private_ip_addresses)(\[\d+\]|\.\d+)|\bprivate_ip_address$/.test(steps)
  );
}
