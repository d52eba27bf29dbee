import { type NetworkModel, isAtOrBelow } from "../model/network-model";
import type { Resolver } from "../resolver";
import { groupBy } from "../../../common/util/collections";
import { joinWords } from "../../../common/util/words";
import { type Finding, error, warning, pair } from "./finding";

export function endpoints({ endpoints, zones, form, unreadModules }: NetworkModel, resolver: Resolver): Finding[] {
  const written = zones.flatMap((zone) =>
    zone.records.flatMap((record) => {
      const found = resolver.hostOf(zone, record);
      if (!found) return [];
      const { service } = found;
      return [{ zone, record, service, endpoints: resolver.endpointsIn(record, service) }];
    }),
  );
  const answering = new Set(written.flatMap(({ record, endpoints }) => [...endpoints, ...record.readFromOneOf]));
  // A record whose expression can't be followed may hold any endpoint's address.
  const mayAnswer = new Set(
    written
      .filter(({ record, service }) => !resolver.isFollowed(record, service))
      .filter(({ record }) => form !== "configuration" || record.addresses.length > 0)
      .map(({ service }) => service),
  );
  const zonesWithRecords = new Set(written.map(({ zone, service }) => pair(zone, service)));
  const byZone = groupBy(
    endpoints.flatMap((endpoint) =>
      endpoint.registersIn.flatMap((zone) => {
        const names = endpoint.hosts
          .map(({ privateName }) => privateName)
          .filter((name) => isAtOrBelow(name, zone.name));
        return names.length > 0 ? [{ zone, endpoint, names: names.sort().join(" ") }] : [];
      }),
    ),
    ({ zone, endpoint, names }) => `${pair(zone, endpoint.service)} ${names}`,
  );
  return [
    ...endpoints
      .filter(({ hosts }) => hosts.length > 0)
      .filter((endpoint) => !answering.has(endpoint))
      .filter(({ registersIn, mayRegisterIn }) => registersIn.length + mayRegisterIn.length === 0)
      .filter(({ service }) => unreadModules.length === 0 && !mayAnswer.has(service))
      .map(({ address, name, network }) =>
        error(
          "endpoint-in-no-zone",
          `No record returns the addresses of ${name}${network ? ` in ${network.name}` : ""}, so no client uses the endpoint. Write its addresses into the zone of its network.`,
          [address],
        ),
      ),
    ...[...byZone.values()].flatMap((registrations) => {
      const { zone, endpoint } = registrations[0]!;
      const registered = registrations.map(({ endpoint }) => endpoint);
      const addresses = [...registered.map(({ address }) => address), zone.address];
      if (zonesWithRecords.has(pair(zone, endpoint.service))) {
        return [
          error(
            "self-registering-endpoint",
            `${joinWords(registered.map(({ name }) => name))} ${registered.length === 1 ? "has" : "have"} a DNS zone group for ${zone.address}, where Terraform writes records of the same names, and ${registered.length === 1 ? "overwrites" : "overwrite"} them. Remove the private_dns_zone_group.`,
            addresses,
          ),
        ];
      }
      if (!zone.managed && registered.every((endpoint) => answering.has(endpoint))) {
        const one = registered.length === 1;
        return [
          warning(
            "registers-elsewhere",
            `${joinWords(registered.map(({ name }) => name))} also ${one ? "has" : "have"} a DNS zone group for ${zone.address}, which this file does not manage. Usually an Azure Policy attached it. It has no effect as long as no network of this file is linked to that zone.`,
            addresses,
          ),
        ];
      }
      if (registered.length > 1) {
        return [
          error(
            "endpoints-overwrite",
            `${joinWords(registered.map(({ name }) => name))} have DNS zone groups for the same zone, ${zone.address}: each overwrites the others' records, and the addresses of one are left. Remove the private_dns_zone_group of each, and write the records explicitly.`,
            addresses,
          ),
        ];
      }
      return [];
    }),
    ...endpoints
      .filter(({ manual }) => manual)
      .map(({ address, name, service }) =>
        warning(
          "manual-approval",
          `${name} carries no traffic until the owner of ${service.name} approves its connection.`,
          [address],
        ),
      ),
  ];
}
