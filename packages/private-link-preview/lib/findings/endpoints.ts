import { groupBy } from "../util/collections";
import type { NetworkModel } from "../model/network-model";
import type { Resolver } from "../resolver";
import { type Finding, error, warning, pair, hostOf } from "./finding";
import { joinWords } from "../util/words";

export function endpoints(
  { endpoints, zones, registries, form, unreadModules }: NetworkModel,
  resolver: Resolver,
): Finding[] {
  const written = zones.flatMap((zone) =>
    zone.records.flatMap((record) => {
      const found = hostOf(zone, record, registries);
      if (!found) return [];
      const { registry } = found;
      return [{ zone, record, registry, endpoints: resolver.endpointsIn(record, registry) }];
    }),
  );
  const answering = new Set(written.flatMap(({ record, endpoints }) => [...endpoints, ...record.readFromOneOf]));
  // A record that can't be followed may answer with any endpoint.
  const mayAnswer = new Set(
    written
      .filter(({ record, registry }) => !resolver.isFollowed(record, registry))
      .filter(({ record }) => form !== "configuration" || record.addresses.length > 0)
      .map(({ registry }) => registry),
  );
  const zonesWithRecords = new Set(written.map(({ zone, registry }) => pair(zone, registry)));
  const byZone = groupBy(
    endpoints.flatMap((endpoint) => endpoint.registersIn.map((zone) => ({ zone, endpoint }))),
    ({ zone, endpoint }) => pair(zone, endpoint.registry),
  );
  return [
    ...endpoints
      .filter((endpoint) => !answering.has(endpoint) && endpoint.registersIn.length === 0)
      .filter(({ registry }) => unreadModules.length === 0 && !mayAnswer.has(registry))
      .map(({ address, name, network }) =>
        error(
          "endpoint-in-no-zone",
          `No record answers with ${name}${network ? ` in ${network.name}` : ""}, so nobody uses it. Write its addresses into the zone of its network.`,
          [address],
        ),
      ),
    ...[...byZone.values()].flatMap((registrations) => {
      const { zone, endpoint } = registrations[0]!;
      const registered = registrations.map(({ endpoint }) => endpoint);
      const addresses = [...registered.map(({ address }) => address), zone.address];
      if (zonesWithRecords.has(pair(zone, endpoint.registry))) {
        return [
          error(
            "self-registering-endpoint",
            `${joinWords(registered.map(({ name }) => name))} ${registered.length === 1 ? "registers itself" : "register themselves"} in ${zone.address} beside the records that are written there, and ${registered.length === 1 ? "overwrites" : "overwrite"} them. Remove the private_dns_zone_group.`,
            addresses,
          ),
        ];
      }
      if (!zone.managed && registered.every((endpoint) => answering.has(endpoint))) {
        const one = registered.length === 1;
        return [
          warning(
            "registers-elsewhere",
            `${joinWords(registered.map(({ name }) => name))} also ${one ? "registers itself" : "register themselves"} in ${zone.address}, which is not in this file: a policy's doing, most likely. It does no harm as long as no network here is linked to that zone.`,
            addresses,
          ),
        ];
      }
      if (registered.length > 1) {
        return [
          error(
            "endpoints-overwrite",
            `${joinWords(registered.map(({ name }) => name))} register themselves in one zone, ${zone.address}: each overwrites the others' records, and one is left. Remove their private_dns_zone_group and write the records.`,
            addresses,
          ),
        ];
      }
      return [];
    }),
    ...endpoints
      .filter(({ manual }) => manual)
      .map(({ address, name, registry }) =>
        warning(
          "manual-approval",
          `${name} works only once the owner of ${registry.name} has approved its connection.`,
          [address],
        ),
      ),
  ];
}
