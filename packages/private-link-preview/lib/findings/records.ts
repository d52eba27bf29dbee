import { MAX_RECORDS } from "../../../common/azure";
import type { Service, Zone } from "../model/network-model";
import type { NamedRecord } from "../faults";
import { joinWords, unique } from "../../../common/util";
import { namesIn, recordAddresses } from "./finding";
import { optional } from "../model/resources";
import { hiddenText, showing } from "./hidden";
import type { Context, Reasons } from "./said";

/** The endpoints whose DNS zone groups write the same names into a zone. */
function registering([zone, service, names]: readonly [Zone, Service, string], { resolver }: Context) {
  const found = resolver.zones.faults.registrations.find(
    (one) => one.zone === zone && one.service === service && one.names.join(" ") === names,
  );
  const endpoints = found?.endpoints ?? [];
  return {
    who: joinWords(endpoints.map(({ name }) => name)),
    one: endpoints.length === 1,
    resources: [...endpoints.map(({ address }) => address), zone.address],
  };
}

/** The record sets of a zone whose contents are doubtful in one way. */
function doubtful(zone: Zone, doubt: "dangling" | "not known", { resolver }: Context): readonly NamedRecord[] {
  const { faults } = resolver.zones;
  return faults.records.filter((named) => named.zone === zone && faults.doubtOf(named) === doubt);
}

function fqdns(records: readonly NamedRecord[]): string {
  return joinWords(records.map(({ host }) => host.fqdn));
}

function withLost(records: readonly NamedRecord[]): string[] {
  return records.flatMap(({ record }) => [record.address, ...record.lost]);
}

/** What is said of record sets, and of the DNS zone groups that write some. */
export const RECORDS = {
  "record-by-position": ([record], _, { resolver }) => ({
    problem: `The record of ${resolver.zones.faults.named(record).host.fqdn} takes its address by position (${record.byPosition.join(", ")}), but the order of an endpoint's addresses is not defined.`,
    remedy: "Look the address up by the host name.",
    resources: [record.address],
  }),
  "too-many-records": ([record], _, { resolver }) => ({
    problem: `The record set of ${resolver.zones.faults.named(record).host.fqdn} holds ${record.size} addresses; Azure allows ${MAX_RECORDS}.`,
    resources: [record.address],
  }),
  "wrong-address": ([record], _, { resolver }) => {
    const named = resolver.zones.faults.named(record);
    const wrong = joinWords(resolver.zones.faults.wrongIn(named)) || "an address";
    return {
      problem: `The record of ${named.host.fqdn} holds ${wrong}, which belongs to another host name.`,
      remedy: `Look the address up by ${named.host.fqdn}.`,
      resources: [record.address],
    };
  },
  "dangling-record": ([zone], _, context) => {
    const dangling = doubtful(zone, "dangling", context);
    return {
      problem: `The records of ${fqdns(dangling)} in ${zone.address} read their addresses from something that is no private endpoint in this file.`,
      resources: withLost(dangling),
    };
  },
  "record-not-known": ([zone], _, context) => {
    const unsure = doubtful(zone, "not known", context);
    const hidden = unsure.flatMap(({ record }) => record.hidden ?? []);
    return {
      problem:
        `The addresses that the records of ${fqdns(unsure)} in ${zone.address} will hold are not known from this file. ${hiddenText(hidden)}`.trimEnd(),
      ...optional("remedy", showing(hidden, context.model)),
      resources: withLost(unsure),
    };
  },
  "unknown-address": ([zone], affected) => {
    const asked = affected.filter(({ captured }) => !captured);
    if (asked.length === 0) return undefined;
    return {
      problem: `${zone.address} returns ${joinWords(unique(asked.flatMap(({ strays }) => strays)))} for ${namesIn(asked)}, which no private endpoint in this file has.`,
      resources: recordAddresses(asked),
    };
  },
  "address-of-others": ([zone], affected) => {
    const asked = affected.filter(({ captured }) => !captured);
    if (asked.length === 0) return undefined;
    return {
      problem: `${zone.address} returns ${joinWords(unique(asked.flatMap(({ strays }) => strays)))} for ${namesIn(asked)}, which is in no network of this file, so whether a private endpoint has it is not known.`,
      remedy: "Correct the address, or preview the file that has the endpoint.",
      resources: recordAddresses(asked),
    };
  },
  "stale-record": ([zone], _, { resolver }) => {
    const stale = resolver.zones.faults.staleIn(zone);
    return {
      problem: `${zone.address} returns ${joinWords(unique(stale.flatMap(({ addresses }) => addresses)))} for ${joinWords(stale.map(({ name }) => name))}, an address that nothing has any more.`,
      resources: [zone.address, ...stale.map(({ address }) => address)],
    };
  },
  "endpoint-in-no-zone": ([{ address, name, network }]) => ({
    problem: `No record returns the addresses of ${name}${network ? ` in ${network.name}` : ""}, so no client uses the endpoint.`,
    remedy: "Write its addresses into the zone of its network.",
    resources: [address],
  }),
  "self-registering-endpoint": (subjects, _, context) => {
    const { who, one, resources } = registering(subjects, context);
    return {
      problem: `${who} ${one ? "has" : "have"} a DNS zone group for ${subjects[0].address}, where Terraform writes records of the same names, and ${one ? "overwrites" : "overwrite"} them.`,
      remedy: "Remove the private_dns_zone_group.",
      resources,
    };
  },
  "registers-elsewhere": (subjects, _, context) => {
    const { who, one, resources } = registering(subjects, context);
    return {
      problem: `${who} also ${one ? "has" : "have"} a DNS zone group for ${subjects[0].address}, which this file does not manage. Usually an Azure Policy attached it.`,
      resources,
    };
  },
  "zone-of-other-names": ([zone, service], _, { model }) => {
    const endpoints = model.endpoints.filter((one) => one.service === service && one.otherZones.includes(zone));
    const expected = unique(endpoints.flatMap(({ hosts }) => hosts.map((host) => host.zone)));
    return {
      problem: `The DNS zone group of ${joinWords(endpoints.map(({ name }) => name))} has the zone ${zone.name}, in which names of a ${service.label} can't be: Azure writes no record there.`,
      remedy: `Use a zone ${joinWords(expected)}.`,
      resources: [...endpoints.map(({ address }) => address), zone.address],
    };
  },
  "zones-of-one-name": ([{ address, name, registersIn }, zoneName]) => ({
    problem: `The DNS zone group of ${name} has several zones named ${zoneName}, which Azure refuses.`,
    resources: [address, ...registersIn.filter((zone) => zone.name === zoneName).map((zone) => zone.address)],
  }),
  "endpoints-overwrite": (subjects, _, context) => {
    const { who, resources } = registering(subjects, context);
    return {
      problem: `${who} have DNS zone groups for the same zone, ${subjects[0].address}: each overwrites the others' records, and the addresses of one are left.`,
      remedy: "Remove the private_dns_zone_group of each, and write the records explicitly.",
      resources,
    };
  },
} satisfies Partial<Reasons>;
