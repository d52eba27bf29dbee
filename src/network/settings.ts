import { CLOUDS } from "../../packages/common/azure";
import { isJson, isPrivateRange } from "../../packages/common/util";
import { MAX_DNS_SERVERS, MAX_HUBS } from "../limits";
import { address, alternative, flag, idOf, listOf, pattern, range, region, strict } from "../settings/shapes";
import { z } from "zod";

const DNS_SERVERS = `a list of at most ${MAX_DNS_SERVERS} IPv4 addresses, each of them once`;
const dnsServers = listOf(address, DNS_SERVERS)
  .refine((servers) => new Set(servers).size === servers.length && servers.length <= MAX_DNS_SERVERS, DNS_SERVERS)
  .meta({ allowed: DNS_SERVERS })
  .default([])
  .describe("Custom DNS servers, which must resolve public names too; of an existing network, those that it has");

const SERVED_BY = '"azure", a region of the registry, or a list of regions of the registry in order of preference';
const servedBy = z
  .union(
    [
      z.literal("azure").transform((): string[] => []),
      region.transform((region) => [region]),
      listOf(region, SERVED_BY).refine(({ length }) => length > 0, SERVED_BY),
    ],
    SERVED_BY,
  )
  .meta({ allowed: SERVED_BY })
  .optional();

const PEER = "Whether to peer the network with others here";
const VNET = "ID of the virtual network. Every plan checks it with `location` and `dnsServers`";
const LINKED_ZONE = "ID of the private DNS zone that is linked to the network, if there is one, for the records";

const PRIVATE_ADDRESS = "a private IPv4 address (RFC 1918 or RFC 6598), such as 10.12.1.4";
const privateAddress = z
  .ipv4(PRIVATE_ADDRESS)
  .refine((address) => isPrivateRange(`${address}/32`), {
    error: PRIVATE_ADDRESS,
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ allowed: PRIVATE_ADDRESS });

const BASTION = '"basic", "developer", true or false';
const HUB = {
  bastion: z
    .union([z.boolean().transform((value) => value && ("basic" as const)), z.enum(["basic", "developer"])], BASTION)
    .meta({ allowed: BASTION })
    .optional()
    .describe(
      "The way to the shells of the test VMs. `basic`, or `true`: Azure Bastion in the hub, for all its spokes. `developer`: a free one in each spoke that is created here, for one session at a time in the Azure portal, in some regions. The default is `basic`, or `false` if `existing` or `virtualHubId` is set",
    ),
  endpoint: flag(false).describe(
    "Whether the hub has a private endpoint, for clients outside Azure and spokes that use DNS servers in the hub",
  ),
  resolver: flag(false).describe(
    "Whether the hub has a DNS private resolver, which answers clients outside Azure with what DNS returns in the hub, at a fixed address: the first of the fourth /24, 10.12.3.4 by default",
  ),
  gatewayTransit: flag(false).describe(
    "Whether spokes use the hub's VPN or ExpressRoute gateway, which has to exist, so that its clients reach their private endpoints. For a spoke with the `peer` `existing`, what its owner has set up",
  ),
  firewallAddress: privateAddress
    .optional()
    .describe("Private address of an existing firewall in the hub, in place of `egress` for its spokes"),
  dnsServers,
  servedBy: servedBy.describe(
    "With `registry.regionalEndpoints`, the regions that serve the hub; `azure` if Azure chooses. The default is the home region, then the replicas; a hub in `hubs` not named `hub` prefers its own region",
  ),
  existing: strict("an object with virtualNetworkId", {
    virtualNetworkId: idOf("virtualNetwork").describe(VNET),
    endpointSubnetId: idOf("subnet")
      .optional()
      .describe("ID of the subnet for the hub's private endpoint. Required if `hub.endpoint` is `true`"),
    resolverSubnetId: idOf("subnet")
      .optional()
      .describe(
        "ID of the resolver's subnet, delegated to Microsoft.Network/dnsResolvers. Required with `hub.resolver`",
      ),
    resolverAddress: address.optional().describe("Address of the inbound endpoint there. Required with `hub.resolver`"),
    zoneId: idOf("privateDnsZone").optional().describe(LINKED_ZONE),
    peer: flag(false).describe(PEER),
  })
    .optional()
    .describe("Existing virtual network to use as the hub"),
  virtualHubId: idOf("virtualHub")
    .optional()
    .describe(
      "ID of an existing Virtual WAN hub, in place of a virtual network, to which the spokes are connected. It has no private DNS zone, private endpoint or bastion",
    ),
};

/** Not as a transform, which would not run if another value of the hub is wrong. */
function withBastion(hub: {
  bastion?: "basic" | "developer" | false | undefined;
  existing?: object | undefined;
  virtualHubId?: string | undefined;
}): void {
  hub.bastion ??= hub.existing || hub.virtualHubId !== undefined ? false : "basic";
}

