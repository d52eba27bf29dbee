import { at } from "../linked-actions";
import { badRequest, conflict } from "../arm-error";
import { equalIgnoringCase } from "../arm-id";
import type { Polling } from "../polling";
import { resourceType, networkName } from "../resource-type";
import type { Resource } from "../store";

export const PRIVATE_DNS_ZONE = "Microsoft.Network/privateDnsZones";
export const LINK = `${PRIVATE_DNS_ZONE}/virtualNetworkLinks`;
export const A_RECORD = `${PRIVATE_DNS_ZONE}/A`;

/** Most tags that a resource of private DNS takes. */
const MOST_TAGS = 15;

/** Most records in a record set. Source: "Azure DNS limits". */
const MOST_RECORDS = 20;

interface ZoneProperties {
  maxNumberOfRecordSets?: number;
  maxNumberOfVirtualNetworkLinks?: number;
  maxNumberOfVirtualNetworkLinksWithRegistration?: number;
}

/** Properties of a link between a zone and a virtual network. */
export interface LinkProperties {
  virtualNetwork: { id: string };
  registrationEnabled?: boolean;
  virtualNetworkLinkState?: string;
}

/** Properties of a record set. */
export interface ARecordProperties {
  ttl?: number;
  aRecords?: { ipv4Address: string }[];
  fqdn?: string;
  metadata?: Record<string, string>;
  isAutoRegistered?: boolean;
}

/** How private DNS has its operations polled. */
function dnsPolling(): Polling {
  const operation =
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsOperation";
  return { status: `${operation}Statuses/{token}`, result: `${operation}Results/{token}`, inProgress: 202 };
}

const label = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";

export const privateDnsZone = resourceType<ZoneProperties>({
  type: PRIVATE_DNS_ZONE,
  names: { form: new RegExp(`^${label}(\\.${label})+$`, "i"), allowed: "2 to 34 labels of a domain name" },
  location: "global",
  asynchronous: true,
  polling: dnsPolling,
  acceptsWrites: true,
  tagLimit: MOST_TAGS,
  beforeWrite({ properties }) {
    properties.maxNumberOfRecordSets = 25_000;
    properties.maxNumberOfVirtualNetworkLinks = 1000;
    properties.maxNumberOfVirtualNetworkLinksWithRegistration = 100;
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
export const virtualNetworkLink = resourceType<LinkProperties>({
  type: LINK,
  names: networkName(80),
  location: "global",
  asynchronous: true,
  polling: dnsPolling,
  acceptsWrites: true,
  linkedActions: { "Microsoft.Network/virtualNetworks/join/action": at("properties.virtualNetwork.id") },
  references: { "virtual network": at("properties.virtualNetwork.id") },
  tagLimit: MOST_TAGS,
  defaults: { registrationEnabled: false, resolutionPolicy: "Default" },
  beforeWrite({ id, properties }, store) {
    properties.virtualNetworkLinkState = "Completed";
    const network = properties.virtualNetwork.id;
    const zone = zoneOf(id);
    // Another link is refused until the deletion of the old one has finished.
    const other = store
      .ofType<LinkProperties>(LINK)
      .find(
        (link) =>
          !equalIgnoringCase(link.id, id) &&
          equalIgnoringCase(link.properties.virtualNetwork.id, network) &&
          equalIgnoringCase(zoneOf(link.id).name, zone.name),
      );
    if (other)
      throw badRequest(
        "BadRequest",
        `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${zone.name}' and '${zoneOf(other.id).name}' zones.`,
      );
  },
});

export const aRecord = resourceType<ARecordProperties>({
  type: A_RECORD,
  names: { form: new RegExp(`^(@|\\*|(\\*\\.)?${label}(\\.${label})*)$`, "i"), allowed: "labels of a domain name" },
  location: "none",
  beforeWrite({ id, name, properties }) {
    const records = (properties.aRecords ??= []);
    if (records.length > MOST_RECORDS)
      throw badRequest(
        "TooManyRecords",
        `The record set '${name}' has ${records.length} records. It takes at most ${MOST_RECORDS}.`,
      );
    properties.fqdn = `${name}.${zoneOf(id).name}.`;
    properties.isAutoRegistered = false;
  },
});

/** The record set that every zone has. */
export const soaRecord = resourceType({
  type: `${PRIVATE_DNS_ZONE}/SOA`,
  names: { form: /^@$/, allowed: "@" },
  location: "none",
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
