import { type CloudName, REGIONS } from "../../packages/common/azure";
import { isIn, joinWords, overlap, unique, UsageError } from "../../packages/common/util";
import { isSameId, parseId } from "../../src/terraform/resource-id";
import { Naming } from "../../src/naming";
import { addressesOfEndpoint } from "../../src/network/address-plan";
import { parseSettings } from "../../src/settings/load";
import { hubName } from "../../src/terraform/logical-ids";
import { SERVICE_SUBNETS } from "../../src/network/existing-network-rules";
import type { Found, FoundNetwork, FoundSubnet } from "./read-azure";
import { nearest } from "../../src/settings/nearest";

/** A setting that was chosen, and why. */
export interface Choice {
  /** Path below `privateRegistry`. */
  readonly setting: string;
  readonly value: string;
  readonly why: string;
}

/** Something that is missing, or that the settings cannot be written with. */
export interface AdoptFinding {
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** Settings for what exists. */
export interface Adopted {
  /** The settings object, `privateRegistry` in a settings file. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly choices: readonly Choice[];
  readonly findings: readonly AdoptFinding[];
}

/**
 * Works out settings that use what exists, each choice with its reason, and what is missing for them.
 *
 * @param cloud - the Azure cloud that it is in
 */
export function adopt({ hubs, spokes, registry, unread }: Found, cloud: CloudName): Adopted {
  const notes = new Notes();
  for (const what of unread) notes.warn(`Not read: ${what}`);
  const networks = [...hubs, ...spokes];
  notes.overlaps(networks);
  const regions = registry ? [registry.location, ...registry.replicas] : unique(spokes.map(({ location }) => location));
  const needed = addressesOfEndpoint(regions.length - 1, registry?.regionalEndpoints) - 1;
  const hubOf = new Map(spokes.map((spoke) => [spoke, hubFor(spoke, hubs)]));
  const asking = new Set(spokes.filter((spoke) => asks(spoke, hubOf.get(spoke)!)));
  const names = namesFor(spokes, SPOKE_NAMES);
  const hubNames = namesFor(hubs, HUB_NAMES);
  const hubSettings = hubs.map((hub, i) => {
    const path = hubs.length === 1 ? "hub" : `hubs[${i}]`;
    const own = spokes.filter((spoke) => hubOf.get(spoke) === hub);
    const why = reasonForEndpoint(
      own.filter((spoke) => asking.has(spoke)),
      hubs.length > 1 && own.length === 0,
    );
    const others = hubs.filter((one) => one !== hub);
    return notes.hub(path, hub, others, spokes, why, needed);
  });
  const environments = unique(networks.flatMap((network) => ownPartOf(network)?.environment ?? []));
  const settings = {
    ...notes.environment(environments),
    ...(cloud !== "public" && { cloud }),
    ...notes.newRegions(networks, regions, cloud),
    registry: notes.registry(registry, regions),
    ...(hubs.length === 1
      ? { hub: hubSettings[0] }
      : { hubs: hubSettings.map((hub, i) => ({ name: hubNames[i], ...hub })) }),
    spokes: spokes.map((spoke, i) => {
      const hub = hubOf.get(spoke)!;
      const named = hubs.length === 1 ? {} : notes.hubOf(`spokes[${i}]`, spoke, hub, hubNames[hubs.indexOf(hub)]!);
      return { ...notes.spoke(spoke, names[i]!, i, hub, asking.has(spoke), needed), ...named };
    }),
    testVms: false,
  };
  notes.choose("testVms", "false", "no spoke is created, and test VMs are only in those that are");
  if (!notes.hasErrors) notes.validate(settings);
  return { settings, choices: notes.choices, findings: notes.findings };
}

/** The hub with which a spoke is peered, or in which its DNS servers are; else the first in its region, else the first. */
function hubFor(spoke: FoundNetwork, hubs: readonly FoundNetwork[]): FoundNetwork {
  return (
    hubs.find((hub) => arePeered(spoke, hub)) ??
    hubs.find((hub) => asks(spoke, hub)) ??
    hubs.find(({ location }) => location === spoke.location) ??
    hubs[0]!
  );
}

/** Whether both sides of a peering are connected. */
function arePeered(spoke: FoundNetwork, hub: FoundNetwork): boolean {
  return peeringStates(spoke, hub).every((state) => state === "Connected");
}

/** The state of either side of a peering; undefined where there is none. */
function peeringStates(spoke: FoundNetwork, hub: FoundNetwork): (string | undefined)[] {
  const sides = [
    [spoke, hub],
    [hub, spoke],
  ] as const;
  return sides.map(([from, to]) => from.peerings.find(({ remoteId }) => isSameId(remoteId, to.id))?.state);
}

/** Whether all DNS servers of a network are in the hub. */
function asks({ dnsServers }: FoundNetwork, hub: FoundNetwork): boolean {
  return dnsServers.length > 0 && dnsServers.every((server) => hub.ranges.some((range) => isIn(server, range)));
}

/** Why a hub needs an endpoint of its own; undefined if it does not. */
function reasonForEndpoint(asking: readonly FoundNetwork[], isAlone: boolean): string | undefined {
  if (asking.length > 0)
    return `${joinWords(asking.map(({ name }) => name))} use DNS servers in the hub, which return one answer for all of them`;
  return isAlone ? "no spoke is peered with the hub, so that it reaches no other endpoint" : undefined;
}

/** What this project has created for a network already, in an earlier deployment. */
interface OwnPart {
  readonly name: string;
  readonly environment: string;
}

/** By its names, a zone that this project has created is distinguished from an existing one. */
function ownPartOf({ id, location, zone }: FoundNetwork): OwnPart | undefined {
  const group = zone && parseId("privateDnsZone", zone.id)?.resourceGroupName;
  const link = zone?.links.find(({ networkId }) => isSameId(networkId, id))?.name ?? "";
  const [, name = "", environment = ""] = /^link-(.+)-([a-z][a-z0-9]{0,9})$/.exec(link) ?? [];
  return group === new Naming(environment).of("rg", `${name}-${location}`) ? { name, environment } : undefined;
}

/** What the names of hubs, or those of spokes, are like. */
interface Names {
  /** How many characters a name may have. */
  readonly most: number;
  readonly reserved: readonly string[];
  /** The name in the settings of a part that this project has created; undefined for one of another kind. */
  readonly nameOf: (part: string) => string | undefined;
}

const HUB_NAMES: Names = { most: 20, reserved: [], nameOf: hubName };
const SPOKE_NAMES: Names = {
  most: 24,
  reserved: ["hub", "registry", "constructor"],
  nameOf: (part) => (hubName(part) === undefined ? part : undefined),
};

/** The names of hubs or spokes: those of an earlier deployment, or of their networks as far as the settings allow. */
function namesFor(networks: readonly FoundNetwork[], { most, reserved, nameOf }: Names): string[] {
  const taken = new Set<string>(reserved);
  const ownNameOf = (network: FoundNetwork) => {
    const own = ownPartOf(network);
    return own && nameOf(own.name);
  };
  for (const network of networks) taken.add(ownNameOf(network) ?? "");
  return networks.map((network) => {
    const own = ownNameOf(network);
    if (own !== undefined) return own;
    const plain = network.name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replace(/^(vnet-)?(hub-)?[^a-z]*/, "")
      .slice(0, most - 2)
      .replace(/(?<!-)-+$/, "");
    const base = plain === "" ? "network" : plain;
    let free = base;
    for (let i = 2; taken.has(free); i += 1) free = `${base.slice(0, most - 3)}-${i}`;
    taken.add(free);
    return free;
  });
}

/** The settings as they are worked out, with choices and findings. */
class Notes {
  public readonly choices: Choice[] = [];
  public readonly findings: AdoptFinding[] = [];

