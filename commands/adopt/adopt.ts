import { type CloudName, REGIONS } from "../../packages/common/azure";
import { isIn, joinWords, overlap, unique, UsageError } from "../../packages/common/util";
import { isSameId, parseId } from "../../src/azure/resource-id";
import { Naming } from "../../src/constructs/naming";
import { addressesOfEndpoint } from "../../src/constructs/network/address-plan";
import { parseSettings } from "../../src/settings/load";
import { SERVICE_SUBNETS } from "../../src/settings/rules/existing-networks";
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
export function adopt({ hub, spokes, registry, unread }: Found, cloud: CloudName): Adopted {
  const notes = new Notes();
  for (const what of unread) notes.warn(`Not read: ${what}`);
  notes.overlaps([hub, ...spokes]);
  const regions = registry ? [registry.location, ...registry.replicas] : unique(spokes.map(({ location }) => location));
  const needed = addressesOfEndpoint(regions.length - 1, registry?.regionalEndpoints) - 1;
  const asking = new Set(spokes.filter((spoke) => asks(spoke, hub)));
  const names = namesFor(spokes);
  const environments = unique([hub, ...spokes].flatMap((network) => ownPartOf(network)?.environment ?? []));
  const settings = {
    ...notes.environment(environments),
    ...(cloud !== "public" && { cloud }),
    ...notes.newRegions([hub, ...spokes], regions, cloud),
    registry: notes.registry(registry, regions),
    hub: notes.hub(hub, spokes, [...asking], needed),
    spokes: spokes.map((spoke, i) => notes.spoke(spoke, names[i]!, i, hub, asking.has(spoke), needed)),
    testVms: false,
  };
  notes.choose("testVms", "false", "no spoke is created, and test VMs are only in those that are");
  if (!notes.hasErrors) notes.validate(settings);
  return { settings, choices: notes.choices, findings: notes.findings };
}

/** Whether all DNS servers of a network are in the hub. */
function asks({ dnsServers }: FoundNetwork, hub: FoundNetwork): boolean {
  return dnsServers.length > 0 && dnsServers.every((server) => hub.ranges.some((range) => isIn(server, range)));
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

/** The names of spokes: those of an earlier deployment, or of their networks as far as the settings allow. */
function namesFor(spokes: readonly FoundNetwork[]): string[] {
  const taken = new Set<string>(["hub", "registry", "constructor"]);
  for (const spoke of spokes) taken.add(ownPartOf(spoke)?.name ?? "");
  return spokes.map((spoke) => {
    const own = ownPartOf(spoke);
    if (own) return own.name;
    const plain = spoke.name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replace(/^(vnet-)?[^a-z]*/, "")
      .slice(0, 22)
      .replace(/(?<!-)-+$/, "");
    const base = plain === "" ? "spoke" : plain;
    let free = base;
    for (let i = 2; taken.has(free); i += 1) free = `${base.slice(0, 21)}-${i}`;
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
        `The registry ${name} accepts requests over its public name. To see who uses it, run the command with --public-clients. docs/going-private.md says how to close it without breaking a pull.`,
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
    hub: FoundNetwork,
    spokes: readonly FoundNetwork[],
    asking: readonly FoundNetwork[],
    needed: number,
  ): object {
    const endpoint = asking.length > 0;
    this.choose("hub.location", hub.location, "the region of its virtual network");
    this.choose(
      "hub.endpoint",
      String(endpoint),
      endpoint
        ? `${joinWords(asking.map(({ name }) => name))} use DNS servers in the hub, which return one answer for all of them`
        : "no spoke uses DNS servers in the hub",
    );
    const subnet = endpoint ? this.subnet("hub", hub, needed) : undefined;
    const zoneId = this.zone("hub", hub, spokes);
    return {
      location: hub.location,
      ...this.common("hub", hub),
      endpoint,
      existing: {
        virtualNetworkId: hub.id,
        ...(subnet && { endpointSubnetId: subnet.id }),
        ...(zoneId !== undefined && { zoneId }),
      },
    };
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
    const zoneId = asksHub ? undefined : this.zone(path, spoke, []);
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
  private zone(path: string, network: FoundNetwork, spokes: readonly FoundNetwork[]): string | undefined {
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
      const wrong = spokes.filter((spoke) => others.some((other) => isSameId(other, spoke.id)));
      const text = `The zone ${zone.id} is linked to ${name} and to ${others.length} other ${others.length === 1 ? "network" : "networks"}, which get the same records`;
      if (path === "hub" && wrong.length === 0) this.warn(`${text}.`);
      else if (path !== "hub")
        this.fail(
          `${text}, and Azure links no second zone of its name. Remove the link of ${name} first, so that it gets records of its own.`,
        );
    }
    this.choose(`${path}.existing.zoneId`, zone.id, `it is linked to ${name} already`);
    return zone.id;
  }

  private peer(path: string, spoke: FoundNetwork, hub: FoundNetwork): "existing" | false {
    const sides = [
      [spoke, hub],
      [hub, spoke],
    ] as const;
    const states = sides.map(([from, to]) => from.peerings.find(({ remoteId }) => isSameId(remoteId, to.id))?.state);
    if (states.every((state) => state === "Connected")) {
      this.choose(`${path}.existing.peer`, "existing", "both sides of the peering with the hub are connected");
      return "existing";
    }
    const [mine, theirs] = states;
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

const NAMED = /endpoint|private-?link|\bpep?s?\b/i;

/** Why a subnet is not for a private endpoint; undefined if it is. */
function reasonAgainst({ name, delegations, free }: FoundSubnet, needed: number): string | undefined {
  if (SERVICE_SUBNETS.has(name.toLowerCase())) return "kept for another service";
  if (delegations.length > 0) return `delegated to ${joinWords(delegations)}`;
  return free < needed ? `${free} free` : undefined;
}
