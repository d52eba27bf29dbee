import { isIPv4 } from "node:net";
import { MAX_RECORDS } from "../../../common/azure/dns-limits";
import { badRequest, conflict } from "../arm-error";
import { equalIgnoringCase, parentOf } from "../arm-id";
import { dnsPolling } from "../polling";
import { networkType, resourceType } from "../resource-type";
import { REFERENCE } from "../shape";
import type { Resource, Store } from "../store";

export const PRIVATE_DNS_ZONE = "Microsoft.Network/privateDnsZones";
export const LINK = `${PRIVATE_DNS_ZONE}/virtualNetworkLinks`;
export const A_RECORD = `${PRIVATE_DNS_ZONE}/A`;
const SOA_RECORD = `${PRIVATE_DNS_ZONE}/SOA`;

/** The types of the record sets that Azure only stores here, in the order of the alphabet. */
const OTHER_RECORDS = ["AAAA", "CNAME", "MX", "PTR", "SRV", "TXT"].map((type) => `${PRIVATE_DNS_ZONE}/${type}`);
const RECORD_SETS = [SOA_RECORD, A_RECORD, ...OTHER_RECORDS];

/** What zones and their links have in common. */
const OF_ZONES = {
  missingCode: "ResourceNotFound",
  etagInBody: false,
  location: "global",
  asynchronous: true,
  polling: dnsPolling,
  acceptsWrites: true,
  tagLimit: 15,
} as const;

/** Properties of a link between a zone and a virtual network. */
export interface LinkProperties {
  virtualNetwork: { id: string };
  registrationEnabled?: boolean;
  resolutionPolicy?: string;
}

/** Properties of a record set of any type. */
interface RecordSetProperties {
  ttl?: number;
  fqdn?: string;
  metadata?: Record<string, string>;
}

/** Properties of a record set of the type A. */
export interface ARecordProperties extends RecordSetProperties {
  aRecords?: { ipv4Address: string }[];
}

/** Source: "Overview of DNS zones and records". */
const LONGEST_TTL = 2_147_483_647;

const label = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";

export const privateDnsZone = resourceType<{ internalId?: string }>({
  type: PRIVATE_DNS_ZONE,
  names: { form: new RegExp(`^${label}(\\.${label})+$`, "i"), allowed: "2 to 34 labels of a domain name" },
  ...OF_ZONES,
  fixed: {
    maxNumberOfRecordSets: 25_000,
    maxNumberOfVirtualNetworkLinks: 1000,
    maxNumberOfVirtualNetworkLinksWithRegistration: 100,
  },
  beforeWrite({ id, properties }) {
    properties.internalId = Buffer.from(id.toLowerCase()).toString("base64");
  },
  // The SOA record is created and deleted with the zone.
  afterWrite({ id, name }, store) {
    if (!store.has(`${id}/SOA/@`)) store.set(startOfAuthority(id, name));
  },
  beforeDelete({ id, name }, store) {
    const [link] = store.withLingering(LINK, id);
    if (link)
      throw conflict(
        "CannotDeleteResource",
        `Zone '${name}' cannot be deleted while it is linked to virtual networks: ${link.id}.`,
      );
  },
  lists: { ALL: ({ id }, store) => recordSetsOf(id, store) },
  onRead({ id }, store) {
    const links = store.ofType<LinkProperties>(LINK, id);
    return {
      numberOfRecordSets: recordSetsOf(id, store).length,
      numberOfVirtualNetworkLinks: links.length,
      numberOfVirtualNetworkLinksWithRegistration: links.filter(({ properties }) => properties.registrationEnabled)
        .length,
    };
  },
});

/** Whether a resource is a record set of a private DNS zone. */
export function isRecordSet({ type }: Pick<Resource, "type">): boolean {
  return RECORD_SETS.some((one) => equalIgnoringCase(one, type));
}

/** All record sets of a zone. */
function recordSetsOf(zoneId: string, store: Store): Resource[] {
  return RECORD_SETS.flatMap((type) => store.ofType(type, zoneId));
}