  public get hasErrors(): boolean {
    return this.findings.some(({ severity }) => severity === "error");
  }

  public choose(setting: string, value: string, why: string): void {
    this.choices.push({ setting, value, why });
  }

  public warn(message: string): void {
    this.findings.push({ severity: "warning", message });
  }

  private fail(message: string): void {
    this.findings.push({ severity: "error", message });
  }

  public environment(environments: readonly string[]): object {
    const [environment, ...others] = environments;
    if (others.length > 0)
      this.fail(`The networks have zones of several environments of this project: ${joinWords(environments)}.`);
    if (environment === undefined) return {};
    this.choose("environment", environment, "zones of this project have it in their names");
    return { environment };
  }

  public overlaps(networks: readonly FoundNetwork[]): void {
    for (const [i, one] of networks.entries())
      for (const other of networks.slice(i + 1))
        for (const range of one.ranges)
          for (const its of other.ranges)
            if (!range.includes(":") && !its.includes(":") && overlap(range, its))
              this.fail(
                `The address spaces of ${one.name} (${range}) and ${other.name} (${its}) overlap, so Azure cannot peer the networks, and an address does not tell which of them it is in.`,
              );
  }

  public newRegions(networks: readonly FoundNetwork[], regions: readonly string[], cloud: CloudName): object {
    const known = Object.keys(REGIONS[cloud]);
    const added = unique([...networks.map(({ location }) => location), ...regions]).filter(
      (one) => !known.includes(one),
    );
    if (added.length === 0) return {};
    this.choose("newRegions", added.join(", "), `not known to this version of the project${nearest(added[0]!, known)}`);
    return { newRegions: added };
  }

