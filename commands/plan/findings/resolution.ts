import { at, joinWords, unique } from "../../../packages/common/util";
import { networkOf } from "../../../src/terraform/logical-ids";
import { STACK_ID } from "../../../src/terraform/stack-files";
import { nameOf } from "../change";
import { reasonText } from "../differences";
import { linkedZones } from "../joined";
import { lostRegistries } from "../lost-registries";
import { zoneName } from "../network-index";
import type { Plan, ResourceChange } from "../plan";
import { answerChange } from "../record-sets";
import { changesInStayingParts, findingAbout, type PlanFinding, planFinding, type PlanRule } from "./plan-finding";

const ENDPOINT = "azurerm_private_endpoint";

/** Private endpoints whose replacement is created while there is one of its name: the old one, or one that was left behind. */
export const endpointNamesTaken: PlanRule = (plan) =>
  replaced(plan, plan.changes, ENDPOINT)
    .filter((endpoint) => isNameTaken(endpoint, plan))
    .map((endpoint) =>
      findingAbout(
        "endpoint-name-taken",
        `The private endpoint ${nameOf(endpoint)} is replaced (${reasonText(endpoint)}) by ${String(endpoint.after.name)}, which is created first: Azure refuses it as long as there is one of that name. Destroy the old one, then deploy: terraform -chdir=cdktf.out/stacks/${STACK_ID} destroy -target=${endpoint.address}`,
        endpoint,
      ),
    );

function isNameTaken({ overlaps, after }: ResourceChange, { changes }: Plan): boolean {
  return (
    overlaps &&
    changes.some(
      ({ type, before }) =>
        type === ENDPOINT && before.name === after.name && before.resource_group_name === after.resource_group_name,
    )
  );
}

/**
 * Private endpoints that are replaced while DNS returns their addresses. One that is destroyed interrupts nothing: the
 * lifecycle of the endpoints in this project updates the records first.
 */
export const endpoints: PlanRule = (plan) =>
  replaced(plan, plan.changes, ENDPOINT).flatMap((endpoint) => {
    const networks = networksAnsweredBy(plan, ({ endpoints }) => endpoints.includes(endpoint.address));
    const subject = `The private endpoint ${nameOf(endpoint)} is replaced (${reasonText(endpoint)})`;
    if (networks.length === 0 || isNameTaken(endpoint, plan)) return [];
    if (!endpoint.overlaps)
      return findingAbout(
        "endpoint-interrupted",
        `${subject}: until DNS returns the addresses of the new one, pulls and pushes fail in ${joinWords(networks)}.`,
        endpoint,
      );
    // A part that is replaced has a finding of its own.
    if (!changesInStayingParts(plan).includes(endpoint)) return [];
    const isManual = at(endpoint.after, ["private_service_connection", "is_manual_connection"]).includes(true);
    return findingAbout(
      "endpoint-interrupted",
      `${subject}: it is deleted once DNS returns the addresses of the new one, and pulls and pushes that are still using it in ${joinWords(networks)} then break off.${isManual ? " The new one carries no traffic until the registry's owner approves its connection." : ""}`,
      endpoint,
    );
  });

const MEANWHILE = "lookups of the registry fail or return public addresses, and pulls and pushes fail";

/** Networks whose zone link is deleted before they get another: a network has one zone of a name at most. */
export const zoneLinks: PlanRule = (plan) => {
  if (lostRegistries(plan).length > 0) return [];
  const links = changesInStayingParts(plan)
    .filter(({ type }) => type === "azurerm_private_dns_zone_virtual_network_link")
    .filter(({ effect }) => effect === "destroyed" || effect === "replaced")
    .map((change) => ({ change, ...linkedZones(plan, change) }))
    .filter(({ network, from }) => from !== undefined && stays(plan, network));
  const moved = links.filter(({ from, to }) => to !== undefined && to !== from);
  const others = links.filter((link) => !moved.includes(link));
  return [
    ...(moved.length === 0 ? [] : [zoneChange(moved)]),
    ...others.map(({ change, network, from, to }) =>
      findingAbout(
        "zone-interrupted",
        to === undefined
          ? `The link of ${network} to ${from!} is destroyed: lookups of the registry in it return public addresses ${isAnswered(plan, network) ? "until its DNS servers answer, and until then pulls and pushes fail" : "from then on"}.`
          : `The link of ${network} to ${to} is replaced (${reasonText(change)}): until the new link is created, ${MEANWHILE} in ${network}.`,
        change,
      ),
    ),
  ];
};

