import type { Cause } from "../cause";
import { doubtText } from "../findings/connections";
import { type Endpoint, type VirtualNetwork, isRegistry } from "../model/network-model";
import type { Connection, Reach } from "../reachability";
import type { ConnectionStep, DnsStep, Lookup, State, Step, ZoneStep } from "../trace";
import { joinWords, unique } from "../../../common/util";
import { servedByText } from "./answers";
import { publicAddress } from "./public-address";

/** A step on the way of a question, from the client to the region that serves it, in words. */
export interface ToldStep {
  readonly kind: "client" | Step["kind"];
  readonly state: State;
  /** One sentence, or a few. */
  readonly text: string;
  /** Terraform addresses of the resources that decide the step. */
  readonly resources: readonly string[];
  readonly causes: readonly Cause[];
}

/** A text, and the resources that it is about. */
type Told = readonly [text: string, ...resources: string[]];

/** The steps of one question, up to the one at which it gets no further. */
export function toldSteps(lookup: Lookup): ToldStep[] {
  const { network, host, trace } = lookup;
  const client = `A machine in ${network.name} asks for ${host.fqdn}.`;
  return [
    { kind: "client", state: "right", text: client, resources: [network.address], causes: [] },
    ...trace.map(({ state, causes, ...step }, index): ToldStep => {
      const [text, ...resources] = told(trace[index]!, lookup);
      return { kind: step.kind, state, text, resources: unique(resources), causes };
    }),
  ];
}

function told(step: Step, lookup: Lookup): Told {
  const { host, service } = lookup;
  switch (step.kind) {
    case "dns":
    case "rule":
      return dns(step, lookup);
    case "name":
      return [`Public DNS leads ${host.fqdn} to ${host.privateName}.`, service.address];
    case "zone":
      return zone(step, lookup);
    case "record":
      return record(step.state, lookup);
    case "endpoint":
      return endpoints(lookup);
    case "connection":
      return connection(step, lookup);
    case "region":
      return [region(lookup), service.address];
  }
}

function dns({ asker, from, servers, state, reach, causes }: DnsStep, { host, service }: Lookup): Told {
  const { address } = asker;
  if (!servers && from.outside) {
    const names = unique([host.fqdn, host.privateName]).join(" nor ");
    const text = `The DNS of ${from.name} does not forward ${names}, so public DNS answers with ${publicAddress(service, from)}.`;
    return [text, address, service.address];
  }
  if (!servers) {
    const assumed = from.managed ? "" : " This file does not manage the network; it may have DNS servers of its own.";
    const text = !("domain" in asker)
      ? `${from.name} uses Azure's DNS, which looks in the private DNS zones that are linked to the network.${assumed}`
      : causes.some(({ name }) => name === "forwarded-too-often")
        ? "A rule of a DNS forwarding ruleset forwards the name in a circle, or once too often."
        : `A ruleset with a rule for the name may be linked to ${from.name}, by a link of which the network is not known.`;
    return [text, address];
  }
  const { firewall, network, addresses } = servers;
  const start =
    "domain" in asker
      ? `A rule of a DNS forwarding ruleset forwards ${asker.domain === "" ? "all names" : `names in ${asker.domain}`} to`
      : from.outside && asker === from
        ? `The DNS of ${from.name} forwards ${from.outside.forwards ? `names in ${joinWords(from.outside.forwards)}` : "all names"} to`
        : `${"addressSpace" in asker ? asker.name : address} uses`;
  const where = addresses.length > 0 ? ` ${joinWords(addresses)}` : "";
  const named = firewall ? `the firewall ${firewall.address} as DNS server` : `the DNS servers${where}`;
  const resources = [address, ...(firewall ? [firewall.address] : []), ...(network ? [network.address] : [])];
  return [`${start} ${named}${rest()}`, ...resources];

  function rest(): string {
    if (firewall?.proxy === false) return ", and its DNS proxy is off, so that it does not answer.";
    if (causes.some((cause) => cause.name === "azure-dns-from-outside") && state === "broken")
      return ", which answers in virtual networks alone.";
    if (!reach)
      return state === "right"
        ? ", which asks other servers."
        : ", which are in no network of this file: what they return is not known.";
    const inside = ` in ${network!.name}`;
    if (reach.reached === false) return `${inside}, ${HOW[reach.by] ?? ""}.`;
    if (reach.reached === undefined) return `${inside}. ${doubt(reach)}`;
    if (causes.some((cause) => cause.name === "private-name-not-forwarded"))
      return `${inside}. Public DNS leads ${host.fqdn} to ${host.privateName}, which it does not forward: whether it takes their answer depends on the server.`;
    if (state === "not known") return `${inside}. Its settings are not in this file, and it may ask other servers.`;
    const how = network === from ? "" : `, which it reaches ${HOW[reach.by] ?? ""}`;
    return `${inside}${how}. They answer with the zones that are linked to ${network!.name}.`;
  }
}