  public registry(found: Found["registry"], regions: readonly string[]): object {
    const [location = "", ...replicas] = regions;
    if (!found) {
      this.choose("registry.location", location, "the region of the first spoke");
      this.choose("registry.replicas", replicas.join(", ") || "none", "the regions of the other spokes");
      this.warn("The registry is created: set registry.namePrefix, because registry names are unique across Azure.");
      return { location, replicas };
    }
    const { id: registryId, name, sku, publicAccess, regionalEndpoints, perRepository, hasEndpoints, asking } = found;
    this.choose("registry.existing.registryId", name, "the registry that was given");
    this.choose("registry.location", location, "its home region");
    this.choose("registry.replicas", replicas.join(", ") || "none", "its replicas");
    if (regionalEndpoints) this.choose("registry.regionalEndpoints", "true", "it has them");
    if (perRepository)
      this.choose(
        "registry.repositoryPermissions",
        "none",
        "it has permissions for each repository, and does not honor AcrPull",
      );
    if (sku !== "Premium")
      this.fail(
        `The registry ${name} has the SKU ${sku}. Private endpoints and replicas need Premium: az acr update --name ${name} --sku Premium`,
      );
    if (!hasEndpoints)
      this.warn(
        `The registry ${name} has no private endpoint yet. The first one changes it for its other clients: their firewalls must allow its data endpoints (${regions.map((region) => `${name}.${region}.data`).join(", ")}…), and networks that are linked to another zone privatelink.azurecr.io must fall back to public DNS, or they no longer resolve it. The plan says what to do first: first-private-endpoint.`,
      );
    if (replicas.length > 0)
      for (const id of asking)
        this.fail(
          `The private endpoint ${id} of the registry ${name} has static addresses. Azure can't add a member for a new replica to it, so no replica can be added to the registry. Have its owner create it again without static addresses.`,
        );
    if (publicAccess !== false) {
      const whom = publicAccess === true ? "everybody who signs in" : joinWords(publicAccess);
      this.choose("registry.publicAccess", String(publicAccess), `its public name is open to ${whom}, and stays so`);
      this.warn(
        `The registry ${name} accepts requests over its public name. docs/going-private.md says how to see who uses it, and how to close it without breaking a pull.`,
      );
    }
    return {
      location,
      replicas,
      ...(regionalEndpoints && { regionalEndpoints }),
      ...(perRepository && { repositoryPermissions: [] }),
      ...(publicAccess !== false && { publicAccess }),
      existing: { registryId },
    };
  }

