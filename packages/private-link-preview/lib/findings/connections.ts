import type { RegistryHost } from "../../../common/azure";
import { memberOf } from "../model/endpoints";
import type { Peering, SecurityRule, VirtualNetwork } from "../model/network-model";
import { optional } from "../model/resources";
import type { Connection } from "../reachability";
import { joinWords, unique } from "../../../common/util";
import { endpointsIn, networksIn, recordAddresses } from "./finding";
import { hiddenText, showing } from "./hidden";
import type { Context, Reasons, Said } from "./said";

/** Why it is not known whether a network reaches another, as the end of a sentence. */
const DOUBTS: Partial<Record<Connection, string>> = {
  "Virtual WAN not known": "they are connected by Virtual WAN, whose routes or firewall decide",
  "Network Manager not known":
    "Virtual Network Manager may connect them, but its deployment or its groups' members are not in the file",
  "gateway transit not known":
    "whether its gateway is passed on by the peering, and used on the other side, is not in the file",
  appliance: "a route leads there through an appliance or gateway, which decides",
  "peering may be out of sync": "the peering may lack a range that the other network has got since it was written",
  "peering not known": "whether their peering allows virtual network access is not known",
};

/** Whether a peering is one side of what joins two networks. */
function isBetween(peering: Peering, ...networks: readonly VirtualNetwork[]): boolean {
  return networks.includes(peering.from) && networks.includes(peering.to);
}

/** Why it is not known whether a network reaches another, as the end of a sentence. */
export function doubtText(by: Connection): string {
  return DOUBTS[by] ?? "a peering may connect them, an end of which is not known";
}

/**
 * Why a client outside Azure does not reach a network, and what to do about it.
 *
 * Source: "Configure VPN gateway transit for virtual network peering", Microsoft's VPN Gateway documentation.
 */
export function transitText(
  { name, outside }: VirtualNetwork,
  to: VirtualNetwork,
  { model, resolver }: Pick<Context, "model" | "resolver">,
): Pick<Said, "problem" | "remedy" | "resources"> | undefined {
  const gateway = outside?.gateway;
  if (!gateway) return undefined;
  const start = `The gateway of ${gateway.name}, to which ${name} is connected, does not lead to ${to.name}`;
  if (!resolver.connections.reachability.peersOf(gateway).includes(to))
    return {
      problem: `${start}: it leads to the network itself, and to those that are peered with it and use it.`,
      remedy: `Return an endpoint in ${gateway.name}, or in a network that uses its gateway.`,
      resources: [gateway.address, to.address],
    };
  const lacking = model.peerings
    .filter((one) => isBetween(one, gateway, to))
    .flatMap((side) => {
      const [has, attribute] =
        side.from === gateway
          ? [side.passesGateway, "allow_gateway_transit"]
          : [side.usesGateway, "use_remote_gateways"];
      return has === false ? [{ attribute: `${attribute} of ${side.address}`, side }] : [];
    });
  const attributes = joinWords(lacking.map(({ attribute }) => attribute));
  return {
    problem: `${start}, because ${attributes} ${lacking.length === 1 ? "is" : "are"} off.`,
    remedy: `Turn ${lacking.length === 1 ? "it" : "them"} on, or return an endpoint in ${gateway.name}.`,
    resources: [...lacking.map(({ side }) => side.address), gateway.address, to.address],
  };
}

/** What is said of peerings, whoever asks. */
export const PEERINGS = {
  "one-sided-peering": ([{ address, from, to }], _, { resolver }) => {
    const seen = from.managed && to.managed && resolver.connections.reachability.between(from, to) === false;
    return {
      ...(!seen && { severity: "warning" as const }),
      problem: `${from.name} is peered with ${to.name}, but ${to.name} is not peered with ${from.name}, so no traffic flows.`,
      remedy: seen
        ? `Add the peering from ${to.name} to ${from.name}, with access allowed.`
        : `Check that ${to.name} is peered with ${from.name}, which this file does not show.`,
      resources: [address, to.address],
    };
  },
  "peering-out-of-sync": ([{ address, from, to, outOfSync }], affected) => {
    const { lacks, isKnown } = outOfSync!;
    const ranges = lacks.length > 0 ? joinWords(lacks) : "all of its present ranges";
    const consequence =
      affected.length > 0 ? ` The DNS of ${networksIn(affected)} returns addresses there, or asks servers there.` : "";
    return {
      ...((!isKnown || affected.length === 0) && { severity: "warning" as const }),
      problem: isKnown
        ? `The peering from ${from.name} to ${to.name} is out of sync: Azure routes nothing to ${ranges} of ${to.name} until it is written again.${consequence}`
        : `The peering from ${from.name} to ${to.name} may be out of sync: ${to.name} has ${ranges}, which the peering was not written with, as far as this file shows.${consequence}`,
      resources: [address, from.address, to.address],
    };
  },
} satisfies Partial<Reasons>;

