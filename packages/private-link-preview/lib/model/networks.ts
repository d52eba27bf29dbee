import type { Resource } from "../read/module";
import { unique } from "../util/collections";
import type { Peering, VirtualNetwork } from "./network-model";
import { type Resources, TYPES, lastSegment, mentionsOf, optional, subscriptionOf, texts } from "./resources";

/** The virtual networks of a file, and those that it only names. */
export class Networks {
  /** Terraform addresses of peerings whose networks are not known. */
  public readonly unplaced: string[] = [];
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
      });
    }
  }

  /** All that were found so far. */
  public get all(): VirtualNetwork[] {
    return [...this.networks.values()];
  }

  /** The network that a resource creates, or that a data source reads. */
  public of(resource: Resource): VirtualNetwork | undefined {
    return this.networks.get(resource.address);
  }

  /** The network whose id or name stands at a path of a resource. */
  public at(resource: Resource, ...path: string[]): VirtualNetwork | undefined {
    const text = resource.text(...path);
    const mentioned = unique(mentionsOf(resource, path, TYPES.network));
    if (mentioned.length === 1) return this.of(mentioned[0]!);
    if (text === undefined) return undefined;
    if (text.startsWith("/")) return this.byId(text);
    const group = resource.text("resource_group_name");
    const found = this.resources.byName(TYPES.network, text, resource, mentioned);
    if (found) return this.of(found);
    if (group === undefined) return undefined;
    return this.notInFile(`${text} in ${group}`, `${group}/${text}`, subscriptionOf(resource.text("id")));
  }

  /** The network in which the subnet at a path lies, with the subnet's ranges. */
  public ofSubnetAt(
    resource: Resource,
    ...path: string[]
  ): { network?: VirtualNetwork; subnet?: string; ranges: string[] } {
    const mentioned = unique(mentionsOf(resource, path, TYPES.subnet));
    const id = resource.text(...path);
    const subnet = id === undefined ? undefined : this.resources.byId(TYPES.subnet, id);
    const candidates = mentioned.length !== 1 && subnet ? [subnet] : mentioned;
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
    const inline = unique(mentionsOf(resource, path, TYPES.network));
    const networkId = /^(.*\/virtualnetworks\/[^/]+)\/subnets\//i.exec(id ?? "")?.[1];
    const holder =
      inline.length === 1 ? this.of(inline[0]!) : networkId === undefined ? undefined : this.byId(networkId);
    return { ...optional("network", holder), ranges: [] };
  }

  public peerings(): Peering[] {
    return this.resources.ofType("azurerm_virtual_network_peering").flatMap((resource) => {
      const from = this.at(resource, "virtual_network_name");
      const to = this.at(resource, "remote_virtual_network_id");
      const allowed = resource.known("allow_virtual_network_access")[0] !== false;
      if (from && to) return [{ address: resource.address, from, to, allowed }];
      this.unplaced.push(resource.address);
      return [];
    });
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
    const network = { address, name: lastSegment(path), addressSpace: [], managed: false };
    same.set(subscription, network);
    this.networks.set(address, network);
    return network;
  }
}