  public hub(
    path: string,
    hub: FoundNetwork,
    otherHubs: readonly FoundNetwork[],
    spokes: readonly FoundNetwork[],
    whyEndpoint: string | undefined,
    needed: number,
  ): object {
    const endpoint = whyEndpoint !== undefined;
    this.choose(`${path}.location`, hub.location, "the region of its virtual network");
    this.choose(`${path}.endpoint`, String(endpoint), whyEndpoint ?? "no spoke uses DNS servers in the hub");
    const subnet = endpoint ? this.subnet(path, hub, needed) : undefined;
    const zoneId = this.zone(path, hub, spokes, otherHubs);
    return {
      location: hub.location,
      ...this.common(path, hub),
      endpoint,
      existing: {
        virtualNetworkId: hub.id,
        ...(subnet && { endpointSubnetId: subnet.id }),
        ...(zoneId !== undefined && { zoneId }),
      },
    };
  }

  public hubOf(path: string, spoke: FoundNetwork, hub: FoundNetwork, name: string): object {
    const why = arePeered(spoke, hub)
      ? `${spoke.name} is peered with ${hub.name}`
      : `${spoke.name} is peered with no hub; its DNS servers or its region lead to ${hub.name}`;
    this.choose(`${path}.hub`, name, why);
    return { hub: name };
  }

  public spoke(
    spoke: FoundNetwork,
    name: string,
    index: number,
    hub: FoundNetwork,
    asksHub: boolean,
    needed: number,
  ): object {
    const path = `spokes[${index}]`;
    const own = ownPartOf(spoke);
    const from = own
      ? "this project has a zone of that name for it"
      : `from the name of its virtual network, ${spoke.name}`;
    this.choose(`${path}.name`, name, from);
    this.choose(`${path}.location`, spoke.location, "the region of its virtual network");
    const subnet = asksHub ? undefined : this.subnet(path, spoke, needed);
    const zoneId = asksHub ? undefined : this.zone(path, spoke);
    return {
      name,
      location: spoke.location,
      ...this.common(path, spoke),
      existing: {
        virtualNetworkId: spoke.id,
        ...(subnet && { endpointSubnetId: subnet.id }),
        ...(zoneId !== undefined && { zoneId }),
        peer: this.peer(path, spoke, hub),
      },
    };
  }

  private common(path: string, { name, ranges, dnsServers }: FoundNetwork): object {
    const range =
      ranges.find((one) => !one.includes(":") && dnsServers.some((server) => isIn(server, one))) ?? ranges[0];
    if (range !== undefined)
      this.choose(
        `${path}.addressSpace`,
        range,
        ranges.length === 1 ? `the address space of ${name}` : `one of ${ranges.length} ranges of ${name}`,
      );
    if (dnsServers.length > 0) this.choose(`${path}.dnsServers`, dnsServers.join(", "), `the DNS servers of ${name}`);
    return { ...(range !== undefined && { addressSpace: range }), ...(dnsServers.length > 0 && { dnsServers }) };
  }

  /** The subnet for an endpoint: one that has endpoints already or is named for them, else the one with most free addresses. */
  private subnet(path: string, network: FoundNetwork, needed: number): FoundSubnet | undefined {
    const { name } = network;
    const own = ownPartOf(network);
    const nic = own && `/networkinterfaces/${new Naming(own.environment).of("nic", `${own.name}-endpoint`)}`;
    // The addresses of this project's own endpoint are as good as free.
    const subnets = network.subnets.map((subnet) => {
      const mine = subnet.addresses.filter((address) => nic !== undefined && address.includes(nic)).length;
      return { ...subnet, free: subnet.free + mine, mine };
    });
    const rank = ({ mine, endpoints, name: its }: (typeof subnets)[number]) =>
      mine > 0 ? 3 : [endpoints > 0, NAMED.test(its)].filter(Boolean).length;
    const [best] = subnets
      .filter((subnet) => reasonAgainst(subnet, needed) === undefined)
      .sort((a, b) => rank(b) - rank(a) || b.free - a.free);
    if (!best) {
      const reasons = subnets.map((subnet) => `${subnet.name} (${reasonAgainst(subnet, needed)!})`);
      this.fail(
        `${name} has no subnet for a private endpoint, which needs ${needed} free addresses: ${reasons.join(", ") || "it has no subnet"}.`,
      );
      return undefined;
    }
    const why =
      best.endpoints > 0
        ? "it has private endpoints already"
        : NAMED.test(best.name)
          ? "its name says so"
          : "it has most free addresses";
    this.choose(
      `${path}.existing.endpointSubnetId`,
      best.name,
      `${why}; ${best.free} addresses are free, ${needed} are needed`,
    );
    return best;
  }