function zoneChange(links: readonly { readonly change: ResourceChange; readonly network: string }[]): PlanFinding {
  const networks = joinWords(links.map(({ network }) => network));
  const one = links.length === 1;
  return findingAbout(
    "zone-changes",
    `${networks} ${one ? "is" : "are"} linked to another private DNS zone: until the old ${one ? "link is" : "links are"} deleted and the new ${one ? "link is" : "links are"} created, ${MEANWHILE} in ${one ? "it" : "them"}.`,
    ...links.map(({ change }) => change),
  );
}

/** Zones that are replaced while networks look names up in them. */
export const zones: PlanRule = (plan) =>
  replaced(plan, changesInStayingParts(plan), "azurerm_private_dns_zone").flatMap((zone) => {
    const networks = networksAnsweredBy(plan, (answer) => answer.zone === zone.address);
    if (networks.length === 0) return [];
    return findingAbout(
      "zone-interrupted",
      `The private DNS zone ${zoneName(zone.address)} is replaced (${reasonText(zone)}): until the new zone is linked, lookups of the registry fail or return public addresses in ${joinWords(networks)}.`,
      zone,
    );
  });

/** Record sets that are replaced while networks look their names up. */
export const records: PlanRule = (plan) =>
  replaced(plan, changesInStayingParts(plan), "azurerm_private_dns_a_record").flatMap((record) => {
    const networks = unique(
      plan.before.lookups
        .filter(({ records }) => records.some(({ address }) => address === record.address))
        .flatMap(({ network }) => (stays(plan, network.name) ? [network.name] : [])),
    );
    if (networks.length === 0) return [];
    const { zone = "its zone" } = answerChange(plan, record);
    return findingAbout(
      "record-interrupted",
      `The record set ${nameOf(record)} in ${zone} is replaced (${reasonText(record)}): until the new one is created, lookups of that name fail or return public addresses in ${joinWords(networks)}.`,
      record,
    );
  });

/** What of a type is replaced; nothing where the registry is lost, whose finding covers everything that depends on it. */
function replaced(plan: Plan, changes: readonly ResourceChange[], type: string): ResourceChange[] {
  return lostRegistries(plan).length > 0
    ? []
    : changes.filter((change) => change.type === type && change.effect === "replaced");
}

function networksAnsweredBy(plan: Plan, is: (answer: Plan["before"]["answers"][number]) => boolean): string[] {
  const networks = plan.before.answers.filter(is).map(({ virtualNetwork }) => virtualNetwork);
  return unique(networks).filter((network) => stays(plan, network));
}

/** Whether a network is neither created, destroyed nor replaced as a whole. */
function stays({ after, changedParts }: Plan, network: string): boolean {
  const found = after.networkCalled(network);
  return found !== undefined && ![...changedParts.keys()].some((part) => found.address === networkOf(part));
}

/** Whether every answer of a network is reachable once the plan is applied. */
function isAnswered({ after }: Plan, network: string): boolean {
  return after.answers.every(({ virtualNetwork, reachable }) => virtualNetwork !== network || reachable !== false);
}

/** Records that others have to write after the deployment. */
export const externalRecords: PlanRule = ({ externalRecordsChange }) =>
  externalRecordsChange
    ? [
        planFinding(
          "records-of-others-change",
          "The record sets that others write change. After the deployment, hand them over: npm run dns-records -- --output records.json --output records.csv",
          [],
        ),
      ]
    : [];
