import { MAX_RECORDS } from "../../../common/azure/dns-limits";
import type { Host, NetworkModel, RecordSet, Service } from "../model/network-model";
import type { Resolver } from "../resolver";
import { groupBy, unique } from "../../../common/util/collections";
import { joinWords } from "../../../common/util/words";
import { type Finding, error, warning } from "./finding";

export function records({ zones, form, unreadModules }: NetworkModel, resolver: Resolver): Finding[] {
  const complete = form === "configuration" && unreadModules.length === 0;
  return zones.flatMap((zone) => {
    const ours = zone.records.flatMap((record) => {
      const found = resolver.hostOf(zone, record);
      return found ? [{ record, fqdn: found.host.fqdn, ...found }] : [];
    });
    const unread = ours.filter(
      ({ record, service }) =>
        !resolver.isFollowed(record, service) || (record.addresses.length === 0 && record.lost.length > 0),
    );
    const isUnsure = ({ record }: (typeof ours)[number]) =>
      !complete || record.addresses.length + record.readFromOneOf.length > 0;
    const unsure = unread.filter(isUnsure);
    const dangling = unread.filter((found) => !isUnsure(found));
    return [
      ...ours.flatMap(({ record, host, fqdn, service }) => [
        ...(record.byPosition.length > 0 && hasSeveralAddresses(service)
          ? [
              error(
                "record-by-position",
                `The record of ${fqdn} takes its address by position (${record.byPosition.join(", ")}), but the order of an endpoint's addresses is not defined. Look the address up by the host name.`,
                [record.address],
              ),
            ]
          : []),
        ...(record.size > MAX_RECORDS
          ? [
              error(
                "too-many-records",
                `The record set of ${fqdn} holds ${record.size} addresses; Azure allows ${MAX_RECORDS}. Divide the networks among several zones.`,
                [record.address],
              ),
            ]
          : []),
        ...wrongAddresses(record, host, service, resolver),
      ]),
      ...(dangling.length === 0
        ? []
        : [
            error(
              "dangling-record",
              `The records of ${joinWords(dangling.map(({ fqdn }) => fqdn))} in ${zone.address} read their addresses from something that is no private endpoint in this file. Read them from an endpoint that exists.`,
              dangling.flatMap(({ record }) => [record.address, ...record.lost]),
            ),
          ]),
      ...(unsure.length === 0
        ? []
        : [
            warning(
              "answer-not-known",
              `The addresses that the records of ${joinWords(unsure.map(({ fqdn }) => fqdn))} in ${zone.address} will hold are not known from this file. Preview the state after the apply.`,
              unsure.flatMap(({ record }) => [record.address, ...record.lost]),
            ),
          ]),
    ];
  });
}

/** Whether an endpoint of a service has several addresses. A web app and its source control site have one together. */
function hasSeveralAddresses({ hosts }: Service): boolean {
  const bySubresource = groupBy(
    hosts.filter(({ label }) => label !== "scm"),
    ({ subresource }) => subresource,
  );
  return [...bySubresource.values()].some((its) => its.length > 1);
}

function wrongAddresses(record: RecordSet, { kind, fqdn }: Host, service: Service, resolver: Resolver): Finding[] {
  const hosts = new Map(service.hosts.map((host) => [host.fqdn, host]));
  // The login server may lead to the login server of a region.
  const isAllowed = (name: string) => name === fqdn || (kind === "global" && hosts.get(name)?.kind === "regional");
  const others = unique(record.picksBy).filter((name) => hosts.has(name) && !isAllowed(name));
  const readFrom = new Set(record.readFrom);
  const found = record.addresses.flatMap((address) => {
    const names = [...resolver.namesAt(address, service)]
      .filter(([endpoint]) => readFrom.size === 0 || readFrom.has(endpoint))
      .flatMap(([, its]) => its);
    return names.length > 0 && !names.some(isAllowed) ? [`${address} (of ${joinWords(unique(names))})`] : [];
  });
  const wrong = [...others.map((name) => `the address of ${name}`), ...found];
  if (wrong.length === 0) return [];
  return [
    error(
      "wrong-address",
      `The record of ${fqdn} holds ${joinWords(wrong)}, which belongs to another host name. Look the address up by ${fqdn}.`,
      [record.address],
    ),
  ];
}