function zone({ network: asked, link }: ZoneStep, { captured, host, service, isPublic, network }: Lookup): Told {
  if (link) {
    const { zone } = link;
    const text = captured
      ? `${asked.name} is linked to ${zone.name}, a zone of public names. It answers ${host.fqdn} itself, so the question never gets to ${host.zone}.`
      : `${asked.name} is linked to the zone ${zone.name}.`;
    return [text, zone.address, link.address];
  }
  const none = `${asked.name} is linked to no zone ${host.zone}`;
  if (isPublic)
    return [`${none}, so public DNS answers with ${publicAddress(service, network)}.`, asked.address, service.address];
  const start = asked.managed ? none : `This file does not manage ${asked.name}, and links it to no zone ${host.zone}`;
  return [`${start}. Another configuration, or a part of this one that is not known, may link it.`, asked.address];
}

function record(state: State, lookup: Lookup): Told {
  const { network, link, captured, host, records, endpoints, addresses, strays, service, isPublic } = lookup;
  const { zone, fallsBack } = link!;
  const name = captured ? host.fqdn : host.privateName;
  const resources = [zone.address, ...records.map(({ address }) => address)];
  const names = joinWords(endpoints.map((endpoint) => endpoint.name));
  if (records.length === 0 && endpoints.length > 0) {
    const held = addresses.length > 0 ? ` with ${joinWords(addresses)}` : "";
    const doubt = state === "right" ? "" : " This file does not manage the zone, in which another may be written.";
    const text = `The DNS zone group of ${names} writes the record of ${name}${held}.${doubt}`;
    return [text, ...resources, ...endpoints.map(({ address }) => address)];
  }
  // What is not known where there is no record for certain is whether public DNS is asked, or lets clients in.
  const lacks = isPublic || fallsBack === undefined;
  if (records.length === 0 && state === "not known" && !lacks) {
    const why = zone.managed ? "and not all that may write one" : "and does not manage the zone";
    return [`This file shows no record of ${name}, ${why}.`, ...resources];
  }
  if (records.length === 0) {
    const then = fallsBack
      ? `. The link falls back to public DNS, which answers with ${publicAddress(service, network)}`
      : fallsBack === undefined
        ? ". Whether the link falls back to public DNS is not known"
        : ", so the name does not resolve";
    return [`The zone has no record of ${name}${then}.`, ...resources];
  }
  const wildcard = records.find((one) => one.name.startsWith("*"));
  const by = wildcard ? `The wildcard record ${wildcard.name} of the zone` : `The record of ${name}`;
  return [`${by} holds ${held()}.`, ...resources];

  function held(): string {
    if (strays.length > 0)
      return `${joinWords(strays)}, which no private endpoint in this file has${strays.length === 1 ? "" : " any of"}`;
    const some = addresses.length > 1 ? `the addresses ${joinWords(addresses)}` : joinWords(addresses);
    if (endpoints.length === 0)
      return addresses.length > 0
        ? `${some}. Which endpoint has that is not known`
        : "an address that leads to no private endpoint in this file";
    return addresses.length > 0 ? some : `what it reads from ${names} (known after apply)`;
  }
}

