import type { FindingCode } from "../lib/findings/codes";
import { previewOf } from "../lib/preview";
import { REGISTRY, dnsZone, peer, pep, recordAddress, recordAddresses, ref, vnet, zoneLink } from "./addresses";
import {
  type Form,
  type Json,
  type Part,
  change,
  changeAll,
  part,
  planOf,
  stateOf,
  synthesized,
  without,
} from "./forms";
import { idOf, networkId, registryId, zoneId } from "./ids";
import { type Host, ZONE, fqdn } from "./names";
import {
  NSG,
  behindFirewall,
  perSpoke,
  secured,
  selfRecorded,
  selfRegistered,
  sharedZone,
  throughAppliance,
} from "./networks";
import { type Verdict, error, verdicts, warning } from "./outcome";
import { connection, endpoint, network, peered, peering, registry, securityRule, subnet, withEndpoint } from "./parts";
import { NO_FALLBACK, REDIRECT, link, lookUp, records, view, zone, zoneGroup } from "./zones";

const PUBLIC = { public_network_access_enabled: true };
/** Public access from some ranges alone. */
const ipRules = (...ranges: string[]): Json => ({
  ...PUBLIC,
  network_rule_set: [{ default_action: "Deny", ip_rule: ranges.map((ip_range) => ({ action: "Allow", ip_range })) }],
});

/** What is wrong in one network, and a network as like it as can be in which it is right. */
interface Case {
  readonly wrong: string;
  /** What is shown in the form, which is a synthesized configuration unless it is another one; or what is in the file. */
  readonly given: Part[] | Json;
  readonly form?: Form;
  readonly found: readonly Verdict[];
  readonly says: RegExp;
  /** Left out where another case has the same twin, or it is a zone for each network, which has no findings: forms.test.ts. */
  readonly right?: string;
  readonly twin?: Part[];
}

/** A link to a zone that another team manages. */
const corporateLink = part(zoneLink("spoke1", "corp"), { ...link("spoke1", "corp").body, private_dns_zone_name: ZONE });
const CORPORATE_ZONE = zoneId("corp");

/** Some attributes of an endpoint in spoke1's subnet. */
const IN_SPOKE1 = { subnet_id: "${azurerm_subnet.spoke1.id}" };
/** Some attributes of an endpoint in a network that exists. */
/** A data source that reads a network. */
const read = (key: string) =>
  part(`data.${vnet(key)}`, { name: `vnet-${key}`, resource_group_name: `rg-${key}`, id: networkId(key) });
const IN_EXISTING = { subnet_id: `${networkId("spoke1")}/subnets/endpoints` };
const US_GOVERNMENT = { location: "USGov Virginia", georeplications: [] };

/** A second endpoint in spoke1's subnet. */
const spare = (extra: Json = {}) => endpoint("spare", { ...IN_SPOKE1, ...extra });

/** The hub's record of the login server, with other addresses. */
const hubAnswers = (...records: string[]) =>
  change(perSpoke(), recordAddress("hub", "login"), { records }, { records });

/** The records of spoke2's zone, with the addresses of another endpoint. */
const spoke2AnswersWith = (key: string) => [
  ...without(perSpoke(), ...recordAddresses("spoke2")),
  ...records("spoke2", [key]),
];

/** spoke1's record of the login server, which also has the spare endpoint's address for a host name. */
const alsoSpare = (host: Host) =>
  change([...perSpoke(), ...spare()], recordAddress("spoke1", "login"), {
    records: [lookUp("spoke1", "login"), lookUp("spare", host)],
  });

/** Two endpoints that register themselves, each in one of the zones. */
function registering(zones: Record<string, string>): Part[] {
  return [
    ...Object.entries(zones).flatMap(([key, home]) => [
      ...withEndpoint(key, zoneGroup(ref(dnsZone(home)))),
      link(key, home),
    ]),
    ...peered("spoke1", "spoke2"),
    registry(),
    ...[...new Set(Object.values(zones))].map((home) => zone(home)),
  ];
}

/** The right design, with zone groups of endpoints for the zone of another team, as a policy adds them. */
const byPolicy = (...keys: string[]) =>
  keys.reduce((parts, key) => change(parts, pep(key), {}, zoneGroup(CORPORATE_ZONE)), perSpoke());

/** Another registry, with an endpoint in spoke1 and its one record in a zone. */
function otherRegistry(home: string): Part[] {
  const address = "10.10.0.40";
  const custom_dns_configs = [{ fqdn: "otheracr.azurecr.io", ip_addresses: [address] }];
  const zoneOfRecord = { resource_group_name: `rg-${home}`, zone_name: ZONE };
  return [
    ...endpoint("other", { ...IN_SPOKE1, ...connection(registryId("otheracr")) }).map(
      ({ address: own, body, applied }) => part(own, body, { ...applied, output: {}, custom_dns_configs }),
    ),
    part("azurerm_private_dns_a_record.other", { name: "otheracr", ...zoneOfRecord, records: [address] }),
  ];
}

/** Many endpoints in the hub, all of them in one zone's records. */
function crowd(count: number): Part[] {
  const keys = Array.from({ length: count }, (_, index) => `e${index}`);
  const all = keys.flatMap((key) => endpoint(key, { subnet_id: "${azurerm_subnet.hub.id}" }));
  return [network("hub"), subnet("hub"), registry(), ...all, ...view("hub", ["hub"], keys)];
}

/** An endpoint in a network that exists, and a zone which answers networks that exist. */
const existing = (...links: string[]) => [
  ...endpoint("spoke1", IN_EXISTING),
  registry(),
  ...view("spoke1", [], ["spoke1"]),
  ...links.map((key) => link(key, "spoke1", { virtual_network_id: networkId(key) })),
];

/** A spoke whose hub another team manages. */
const spokeOf = (hubId: string, ...hub: Part[]) => [
  ...selfRegistered(),
  ...hub,
  peering("spoke1", "hub", { remote_virtual_network_id: hubId }),
];