/** What is said of endpoints, and of how networks reach them. */
export const CONNECTIONS = {
  "endpoint-network-not-known": ([{ address, name, networkHidden }], _, { model }) => {
    const hidden = networkHidden ? [networkHidden] : [];
    return {
      problem:
        `The network of ${name} is not known, so it is not known which networks reach it. ${hiddenText(hidden)}`.trimEnd(),
      ...optional("remedy", showing(hidden, model)),
      resources: [address],
    };
  },
  "manual-approval": ([{ address, name, service, approval, approvalHidden }], _, { model }) => {
    if (approvalHidden) {
      return {
        problem: `Whether the owner of ${service.name} has to approve the connection of ${name} is not known from this file. ${hiddenText([approvalHidden])}`,
        ...optional("remedy", showing([approvalHidden], model)),
        resources: [address],
      };
    }
    return {
      problem:
        approval === "not approved"
          ? `The connection of ${name} is not approved by the owner of ${service.name}, so it carries no traffic.`
          : `${name} carries no traffic until the owner of ${service.name} approves its connection.`,
      resources: [address],
    };
  },
  "static-addresses": ([{ address, name, service, hosts, staticMembers }]) => {
    const members = (hosts as RegistryHost[]).filter(({ kind }) => kind !== "regional").map(memberOf);
    const lacking = staticMembers.includes("") ? [] : members.filter((member) => !staticMembers.includes(member));
    return {
      ...(lacking.length === 0 && { severity: "warning" as const }),
      problem:
        lacking.length > 0
          ? `${name} asks for static addresses, but for none of ${joinWords(lacking)}: Azure refuses a replica of ${service.name} for whose data endpoint a private endpoint with static addresses has none.`
          : `${name} has static addresses for the present regions of ${service.name}: Azure refuses a further replica until the endpoint has a static address for its data endpoint too.`,
      resources: [address, service.address],
    };
  },
  "mixed-record": ([zone], affected) => {
    const endpoints = affected.flatMap((lookup) => lookup.endpoints);
    return {
      problem: `${zone.address} returns the addresses of ${endpointsIn(endpoints)} together, and ${networksIn(affected)} can't reach all of them, so part of the connections fail.`,
      resources: [...recordAddresses(affected), ...unique(endpoints.map(({ address }) => address))],
    };
  },
  "unreachable-answer": ([network, service], affected, context) => {
    const beyond = unique(affected.flatMap((lookup) => lookup.unreachable));
    const returns = `The DNS of ${network.name} returns addresses of ${service.name} that the network can't reach: ${endpointsIn(beyond)}.`;
    const homes = unique(beyond.map((endpoint) => endpoint.network));
    const transits = homes.flatMap((home) => (home && transitText(network, home, context)) ?? []);
    if (transits.length > 0)
      return {
        problem: [returns, ...transits.map(({ problem }) => problem)].join(" "),
        ...optional("remedy", transits.length === 1 ? transits[0]!.remedy : undefined),
        resources: [
          network.address,
          ...transits.flatMap(({ resources }) => resources),
          ...beyond.map((one) => one.address),
        ],
      };
    return {
      problem: `The DNS of ${network.name} returns addresses of ${service.name} that the network can't reach: ${endpointsIn(beyond)} ${beyond.length === 1 ? "is in a network" : "are in networks"} with which it is not connected: neither peered in both directions, nor by Virtual WAN or Virtual Network Manager.`,
      remedy: network.dnsServers
        ? `Give the network of its DNS servers, ${network.dnsServers.network?.name ?? ""}, an endpoint of its own.`
        : "Link the network to a zone with its own endpoint, or peer the networks.",
      resources: [network.address, ...recordAddresses(affected), ...beyond.map(({ address }) => address)],
    };
  },
  "answers-by-other-endpoint": ([network], affected) => {
    const endpoints = unique(affected.flatMap((lookup) => lookup.endpoints));
    const others = endpoints.filter((endpoint) => endpoint.network !== network);
    return {
      problem: `${network.name} has an endpoint of its own, but its DNS ${others.length < endpoints.length ? "also returns" : "returns"} ${endpointsIn(others)}, so traffic may cross a peering.`,
      resources: [network.address, ...others.map(({ address }) => address)],
    };
  },
  "peering-not-known": ([network, other]) => ({
    problem: `The DNS of ${network.name} returns an endpoint in ${other.name}. This file manages neither network.`,
    resources: [network.address, other.address],
  }),
  "reach-not-known": ([from, to], affected, { resolver, model }) => {
    const asked = affected.some(({ endpoints }) => endpoints.some(({ network }) => network === to))
      ? `The DNS of ${from.name} returns an endpoint in ${to.name}. Whether it is reached`
      : `The DNS servers that ${from.name} asks are in ${to.name}. Whether they are reached`;
    const { by } = resolver.connections.reachability.reach(from, to);
    const sides = model.peerings.filter((one) => isBetween(one, from.outside?.gateway ?? from, to));
    const hidden = sides.flatMap((side) =>
      by === "peering not known" ? (side.hidden ?? []) : by === "gateway transit not known" ? side.gatewayHidden : [],
    );
    return {
      problem: `${asked} is not known from this file: ${doubtText(by)}. ${hiddenText(hidden)}`.trimEnd(),
      ...(hidden.length > 0 && optional("remedy", showing(hidden, model))),
      resources: [from.address, to.address],
    };
  },
  "client-ranges-not-known": ([client, { group, address }]) => ({
    problem: `Whether ${group} lets ${client.name} in is not known: it has rules for address ranges, and ${client.addressSpace.length > 0 ? "they are for a part of the ranges of" : "this file does not show the ranges of"} ${client.name}.`,
    remedy: `Say by which ranges ${client.name} connects, or allow TCP 443 from VirtualNetwork, which has them, in a rule before these.`,
    resources: [client.address, group, address],
  }),
  "port-denied": ([subnet, endpoint], affected, { resolver, lookups }) => {
    const { address, group } = subnet;
    const denied = unique(affected.map(({ network }) => network));
    const clients = unique(
      lookups.flatMap(({ network, endpoints, unreachable }) =>
        endpoints.includes(endpoint) && !unreachable.includes(endpoint) ? [network] : [],
      ),
    );
    const rules = denied.flatMap(
      (network) => resolver.connections.ports.inboundDenial(subnet, network, endpoint) ?? [],
    );
    return {
      ...(denied.length < clients.length && { severity: "warning" as const }),
      problem: `${group} denies TCP 443 from ${joinWords(denied.map(({ name }) => name))} to the private endpoint ${endpoint.name}, by ${rulesIn(rules)}, so no connection is made.`,
      remedy: "Allow TCP 443 from VirtualNetwork in a rule before it.",
      resources: [group, address, endpoint.address, ...denied.map((network) => network.address)],
    };
  },
  "port-denied-outbound": ([subnet], _, { resolver, lookups }) => {
    const { address, group, name, network } = subnet;
    const answering = unique(
      lookups.flatMap((lookup) =>
        lookup.network === network ? lookup.endpoints.filter((one) => !lookup.unreachable.includes(one)) : [],
      ),
    );
    const denied = answering.flatMap((endpoint) => {
      const rule = resolver.connections.ports.outboundDenial(subnet, endpoint);
      return rule ? [{ endpoint, rule }] : [];
    });
    if (denied.length < answering.length) return undefined;
    return {
      severity: "warning",
      problem: `${group} denies the machines in the subnet ${name} of ${network?.name ?? ""} TCP 443 to ${endpointsIn(denied.map(({ endpoint }) => endpoint))}, by ${rulesIn(denied.map(({ rule }) => rule))}, so they can't use it.`,
      remedy: "Allow TCP 443 to VirtualNetwork in a rule before it.",
      resources: [group, address, ...denied.map(({ endpoint }) => endpoint.address)],
    };
  },
} satisfies Partial<Reasons>;

function rulesIn(denying: readonly SecurityRule[]): string {
  const rules = unique(denying);
  return `its ${rules.length === 1 ? "rule" : "rules"} ${joinWords(rules.map(({ name, priority }) => `${name} (priority ${priority})`))}`;
}