export const hub = strict("an object", {
  location: region.prefault("northeurope").describe("Region of the hub"),
  addressSpace: range
    .optional()
    .describe("Address space of the hub. The default is 10.12.0.0/16, or none if `existing` or `virtualHubId` is set"),
  ...HUB,
})
  .superRefine(
    (hub) => {
      hub.addressSpace ??= hub.existing || hub.virtualHubId !== undefined ? undefined : "10.12.0.0/16";
      withBastion(hub);
    },
    { when: ({ value }) => isJson(value) },
  )
  .transform((hub) => ({ ...hub, bastion: hub.bastion! }));

const HUB_NAME = "1 to 20 lowercase letters, digits and hyphens, starting with a letter and not ending with a hyphen";
const hubName = pattern(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, HUB_NAME);
export const namedHub = strict("an object with name, location and addressSpace", {
  name: hubName.describe(
    "Name of the hub, in the names of its resources after `hub-`. The one that `hub` creates is named `hub`",
  ),
  location: region.describe("Region of the hub"),
  addressSpace: range
    .optional()
    .describe("Address space of the hub. Required, unless `existing` or `virtualHubId` is set"),
  ...HUB,
})
  .superRefine(withBastion, { when: ({ value }) => isJson(value) })
  .transform((hub) => ({ ...hub, bastion: hub.bastion! }));
export const HUBS = `a list of 1 to ${MAX_HUBS} hubs`;

const PEERS = 'true, false or "existing"';
const NAME =
  "1 to 24 lowercase letters, digits and hyphens, starting with a letter and not ending with a hyphen, and not hub, registry or constructor, nor starting with hub-";
export const spoke = strict("an object with name, location and addressSpace", {
  name: pattern(/^(?!(hub|registry|constructor)$|hub-)[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/, NAME).describe(
    "Name of the spoke, in the names of its resources",
  ),
  location: region.describe("Region of the spoke"),
  hub: hubName.optional().describe("Name of its hub. The default is the first one in its region, or the first of all"),
  addressSpace: range.optional().describe("Address space of the spoke. Required, unless `existing` is set"),
  dnsServers,
  servedBy: servedBy.describe(
    "With `registry.regionalEndpoints`, the regions that serve the spoke, in order of preference; `azure` if Azure chooses. The default is its own region, then the others, or `azure` if the registry is not in it",
  ),
  manualApproval: flag(false).describe(
    "Whether the registry's owner must approve the private endpoint connection, between two applies",
  ),
  existing: strict("an object with virtualNetworkId and endpointSubnetId", {
    virtualNetworkId: idOf("virtualNetwork").describe(VNET),
    endpointSubnetId: idOf("subnet")
      .optional()
      .describe(
        "ID of the subnet for the private endpoint. Required, unless all DNS servers of the spoke are in the hub",
      ),
    zoneId: idOf("privateDnsZone").optional().describe(LINKED_ZONE),
    peer: z
      .union([z.boolean(), z.literal("existing")], PEERS)
      .meta({ allowed: PEERS })
      .default(false)
      .describe(`${PEER}. \`existing\` if it is peered with the hub already, which every plan checks`),
  })
    .optional()
    .describe(
      "Existing virtual network to use as a spoke. Only a private endpoint, and a private DNS zone with link and records, are added",
    ),
});

export const EGRESS = '"default", "none", or an object with firewallAddress';
export const egress = z.union(
  [
    z.enum(["default", "none"]),
    alternative(
      strict(EGRESS, {
        firewallAddress: privateAddress.describe(
          "Private address of a firewall or other appliance, in the hub or in a network that every spoke is peered with",
        ),
      }),
    ),
  ],
  EGRESS,
);
const CLIENT_NAME =
  "1 to 24 lowercase letters, digits and hyphens, starting with a letter and not ending with a hyphen";
const CLIENT_SERVERS = "a list of one IPv4 address or several";
const DOMAIN = `a domain name, such as ${CLOUDS.public.registrySuffix}`;
export const client = strict("an object with name and connectedTo", {
  name: pattern(/^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/, CLIENT_NAME).describe("Name of the network in the answers"),
  connectedTo: hubName.describe("Name of the hub with its VPN or ExpressRoute gateway"),
  dnsServers: listOf(address, CLIENT_SERVERS)
    .refine(({ length }) => length > 0, CLIENT_SERVERS)
    .optional()
    .describe("Addresses to which its DNS forwards names. The default is the hub's resolver"),
  forwards: listOf(pattern(/^(?=.{1,253}$)([a-z0-9-]{1,63}\.)+[a-z]{2,63}$/, DOMAIN), "a list of domain names")
    .optional()
    .describe(
      `Zones of its conditional forwarders, such as ${CLOUDS.public.registrySuffix}. By default it forwards all names`,
    ),
});