const HUB_DATA = part(
  "data.azurerm_virtual_network.hub",
  { name: "vnet-hub", resource_group_name: "rg-hub" },
  { id: networkId("hub") },
);
const SPOKE_OF_DATA = spokeOf(ref(HUB_DATA.address), HUB_DATA);

/** A network whose zone another team manages; its records are written here. */
const recordedInCorp = () => [
  ...withEndpoint("spoke1"),
  registry(),
  corporateLink,
  ...records("corp", ["spoke1"], { zone_name: ZONE }),
];

/** What comes of DNS servers of one's own, of clients outside Azure, and which region serves, has tests of its own. */
type CodeWithTestsOfItsOwn =
  | "files-differ"
  | "resources-not-read"
  | "stale-record"
  | "dns-server-not-known"
  | "link-without-fallback"
  | "dns-server-unreachable"
  | "zone-bypassed"
  | "azure-dns-from-outside"
  | "name-not-forwarded"
  | "regional-name-without-record"
  | "served-by-drained-region"
  | "served-by-other-region"
  | "several-regions";

/** A network with an endpoint, and a zone of public names that is linked to it as well. */
const capturing = (name: string, ...parts: Part[]) => [
  ...selfRecorded(),
  zone("public", name),
  link("spoke1", "public", NO_FALLBACK),
  ...parts,
];

/** A record in that zone, of the name of the zone itself. */
function publicRecord(extra: Json = { records: [lookUp("spoke1", "login")] }, type = "a"): Part {
  const body = { name: "@", resource_group_name: "rg-public", zone_name: ref(dnsZone("public"), "name") };
  return part(`azurerm_private_dns_${type}_record.public-${type}`, { ...body, ...extra });
}

const CAPTURED = [dnsZone("public"), zoneLink("spoke1", "public"), vnet("spoke1")];

/** A rule like those of this project, before the denial. */
const ALLOWED = securityRule({
  name: "allow",
  priority: 100,
  access: "Allow",
  protocol: "Tcp",
  source_address_prefix: "VirtualNetwork",
  destination_address_prefix: "VirtualNetwork",
  destination_port_range: "443",
});
const DENY_OUT = securityRule({ direction: "Outbound" });
const ALLOWED_OUT = { ...ALLOWED, direction: "Outbound" };

/** The network with a security group whose rules are resources of their own. */
function securedApart(...rules: Json[]): Part[] {
  const group = { resource_group_name: "rg-spoke1", network_security_group_name: ref(NSG, "name") };
  const id = idOf("rg-spoke1", "Microsoft.Network/networkSecurityGroups", "nsg");
  return [
    ...without(secured([]), NSG),
    part(NSG, { name: "nsg", resource_group_name: "rg-spoke1" }, { id }),
    ...rules.map((one, i) => part(`azurerm_network_security_rule.r${i}`, { ...group, ...one })),
  ];
}

/** spoke1's subnet with a machine instead of a security policy for endpoints. */
const withMachine = (...rules: Json[]) => [
  ...secured(rules, {}),
  part("azurerm_network_interface.vm", {
    name: "nic-vm",
    resource_group_name: "rg-spoke1",
    ip_configuration: IN_SPOKE1,
  }),
];

const DENIED = error("port-denied", NSG, "azurerm_subnet.spoke1", pep("spoke1"), vnet("hub"), vnet("spoke1"));
const MACHINES_DENIED = warning("port-denied", NSG, "azurerm_subnet.spoke1", pep("spoke1"));

/** The address of a host name, found by name in what the endpoint lists. */
const BY_NAME = `\${one([for c in azurerm_private_endpoint.spoke1.custom_dns_configs : c.ip_addresses[0] if c.fqdn == "${fqdn("login")}"])}`;
const FIRST_OF_CONFIGS = "${azurerm_private_endpoint.spoke1.custom_dns_configs[0].ip_addresses[0]}";
const FIRST_OF_INTERFACE =
  "${data.azapi_resource.spoke1.output.properties.ipConfigurations[0].properties.privateIPAddress}";
const OF_CONNECTION = "${azurerm_private_endpoint.spoke1.private_service_connection[0].private_ip_address}";

/** A network with an endpoint, peered with another that has a subnet too. */
const twoSubnets = () => [
  ...selfRegistered(),
  network("spoke2"),
  subnet("spoke2"),
  link("spoke2", "spoke1"),
  ...peered("spoke1", "spoke2"),
];

/** An endpoint of a resource of some type in Azure, which the file does not show. */
const strangeEndpoint = (type: string) =>
  part(pep("strange"), {
    name: "pep-strange",
    ...IN_SPOKE1,
    ...connection(idOf("rg-strange", type, "strange"), "strange"),
  });

/** The right design, with triggers of the hub's peering with spoke1. */
const triggeredBy = (ranges: string) => change(perSpoke(), peer("hub", "spoke1"), { triggers: { ranges } });

/** The right design, with an endpoint that asks for addresses for some members of the registry. */
const staticFor = (...members: string[]) =>
  change(selfRecorded(), pep("spoke1"), {
    ip_configuration: members.map((member_name) => ({ name: member_name, member_name, subresource_name: "registry" })),
  });

const SYNCED = "azapi_resource.hub-to-spoke1";

/** The right design, with a peering of azapi that Azure has read back. */
const syncedBy = (peeringSyncLevel: string, written: string) => [
  ...without(perSpoke(), peer("hub", "spoke1")),
  part(
    SYNCED,
    {
      type: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01",
      parent_id: ref(vnet("hub")),
      body: { properties: { remoteVirtualNetwork: { id: ref(vnet("spoke1")) } } },
    },
    { output: { properties: { peeringSyncLevel, remoteAddressSpace: { addressPrefixes: [written] } } } },
  ),
];

