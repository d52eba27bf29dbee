import type { Comparable } from "./comparable";
import type { NetworkModel, RecordSet } from "../model/network-model";
import { shortName } from "../text/answer-tables";

/** A record set, link or peering that is not the same in two previews; what it says is null where there is none. */
export interface PartChange {
  readonly kind: "record set" | "link" | "peering";
  /** `NAME in ZONE`, the zone and the network, or the two networks. */
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What a part says: undefined where that is not known. */
interface Part extends Pick<PartChange, "kind" | "name"> {
  readonly says: string | undefined;
  /** The zone that a record set or a link is of, or the network that a peering is of. */
  readonly of: readonly string[];
  readonly byGroup?: boolean | undefined;
}

/**
 * The record sets, links and peerings that are not the same.
 *
 * @param comparable - how resources of one are found in the other
 * @param isInScope - whether one of some resources is compared
 */
export function partChanges(
  before: NetworkModel,
  after: NetworkModel,
  comparable: Comparable,
  isInScope: (addresses: readonly string[]) => boolean,
): PartChange[] {
  const [old, now] = [partsOf(before, comparable), partsOf(after, comparable)];
  const areDeployed = before.isDeployed && after.isDeployed;
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    const isUnknown = [was, is].some((part) => part && part.says === undefined);
    const { kind, name, of, byGroup } = (is ?? was)!;
    // What a DNS zone group writes is in no file but those of Azure.
    const isOfGroup = byGroup && !(was && is) && !areDeployed;
    if (isUnknown || isOfGroup || was?.says === is?.says || !isInScope(of)) return [];
    return [{ kind, name, before: was?.says ?? null, after: is?.says ?? null }];
  });
}

function partsOf({ zones, links, peerings }: NetworkModel, comparable: Comparable): Map<string, Part> {
  const found: [key: string, Part][] = [
    ...zones.flatMap(({ address, name: zone, records }) =>
      records.map((record): [string, Part] => [
        `${comparable(address)} ${record.name}`,
        {
          kind: "record set",
          name: `${record.name} in ${zone} (${shortName({ address })})`,
          says: addressesOf(record),
          of: [address],
          byGroup: record.byGroup,
        },
      ]),
    ),
    ...links.map(({ zone, network, fallsBack }): [string, Part] => [
      `${comparable(zone.address)} to ${comparable(network.address)}`,
      {
        kind: "link",
        name: `${zone.name} (${shortName(zone)}) to ${network.name}`,
        says: fallsBack === undefined ? undefined : `falls back to public DNS: ${yesNo(fallsBack)}`,
        of: [zone.address, network.address],
      },
    ]),
    ...peerings.map(({ from, to, allowed, forwards, passesGateway, usesGateway }): [string, Part] => [
      `${comparable(from.address)} with ${comparable(to.address)}`,
      {
        kind: "peering",
        name: `${from.name} with ${to.name}`,
        says:
          allowed === undefined || forwards === undefined
            ? undefined
            : [
                `access: ${yesNo(allowed)}, forwarded traffic: ${yesNo(forwards)}`,
                ...(passesGateway ? ["gateway transit: yes"] : []),
                ...(usesGateway ? ["remote gateway: yes"] : []),
              ].join(", "),
        of: [from.address],
      },
    ]),
  ];
  return new Map(found);
}

function addressesOf({ addresses }: RecordSet): string | undefined {
  return addresses.length === 0 ? undefined : [...addresses].sort().join(", ");
}

function yesNo(is: boolean): string {
  return is ? "yes" : "no";
}
