import { joinWords, unique } from "private-link-preview/util";
import { nameOf } from "../change";
import { reasonInWords } from "../differences";
import { relinked } from "../kinds/dns";
import { lostRegistries } from "../lost-registries";
import { zoneName } from "../network-index";
import { type Plan, type ResourceChange, networkOf } from "../plan";
import { type Check, broken, changesInWhatStays, warning } from "./warning";

/**
 * Endpoints that are deleted and made again, while networks that they answer stay. One that goes for good is no trouble:
 * what answers with it answers with another before, as the endpoints' lifecycle in this project says.
 */
export const endpoints: Check = (plan) =>
  (lostRegistries(plan).length > 0 ? [] : broken(plan.changes, "azurerm_private_endpoint")).flatMap((endpoint) => {
    const networks = networksAnsweredBy(plan, ({ endpoints }) => endpoints.includes(endpoint.address));
    if (networks.length === 0 || endpoint.action === "delete" || endpoint.overlaps) return [];
    return [
      warning(
        "endpoint-interrupted",
        `${nameOf(endpoint)} is replaced (${reasonInWords(endpoint)}): until DNS answers with the new one, the registry's names lead nowhere in ${joinWords(networks)}, and pulls and pushes fail there.`,
        [endpoint],
      ),
    ];
  });

/** Networks that are unlinked from their zone before they get another: a network has one zone of a name at most. */
export const zoneLinks: Check = (plan) => {
  if (lostRegistries(plan).length > 0) return [];
  const links = relinked(plan, brokenOf(plan, "azurerm_private_dns_zone_virtual_network_link")).filter(
    ({ network, from }) => from !== "none" && staysIn(plan, network),
  );
  const moved = links.filter(({ from, to }) => to !== "none" && to !== from);
  const others = links.filter((link) => !moved.includes(link));
  return [
    ...(moved.length > 0
      ? [
          warning(
            "zone-changes",
            `${joinWords(moved.map(({ network }) => network))} ${moved.length === 1 ? "changes its zone" : "change their zones"}: between the unlinking and the new link, lookups of the registry in ${moved.length === 1 ? "it" : "them"} fail or go to public DNS, and pulls and pushes fail there.`,
            moved.map(({ change }) => change),
          ),
        ]
      : []),
    ...others.map(({ change, network, from, to }) =>
      warning(
        "zone-interrupted",
        to === "none"
          ? `${network} is unlinked from ${from}: lookups of the registry in it go to public DNS ${isAnswered(plan, network) ? "until its DNS answers otherwise, and pulls and pushes fail there" : "from then on"}.`
          : `The link of ${network} to ${from} is made again (${reasonInWords(change)}): in between, lookups of the registry in it fail or go to public DNS, and pulls and pushes fail there.`,
        [change],
      ),
    ),
  ];
};

/** Zones and record sets that are made again, while networks look there. */
export const records: Check = (plan) => [
  ...brokenOf(plan, "azurerm_private_dns_zone").flatMap((zone) => {
    const networks = networksAnsweredBy(plan, (answer) => answer.zone === zone.address);
    return zone.action === "replace" && networks.length > 0
      ? [
          warning(
            "zone-interrupted",
            `${zoneName(zone.address)} is replaced (${reasonInWords(zone)}): until it is linked again, lookups of the registry fail or go to public DNS in ${joinWords(networks)}.`,
            [zone],
          ),
        ]
      : [];
  }),
  ...brokenOf(plan, "azurerm_private_dns_a_record").flatMap((record) => {
    const networks = unique(
      plan.before.lookups
        .filter(
          ({ records, network }) =>
            records.some(({ address }) => address === record.address) && staysIn(plan, network.name),
        )
        .map(({ network }) => network.name),
    );
    return record.action === "replace" && networks.length > 0
      ? [
          warning(
            "record-interrupted",
            `The record set ${nameOf(record)} in ${plan.before.zoneOf(record.address) ?? "its zone"} is replaced (${reasonInWords(record)}): in between, that name fails or goes to public DNS in ${joinWords(networks)}.`,
            [record],
          ),
        ]
      : [];
  }),
];

/** What goes or is made again of a type; nothing where the registry itself does, of which all is told at once. */
function brokenOf(plan: Plan, type: string): ResourceChange[] {
  return lostRegistries(plan).length > 0 ? [] : broken(changesInWhatStays(plan), type);
}

function networksAnsweredBy(plan: Plan, is: (answer: Plan["before"]["answers"][number]) => boolean): string[] {
  const networks = plan.before.answers.filter(is).map(({ virtualNetwork }) => virtualNetwork);
  return unique(networks).filter((network) => staysIn(plan, network));
}

/** Whether a network stays as it is, as a whole. */
function staysIn({ after, fates }: Plan, network: string): boolean {
  const found = after.networkCalled(network);
  return found !== undefined && ![...fates.keys()].some((part) => found.address === networkOf(part));
}

/** Whether a network is answered well once all is applied. */
function isAnswered({ after }: Plan, network: string): boolean {
  return after.answers.every(({ virtualNetwork, reachable }) => virtualNetwork !== network || reachable);
}
