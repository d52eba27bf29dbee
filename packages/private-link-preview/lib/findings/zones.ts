import { joinWords, unique } from "../../../common/util";
import { type Link, type NetworkModel, type Service, type Zone, relative } from "../model/network-model";
import { type Lookup, isReachable } from "../trace";
import { shortened } from "../text/answer-tables";
import { publicAddress } from "../text/public-address";
import { namesIn, networkAddresses, networksIn, networksOf, zonesIn } from "./finding";
import { optional } from "../model/resources";
import { hiddenText, showing } from "./hidden";
import type { Context, Reasons } from "./said";

const CAPTURED = {
  missing: "It has no record of the name, so the name does not resolve.",
  wrong: "It returns addresses that no private endpoint in this file has.",
  unknown: "What it returns is not known from this file.",
  right: "Its records return private endpoints for now, but each new name of the service needs a record there too.",
};

/** The links to zones of services by which the names of other people's resources do not resolve. */
export function linksWithoutFallback({ links, services }: Pick<NetworkModel, "links" | "services">): Link[] {
  const served = new Set(services.flatMap(({ hosts }) => hosts.map(({ zone }) => zone)));
  return links.filter(({ zone, fallsBack }) => fallsBack === false && served.has(zone.name));
}

/** The names of services with private endpoints of which a zone of their names has no record. */
function servicesLackingIn(zone: Zone, { services, endpoints }: NetworkModel): string[] {
  const names = new Set(zone.records.map(({ name }) => `${name}.${zone.name}`));
  const written = endpoints.filter(({ registersIn, mayRegisterIn }) =>
    [...registersIn, ...mayRegisterIn].includes(zone),
  );
  const registering = new Set(written.map(({ service }) => service));
  return services
    .filter((service) => !registering.has(service) && zone.managed)
    .filter(({ hosts }) => hosts.some((host) => host.zone === zone.name && !names.has(host.privateName)))
    .map(({ name }) => name);
}

/** Other zones of the same name that have a record set of a name which a zone lacks. */
function zonesWithRecord(zone: Zone, affected: readonly Lookup[], { zones }: NetworkModel): Zone[] {
  const names = new Set(affected.map(({ host }) => relative(host.privateName, zone)));
  return zones.filter(
    (one) => one !== zone && one.name === zone.name && one.records.some(({ name }) => names.has(name)),
  );
}

/** A sentence on the zones with names of a service that nobody can see, because they are linked to no network; "" for none. */
function unlinkedText(service: Service, { resolver, model }: Context): string {
  const linked = new Set(model.links.map(({ zone }) => zone));
  const unlinked = model.zones.filter(
    (zone) => zone.managed && !linked.has(zone) && resolver.zones.servicesIn(zone).has(service),
  );
  if (unlinked.length === 0) return "";
  const addresses = unlinked.map(({ address }) => address);
  return ` The records are in ${shortened(addresses, 2).join(", ")}, linked to no network.`;
}

/** What some networks ask for that get a public address: a service, or some of its names. */
function askedIn(service: Service, affected: readonly Lookup[], { lookups }: Context): string {
  const names = (some: readonly Lookup[]) => unique(some.map(({ host }) => host.fqdn));
  const isAll = names(affected).length === names(lookups.filter((lookup) => lookup.service === service)).length;
  return isAll ? service.name : namesIn(affected);
}

/** For whom public network access is on, after "is on". */
function forWhom({ publicAccess }: Service): string {
  return typeof publicAccess === "string" ? "" : ` for ${joinWords(publicAccess.ranges)}`;
}

/** What is said of networks that reach a service by its public address. */
function reachingText(service: Service, reaching: readonly Lookup[], context: Context): string {
  const reach = networksOf(reaching).length === 1 ? "reaches" : "reach";
  return `${networksIn(reaching)} ${reach} ${askedIn(service, reaching, context)} over its public name, as long as its public network access is on${forWhom(service)}.`;
}

