import type { Hidden } from "../read/hidden";
import type { Resource } from "../read/module";
import { at as valuesAt, groupBy, isIn, isJson, once, unique } from "../../../common/util";
import type { OutOfSync, Peering, Unplaced, VirtualNetwork } from "./network-model";
import { type Resources, TYPES, baseOf, lastSegment, mentionsOf, optional, subscriptionOf, texts } from "./resources";

/** A network, or those that it may be where the file does not show which. */
export interface FoundNetwork {
  readonly network?: VirtualNetwork;
  readonly among: readonly VirtualNetwork[];
}

/** The virtual networks of a file, and those that it only names. */
export class Networks {
  /** Peerings whose networks are not known. */
  public readonly unplaced: Unplaced[] = [];
  private readonly networks = new Map<string, VirtualNetwork>();
  /** Those that the file only names, by path and then by subscription. */
  private readonly elsewhere = new Map<string, Map<string, VirtualNetwork>>();

  constructor(private readonly resources: Resources) {
    for (const resource of resources.ofType(TYPES.network)) {
      this.networks.set(resource.address, {
        address: resource.address,
        name: resource.text("name") ?? resource.address,
        ...optional("location", resource.text("location")),
        addressSpace: texts(resource.known("address_space")),
        managed: resource.managed,
        // A resource that the file says exists has its id as its address.
        ...(resource.text("id") === resource.address && { described: true }),
      });
    }
  }

  /** All that were found so far. */
  public get all(): VirtualNetwork[] {
    return [...this.networks.values()];
  }

  /** Adds a network outside Azure. */
  public add(network: VirtualNetwork): void {
    this.networks.set(network.address, network);
  }

  /** The network that a resource creates, or that a data source reads. */
  public of(resource: Resource): VirtualNetwork | undefined {
    return this.networks.get(resource.address);
  }

  /** The network whose id or name stands at a path of a resource. */
  public at(resource: Resource, ...path: string[]): VirtualNetwork | undefined {
    return this.find(resource, ...path).network;
  }

  /** The network whose id or name stands at a path of a resource, or those that it may be. */
  public find(resource: Resource, ...path: string[]): FoundNetwork {
    const { resource: found, among } = this.resources.find(resource, TYPES.network, ...path);
    const network = found ? this.of(found) : this.named(resource, resource.text(...path));
    return { ...optional("network", network), among: this.ofAll(among) };
  }

  /** One list of networks for one list of resources, which many may share. */
  private readonly ofAll = once<readonly Resource[], readonly VirtualNetwork[]>([], (resources) =>
    resources.flatMap((one) => this.of(one) ?? []),
  );

  /** A network that is not in the file, by its id or its name. */
  private named(resource: Resource, text: string | undefined): VirtualNetwork | undefined {
    if (text?.startsWith("/")) return this.byId(text);
    const group = resource.text("resource_group_name");
    if (text === undefined || group === undefined) return undefined;
    return this.notInFile(`${text} in ${group}`, `${group}/${text}`, subscriptionOf(resource.text("id")));
  }

  /** The network in which the subnet at a path lies, or what hides it, with the subnet's ranges. */
  public ofSubnetAt(
    resource: Resource,
    ...path: string[]
  ): { network?: VirtualNetwork; subnet?: string; ranges: string[]; hidden?: Hidden } {
    const id = resource.text(...path);
    const { resource: subnet, among } = this.resources.find(resource, TYPES.subnet, ...path);
    const candidates = subnet ? [subnet] : among;
    // Where it is not clear which subnet is meant, all candidates may be in one network.
    const [network, ...others] = unique(candidates.map((one) => this.at(one, "virtual_network_name")));
    if (network && others.length === 0) {
      return {
        network,
        ...optional("subnet", candidates.length === 1 ? candidates[0]!.address : undefined),
        ranges: texts(candidates.flatMap((one) => one.known("address_prefixes"))),
      };
    }
    // A subnet inside its network's block, or one that is not in the file.
    const [holder, ...rivals] = unique(mentionsOf(resource, path, TYPES.network));
    const [, networkId, name] = /^(.*\/virtualnetworks\/[^/]+)\/subnets\/([^/]+)$/i.exec(id ?? "") ?? [];
    if (holder && rivals.length === 0)
      return { ...optional("network", this.of(holder)), ranges: rangesOf(holder, name) };
    if (networkId === undefined) {
      return subnet
        ? { ranges: texts(subnet.known("address_prefixes")), hidden: subnet.hiddenBy("virtual_network_name") }
        : { ranges: [], hidden: resource.hiddenBy(...path) };
    }
    return { network: this.byId(networkId), ranges: rangesOf(this.resources.byId(TYPES.network, networkId), name) };
  }