  /** The zone that is linked already, into which the records then go. */
  private zone(
    path: string,
    network: FoundNetwork,
    spokes: readonly FoundNetwork[] = [],
    otherHubs: readonly FoundNetwork[] = [],
  ): string | undefined {
    const { id, name, zone } = network;
    if (ownPartOf(network)) {
      this.choose(`${path}.existing.zoneId`, "none", `the zone that is linked to ${name} is this project's own`);
      return undefined;
    }
    if (!zone) {
      this.choose(`${path}.existing.zoneId`, "none", `no zone for registries is linked to ${name}, so one is created`);
      return undefined;
    }
    const others = zone.links.map(({ networkId }) => networkId).filter((other) => !isSameId(other, id));
    if (others.length > 0) {
      const text = `The zone ${zone.id} is linked to ${name} and to ${others.length} other ${others.length === 1 ? "network" : "networks"}, which get the same records`;
      if (!path.startsWith("hub") || isLinkedTo(others, otherHubs))
        this.fail(
          `${text}, and Azure links no second zone of its name. Remove the link of ${name} first, so that it gets records of its own.`,
        );
      // Otherwise the spoke that it is linked to is told.
      else if (!isLinkedTo(others, spokes)) this.warn(`${text}.`);
    }
    this.choose(`${path}.existing.zoneId`, zone.id, `it is linked to ${name} already`);
    return zone.id;
  }

  private peer(path: string, spoke: FoundNetwork, hub: FoundNetwork): "existing" | false {
    if (arePeered(spoke, hub)) {
      this.choose(`${path}.existing.peer`, "existing", "both sides of the peering with the hub are connected");
      return "existing";
    }
    const [mine, theirs] = peeringStates(spoke, hub);
    this.choose(`${path}.existing.peer`, "false", "there is no connected peering with the hub");
    this.warn(
      mine === undefined && theirs === undefined
        ? `${spoke.name} is not peered with ${hub.name}. Set existing.peer to true here and in the hub if the stack is to peer them.`
        : `The peering of ${spoke.name} with ${hub.name} is one-sided: ${spoke.name} has ${mine ?? "none"}, ${hub.name} has ${theirs ?? "none"}. Traffic needs both, connected.`,
    );
    return false;
  }

  /** What the rules of the settings say, which know nothing of Azure. */
  public validate(settings: object): void {
    try {
      parseSettings(settings, "adopted");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      for (const line of error.message.split("\n").slice(1)) this.fail(line.trim());
    }
  }
}

/** Whether one of the ids is that of one of the networks. */
function isLinkedTo(ids: readonly string[], networks: readonly FoundNetwork[]): boolean {
  return networks.some((network) => ids.some((id) => isSameId(id, network.id)));
}

const NAMED = /endpoint|private-?link|\bpep?s?\b/i;

/** Why a subnet is not for a private endpoint; undefined if it is. */
function reasonAgainst({ name, delegations, free }: FoundSubnet, needed: number): string | undefined {
  if (SERVICE_SUBNETS.has(name.toLowerCase())) return "kept for another service";
  if (delegations.length > 0) return `delegated to ${joinWords(delegations)}`;
  return free < needed ? `${free} free` : undefined;
}