const CASES: Record<Exclude<FindingCode, CodeWithTestsOfItsOwn>, Case[]> = {
  "captured-name": [
    ...["azurecr.io", "acmeacr.azurecr.io"].map((name) => ({
      wrong: `a zone ${name} without records is linked`,
      given: capturing(name),
      found: [error("captured-name", ...CAPTURED)],
      says: /never follows the public name .* It has no record of the name, so the name does not resolve/,
      right: "a zone of a name beside it is linked",
      twin: capturing(name.replace("azurecr", "azurecri")),
    })),
    {
      wrong: "a zone of one region's data endpoints is linked",
      given: capturing("swedencentral.data.azurecr.io"),
      found: [error("captured-name", ...CAPTURED)],
      says: /answers acmeacr\.swedencentral\.data\.azurecr\.io itself/,
      right: "the zone is of another region",
      twin: capturing("norwayeast.data.azurecr.io"),
    },
    {
      wrong: "such a zone returns an address that no endpoint has",
      given: capturing("acmeacr.azurecr.io", publicRecord({ records: ["10.10.2.3"] })),
      form: stateOf,
      found: [error("captured-name", ...CAPTURED)],
      says: /It returns addresses that no private endpoint in this file has/,
      right: "the zone is not linked",
      twin: [...selfRecorded(), zone("public", "acmeacr.azurecr.io"), publicRecord({ records: ["10.10.0.4"] })],
    },
    {
      wrong: "such a zone returns the endpoint, until a name is added",
      given: capturing("acmeacr.azurecr.io", publicRecord()),
      found: [warning("captured-name", ...CAPTURED)],
      says: /each new name of the service needs a record there too/,
      right: "a CNAME record there leads on to the private link name",
      twin: capturing("acmeacr.azurecr.io", publicRecord({ record: `acmeacr.${ZONE}.` }, "cname")),
    },
    {
      wrong: "a CNAME record there leads somewhere else",
      given: capturing("acmeacr.azurecr.io", publicRecord({ record: "proxy.example.org" }, "cname")),
      found: [warning("captured-name", ...CAPTURED)],
      says: /What it returns is not known from this file/,
      right: "names without a record fall back to public DNS",
      twin: [...selfRecorded(), zone("public", "azurecr.io"), link("spoke1", "public", REDIRECT)],
    },
  ],
  "port-denied": [
    {
      wrong: "the endpoint's subnet denies everything",
      given: secured([securityRule()]),
      found: [DENIED],
      says: /denies TCP 443 from vnet-hub and vnet-spoke1 to the private endpoint pep-spoke1, by its rule rule \(priority 4096\)/,
      right: "HTTPS from the network is allowed before",
      twin: secured([securityRule(), ALLOWED]),
    },
    {
      wrong: "a plan shows the same",
      given: secured([securityRule()]),
      form: planOf,
      found: [DENIED],
      says: /denies TCP 443/,
      right: "the rules don't apply to endpoints",
      twin: secured([securityRule()], { private_endpoint_network_policies: "Disabled" }),
    },
    {
      wrong: "the rules are resources of their own",
      given: securedApart(securityRule()),
      form: stateOf,
      found: [DENIED],
      says: /denies TCP 443/,
      right: "one of them allows it before",
      twin: securedApart(securityRule(), ALLOWED),
    },
    {
      wrong: "what is allowed before is another port",
      given: secured([securityRule(), { ...ALLOWED, destination_port_range: "80" }]),
      found: [DENIED],
      says: /denies TCP 443/,
      right: "what is denied is another port",
      twin: secured([securityRule({ destination_port_range: "80-442" })]),
    },
    {
      wrong: "the hub alone is denied",
      given: secured([
        securityRule({ source_address_prefix: "10.12.0.0/14" }),
        { ...ALLOWED, source_address_prefix: "10.10.0.0/16" },
      ]),
      found: [warning("port-denied", NSG, "azurerm_subnet.spoke1", pep("spoke1"), vnet("hub"))],
      says: /denies TCP 443 from vnet-hub to/,
      right: "only a part of its addresses is denied",
      twin: secured([securityRule({ source_address_prefix: "10.12.0.0/24" })]),
    },
    {
      wrong: "machines are denied everything out",
      given: withMachine(DENY_OUT),
      found: [MACHINES_DENIED],
      says: /denies the machines in the subnet endpoints of vnet-spoke1 TCP 443 to pep-spoke1/,
      right: "HTTPS to the network is allowed before",
      twin: withMachine(DENY_OUT, ALLOWED_OUT),
    },
    {
      wrong: "machines are let out to the internet alone",
      given: withMachine(DENY_OUT, { ...ALLOWED_OUT, destination_address_prefix: "Internet" }),
      found: [MACHINES_DENIED],
      says: /Allow TCP 443 to VirtualNetwork/,
      right: "there are no machines in the subnet",
      twin: secured([DENY_OUT], {}),
    },
    ...[
      { source_address_prefix: "${var.source}" },
      { source_address_prefix: "AzureCloud" },
      { priority: "${var.priority}" },
      { access: "${var.access}" },
    ].map((extra) => ({
      wrong: `everything is denied, and what is allowed after it can be told, unlike ${JSON.stringify(extra)}`,
      given: secured([securityRule({ priority: 50 }), ALLOWED]),
      found: [DENIED],
      says: /priority 50/,
      right: `what is allowed can't be told: ${JSON.stringify(extra)}`,
      twin: secured([securityRule(), { ...ALLOWED, ...extra }]),
    })),
  ],
  "no-zone": [
    {
      wrong: "a network is linked to no zone",
      given: without(perSpoke(), zoneLink("spoke2", "spoke2")),
      found: [error("no-zone", vnet("spoke2"), REGISTRY)],
      says: /vnet-spoke2 is linked to no private DNS zone .* public address, which refuses clients\. The records are in azurerm_private_dns_zone\.spoke2, linked to no network\. Link it/,
      right: "it is linked, as the remedy says",
      twin: perSpoke(),
    },
    {
      wrong: "a network that is connected with no other has no zone, and nothing says that it uses the registry",
      given: [...perSpoke(), network("office")],
      found: [warning("no-zone", vnet("office"), REGISTRY)],
      says: /The DNS of vnet-office has no zone .* Nothing in this file says that it uses them/,
    },
  ],
  "public-answer": [
    {
      wrong: "a network is linked to no zone, and the public address lets it in",
      given: change(without(perSpoke(), zoneLink("spoke2", "spoke2")), REGISTRY, PUBLIC),
      found: [warning("public-answer", vnet("spoke2"), REGISTRY)],
      says: /^vnet-spoke2 reaches acmeacr over its public name, as long as its public network access is on\. Turning it off stops it\. The records are in azurerm_private_dns_zone\.spoke2, linked to no network\. Before that, give it a private answer/,
      right: "it has a private answer, as the remedy says",
      twin: change(perSpoke(), REGISTRY, PUBLIC),
    },
    {
      wrong: "a zone lacks one name, which falls back to public DNS",
      given: change(without(perSpoke(), recordAddress("hub", "sweden")), REGISTRY, PUBLIC),
      found: [warning("public-answer", vnet("hub"), REGISTRY)],
      says: /^vnet-hub reaches acmeacr\.swedencentral\.data\.azurecr\.io over its public name/,
    },
    {
      wrong: "networks are let in from some ranges alone, and by which addresses they leave is not known",
      given: change([...perSpoke(), network("office"), network("lab")], REGISTRY, ipRules("203.0.113.0/24")),
      found: [warning("public-answer", vnet("office"), vnet("lab"), REGISTRY)],
      says: /^The names of acmeacr lead vnet-office and vnet-lab to its public address\. Whether they are let in is not known: public network access is on for 203\.0\.113\.0\/24 alone, and by which addresses they leave is not known from this file\. Turning it off stops them\./,
    },
    {
      wrong: "there is no private endpoint at all",
      given: [network("hub"), registry(PUBLIC)],
      found: [warning("public-answer", vnet("hub"), REGISTRY)],
      says: /^vnet-hub reaches acmeacr over its public name/,
    },
  ],
  "zone-of-other-names": [
    {
      wrong: "the zone of a DNS zone group is that of another cloud",
      given: change(selfRegistered(), REGISTRY, US_GOVERNMENT),
      found: [error("zone-of-other-names", pep("spoke1"), dnsZone("spoke1"))],
      says: /pep-spoke1 has the zone privatelink\.azurecr\.io, in which names of a container registry can't be: .* Use a zone privatelink\.azurecr\.us\./,
      right: "the zone is that of the registry's cloud",
      twin: changeAll(selfRegistered(), {
        [REGISTRY]: US_GOVERNMENT,
        [dnsZone("spoke1")]: { name: "privatelink.azurecr.us" },
      }),
    },
  ],
  "zones-of-one-name": [
    {
      wrong: "a DNS zone group has two zones of a name",
      given: [
        ...change(selfRegistered(), pep("spoke1"), zoneGroup(ref(dnsZone("spoke1")), ref(dnsZone("hub")))),
        zone("hub"),
      ],
      found: [error("zones-of-one-name", pep("spoke1"), dnsZone("spoke1"), dnsZone("hub"))],
      says: /several zones named privatelink\.azurecr\.io, which Azure refuses/,
      right: "it has one",
      twin: selfRegistered(),
    },
  ],
  "two-zones": [
    {
      wrong: "a network is linked to two zones of one name",
      given: [...perSpoke(), link("spoke2", "hub")],
      found: [
        error(
          "two-zones",
          vnet("spoke2"),
          ...["spoke2", "hub"].flatMap((home) => [zoneLink("spoke2", home), dnsZone(home)]),
        ),
      ],
      says: /vnet-spoke2 is linked to 2 zones named privatelink\.azurecr\.io/,
      right: "it is linked to a second zone of another name",
      twin: [...perSpoke(), zone("blob", "privatelink.blob.core.windows.net"), link("spoke2", "blob")],
    },
  ],
  "no-record": [
    {
      wrong: "a zone lacks the record of one data endpoint",
      given: change(without(perSpoke(), recordAddress("spoke2", "sweden")), zoneLink("spoke2", "spoke2"), NO_FALLBACK),
      found: [
        warning("link-without-fallback", zoneLink("spoke2", "spoke2")),
        error("no-record", dnsZone("spoke2"), vnet("spoke2")),
      ],
      says: /no record of acmeacr\.swedencentral\.data\.azurecr\.io, which azurerm_private_dns_zone\.hub and 1 more have\. In vnet-spoke2, the name does not resolve/,
    },
    {
      wrong: "a zone lacks a record and names that it lacks fall back to public DNS",
      given: without(perSpoke(), recordAddress("spoke2", "sweden")),
      found: [error("no-record", dnsZone("spoke2"), vnet("spoke2"))],
      says: /the name resolves to the public address, which refuses clients/,
      right: "it has every record, whatever the fallback",
      twin: perSpoke(),
    },
    {
      wrong: "a zone that is only linked here, and in which other names of the registry are written, lacks one",
      given: without(recordedInCorp(), recordAddress("corp", "sweden")),
      found: [error("no-record", `${ZONE} in rg-corp`, vnet("spoke1"))],
      says: /privatelink\.azurecr\.io in rg-corp has no record of acmeacr\.swedencentral\.data/,
      right: "all of its names are",
      twin: recordedInCorp(),
    },
    {
      wrong: "the registry has got a replica without a record",
      given: change(selfRecorded(), REGISTRY, {
        georeplications: [{ location: "switzerlandnorth" }, { location: "westeurope" }],
      }),
      found: [error("no-record", dnsZone("spoke1"), vnet("spoke1"))],
      says: /no record of acmeacr\.westeurope\.data\.azurecr\.io/,
      right: "every replica has one",
      twin: selfRecorded(),
    },
  ],
  "mixed-record": [
    {
      wrong: "one zone answers all with every endpoint, and the spokes are peered with the hub alone",
      given: sharedZone(),
      found: [
        error("mixed-record", ...recordAddresses("hub"), pep("spoke1"), pep("spoke2")),
        error("unreachable-answer", vnet("spoke1"), ...recordAddresses("hub"), pep("spoke2")),
        error("unreachable-answer", vnet("spoke2"), ...recordAddresses("hub"), pep("spoke1")),
      ],
      says: /pep-spoke1 \(in vnet-spoke1\) and pep-spoke2 \(in vnet-spoke2\) together, and vnet-spoke1 and vnet-spoke2/,
      right: "each network has a zone of its own, as the remedy says",
      twin: perSpoke(),
    },
  ],
  "unreachable-answer": [
    {
      wrong: "a network's zone answers with an endpoint in a network that it is not peered with",
      given: spoke2AnswersWith("spoke1"),
      found: [
        error("endpoint-in-no-zone", pep("spoke2")),
        error("unreachable-answer", vnet("spoke2"), ...recordAddresses("spoke2"), pep("spoke1")),
      ],
      says: /The DNS of vnet-spoke2 returns addresses of acmeacr that the network can't reach: pep-spoke1 \(in vnet-spoke1\)/,
      right: "its zone has its own endpoint, as the remedy says",
      twin: spoke2AnswersWith("spoke2"),
    },
  ],
  "wrong-address": [
    {
      wrong: "a record looks its address up by another name",
      given: hubAnswers(lookUp("spoke1", "sweden")),
      found: [error("wrong-address", recordAddress("hub", "login"))],
      says: /record of acmeacr\.azurecr\.io holds the address of acmeacr\.swedencentral\.data\.azurecr\.io/,
    },
    {
      wrong: "one of a record's two addresses is another name's",
      given: alsoSpare("sweden"),
      found: [error("wrong-address", recordAddress("spoke1", "login"))],
      says: /holds the address of acmeacr\.swedencentral/,
      right: "both are its own",
      twin: alsoSpare("login"),
    },
    {
      wrong: "an applied record holds the address of another name",
      given: hubAnswers("10.10.0.5"),
      form: stateOf,
      found: [error("wrong-address", recordAddress("hub", "login"))],
      says: /holds 10\.10\.0\.5 \(of acmeacr\.swedencentral\.data\.azurecr\.io\)/,
    },
  ],
  "unknown-address": [
    {
      wrong: "an applied record holds an address that no endpoint has",
      given: hubAnswers("10.10.0.99"),
      form: stateOf,
      found: [error("unknown-address", recordAddress("hub", "login"))],
      says: /returns 10\.10\.0\.99 for acmeacr\.azurecr\.io, which no private endpoint in this file has/,
      right: "it holds an endpoint's",
      twin: hubAnswers("10.10.0.4"),
    },
    {
      wrong: "a written address lies in a network, and in no endpoint's subnet",
      given: hubAnswers("10.10.9.4"),
      found: [error("unknown-address", recordAddress("hub", "login"))],
      says: /returns 10\.10\.9\.4 for/,
      right: "it lies in one",
      twin: hubAnswers("10.10.0.4"),
    },
  ],
  "self-registering-endpoint": [
    {
      wrong: "an endpoint registers itself in a zone in which records are written",
      given: change(perSpoke(), pep("spoke2"), zoneGroup(ref(dnsZone("spoke2")))),
      found: [error("self-registering-endpoint", pep("spoke2"), dnsZone("spoke2"))],
      says: /pep-spoke2 has a DNS zone group for azurerm_private_dns_zone\.spoke2, .* and overwrites them/,
      right: "the zone holds no records but its own",
      twin: selfRegistered(),
    },
    {
      wrong: "an applied zone group does so",
      given: change(perSpoke(), pep("spoke2"), zoneGroup(zoneId("spoke2"))),
      form: stateOf,
      found: [error("self-registering-endpoint", pep("spoke2"), dnsZone("spoke2"))],
      says: /pep-spoke2 has a DNS zone group/,
      right: "the records that are written there are of another registry",
      twin: [...selfRegistered(), ...otherRegistry("spoke1")],
    },
  ],
  "endpoints-overwrite": [
    {
      wrong: "two endpoints register themselves in one zone",
      given: registering({ spoke1: "spoke1", spoke2: "spoke1" }),
      found: [
        error("endpoints-overwrite", pep("spoke1"), pep("spoke2"), dnsZone("spoke1")),
        warning("answers-by-other-endpoint", vnet("spoke1"), pep("spoke2")),
        warning("answers-by-other-endpoint", vnet("spoke2"), pep("spoke1")),
      ],
      says: /pep-spoke1 and pep-spoke2 have DNS zone groups for the same zone/,
      right: "each has its own",
      twin: registering({ spoke1: "spoke1", spoke2: "spoke2" }),
    },
    {
      wrong: "two endpoints register themselves in one zone, and one is out of reach",
      given: without(
        registering({ spoke1: "spoke1", spoke2: "spoke1" }),
        peer("spoke1", "spoke2"),
        peer("spoke2", "spoke1"),
      ),
      // One of them is left in the zone, so no answer mixes them, and which networks reach it is not known.
      found: [error("endpoints-overwrite", pep("spoke1"), pep("spoke2"), dnsZone("spoke1"))],
      says: /each overwrites the others' records, and the addresses of one are left/,
    },
  ],
  "endpoint-in-no-zone": [
    {
      wrong: "no record answers with an endpoint",
      given: [...perSpoke(), ...spare()],
      found: [error("endpoint-in-no-zone", pep("spare"))],
      says: /No record returns the addresses of pep-spare in vnet-spoke1/,
      right: "one does",
      twin: alsoSpare("login"),
    },
    {
      wrong: "all that would answer with an endpoint reads from one that is not there",
      given: spoke2AnswersWith("gone"),
      found: [
        error(
          "dangling-record",
          recordAddress("spoke2", "login"),
          "data.azapi_resource.gone",
          ...recordAddresses("spoke2").slice(1),
        ),
        error("endpoint-in-no-zone", pep("spoke2")),
      ],
      says: /No record returns the addresses of pep-spoke2/,
    },
  ],
  "one-sided-peering": [
    {
      wrong: "a peering has no other side",
      given: without(perSpoke(), peer("hub", "spoke2")),
      found: [error("one-sided-peering", peer("spoke2", "hub"), vnet("hub"))],
      says: /vnet-spoke2 is peered with vnet-hub, but vnet-hub is not peered with vnet-spoke2.* Add the peering/,
    },
    {
      wrong: "one side lets no traffic in",
      given: change(perSpoke(), peer("hub", "spoke2"), { allow_virtual_network_access: false }),
      found: [error("one-sided-peering", peer("spoke2", "hub"), vnet("hub"))],
      says: /with access allowed/,
      right: "both say that they do",
      twin: change(perSpoke(), peer("hub", "spoke2"), { allow_virtual_network_access: true }),
    },
    {
      wrong: "the other side is a network that is only read",
      given: SPOKE_OF_DATA,
      found: [warning("one-sided-peering", peer("spoke1", "hub"), HUB_DATA.address)],
      says: /Check that vnet-hub is peered with vnet-spoke1/,
      right: "both sides are in the file",
      twin: [...SPOKE_OF_DATA, peering("hub", "spoke1", { virtual_network_name: ref(HUB_DATA.address, "name") })],
    },
    {
      wrong: "the other side is a network that is only known by its id",
      given: spokeOf(networkId("hub")),
      found: [warning("one-sided-peering", peer("spoke1", "hub"), networkId("hub"))],
      says: /Check that vnet-hub is peered with vnet-spoke1/,
      right: "both sides are in the file, one of them by name",
      twin: [...spokeOf(networkId("hub")), peering("hub", "spoke1", { virtual_network_name: "vnet-hub" })],
    },
  ],
  "peering-not-known": [
    {
      wrong: "a network is answered with an endpoint in another, and neither is managed here",
      given: [...existing("hub", "spoke1"), read("hub"), read("spoke1")],
      found: [warning("peering-not-known", `data.${vnet("hub")}`, `data.${vnet("spoke1")}`)],
      says: /The DNS of vnet-hub returns an endpoint in vnet-spoke1\. This file manages neither network/,
      right: "the endpoint lies in the network that asks",
      twin: [...existing("spoke1"), read("spoke1")],
    },
  ],
  "record-by-position": [
    {
      wrong: "a record takes the first of an endpoint's addresses",
      given: hubAnswers(FIRST_OF_CONFIGS),
      found: [error("record-by-position", recordAddress("hub", "login"))],
      says: /by position \(azurerm_private_endpoint\.spoke1\.custom_dns_configs\[0\]\.ip_addresses\[0\]\)/,
      right: "it finds it by name",
      twin: hubAnswers(BY_NAME),
    },
    {
      wrong: "a planned record takes the first of an endpoint's addresses",
      given: hubAnswers(FIRST_OF_CONFIGS),
      form: planOf,
      found: [error("record-by-position", recordAddress("hub", "login"))],
      says: /by position/,
      right: "it goes through all of them",
      twin: hubAnswers(ref(pep("spoke1"), "custom_dns_configs")),
    },
    {
      wrong: "a record takes the one address that the connection shows",
      given: hubAnswers(OF_CONNECTION),
      found: [error("record-by-position", recordAddress("hub", "login"))],
      says: /private_service_connection\[0\]\.private_ip_address/,
    },
    {
      wrong: "a record takes the first address of the endpoint's network interface",
      given: hubAnswers(FIRST_OF_INTERFACE),
      found: [error("record-by-position", recordAddress("hub", "login"))],
      says: /ipConfigurations\[0\]/,
    },
  ],
  "too-many-records": [
    {
      wrong: "record sets hold 21 addresses",
      given: crowd(21),
      found: recordAddresses("hub").map((address) => error("too-many-records", address)),
      says: /holds 21 addresses; Azure allows 20/,
      right: "they hold 20",
      twin: crowd(20),
    },
  ],
  "answers-by-other-endpoint": [
    {
      wrong: "one zone answers all with every endpoint, and all reach each other",
      given: [...sharedZone(), ...peered("spoke1", "spoke2")],
      found: [
        warning("answers-by-other-endpoint", vnet("spoke1"), pep("spoke2")),
        warning("answers-by-other-endpoint", vnet("spoke2"), pep("spoke1")),
      ],
      says: /vnet-spoke1 has an endpoint of its own, but its DNS also returns pep-spoke2 \(in vnet-spoke2\)/,
      right: "each network that has an endpoint is answered with it alone",
      twin: [...perSpoke(), ...peered("spoke1", "spoke2")],
    },
  ],
  "dangling-record": [
    {
      wrong: "a record reads from an endpoint that is not there",
      given: hubAnswers(lookUp("gone", "login")),
      found: [error("dangling-record", recordAddress("hub", "login"), "data.azapi_resource.gone")],
      says: /The records of acmeacr\.azurecr\.io in azurerm_private_dns_zone\.hub read their addresses from something that is no private endpoint/,
    },
    {
      wrong: "one of the endpoints that a record reads from is not there",
      given: hubAnswers(lookUp("spoke1", "login"), lookUp("gone", "login")),
      found: [error("dangling-record", recordAddress("hub", "login"), "data.azapi_resource.gone")],
      says: /read their addresses from something that is no private endpoint/,
      right: "all are there",
      twin: hubAnswers(lookUp("spoke1", "login"), lookUp("spoke2", "login")),
    },
  ],
  "answer-not-known": [
    {
      wrong: "a planned record's source is not in the plan",
      given: hubAnswers("${local.addresses}"),
      form: planOf,
      found: [warning("answer-not-known", recordAddress("hub", "login"))],
      says: /-login\.records depends on local\.addresses/,
    },
    {
      wrong: "a network asks a zone that the file does not manage and writes nothing to",
      given: [network("spoke1"), registry(), corporateLink],
      form: stateOf,
      found: [warning("answer-not-known", `${ZONE} in rg-corp`, vnet("spoke1"))],
      says: /the DNS of vnet-spoke1 returns is not known .* zone privatelink\.azurecr\.io in rg-corp is not managed here/,
      right: "the file writes its records",
      twin: recordedInCorp(),
    },
    {
      wrong: "a network asks a zone in which the file writes the names of another registry alone",
      given: [
        network("spoke1"),
        subnet("spoke1"),
        registry({ georeplications: [] }),
        corporateLink,
        ...otherRegistry("corp"),
      ],
      form: stateOf,
      found: [warning("answer-not-known", `${ZONE} in rg-corp`, vnet("spoke1"))],
      says: /What the DNS of vnet-spoke1 returns is not known from this file/,
      right: "it writes those of each",
      twin: [...recordedInCorp(), ...otherRegistry("corp")],
    },
    {
      wrong: "the network of an endpoint is not managed and linked to nothing here",
      given: [...endpoint("spoke1", { ...IN_EXISTING, ...zoneGroup(CORPORATE_ZONE) }), registry()],
      found: [warning("answer-not-known", networkId("spoke1"))],
      says: /the DNS of vnet-spoke1 returns for .* is not known .* only mentioned here, so its DNS servers are not known/,
      right: "it is read, and its link is in the file",
      twin: [
        ...endpoint("spoke1", { ...IN_EXISTING, ...zoneGroup(ref(dnsZone("spoke1"))) }),
        registry(),
        zone("spoke1"),
        link("spoke1", "spoke1", { virtual_network_id: networkId("spoke1") }),
        read("spoke1"),
      ],
    },
    {
      wrong: "it is not known what a link joins",
      given: change(perSpoke(), zoneLink("spoke2", "spoke2"), { virtual_network_id: "${local.spoke2_network_id}" }),
      form: planOf,
      // That spoke2 has no link would be no more than a guess.
      found: [warning("answer-not-known", zoneLink("spoke2", "spoke2"))],
      says: /spoke2-to-spoke2\.virtual_network_id depends on local\.spoke2_network_id/,
    },
    {
      wrong: "it is not known what a peering joins",
      given: change(perSpoke(), peer("hub", "spoke1"), { remote_virtual_network_id: "${local.spoke1_network_id}" }),
      form: planOf,
      found: [warning("answer-not-known", peer("hub", "spoke1"))],
      says: /hub-to-spoke1\.remote_virtual_network_id depends on local\.spoke1_network_id/,
    },
    {
      wrong: "it is not known where an endpoint lies",
      given: change(twoSubnets(), pep("spoke1"), { subnet_id: "${local.subnet_id}" }),
      form: planOf,
      found: [warning("answer-not-known", pep("spoke1"))],
      says: /The network of pep-spoke1 is not known, .* azurerm_private_endpoint\.spoke1\.subnet_id depends on local\.subnet_id/,
      right: "it is known",
      twin: twoSubnets(),
    },
  ],
  "registers-elsewhere": [
    {
      wrong: "a policy has an endpoint registered in a zone that is not in the file",
      // A zone group empties the list of the endpoint's addresses; the network interface still tells them.
      given: change(byPolicy("spoke2"), pep("spoke2"), {}, { custom_dns_configs: [] }),
      form: stateOf,
      found: [warning("registers-elsewhere", pep("spoke2"), CORPORATE_ZONE)],
      says: /pep-spoke2 also has a DNS zone group for .*, which this file does not manage\. Usually an Azure Policy attached it/,
    },
    {
      wrong: "an endpoint registers itself there beside the zone in which its records are written",
      given: byPolicy("spoke2"),
      form: stateOf,
      found: [warning("registers-elsewhere", pep("spoke2"), CORPORATE_ZONE)],
      says: /Nothing has to be fixed while no network of this file is linked to that zone/,
      right: "the zone is managed here",
      twin: [...byPolicy("spoke2"), zone("corp")],
    },
    {
      wrong:
        "a policy has every endpoint registered there: each overwrites the others' records, where nobody here looks",
      given: byPolicy("spoke2", "spoke1"),
      form: stateOf,
      found: [warning("registers-elsewhere", pep("spoke1"), pep("spoke2"), CORPORATE_ZONE)],
      says: /pep-spoke1 and pep-spoke2 also have a DNS zone group for/,
    },
  ],
  "peering-out-of-sync": [
    {
      wrong: "Azure says so, and the endpoint is in a range that the peering lacks",
      given: syncedBy("LocalNotInSync", "10.10.128.0/17"),
      form: stateOf,
      found: [error("peering-out-of-sync", SYNCED, vnet("hub"), vnet("spoke1"))],
      says: /out of sync: Azure routes nothing to 10\.10\.0\.0\/16 of vnet-spoke1 until it is written again\. The DNS of vnet-hub returns addresses there/,
      right: "the other side is the one that is out of sync",
      twin: syncedBy("RemoteNotInSync", "10.10.128.0/17"),
    },
    {
      wrong: "Azure says so, and the endpoint is in a range that the peering has",
      given: syncedBy("LocalNotInSync", "10.10.0.0/17"),
      form: stateOf,
      found: [warning("peering-out-of-sync", SYNCED, vnet("hub"), vnet("spoke1"))],
      says: /out of sync/,
    },
    {
      wrong: "the triggers name other ranges than the network has",
      given: triggeredBy("10.10.128.0/17"),
      found: [warning("peering-out-of-sync", peer("hub", "spoke1"), vnet("hub"), vnet("spoke1"))],
      says: /may be out of sync: vnet-spoke1 has 10\.10\.0\.0\/16/,
      right: "they name its ranges, in a list with others",
      twin: triggeredBy('["10.10.0.0/16","10.12.0.0/16"]'),
    },
  ],
  "static-addresses": [
    {
      wrong: "the endpoint asks for no address for the data endpoint of a replica",
      given: staticFor("registry", "registry_data_swedencentral"),
      found: [error("static-addresses", pep("spoke1"), REGISTRY)],
      says: /pep-spoke1 asks for static addresses, but for none of registry_data_switzerlandnorth:/,
      right: "the registry has no replica",
      twin: change(staticFor("registry", "registry_data_swedencentral"), REGISTRY, { georeplications: [] }),
    },
    {
      wrong: "it has one for each name, until a replica is added",
      given: staticFor("registry", "registry_data_swedencentral", "registry_data_switzerlandnorth"),
      form: stateOf,
      found: [warning("static-addresses", pep("spoke1"), REGISTRY)],
      says: /Azure refuses a further replica until/,
    },
  ],
  "manual-approval": [
    {
      wrong: "the registry's owner has to approve an endpoint",
      given: change(
        selfRegistered(),
        pep("spoke1"),
        connection(ref(REGISTRY), "registry", { is_manual_connection: true }),
      ),
      found: [warning("manual-approval", pep("spoke1"))],
      says: /pep-spoke1 carries no traffic until the owner of acmeacr approves its connection/,
      right: "nobody has to",
      twin: selfRegistered(),
    },
  ],
  "module-not-read": [
    {
      wrong: "a synthesized stack calls a module",
      given: { ...synthesized(perSpoke()), module: { firewall: { source: "./firewall" } } },
      found: [warning("module-not-read", "module.firewall")],
      says: /The resources of module\.firewall are not in this file\. Preview the plan, not the configuration/,
    },
    {
      wrong: "the records may be in the module",
      given: { ...synthesized([...perSpoke(), ...spare()]), module: { records: { source: "./records" } } },
      found: [warning("module-not-read", "module.records")],
      says: /module\.records/,
    },
  ],
  "no-endpoint": [
    {
      wrong: "there is neither a private endpoint nor a registry of which public access is known",
      given: [network("hub"), registry({ public_network_access_enabled: "${var.public}" })],
      found: [error("no-endpoint")],
      says: /The file holds no private endpoint/,
    },
  ],
  "no-network": [
    {
      wrong: "the state is empty",
      given: { format_version: "1.0" },
      found: [error("no-endpoint"), error("no-network")],
      says: /Check that .* all of it is deployed if it is a state/,
    },
  ],
  "service-not-known": [
    {
      wrong: "an endpoint connects to a service that is not in the table",
      given: [...perSpoke(), strangeEndpoint("Contoso.Oracle/databases")],
      found: [warning("service-not-known", pep("strange"))],
      says: /The names of Contoso\.Oracle\/databases are not known to this command/,
    },
    {
      wrong: "an endpoint connects to a private link service, which has no names of Azure's",
      given: [...perSpoke(), strangeEndpoint("Microsoft.Network/privateLinkServices")],
      found: [warning("service-not-known", pep("strange"))],
      says: /connects to a private link service, whose owner chooses its names/,
    },
    {
      wrong: "the registry of an endpoint is not known",
      given: [...selfRecorded(), ...spare(connection("${var.registry}"))],
      found: [warning("service-not-known", pep("spare"))],
      says: /What azurerm_private_endpoint\.spare connects to is not known from this file/,
    },
  ],
  "dns-proxy-off": [
    {
      wrong: "a spoke's DNS server is a firewall without DNS proxy",
      given: behindFirewall({}),
      found: [error("dns-proxy-off", vnet("spoke1"), "azurerm_firewall.hub")],
      says: /vnet-spoke1 uses azurerm_firewall\.hub as its DNS server, whose DNS proxy is off/,
      right: "the firewall's DNS proxy is on",
      twin: behindFirewall({ dns_proxy_enabled: true }),
    },
  ],
  "reach-not-known": [
    {
      wrong: "traffic between a spoke and the endpoint goes through an appliance",
      given: throughAppliance(true, "0.0.0.0/0"),
      found: [warning("reach-not-known", vnet("spoke2"), vnet("spoke1"))],
      says: /a route leads there through an appliance or gateway, which decides/,
      right: "the two are peered",
      twin: [...throughAppliance(true, "0.0.0.0/0"), ...peered("spoke1", "spoke2")],
    },
  ],
};