/** What is said of networks of which it is not known whether they do. */
function openText(service: Service, open: readonly Lookup[], context: Context): string {
  const one = networksOf(open).length === 1;
  const why =
    typeof service.publicAccess === "string"
      ? "public network access is on for some clients, and the rules that say for which are not read"
      : `public network access is on${forWhom(service)} alone, and by which addresses ${one ? "it leaves" : "they leave"} is not known from this file`;
  return `The names of ${askedIn(service, open, context)} lead ${networksIn(open)} to its public address. Whether ${one ? "it is" : "they are"} let in is not known: ${why}.`;
}

/** What is said of private DNS zones and their links. */
export const ZONES = {
  "two-zones": ([network, name], _, { resolver }) => {
    const linked = resolver.linksFor(network).filter(({ zone }) => zone.name === name);
    return {
      problem: `${network.name} is linked to ${linked.length} zones named ${name}; Azure allows one zone of a name.`,
      resources: [network.address, ...linked.flatMap(({ address, zone }) => [address, zone.address])],
    };
  },
  "no-zone": ([network, service], affected, context) => {
    const asked = affected[0]?.dnsNetwork;
    const whose =
      asked === network || !asked ? network.name : `${asked.name}, in which the DNS servers of ${network.name} are,`;
    return {
      problem: `${whose} is linked to no private DNS zone with the names of ${service.name}, so the names resolve to ${publicAddress(service, network)}.${unlinkedText(service, context)}`,
      remedy: `Link it to a zone ${zonesIn(affected)} whose endpoint it reaches.`,
      resources: [network.address, service.address],
    };
  },
  "no-zone-perhaps": ([service], affected) => {
    const networks = networksOf(affected);
    const one = networks.length === 1;
    return {
      severity: "warning",
      problem: `The DNS of ${networksIn(affected)} has no zone with the names of ${service.name}, so they resolve to ${publicAddress(service, one ? networks[0] : undefined)}. Nothing in this file says that ${one ? "it uses" : "they use"} them.`,
      remedy: `If workloads in ${one ? "it" : "them"} use it, link ${one ? "it" : "them"} to a zone ${zonesIn(affected)}.`,
      resources: [...networkAddresses(affected), service.address],
    };
  },
  "public-answer": ([service], affected, context) => {
    const [reaching, open] = [true, undefined].map((wanted) =>
      affected.filter((lookup) => isReachable(lookup) === wanted),
    ) as [Lookup[], Lookup[]];
    const one = networksOf(affected).length === 1;
    return {
      problem: [
        ...(reaching.length > 0 ? [reachingText(service, reaching, context)] : []),
        ...(open.length > 0 ? [openText(service, open, context)] : []),
        `Turning it off stops ${one ? "it" : "them"}.${unlinkedText(service, context)}`,
      ].join(" "),
      remedy: `Before that, give ${one ? "it" : "them"} a private answer: a link to a zone ${zonesIn(affected)} that returns an endpoint which ${one ? "it reaches" : "they reach"}.`,
      resources: [...networkAddresses(affected), service.address],
    };
  },
  "network-not-managed": ([network], affected) => ({
    problem: `What the DNS of ${networksIn(affected)} returns is not known from this file: ${affected.some((lookup) => lookup.network === network) ? "the network" : `its DNS servers are in ${network.name}, which`} is not managed here, and linked to no zone of this file.`,
    resources: [network.address, ...networkAddresses(affected)],
  }),
  "link-without-fallback": (_, __, { model }) => {
    const links = linksWithoutFallback(model);
    const [networks, zones] = [
      unique(links.map(({ network }) => network.name)),
      unique(links.map(({ zone }) => zone.name)),
    ];
    const lacking = unique(links.flatMap(({ zone }) => servicesLackingIn(zone, model)));
    return {
      problem: `${shortened(networks, 3).join(", ")} ${networks.length === 1 ? "is" : "are"} linked to ${shortened(zones, 3).join(", ")} without a fallback to public DNS: the names of resources that have private endpoints elsewhere, and no record in the zone, do not resolve there${lacking.length > 0 ? `, such as those of ${shortened(lacking, 3).join(", ")}` : ""}.`,
      resources: links.map(({ address }) => address),
    };
  },
  "captured-name": ([zone, , returns], affected) => ({
    ...((returns === "right" || returns === "unknown") && { severity: "warning" as const }),
    problem: `The zone ${zone.name} is linked to ${networksIn(affected)}, and answers ${namesIn(affected)} itself: DNS never follows the public name to the zone ${zonesIn(affected)}. ${CAPTURED[returns]}`,
    resources: [zone.address, ...affected.map(({ link }) => link!.address), ...networkAddresses(affected)],
  }),
  "no-record": ([zone, service], affected, { model }) => {
    // A zone that captures the name has a finding of its own.
    const asked = affected.filter(({ captured }) => !captured);
    if (asked.length === 0) return undefined;
    const then = asked.every(({ link }) => link?.fallsBack)
      ? `resolves to ${publicAddress(service)}`
      : "does not resolve";
    const elsewhere = zonesWithRecord(zone, asked, model).map(({ address }) => address);
    return {
      ...(!asked.some(({ expected }) => expected) && { severity: "warning" as const }),
      problem: `${zone.address} has no record of ${namesIn(asked)}${elsewhere.length > 0 ? `, which ${shortened(elsewhere, 1).join(" ")} ${elsewhere.length === 1 ? "has" : "have"}` : ""}. In ${networksIn(asked)}, the name ${then}.`,
      resources: [zone.address, ...networkAddresses(asked)],
    };
  },
  "name-not-led": ([zone, service], affected) => ({
    problem: `What the DNS of ${networksIn(affected)} returns for ${namesIn(affected)} is not known from this file: once ${service.name} has a private endpoint, the name leads to ${zone.address}, which has no record of it, and does not resolve. The file has no private endpoint of it.`,
    remedy: "Let names without a record fall back to public DNS: resolution_policy NxDomainRedirect of the link.",
    resources: [zone.address, service.address, ...networkAddresses(affected)],
  }),
  "zone-not-managed": ([zone], affected) => ({
    problem: `What the DNS of ${networksIn(affected)} returns is not known from this file: the zone ${zone.address} is not managed here.`,
    resources: [zone.address, ...networkAddresses(affected)],
  }),
  "link-not-managed": ([zone], affected) => ({
    problem: `What the DNS of ${networksIn(affected)} returns for ${namesIn(affected)} is not known from this file: no link to a zone with the names is here, but ${zone.address} is not managed here, so it may be linked elsewhere.`,
    resources: [zone.address, ...networkAddresses(affected)],
  }),
  "zone-group-not-known": ([service], affected, { model }) => {
    const hidden = model.endpoints.flatMap((one) => (one.service === service ? one.zonesHidden : []));
    const asked = affected.filter((lookup) => isReachable(lookup) === undefined);
    return {
      problem: `What the DNS of ${networksIn(asked)} returns for ${namesIn(asked)} is not known from this file. ${hiddenText(hidden)}`,
      ...optional("remedy", showing(hidden, model)),
      resources: [...networkAddresses(asked), service.address],
    };
  },
  "zone-group-by-policy": ([service, policy], affected) => ({
    problem: `What the DNS of ${networksIn(affected)} returns for ${namesIn(affected)} is not known from this file: ${policy} writes it, by a DNS zone group that it attaches to the private endpoint.`,
    remedy: `Preview the state once the policy has run${policy.includes(".") ? ", or with --zone-groups" : ""}.`,
    resources: [...networkAddresses(affected), service.address, ...(policy.includes(".") ? [policy] : [])],
  }),
} satisfies Partial<Reasons>;
