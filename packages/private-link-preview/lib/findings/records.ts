import { MAX_RECORDS } from "../azure/dns-limits";
import { unique } from "../util/collections";
import type { Endpoint, NetworkModel, RecordSet, Registry } from "../model/network-model";
import type { Resolver } from "../resolver";
import { type Finding, error, warning, hostOf } from "./finding";
import { joinWords } from "../util/words";

export function records(
  { zones, registries, endpoints, form, unreadModules }: NetworkModel,
  resolver: Resolver,
): Finding[] {
  const complete = form === "configuration" && unreadModules.length === 0;
  return zones.flatMap((zone) => {
    const ours = zone.records.flatMap((record) => {
      const found = hostOf(zone, record, registries);
      return found ? [{ record, ...found }] : [];
    });
    const unread = ours.filter(
      ({ record, registry }) =>
        !resolver.isFollowed(record, registry) || (record.addresses.length === 0 && record.lost.length > 0),
    );
    const unsure = unread.filter(
      ({ record }) => !complete || record.addresses.length + record.readFromOneOf.length > 0,
    );
    const dangling = unread.filter((found) => !unsure.includes(found));
    return [
      ...ours.flatMap(({ record, fqdn, registry }) => [
        ...(record.byPosition.length > 0
          ? [
              error(
                "record-by-position",
                `The record of ${fqdn} takes its address by position (${record.byPosition.join(", ")}); an endpoint's addresses come in any order. Look it up by the name instead.`,
                [record.address],
              ),
            ]
          : []),
        ...(record.size > MAX_RECORDS
          ? [
              error(
                "too-many-records",
                `The record set of ${fqdn} holds ${record.size} addresses; Azure allows ${MAX_RECORDS}. Split the networks into more zones.`,
                [record.address],
              ),
            ]
          : []),
        ...wrongAddresses(record, fqdn, registry, endpoints),
      ]),
      ...(dangling.length === 0
        ? []
        : [
            error(
              "dangling-record",
              `What ${joinWords(dangling.map(({ fqdn }) => fqdn))} will answer in ${zone.address} can't be followed to an endpoint. Read the addresses from an endpoint that is there.`,
              dangling.flatMap(({ record }) => [record.address, ...record.lost]),
            ),
          ]),
      ...(unsure.length === 0
        ? []
        : [
            warning(
              "answer-not-known",
              `What ${joinWords(unsure.map(({ fqdn }) => fqdn))} will answer in ${zone.address} can't be followed to an endpoint. Once it is applied, preview the state.`,
              unsure.flatMap(({ record }) => [record.address, ...record.lost]),
            ),
          ]),
    ];
  });
}

function wrongAddresses(
  record: RecordSet,
  fqdn: string,
  registry: Registry,
  endpoints: readonly Endpoint[],
): Finding[] {
  const others = unique(record.picksBy).filter(
    (name) => name !== fqdn && registry.hosts.some((host) => host.fqdn === name),
  );
  const candidates = endpoints.filter((endpoint) => endpoint.registry === registry && endpoint.addresses.size > 0);
  const found = record.addresses.flatMap((address) => {
    const names = candidates
      .filter((endpoint) => record.readFrom.length === 0 || record.readFrom.includes(endpoint))
      .flatMap((endpoint) =>
        [...endpoint.addresses].flatMap(([host, addresses]) => (addresses.includes(address) ? [host] : [])),
      );
    return names.length > 0 && !names.includes(fqdn) ? [`${address} (of ${joinWords([...new Set(names)])})`] : [];
  });
  const wrong = [...others.map((name) => `the address of ${name}`), ...found];
  if (wrong.length === 0) return [];
  return [
    error(
      "wrong-address",
      `The record of ${fqdn} holds ${joinWords(wrong)}: another name's. Look its address up by ${fqdn}.`,
      [record.address],
    ),
  ];
}
