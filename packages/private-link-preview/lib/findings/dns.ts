import type { Asker } from "../cause";
import type { DnsServers, ForwardingRule, VirtualNetwork } from "../model/network-model";
import { AZURE_DNS } from "../client";
import { type Lookup, isReachable } from "../trace";
import { publicAddress } from "../text/public-address";
import { joinWords, unique } from "../../../common/util";
import { transitText } from "./connections";
import { namesIn, networkAddresses, networksIn, zonesIn } from "./finding";
import { optional } from "../model/resources";
import { hiddenText, showing } from "./hidden";
import type { Reasons } from "./said";

function isNetwork(asker: Asker): asker is VirtualNetwork {
  return "addressSpace" in asker;
}

function isRule(asker: Asker): asker is ForwardingRule {
  return "domain" in asker;
}

/** The DNS servers that something asks in some lookups. */
function serversOf(asker: Asker, affected: readonly Lookup[]): DnsServers | undefined {
  const steps = affected.flatMap(({ trace }) => trace);
  return steps.flatMap((step) => ("asker" in step && step.asker === asker && step.servers ? [step.servers] : []))[0];
}

/** What asks DNS servers, and for what, as the start of a sentence. */
function askingText(asker: Asker, affected: readonly Lookup[]): string {
  const { addresses = [], hidden } = serversOf(asker, affected) ?? {};
  const known = addresses.length > 0 ? addresses.join(", ") : "known after apply";
  const which = hidden ? "that are not known from this file" : `(${known})`;
  if (isRule(asker))
    return `The rule ${asker.address} forwards ${namesIn(affected)} from ${networksIn(affected)} to DNS servers ${which}`;
  if (isNetwork(asker) && asker.outside)
    return `The DNS of ${asker.name} forwards ${namesIn(affected)} to DNS servers ${which}`;
  return `${isNetwork(asker) ? asker.name : asker.address} uses custom DNS servers ${which}`;
}

function resourcesOf(asker: Asker, affected: readonly Lookup[]): string[] {
  return isNetwork(asker) ? [asker.address] : [asker.address, ...networkAddresses(affected)];
}

