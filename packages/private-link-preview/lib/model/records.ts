import type { Mention, Resource } from "../read/module";
import { unique } from "../util/collections";
import type { Endpoints } from "./endpoints";
import type { RecordSet } from "./network-model";
import { type Resources, TYPES, texts } from "./resources";
import type { Zones } from "./zones";

/** Puts each A record set of a file into its zone, with the endpoints that it reads from, and each CNAME record. */
export function addRecords(resources: Resources, zones: Zones, endpoints: Endpoints): void {
  for (const resource of resources.ofType(TYPES.record)) {
    const name = resource.text("name")?.toLowerCase();
    const zone = zones.of(resource, "zone_name");
    if (name !== undefined && zone) zone.records.push({ ...contentsOf(resource, endpoints), name });
  }
  for (const resource of resources.ofType("azurerm_private_dns_cname_record")) {
    const name = resource.text("name")?.toLowerCase();
    const target = resource.text("record")?.toLowerCase().replace(/\.$/, "") ?? "";
    if (name !== undefined) zones.of(resource, "zone_name")?.aliases.set(name, target);
  }
}

function contentsOf(resource: Resource, endpoints: Endpoints): Omit<RecordSet, "name"> {
  const addresses = texts(resource.known("records"));
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
    return /\b(custom_dns_configs|private_dns_zone_configs|record_sets)(\[\d+\]|\.\d+)|\bprivate_service_connection\b.*\.private_ip_address$/.test(
      steps,
    );
  }
  return (
    !resource.managed &&
    /\b(ip_configuration|ipConfigurations|private_ip_addresses)(\[\d+\]|\.\d+)|\bprivate_ip_address$/.test(steps)
  );
}
