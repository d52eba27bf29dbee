import type { NetworkModel, SecurityRule } from "../model/network-model";
import type { Lookup } from "../resolver";
import { type Https, denialOf } from "../security-rules";
import { Budget } from "../../../common/util/budget";
import { groupBy, unique } from "../../../common/util/collections";
import { joinWords } from "../../../common/util/words";
import { type Finding, endpointsIn, error, warning } from "./finding";

/** Most comparisons of a rule with traffic: enough for a thousand networks, each with a hundred rules, in a mesh. */
const MAX_COMPARISONS = 2_000_000;

/** Network security groups that deny HTTPS to private endpoints, or from machines, where that is certain. */
export function ports({ securedSubnets, unreadModules }: NetworkModel, lookups: readonly Lookup[]): Finding[] {
  // A module may add rules that allow the traffic.
  if (unreadModules.length > 0) return [];
  const used = lookups.flatMap(({ network, endpoints, unreachable }) => {
    const beyond = new Set(unreachable);
    return endpoints.filter((endpoint) => !beyond.has(endpoint)).map((endpoint) => ({ network, endpoint }));
  });
  const clientsOf = groupBy(used, ({ endpoint }) => endpoint);
  const endpointsOf = groupBy(used, ({ network }) => network);
  const budget = new Budget(
    MAX_COMPARISONS,
    `The network security groups of this file would take more than ${MAX_COMPARISONS} comparisons. Preview a part of the networks at a time.`,
  );
  const denial = (traffic: Https, rules: readonly SecurityRule[]) => {
    const sizes = rules.map(({ from, to }) => 1 + from.length * traffic.from.length + to.length * traffic.to.length);
    budget.spend(sizes.reduce((sum, size) => sum + size, 0));
    return denialOf(traffic, rules);
  };
  const inbound = securedSubnets.flatMap(({ address, group, rules, endpoints }) =>
    endpoints.flatMap((endpoint) => {
      const clients = unique((clientsOf.get(endpoint) ?? []).map(({ network }) => network));
      const denied = clients.flatMap((network) => {
        const rule = denial({ direction: "Inbound", from: network.addressSpace, to: endpoint.subnetRanges }, rules);
        return rule ? [{ network, rule }] : [];
      });
      if (denied.length === 0) return [];
      const from = joinWords(denied.map(({ network }) => network.name));
      return [
        (denied.length === clients.length ? error : warning)(
          "port-denied",
          `${group} denies TCP 443 from ${from} to the private endpoint ${endpoint.name}, by ${rulesIn(denied)}, so no connection is made. Allow TCP 443 from VirtualNetwork in a rule before it.`,
          [group, address, endpoint.address, ...denied.map(({ network }) => network.address)],
        ),
      ];
    }),
  );
  const outbound = securedSubnets.flatMap(({ address, name, network, group, rules, hasMachines }) => {
    if (!hasMachines || !network) return [];
    const answering = unique((endpointsOf.get(network) ?? []).map(({ endpoint }) => endpoint));
    const denied = answering.flatMap((endpoint) => {
      const rule = denial({ direction: "Outbound", from: network.addressSpace, to: endpoint.subnetRanges }, rules);
      return rule ? [{ endpoint, rule }] : [];
    });
    if (denied.length === 0 || denied.length < answering.length) return [];
    return [
      warning(
        "port-denied",
        `${group} denies the machines in the subnet ${name} of ${network.name} TCP 443 to ${endpointsIn(denied.map(({ endpoint }) => endpoint))}, by ${rulesIn(denied)}, so they can't use it. Allow TCP 443 to VirtualNetwork in a rule before it.`,
        [group, address, ...denied.map(({ endpoint }) => endpoint.address)],
      ),
    ];
  });
  return [...inbound, ...outbound];
}

function rulesIn(denied: readonly { readonly rule: SecurityRule }[]): string {
  const rules = unique(denied.map(({ rule }) => rule));
  return `its ${rules.length === 1 ? "rule" : "rules"} ${joinWords(rules.map(({ name, priority }) => `${name} (priority ${priority})`))}`;
}
