import { joinWords, unique } from "../../packages/common/util";
import {
  type Answer,
  AZURE,
  type Link,
  type Lookup,
  type NetworkModel,
  type Peering,
  type Preview,
  type RecordSet,
  type VirtualNetwork,
  type Zone,
} from "../../packages/private-link-preview";

/** How a plan calls the region that serves where DNS does not decide it. */
export const AZURES_CHOICE = "the region that Azure chooses";

/** The network before or after a plan, with what is in it by Terraform address. */
export class NetworkIndex {
  public readonly model: NetworkModel;
  public readonly lookups: readonly Lookup[];
  public readonly answers: readonly Answer[];
  /** Networks that get the same answers as another, by the addresses of both. */
  public readonly alike: Preview["alike"];
  private readonly links: ReadonlyMap<string, Link>;
  private readonly peerings: ReadonlyMap<string, Peering>;
  private readonly networks: ReadonlyMap<string, VirtualNetwork>;
  private readonly led = new Map<string, Lookup[]>();
  private readonly records = new Map<string, { readonly zone: Zone; readonly record: RecordSet }>();

  constructor({ model, lookups, answers, alike }: Preview) {
    this.model = model;
    this.lookups = lookups;
    this.answers = answers;
    this.alike = alike;
    this.links = byAddress(model.links);
    this.peerings = byAddress(model.peerings);
    this.networks = new Map(model.networks.map((network) => [network.name, network]));
    for (const lookup of lookups) {
      if (lookup.host.kind !== "global") continue;
      for (const { address } of lookup.records) this.led.set(address, [...(this.led.get(address) ?? []), lookup]);
    }
    for (const zone of model.zones) {
      for (const record of zone.records) this.records.set(record.address, { zone, record });
    }
  }

  public link(address: string): Link | undefined {
    return this.links.get(address);
  }

  public peering(address: string): Peering | undefined {
    return this.peerings.get(address);
  }

  public networkCalled(name: string): VirtualNetwork | undefined {
    return this.networks.get(name);
  }

  /** The zone that a record set is in, as its place in Terraform; undefined where that is not known. */
  public zoneOf(record: string): string | undefined {
    const zone = this.records.get(record)?.zone;
    return zone && zoneName(zone.address);
  }

  /** Names of the networks that a record set of the login server leads to a region, sorted. */
  public networksLedBy(record: string): string[] {
    return unique((this.led.get(record) ?? []).map(({ network }) => network.name)).sort();
  }

  /** The regions to which a record set leads them, as text; empty where that is not known, and for other record sets. */
  public regionsServing(record: string): string {
    const [lookup] = this.led.get(record) ?? [];
    return (lookup?.servedBy ?? []).map((region) => (region === AZURE ? AZURES_CHOICE : region)).join(" or ");
  }

  /** The networks that are led to a region, by name, sorted. */
  public networksServedBy(region: string): string[] {
    const led = [...this.led.values()].flat().filter(({ servedBy }) => servedBy.includes(region));
    return unique(led.map(({ network }) => network.name)).sort();
  }

  /** Names of the endpoints that a record set answers with, as text; empty where there are none. */
  public endpointsOf(record: string): string {
    const asked = this.lookups.filter(({ records }) => records.some(({ address }) => address === record));
    return joinWords(unique(asked.flatMap(({ endpoints }) => endpoints.map(({ name }) => name))).sort());
  }
}

/** A zone's place in Terraform: the resource's name without its type. */
export function zoneName(address: string): string {
  return address.replace(/^azurerm_private_dns_zone\./, "");
}

function byAddress<T extends { readonly address: string }>(all: readonly T[]): Map<string, T> {
  return new Map(all.map((one) => [one.address, one]));
}
