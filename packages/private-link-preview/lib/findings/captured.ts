import type { Lookup } from "../resolver";
import { groupBy } from "../../../common/util/collections";
import { type Finding, error, namesIn, networkAddresses, networksIn, pair, warning, zonesIn } from "./finding";

/** Zones that answer the public names of services, so that the private link names are never looked up. */
export function captured(lookups: readonly Lookup[]): Finding[] {
  const groups = groupBy(
    lookups.filter(({ captured }) => captured),
    (lookup) => `${consequence(lookup)} ${pair(lookup.link!.zone, lookup.service)}`,
  );
  return [...groups.values()].map((affected) => {
    const { link } = affected[0]!;
    const { zone } = link!;
    const then = consequence(affected[0]!);
    return (then === "missing" || then === "wrong" ? error : warning)(
      "captured-name",
      `The zone ${zone.name} is linked to ${networksIn(affected)}, and answers ${namesIn(affected)} itself: DNS never follows the public name to the zone ${zonesIn(affected)}. ${CONSEQUENCES[then]} Remove the link, or the zone.`,
      [zone.address, ...affected.map(({ link }) => link!.address), ...networkAddresses(affected)],
    );
  });
}

const CONSEQUENCES = {
  missing: "It has no record of the name, so the name does not resolve.",
  wrong: "It returns addresses that no private endpoint in this file has.",
  unknown: "What it returns is not known from this file.",
  right: "Its records return private endpoints for now, but each new name of the service needs a record there too.",
};

/** What a network gets from a zone that captures a name. */
function consequence({ known, endpoints, strays, addresses }: Lookup): keyof typeof CONSEQUENCES {
  if (!known) return "unknown";
  if (strays.length > 0 || (endpoints.length === 0 && addresses.length > 0)) return "wrong";
  return endpoints.length === 0 ? "missing" : "right";
}