/** What is said of DNS servers, and of the rules that forward to them. */
export const DNS = {
  "dns-proxy-off": ([asker, firewall], affected) => ({
    problem: `${isRule(asker) ? `The rule ${asker.address} forwards names to` : `${isNetwork(asker) ? asker.name : asker.address} uses`} ${firewall.address} as its DNS server, whose DNS proxy is off, so no name resolves.`,
    resources: [...resourcesOf(asker, affected), firewall.address],
  }),
  "dns-server-not-known": ([asker], affected, { model }) => {
    const hidden = serversOf(asker, affected)?.hidden;
    return {
      problem: hidden
        ? `${askingText(asker, affected)}, so what they return is not known either. ${hiddenText([hidden])}`
        : `${askingText(asker, affected)}, which are in no network of this file, so what they return is not known.`,
      ...(hidden && optional("remedy", showing([hidden], model))),
      resources: resourcesOf(asker, affected),
    };
  },
  "dns-servers-differ": ([network], affected) => ({
    problem: `${askingText(network, affected)} in several networks, whose answers for ${namesIn(affected)} differ, so what it gets is not known.`,
    remedy: "Use servers that give the same answers.",
    resources: [network.address],
  }),
  "dns-of-others": ([network], affected) => ({
    problem: `What the DNS of ${network.name} returns for ${namesIn(affected)} is not known from this file: the network is only mentioned here, so its DNS servers are not known.`,
    remedy: "Read the network with a data source, or preview the file that manages it.",
    resources: [network.address],
  }),
  "firewall-not-known": ([asker, firewall], affected, { model }) => {
    const hidden = firewall.hidden ? [firewall.hidden] : [];
    const uses = `${isNetwork(asker) ? asker.name : asker.address} uses the firewall ${firewall.address} as its DNS server`;
    return {
      problem: firewall.hidden
        ? `${uses}, and whether it answers DNS is not known from this file. ${hiddenText(hidden)}`
        : `${uses}, whose settings are not in this file, so what it asks is not known.`,
      ...(firewall.hidden && optional("remedy", showing(hidden, model))),
      resources: [...resourcesOf(asker, affected), firewall.address],
    };
  },
  "dns-server-unreachable": ([asker, home], affected, context) => {
    const transit = isNetwork(asker) ? transitText(asker, home, context) : undefined;
    if (transit)
      return {
        problem: `${askingText(asker, affected)} in ${home.name}, so the names do not resolve. ${transit.problem}`,
        remedy: `Forward to DNS servers that it reaches: an inbound endpoint of a DNS private resolver in the network of the gateway.`,
        resources: [...resourcesOf(asker, affected), ...transit.resources],
      };
    const from = isRule(asker) && asker.from ? ` in ${asker.from.name}` : "";
    return {
      problem: isRule(asker)
        ? `${askingText(asker, affected)} in ${home.name}, which the outbound endpoint${from} does not reach, so the names do not resolve.`
        : `${askingText(asker, affected)} in ${home.name}, with which it is not connected, so no name resolves.`,
      resources: [...resourcesOf(asker, affected), home.address],
    };
  },
  "ruleset-link-not-known": ([rule], affected, { model }) => ({
    problem: `Whether the rule ${rule.address} forwards ${namesIn(affected)} from ${networksIn(affected)} is not known from this file. ${hiddenText(rule.hidden)}`,
    ...optional("remedy", showing(rule.hidden, model)),
    resources: [rule.address, ...networkAddresses(affected)],
  }),
  "forwarded-too-often": ([rule], affected) => ({
    problem: `DNS forwarding rules lead ${namesIn(affected)} from ${networksIn(affected)} in a circle, or from server to server too often, so what they return is not known.`,
    remedy: "Let the last of the servers answer from a zone that is linked to their network.",
    resources: [rule.address, ...networkAddresses(affected)],
  }),
  "zone-bypassed": ([network], affected, { lookups, resolver }) => {
    const home = network.dnsServers?.network;
    const isGood = lookups.filter((lookup) => lookup.network === network).every((lookup) => isReachable(lookup));
    return {
      ...((isGood || !home) && { severity: "warning" as const }),
      problem: `${askingText(network, affected)}, so its link to a zone has no effect: it gets what the DNS of ${home?.name ?? "their network"} returns.`,
      remedy: !home
        ? "Check that they return an endpoint that the network reaches."
        : isGood
          ? "Remove the link, or the DNS servers."
          : "Give that network an endpoint of its own, or remove the custom DNS servers.",
      resources: [
        network.address,
        ...resolver.linksFor(network).flatMap(({ address, zone }) => [address, zone.address]),
      ],
    };
  },
  "azure-dns-from-outside": ([client], affected) => {
    const isAnswered = affected.some(({ trace }) => trace.some((step) => "servers" in step && step.reach));
    return {
      ...(isAnswered && { severity: "warning" as const }),
      problem: `The DNS of ${client.name} forwards ${namesIn(affected)} to ${AZURE_DNS}, Azure's DNS, which answers in virtual networks alone: ${isAnswered ? "each question that goes there waits until it is asked again elsewhere" : "the names do not resolve"}.`,
      resources: [client.address],
    };
  },
  "name-not-forwarded": ([client, service], affected) => {
    const { forwards = [] } = client.outside!;
    const isLed = affected.some(({ trace }) => trace.some(({ kind }) => kind === "name"));
    const why = isLed
      ? `forwards no zone of the names of ${service.name}`
      : `forwards ${joinWords(forwards)}, to which public DNS does not lead the names of ${service.name}, as it has no private endpoint`;
    return {
      problem: `The DNS of ${client.name} ${why}, so public DNS answers ${namesIn(affected)}: with ${publicAddress(service, client)}.`,
      remedy: `Forward ${publicZonesIn(affected)} to DNS servers in a virtual network that return an endpoint which ${client.name} reaches.`,
      resources: [client.address, service.address],
    };
  },
  "private-name-not-forwarded": ([client, service], affected) => ({
    problem: `The DNS of ${client.name} forwards ${namesIn(affected)}, and not ${joinWords(unique(affected.map(({ host }) => host.privateName)))}, to which public DNS leads: a server that asks for that by itself gets ${publicAddress(service, client)}.`,
    remedy: `Forward ${zonesIn(affected)} too.`,
    resources: [client.address, service.address],
  }),
  "public-name-not-forwarded": ([client, service], affected) => ({
    problem: `The DNS of ${client.name} forwards ${joinWords(unique(affected.map(({ host }) => host.privateName)))}, and not ${namesIn(affected)}: a server that asks a public resolver for that gets ${publicAddress(service, client)} with the same answer, and never asks for the private link name.`,
    remedy: `Forward ${publicZonesIn(affected)} in its place.`,
    resources: [client.address, service.address],
  }),
} satisfies Partial<Reasons>;

/** The public zones of the names that lookups ask for. */
function publicZonesIn(affected: readonly Lookup[]): string {
  return joinWords(unique(affected.map(({ host }) => host.zone.replace(/(^|\.)privatelink\./, "$1"))));
}
