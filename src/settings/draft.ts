import { type CloudName, CLOUDS } from "private-link-preview";
import { isJson, type Json } from "private-link-preview/util";
import { asksHub } from "./asks-hub";
import { HUB_ADDRESS_SPACE, hubFields, range, region, settingsSchema } from "./schema";

/** A hub or spoke of a draft. */
export interface DraftNetwork {
  readonly path: readonly (string | number)[];
  /** How messages call it. */
  readonly label: string;
  readonly location: string | undefined;
  readonly addressSpace: string | undefined;
  /** Whether an address space is written, well-formed or not. */
  readonly addressSpaceWritten: boolean;
  readonly dnsServers: readonly string[];
  readonly existing: DraftExisting | undefined;
}

interface DraftExisting {
  readonly virtualNetworkId: string | undefined;
  readonly endpointSubnetId: string | undefined;
  readonly zoneId: string | undefined;
  readonly peer: boolean;
}

/** The settings as far as they are well-formed, defaults included: what is not is left out. */
export class Draft {
  public readonly environment: string | undefined;
  public readonly cloud: CloudName;
  public readonly newRegions: readonly string[];
  public readonly dns: unknown;
  public readonly spokePeering: unknown;
  public readonly registry: {
    readonly namePrefix: string | undefined;
    readonly location: string | undefined;
    readonly replicas: readonly (string | undefined)[];
  };
  public readonly hub: DraftNetwork & { readonly bastion: boolean; readonly endpoint: boolean };
  public readonly spokes: readonly (DraftNetwork & { readonly name: string | undefined })[];
  /** The hub and the spokes. */
  public readonly networks: readonly DraftNetwork[];
  /** How many private endpoints there would be. */
  public readonly endpoints: number;

  constructor(input: unknown) {
    const written = objectIn(input);
    const registry = { ...DEFAULTS.registry, ...objectIn(written.registry) };
    const hub: Json = { ...DEFAULTS.hub, ...objectIn(written.hub) };
    const cloud = written.cloud ?? DEFAULTS.cloud;
    this.environment = textIn(written.environment ?? DEFAULTS.environment);
    this.cloud = typeof cloud === "string" && Object.hasOwn(CLOUDS, cloud) ? (cloud as CloudName) : "public";
    this.newRegions = listIn(written.newRegions).flatMap((name) => region.safeParse(name).data ?? []);
    this.dns = written.dns ?? DEFAULTS.dns;
    this.spokePeering = written.spokePeering ?? DEFAULTS.spokePeering;
    this.registry = {
      namePrefix: textIn(registry.namePrefix),
      location: region.safeParse(registry.location).data,
      replicas: listIn(registry.replicas).map(
        (replica) => region.safeParse(isJson(replica) ? replica.location : replica).data,
      ),
    };
    const hubNetwork = networkIn(hub, ["hub"]);
    this.hub = {
      ...hubNetwork,
      addressSpace:
        hub.addressSpace === undefined && !hubNetwork.existing ? HUB_ADDRESS_SPACE : hubNetwork.addressSpace,
      bastion: typeof hub.bastion === "boolean" ? hub.bastion : !hubNetwork.existing,
      endpoint: hub.endpoint === true,
    };
    this.spokes = listIn(written.spokes ?? DEFAULTS.spokes).map((spoke, index) => ({
      ...networkIn(objectIn(spoke), ["spokes", index]),
      name: textIn(objectIn(spoke).name),
    }));
    this.networks = [this.hub, ...this.spokes];
    this.endpoints = this.spokes.filter((spoke) => !asksHub(spoke, this.hub)).length + (this.hub.endpoint ? 1 : 0);
  }
}

/** The settings as one may write them, with the defaults that are plain values. */
const DEFAULTS = { ...settingsSchema.parse({}), hub: hubFields.parse({}) };

function networkIn(written: Json, path: readonly (string | number)[]): DraftNetwork {
  const existing = isJson(written.existing) ? written.existing : undefined;
  return {
    path,
    label: path.length === 1 ? String(path[0]) : `${String(path[0])}[${String(path[1])}]`,
    location: region.safeParse(written.location).data,
    addressSpace: range.safeParse(written.addressSpace).data,
    addressSpaceWritten: written.addressSpace !== undefined,
    dnsServers: listIn(written.dnsServers).filter((server) => typeof server === "string"),
    existing: existing && {
      virtualNetworkId: textIn(existing.virtualNetworkId),
      endpointSubnetId: textIn(existing.endpointSubnetId),
      zoneId: textIn(existing.zoneId),
      peer: existing.peer === true,
    },
  };
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function objectIn(value: unknown): Json {
  return isJson(value) ? value : {};
}