function endpoints({ endpoints, network }: Lookup): Told {
  const named = endpoints.map((endpoint) =>
    endpoint.network === network ? `its own endpoint ${endpoint.name}` : withNetwork(endpoint),
  );
  const which = endpoints.length === 1 ? "The address is that of" : "The addresses are those of";
  const refused = endpoints.some(({ approval }) => approval === "not approved");
  const requested = endpoints.some(({ approval }) => approval === "not known");
  return [
    [
      `${which} ${joinWords(named)}.`,
      ...(refused ? ["The owner of the service has not approved the connection, which carries no traffic."] : []),
      ...(requested ? ["The owner of the service has to approve the connection before it carries traffic."] : []),
      ...(endpoints.some((endpoint) => !endpoint.network) ? ["Its network is (known after apply)."] : []),
    ].join(" "),
    ...endpoints.map(({ address }) => address),
  ];
}

function withNetwork({ name, network }: Endpoint): string {
  return network ? `${name} in ${network.name}` : name;
}

/** How a network reaches another, or why it does not, as the end of a sentence. */
const HOW: Partial<Record<Connection, string>> = {
  "not managed": "as far as this file shows, which manages neither of them",
  peering: "by a peering",
  "Network Manager": "by Virtual Network Manager",
  "Virtual WAN": "by Virtual WAN",
  firewall: "through a firewall, by routes",
  gateway: "by its VPN or ExpressRoute gateway",
  "gateway transit": "by a gateway that a peering passes on",
  "no gateway transit": "to which the peering does not pass the gateway on",
  "peering out of sync": "by a peering that lacks the range of the address until it is written again",
  "one-sided peering": "with which it is peered in one direction only",
  "not connected": "with which it is not connected",
};

function connection({ to, reach, state, causes, peerings }: ConnectionStep, { network }: Lookup): Told {
  const isDenied = state === "broken" && reach.reached !== false;
  const isOpen = state === "not known" && reach.reached === true;
  const denials = causes.filter((cause): cause is Cause<"port-denied"> => cause.name === "port-denied");
  return [
    [
      reachText(network, to, reach),
      ...(isDenied ? ["A network security group denies TCP 443 to the endpoint."] : []),
      ...(isOpen ? ["Whether a network security group lets it in depends on its address ranges."] : []),
    ].join(" "),
    ...[network, ...to, ...peerings()].map(({ address }) => address),
    ...denials.map(({ subjects: [{ group }] }) => group),
  ];
}

function reachText(network: VirtualNetwork, to: readonly VirtualNetwork[], reach: Reach): string {
  const names = joinWords(to.map(({ name }) => name));
  if (reach.by === "own network") return "The endpoint is in the network of the client.";
  if (reach.reached === undefined) return `Whether ${network.name} reaches ${names} is not known. ${doubt(reach)}`;
  return reach.reached
    ? `${network.name} reaches ${names} ${HOW[reach.by] ?? ""}.`
    : `${network.name} does not reach ${names}, ${HOW[reach.by] ?? ""}.`;
}

function doubt({ by }: Reach): string {
  const why = doubtText(by);
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
}

/** Which region serves a registry's name. */
function region(lookup: Lookup): string {
  const { service, servedBy } = lookup;
  if (servedBy.length === 0) return `Which region of ${service.name} serves the name is not known.`;
  const by = servedByText(lookup);
  if (by !== "Azure's choice") return `The region that serves is ${by}.`;
  const of = isRegistry(service) ? joinWords(service.regions.filter((one) => !service.unrouted.includes(one))) : "";
  return `Azure chooses the region that serves${of ? `, of ${of}` : ""}.`;
}