  public peerings(): Peering[] {
    const ends = this.resources.ofType("azurerm_virtual_network_peering").map((resource) => {
      const from = this.find(resource, "virtual_network_name");
      const to = this.find(resource, "remote_virtual_network_id");
      return { resource, from, to: from.network && from.network === to.network ? another(to, from.network) : to };
    });
    const whole = ends.flatMap(({ resource, from, to }) =>
      from.network && to.network ? [{ resource, from: from.network, to: to.network }] : [],
    );
    // Peerings of one block with one network each, of as many networks: one of each, in whatever order. As many as there
    // are pairs of networks: one for each pair.
    const open = groupBy(
      ends.filter(({ from, to }) => !(from.network && to.network)),
      ({ resource, from, to }) => `${baseOf(resource)} ${from.network?.address ?? ""} ${to.network?.address ?? ""}`,
    );
    for (const same of open.values()) {
      const { from, to } = same[0]!;
      const known = from.network ?? to.network;
      const among = (from.network ? to : from).among.filter((one) => one !== known);
      const others = known ? among.map((one) => (from.network ? [known, one] : [one, known])) : pairsOf(among);
      if (others.length === same.length) {
        same.forEach(({ resource }, index) => {
          const [one, other] = others[index] as [VirtualNetwork, VirtualNetwork];
          whole.push({ resource, from: one, to: other });
        });
      } else this.unplaced.push(...same.map(({ resource, from, to }) => unplacedPeering(resource, from, to)));
    }
    return whole.map(({ resource, from, to }) => ({
      address: resource.address,
      from,
      to,
      ...accessOf(resource, "allow_virtual_network_access"),
      forwards: isOn(resource, "allow_forwarded_traffic", false),
      passesGateway: isOn(resource, GATEWAY[0], false),
      usesGateway: isOn(resource, GATEWAY[1], false),
      gatewayHidden: GATEWAY.filter((one) => resource.hides(one)).map((one) => resource.hiddenBy(one)),
      ...optional("outOfSync", outOfSync(resource, from, to)),
    }));
  }

  private byId(id: string): VirtualNetwork {
    const found = this.resources.byId(TYPES.network, id);
    const known = found && this.of(found);
    const group = /\/resourcegroups\/([^/]+)\//i.exec(id)?.[1] ?? "";
    return known ?? this.notInFile(id, `${group}/${lastSegment(id)}`, subscriptionOf(id));
  }

  /** A network that is not in the file: known by its id, or by its name, without the subscription. */
  private notInFile(address: string, path: string, subscription: string): VirtualNetwork {
    const same = this.elsewhere.get(path.toLowerCase()) ?? new Map<string, VirtualNetwork>();
    this.elsewhere.set(path.toLowerCase(), same);
    const [any] = same.values();
    const known = same.get(subscription) ?? same.get("") ?? (subscription === "" ? any : undefined);
    if (known) return known;
    const network = { address, name: lastSegment(path), addressSpace: [], managed: false, mentioned: true };
    same.set(subscription, network);
    this.networks.set(address, network);
    return network;
  }
}

/** Whether a peering passes its network's gateway on, and whether it uses the other's. */
const GATEWAY = ["allow_gateway_transit", "use_remote_gateways"] as const;

/** Whether a peering lets traffic in, or what hides that. */
function accessOf(resource: Resource, attribute: string): Pick<Peering, "allowed" | "hidden"> {
  const allowed = isOn(resource, attribute, true);
  return { allowed, ...(allowed === undefined && { hidden: resource.hiddenBy(attribute) }) };
}

/** Whether an attribute is true, which has a default; undefined where that is not known. */
function isOn(resource: Resource, attribute: string, byDefault: boolean): boolean | undefined {
  if (resource.hides(attribute)) return undefined;
  return resource.known(attribute)[0] === !byDefault ? !byDefault : byDefault;
}

/**
 * Whether a peering was written before the remote network got its present ranges.
 *
 * Source: `PeeringSyncLevel` of Azure's virtual network API: LocalNotInSync, where this side has to be written again.
 */
function outOfSync(peering: Resource, from: VirtualNetwork, to: VirtualNetwork): OutOfSync | undefined {
  const level = peering.text("peering_sync_level");
  if (level !== undefined && !/^Local/i.test(level)) return undefined;
  // What else triggers are made of is their author's matter.
  const triggers = JSON.stringify(peering.known("triggers")).match(RANGES) ?? [];
  const written =
    level === undefined
      ? triggers.filter((range) => !from.addressSpace.includes(range))
      : texts(peering.known("remote_address_space"));
  const lacks = to.addressSpace.filter((range) => !written.some((one) => isIn(range, one)));
  if (level === undefined && (written.length === 0 || lacks.length === 0)) return undefined;
  return { written, lacks, isKnown: level !== undefined && written.length > 0 };
}

/** CIDR ranges in a text. */
const RANGES = /\b\d+(?:\.\d+){3}\/\d+\b/g;

/** What a network is peered with, which is never itself. */
function another({ among }: FoundNetwork, network: VirtualNetwork): FoundNetwork {
  const others = among.filter((one) => one !== network);
  return { ...optional("network", others.length === 1 ? others[0] : undefined), among: others };
}

/** The pairs of a few networks. */
function pairsOf(networks: readonly VirtualNetwork[]): VirtualNetwork[][] {
  if (networks.length > MOST_IN_PAIRS) return [];
  return networks.flatMap((one) => networks.flatMap((other) => (one === other ? [] : [[one, other]])));
}

/** More networks are hardly all peered with each other. */
const MOST_IN_PAIRS = 100;

/** A peering of which an end is not known. */
function unplacedPeering(resource: Resource, ...ends: readonly FoundNetwork[]): Unplaced {
  return {
    kind: "peering",
    address: resource.address,
    ends: ends.map(({ network, among }) => (network ? [network] : among)),
    hidden: ENDS.filter((_, index) => !ends[index]?.network).map((end) => resource.hiddenBy(end)),
  };
}

/** Where a peering has its network, and the one on the other side. */
const ENDS = ["virtual_network_name", "remote_virtual_network_id"];

/** The ranges of a subnet in its network's block. */
function rangesOf(network: Resource | undefined, name: string | undefined): string[] {
  const subnets = (network?.known("subnet") ?? []).filter(isJson);
  const meant =
    name === undefined && subnets.length > 1 ? [] : subnets.filter((one) => [one.name, undefined].includes(name));
  return texts(meant.flatMap((one) => [...valuesAt(one, ["address_prefixes"]), ...valuesAt(one, ["address_prefix"])]));
}