/** @see https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links */
export const virtualNetworkLink = networkType<LinkProperties>({
  type: LINK,
  ...OF_ZONES,
  linkedActions: { "Microsoft.Network/virtualNetworks/join/action": "properties.virtualNetwork.id" },
  references: { "Microsoft.Network/virtualNetworks": "properties.virtualNetwork.id" },
  shape: { "virtualNetwork!": REFERENCE, registrationEnabled: "boolean" },
  defaults: { registrationEnabled: false, resolutionPolicy: "Default" },
  fixed: { virtualNetworkLinkState: "Completed" },
  beforeWrite(link, store) {
    const { id, name, properties } = link;
    // Azure shows the names of links in small letters. Source: recordings of Kubernetes' cloud provider.
    Object.assign(link, { id: `${parentOf(id)}/virtualNetworkLinks/${name.toLowerCase()}`, name: name.toLowerCase() });
    const zone = zoneOf(id);
    const links = store
      .referring<LinkProperties>(LINK, "virtualNetwork.id", properties.virtualNetwork.id)
      .filter((link) => !equalIgnoringCase(link.id, id));
    // Another link is refused until the deletion of the old one has finished.
    const other = links.find((link) => equalIgnoringCase(zoneOf(link.id).name, zone.name));
    if (other)
      throw badRequest(
        "BadRequest",
        `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${zone.name}' and '${zoneOf(other.id).name}' zones.`,
      );
    const registering = properties.registrationEnabled && links.find((link) => link.properties.registrationEnabled);
    // Source: Azure/terraform-azurerm-caf-enterprise-scale#157.
    if (registering)
      throw conflict(
        "Conflict",
        `The virtual network ${properties.virtualNetwork.id} is already linked to zone '${zoneOf(registering.id).name}' with auto-registration enabled.`,
      );
  },
});

/** What record sets have in common. */
const OF_RECORD_SETS = {
  bareErrors: true,
  missingCode: "NotFound",
  withoutState: true,
  names: { form: new RegExp(`^(@|\\*|(\\*\\.)?${label}(\\.${label})*)$`, "i"), allowed: "labels of a domain name" },
  fixed: { isAutoRegistered: false },
} as const;
const RECORD_SET_SHAPE = { "ttl!": "number", metadata: { creator: "string" } } as const;

export const aRecord = resourceType<ARecordProperties>({
  type: A_RECORD,
  ...OF_RECORD_SETS,
  shape: { ...RECORD_SET_SHAPE, aRecords: [{ "ipv4Address!": "string" }] },
  beforeWrite(recordSet) {
    const { name, properties } = recordSet;
    const records = (properties.aRecords ??= []);
    finishRecordSet(recordSet);
    const wrong = records.find(({ ipv4Address }) => !isIPv4(ipv4Address));
    if (wrong) throw badRequest("BadRequest", `The value '${wrong.ipv4Address}' of '${name}' is no IPv4 address.`);
    if (records.length > MAX_RECORDS)
      throw badRequest(
        "TooManyRecords",
        `The record set '${name}' has ${records.length} records. It takes at most ${MAX_RECORDS}.`,
      );
  },
});

/** Record sets of the other types, of which the emulator checks the names and the TTL only. */
export const otherRecords = OTHER_RECORDS.map((type) =>
  resourceType<RecordSetProperties>({
    type,
    ...OF_RECORD_SETS,
    shape: RECORD_SET_SHAPE,
    beforeWrite: finishRecordSet,
  }),
);

/** @throws ArmError if the TTL is none that Azure takes */
function finishRecordSet({ id, name, properties }: Resource<RecordSetProperties>): void {
  const { ttl = 0 } = properties;
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > LONGEST_TTL)
    throw badRequest("BadRequest", `The TTL ${ttl} of '${name}' is not between 1 and ${LONGEST_TTL} seconds.`);
  const zone = zoneOf(id).name;
  properties.fqdn = name === "@" ? `${zone}.` : `${name}.${zone}.`;
}

/** The record set that every zone has. */
export const soaRecord = resourceType({
  type: SOA_RECORD,
  withoutState: true,
  names: { form: /^@$/, allowed: "@" },
});

function zoneOf(id: string): { id: string; name: string } {
  const segments = id.split("/").slice(0, -2);
  return { id: segments.join("/"), name: segments.at(-1)! };
}

function startOfAuthority(zoneId: string, zoneName: string): Resource {
  return {
    id: `${zoneId}/SOA/@`,
    name: "@",
    type: SOA_RECORD,
    properties: {
      ttl: 3600,
      fqdn: `${zoneName}.`,
      isAutoRegistered: false,
      soaRecord: {
        host: "azureprivatedns.net",
        email: "azureprivatedns-host.microsoft.com",
        serialNumber: 1,
        refreshTime: 3600,
        retryTime: 300,
        expireTime: 2_419_200,
        minimumTtl: 10,
      },
    },
  };
}
