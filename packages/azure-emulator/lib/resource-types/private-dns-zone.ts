import { isIPv4 } from "node:net";
import { MAX_RECORDS } from "../../../common/azure/dns-limits";
import { badRequest, conflict } from "../arm-error";
import { equalIgnoringCase, parentOf } from "../arm-id";
import { dnsPolling } from "../polling";
import { networkType, resourceType } from "../resource-type";
import { REFERENCE } from "../shape";
import type { Resource } from "../store";

export const PRIVATE_DNS_ZONE = "Microsoft.Network/privateDnsZones";
export const LINK = `${PRIVATE_DNS_ZONE}/virtualNetworkLinks`;
export const A_RECORD = `${PRIVATE_DNS_ZONE}/A`;

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
}

/** Properties of a record set. */
export interface ARecordProperties {
  ttl?: number;
  aRecords?: { ipv4Address: string }[];
  fqdn?: string;
  metadata?: Record<string, string>;
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
  onRead({ id }, store) {
    const links = store.ofType<LinkProperties>(LINK, id);
    return {
      numberOfRecordSets: store.ofType(A_RECORD, id).length + 1,
      numberOfVirtualNetworkLinks: links.length,
      numberOfVirtualNetworkLinksWithRegistration: links.filter(({ properties }) => properties.registrationEnabled)
        .length,
    };
  },
});

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

export const aRecord = resourceType<ARecordProperties>({
  type: A_RECORD,
  bareErrors: true,
  missingCode: "NotFound",
  names: { form: new RegExp(`^(@|\\*|(\\*\\.)?${label}(\\.${label})*)$`, "i"), allowed: "labels of a domain name" },
  shape: {
    "ttl!": "number",
    aRecords: [{ "ipv4Address!": "string" }],
    metadata: { creator: "string" },
  },
  fixed: { isAutoRegistered: false },
  beforeWrite({ id, name, properties }) {
    const { aRecords: records = [], ttl = 0 } = properties;
    properties.aRecords = records;
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > LONGEST_TTL)
      throw badRequest("BadRequest", `The TTL ${ttl} of '${name}' is not between 1 and ${LONGEST_TTL} seconds.`);
    const wrong = records.find(({ ipv4Address }) => !isIPv4(ipv4Address));
    if (wrong) throw badRequest("BadRequest", `The value '${wrong.ipv4Address}' of '${name}' is no IPv4 address.`);
    if (records.length > MAX_RECORDS)
      throw badRequest(
        "TooManyRecords",
        `The record set '${name}' has ${records.length} records. It takes at most ${MAX_RECORDS}.`,
      );
    properties.fqdn = `${name}.${zoneOf(id).name}.`;
  },
});

/** The record set that every zone has. */
export const soaRecord = resourceType({
  type: `${PRIVATE_DNS_ZONE}/SOA`,
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
    type: `${PRIVATE_DNS_ZONE}/SOA`,
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