/** What no change of the file makes go away: another file has to be given. */
const OF_THE_FILE = ["module-not-read", "no-endpoint", "no-network", "service-not-known"];

test("for each finding, what its remedy says makes it go away, and no other comes", () => {
  const without = Object.entries(CASES).filter(([, cases]) => cases.every(({ twin }) => twin === undefined));
  expect(without.map(([code]) => code)).toEqual(OF_THE_FILE);
});

const shown = (given: Part[] | Json, form: Form = synthesized) => previewOf(Array.isArray(given) ? form(given) : given);

describe.each(Object.entries(CASES))("%s", (_, cases) => {
  test.each(cases)("is found where $wrong", ({ given, form, found, says }) => {
    const resolution = shown(given, form);

    expect(verdicts(resolution)).toEqual(found);
    expect(resolution.findings.map(({ message }) => message).join("\n")).toMatch(says);
  });

  const twins = cases.filter(({ twin }) => twin);
  if (twins.length > 0)
    test.each(twins)("is not found where $right", ({ twin = [], form }) => {
      expect(verdicts(shown(twin, form))).toEqual([]);
    });
});

test.each([
  ["a link without a policy", NO_FALLBACK, true],
  ["a link with another policy", { resolution_policy: "Default" }, true],
  ["a link with fallback", REDIRECT, false],
  ["a link whose policy is not known", { resolution_policy: "${var.policy}" }, false],
])("link-without-fallback: %s", (_, extra, found) => {
  const parts = change(selfRecorded(), zoneLink("spoke1", "spoke1"), extra);
  const messages = shown(parts).findings.map(({ code, severity, message }) => `${code} ${severity} ${message}`);
  expect(messages).toEqual(
    found
      ? [expect.stringMatching(/^link-without-fallback warning vnet-spoke1 is linked to privatelink\.azurecr\.io /)]
      : [],
  );
});
