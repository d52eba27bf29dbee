import type { FindingCode } from "../lib/findings/codes";
import { previewOf } from "../lib/preview";
import { REGISTRY, dnsZone, peer, pep, recordAddress, recordAddresses, vnet, zoneLink } from "./addresses";
import { type Json, type Part, change, part, planOf, stateOf, synthesized, without } from "./forms";
import { idOf, networkId, zoneId } from "./ids";
import { ZONE, fqdn } from "./names";
import { perSpoke, selfRegistered, sharedZone } from "./networks";
import { type Verdict, error, verdicts, warning } from "./outcome";
import { endpoint, network, peered, peering, registry, subnet } from "./parts";
import { link, lookUp, record, view, zone, zoneGroup } from "./zones";

const PUBLIC = { public_network_access_enabled: true };
const CORPORATE_ZONE = zoneId("corp");

/** A link to that zone. */
const corporateLink = part(zoneLink("spoke1", "corp"), { ...link("spoke1", "corp").body, private_dns_zone_name: ZONE });

/** What is wrong in one network, and a network as like it as can be in which it is right. */
interface Case {
  readonly wrong: string;
  readonly given: Json;
  readonly found: readonly Verdict[];
  readonly says: RegExp;
  readonly right: string;
  readonly twin: Json;
}

/** A second endpoint in spoke1's subnet. */
function spare(extra: Json = {}): Part[] {
  return endpoint("spare", { subnet_id: "${azurerm_subnet.spoke1.id}", ...extra });
}

/** The hub's record of the login server, with other addresses. */
function hubAnswers(records: string[], applied: string[] = records): Part[] {
  return change(perSpoke(), recordAddress("hub", "login"), { records }, { records: applied });
}

/** Two endpoints that register themselves, each in one of the zones. */
function registering(zones: Record<string, string>): Part[] {
  const keys = Object.keys(zones);
  const homes = [...new Set(Object.values(zones))];
  return [
    ...keys.flatMap((key) => [network(key), subnet(key)]),
    ...keys.flatMap((key) => endpoint(key, zoneGroup(`\${azurerm_private_dns_zone.${zones[key]}.id}`))),
    ...peered("spoke1", "spoke2"),
    registry(),
    ...homes.map((home) => zone(home)),
    ...keys.map((key) => link(key, zones[key]!)),
  ];
}

/** Another registry, with an endpoint in spoke1 and its one record in a zone. */
function otherRegistry(home: string): Part[] {
  const id = idOf("rg-other", "Microsoft.ContainerRegistry/registries", "otheracr");
  const address = "10.10.0.40";
  return [
    ...endpoint("other", {
      subnet_id: "${azurerm_subnet.spoke1.id}",
      private_service_connection: { private_connection_resource_id: id, subresource_names: ["registry"] },
    }).map(({ address: own, body, applied }) =>
      part(own, body, {
        ...applied,
        output: {},
        custom_dns_configs: [{ fqdn: "otheracr.azurecr.io", ip_addresses: [address] }],
      }),
    ),
    part("azurerm_private_dns_a_record.other", {
      name: "otheracr",
      resource_group_name: `rg-${home}`,
      zone_name: ZONE,
      records: [address],
    }),
  ];
}

/** Many endpoints in the hub, all of them in one zone's records. */
function crowd(count: number): Part[] {
  const keys = Array.from({ length: count }, (_, index) => `e${index}`);
  const inHub = { subnet_id: "${azurerm_subnet.hub.id}" };
  return [
    network("hub"),
    subnet("hub"),
    registry(),
    ...keys.flatMap((key) => endpoint(key, inHub)),
    ...view("hub", ["hub"], keys),
  ];
}

/** An endpoint in a network that exists, and a zone which answers networks that exist. */
function existing({ links }: { links: string[] }): Part[] {
  return [
    ...endpoint("spoke1", { subnet_id: `${networkId("spoke1")}/subnets/endpoints` }),
    registry(),
    ...view("spoke1", [], ["spoke1"]),
    ...links.map((key) => link(key, "spoke1", { virtual_network_id: networkId(key) })),
  ];
}

/** A spoke whose hub another team manages. */
function spokeOf(hubId: string, ...hub: Part[]): Part[] {
  return [
    ...selfRegistered(),
    ...hub,
    part(peer("spoke1", "hub"), { ...peering("spoke1", "hub").body, remote_virtual_network_id: hubId }),
  ];
}

/** A network whose zone another team manages; its records are written here. */
function recordedInCorp(): Part[] {
  return [
    network("spoke1"),
    subnet("spoke1"),
    ...endpoint("spoke1"),
    registry(),
    corporateLink,
    ...(["login", "sweden", "switzerland"] as const).map((host) =>
      record("corp", host, ["spoke1"], { zone_name: ZONE }),
    ),
  ];
}

const HUB_DATA = part(
  "data.azurerm_virtual_network.hub",
  { name: "vnet-hub", resource_group_name: "rg-hub" },
  { id: networkId("hub") },
);

/** One network whose zone has a record of every name. */
function selfRecorded(): Part[] {
  return [
    network("spoke1"),
    subnet("spoke1"),
    ...endpoint("spoke1"),
    registry(),
    ...view("spoke1", ["spoke1"], ["spoke1"]),
  ];
}

function connection(extra: Json): Json {
  return {
    private_service_connection: {
      private_connection_resource_id: `\${${REGISTRY}.id}`,
      subresource_names: ["registry"],
      ...extra,
    },
  };
}

/** A zone group empties the list of the endpoint's addresses; the network interface still tells them. */
function registeredByPolicy(): Part[] {
  return change(perSpoke(), pep("spoke2"), {}, { ...zoneGroup(CORPORATE_ZONE), custom_dns_configs: [] });
}

/** What comes of DNS servers of one's own has tests of its own. */
type CodeOfServers = "dns-server-not-known" | "dns-server-unreachable" | "zone-bypassed";

/** So has which region serves. */
type CodeOfRegions =
  "regional-name-without-record" | "served-by-drained-region" | "served-by-other-region" | "several-regions";

/** A network with an endpoint, and a zone of public names that is linked to it as well. */
function capturing(name: string, ...records: Part[]): Part[] {
  return [...selfRecorded(), zone("public", name), link("spoke1", "public"), ...records];
}

/** A record in that zone. */
function publicRecord(name: string, extra: Json = { records: [lookUp("spoke1", "login")] }, type = "a"): Part {
  const body = { name, resource_group_name: "rg-public", zone_name: "${azurerm_private_dns_zone.public.name}" };
  return part(`azurerm_private_dns_${type}_record.public-${type}`, { ...body, ...extra });
}

const CAPTURED = [dnsZone("public"), zoneLink("spoke1", "public"), vnet("spoke1")];

/** A security rule; without more, it denies everything in. */
function rule(extra: Json = {}): Json {
  return {
    name: "rule",
    priority: 4096,
    direction: "Inbound",
    access: "Deny",
    protocol: "*",
    source_address_prefix: "*",
    source_port_range: "*",
    destination_address_prefix: "*",
    destination_port_range: "*",
    ...extra,
  };
}

/** A rule like those of this project, before the denial. */
const ALLOWED = rule({
  name: "allow",
  priority: 100,
  access: "Allow",
  protocol: "Tcp",
  source_address_prefix: "VirtualNetwork",
  destination_address_prefix: "VirtualNetwork",
  destination_port_range: "443",
});

const NSG = "azurerm_network_security_group.nsg";
const NSG_ID = idOf("rg-spoke1", "Microsoft.Network/networkSecurityGroups", "nsg");

/** spoke1's subnet with a security group; its endpoint also answers the hub. */
function secured(rules: Json[], policies: Json = { private_endpoint_network_policies: "Enabled" }): Part[] {
  return [
    ...change(perSpoke(), "azurerm_subnet.spoke1", policies),
    part(NSG, { name: "nsg", resource_group_name: "rg-spoke1", security_rule: rules }),
    part("azurerm_subnet_network_security_group_association.nsg", {
      subnet_id: "${azurerm_subnet.spoke1.id}",
      network_security_group_id: `\${${NSG}.id}`,
    }),
  ];
}

/** The same, with the rules as resources of their own. */
function securedApart(rules: Json[]): Part[] {
  return [
    ...without(secured([]), NSG),
    part(NSG, { name: "nsg", resource_group_name: "rg-spoke1" }, { id: NSG_ID }),
    ...rules.map((one, i) =>
      part(`azurerm_network_security_rule.r${i}`, {
        resource_group_name: "rg-spoke1",
        network_security_group_name: `\${${NSG}.name}`,
        ...one,
      }),
    ),
  ];
}

/** spoke1's subnet with a machine instead of a security policy for endpoints. */
function withMachine(rules: Json[]): Part[] {
  return [
    ...secured(rules, {}),
    part("azurerm_network_interface.vm", {
      name: "nic-vm",
      resource_group_name: "rg-spoke1",
      ip_configuration: { subnet_id: "${azurerm_subnet.spoke1.id}" },
    }),
  ];
}

const DENIED = error("port-denied", NSG, "azurerm_subnet.spoke1", pep("spoke1"), vnet("hub"), vnet("spoke1"));

const CASES: Record<Exclude<FindingCode, CodeOfServers | CodeOfRegions>, Case[]> = {
  "captured-name": [
    ...["azurecr.io", "acmeacr.azurecr.io"].map((name) => ({
      wrong: `a zone ${name} without records is linked`,
      given: synthesized(capturing(name)),
      found: [error("captured-name", ...CAPTURED)],
      says: /never follows the public name .* It has no record of the name, so the name does not resolve/,
      right: "a zone of a name beside it is linked",
      twin: synthesized(capturing(name.replace("azurecr", "azurecri"))),
    })),
    {
      wrong: "a zone of one region's data endpoints is linked",
      given: synthesized(capturing("swedencentral.data.azurecr.io")),
      found: [error("captured-name", ...CAPTURED)],
      says: /answers acmeacr\.swedencentral\.data\.azurecr\.io itself/,
      right: "the zone is of another region",
      twin: synthesized(capturing("norwayeast.data.azurecr.io")),
    },
    {
      wrong: "such a zone returns an address that no endpoint has",
      given: stateOf(capturing("acmeacr.azurecr.io", publicRecord("@", { records: ["10.1.2.3"] }))),
      found: [error("captured-name", ...CAPTURED)],
      says: /It returns addresses that no private endpoint in this file has/,
      right: "the zone is not linked",
      twin: stateOf([
        ...selfRecorded(),
        zone("public", "acmeacr.azurecr.io"),
        publicRecord("@", { records: ["10.10.0.4"] }),
      ]),
    },
    {
      wrong: "such a zone returns the endpoint, until a name is added",
      given: synthesized(capturing("acmeacr.azurecr.io", publicRecord("@"))),
      found: [warning("captured-name", ...CAPTURED)],
      says: /each new name of the service needs a record there too/,
      right: "a CNAME record there leads on to the private link name",
      twin: synthesized(capturing("acmeacr.azurecr.io", publicRecord("@", { record: `acmeacr.${ZONE}.` }, "cname"))),
    },
    {
      wrong: "a CNAME record there leads somewhere else",
      given: synthesized(capturing("acmeacr.azurecr.io", publicRecord("@", { record: "proxy.example.org" }, "cname"))),
      found: [warning("captured-name", ...CAPTURED)],
      says: /What it returns is not known from this file/,
      right: "names without a record fall back to public DNS",
      twin: synthesized([
        ...selfRecorded(),
        zone("public", "azurecr.io"),
        link("spoke1", "public", { resolution_policy: "NxDomainRedirect" }),
      ]),
    },
  ],
  "port-denied": [
    {
      wrong: "the endpoint's subnet denies everything",
      given: synthesized(secured([rule()])),
      found: [DENIED],
      says: /denies TCP 443 from vnet-hub and vnet-spoke1 to the private endpoint pep-spoke1, by its rule rule \(priority 4096\)/,
      right: "HTTPS from the network is allowed before",
      twin: synthesized(secured([rule(), ALLOWED])),
    },
    {
      wrong: "a plan shows the same",
      given: planOf(secured([rule()])),
      found: [DENIED],
      says: /denies TCP 443/,
      right: "the rules don't apply to endpoints",
      twin: planOf(secured([rule()], { private_endpoint_network_policies: "Disabled" })),
    },
    {
      wrong: "the rules are resources of their own",
      given: stateOf(securedApart([rule()])),
      found: [DENIED],
      says: /denies TCP 443/,
      right: "one of them allows it before",
      twin: stateOf(securedApart([rule(), ALLOWED])),
    },
    {
      wrong: "what is allowed before is another port",
      given: synthesized(secured([rule(), { ...ALLOWED, destination_port_range: "80" }])),
      found: [DENIED],
      says: /denies TCP 443/,
      right: "what is denied is another port",
      twin: synthesized(secured([rule({ destination_port_range: "80-442" })])),
    },
    {
      wrong: "the hub alone is denied",
      given: synthesized(
        secured([
          rule({ source_address_prefix: "10.12.0.0/14" }),
          { ...ALLOWED, source_address_prefix: "10.10.0.0/16" },
        ]),
      ),
      found: [warning("port-denied", NSG, "azurerm_subnet.spoke1", pep("spoke1"), vnet("hub"))],
      says: /denies TCP 443 from vnet-hub to/,
      right: "only a part of its addresses is denied",
      twin: synthesized(secured([rule({ source_address_prefix: "10.12.0.0/24" })])),
    },
    {
      wrong: "machines are denied everything out",
      given: synthesized(withMachine([rule({ direction: "Outbound" })])),
      found: [warning("port-denied", NSG, "azurerm_subnet.spoke1", pep("spoke1"))],
      says: /denies the machines in the subnet endpoints of vnet-spoke1 TCP 443 to pep-spoke1/,
      right: "HTTPS to the network is allowed before",
      twin: synthesized(withMachine([rule({ direction: "Outbound" }), { ...ALLOWED, direction: "Outbound" }])),
    },
    {
      wrong: "machines are let out to the internet alone",
      given: synthesized(
        withMachine([
          rule({ direction: "Outbound" }),
          { ...ALLOWED, direction: "Outbound", destination_address_prefix: "Internet" },
        ]),
      ),
      found: [warning("port-denied", NSG, "azurerm_subnet.spoke1", pep("spoke1"))],
      says: /Allow TCP 443 to VirtualNetwork/,
      right: "there are no machines in the subnet",
      twin: synthesized(secured([rule({ direction: "Outbound" })], {})),
    },
    ...(
      [
        ["the source of what is allowed", { source_address_prefix: "${var.source}" }],
        ["a service tag in what is allowed", { source_address_prefix: "AzureCloud" }],
        ["the priority of what is allowed", { priority: "${var.priority}" }],
        ["the access of what is allowed", { access: "${var.access}" }],
      ] as const
    ).map(([what, extra]) => ({
      wrong: `it is told that everything is denied, and not ${what}, which is after it`,
      given: synthesized(secured([rule({ priority: 50 }), ALLOWED])),
      found: [DENIED],
      says: /priority 50/,
      right: `${what} can't be told`,
      twin: synthesized(secured([rule(), { ...ALLOWED, ...extra }])),
    })),
  ],
  "no-zone": [
    {
      wrong: "a network is linked to no zone",
      given: synthesized(without(perSpoke(), zoneLink("spoke2", "spoke2"))),
      found: [error("no-zone", vnet("spoke2"), REGISTRY)],
      says: /vnet-spoke2 is linked to no private DNS zone .* public address, which refuses clients/,
      right: "every network is linked to one",
      twin: synthesized(perSpoke()),
    },
    {
      wrong: "a network is linked to no zone, but the public address lets it in",
      given: synthesized([
        ...without(perSpoke(), REGISTRY, zoneLink("spoke2", "spoke2")),
        registry({ public_network_access_enabled: true }),
      ]),
      found: [warning("no-zone", vnet("spoke2"), REGISTRY)],
      says: /resolve to the public address\. Link it/,
      right: "every network is linked, public access or not",
      twin: synthesized(change(perSpoke(), REGISTRY, PUBLIC)),
    },
    {
      wrong: "the zone is that of another cloud",
      given: synthesized(change(selfRegistered(), REGISTRY, { location: "USGov Virginia", georeplications: [] })),
      found: [error("no-zone", vnet("spoke1"), REGISTRY)],
      says: /Link it to a zone privatelink\.azurecr\.us/,
      right: "the zone is that of the registry's cloud",
      twin: synthesized(
        change(
          change(selfRegistered(), REGISTRY, { location: "USGov Virginia", georeplications: [] }),
          dnsZone("spoke1"),
          { name: "privatelink.azurecr.us" },
        ),
      ),
    },
  ],
  "two-zones": [
    {
      wrong: "a network is linked to two zones of one name",
      given: synthesized([...perSpoke(), link("spoke2", "hub")]),
      found: [
        error(
          "two-zones",
          vnet("spoke2"),
          zoneLink("spoke2", "spoke2"),
          dnsZone("spoke2"),
          zoneLink("spoke2", "hub"),
          dnsZone("hub"),
        ),
      ],
      says: /vnet-spoke2 is linked to 2 zones named privatelink\.azurecr\.io/,
      right: "it is linked to a second zone of another name",
      twin: synthesized([...perSpoke(), zone("blob", "privatelink.blob.core.windows.net"), link("spoke2", "blob")]),
    },
  ],
  "no-record": [
    {
      wrong: "a zone lacks the record of one data endpoint",
      given: synthesized(without(perSpoke(), recordAddress("spoke2", "sweden"))),
      found: [error("no-record", dnsZone("spoke2"), vnet("spoke2"))],
      says: /no record of acmeacr\.swedencentral\.data\.azurecr\.io\. In vnet-spoke2, the name does not resolve/,
      right: "it has a record of every name",
      twin: synthesized(perSpoke()),
    },
    {
      wrong: "a zone lacks a record and names that it lacks fall back to public DNS",
      given: synthesized(
        change(without(perSpoke(), recordAddress("spoke2", "sweden")), zoneLink("spoke2", "spoke2"), {
          resolution_policy: "NxDomainRedirect",
        }),
      ),
      found: [error("no-record", dnsZone("spoke2"), vnet("spoke2"))],
      says: /the name resolves to the public address, which refuses clients/,
      right: "it has every record, whatever the fallback",
      twin: synthesized(change(perSpoke(), zoneLink("spoke2", "spoke2"), { resolution_policy: "NxDomainRedirect" })),
    },
    {
      wrong: "a zone that is only linked here, and in which other names of the registry are written, lacks one",
      given: synthesized(without(recordedInCorp(), recordAddress("corp", "sweden"))),
      found: [error("no-record", `${ZONE} in rg-corp`, vnet("spoke1"))],
      says: /privatelink\.azurecr\.io in rg-corp has no record of acmeacr\.swedencentral\.data/,
      right: "all of its names are",
      twin: synthesized(recordedInCorp()),
    },
    {
      wrong: "the registry has got a replica without a record",
      given: synthesized(
        change(selfRecorded(), REGISTRY, {
          georeplications: [{ location: "switzerlandnorth" }, { location: "westeurope" }],
        }),
      ),
      found: [error("no-record", dnsZone("spoke1"), vnet("spoke1"))],
      says: /no record of acmeacr\.westeurope\.data\.azurecr\.io/,
      right: "every replica has one",
      twin: synthesized(selfRecorded()),
    },
  ],
  "mixed-record": [
    {
      wrong: "one zone answers all with every endpoint, and the spokes are peered with the hub alone",
      given: synthesized(sharedZone()),
      found: [
        error("mixed-record", ...recordAddresses("hub"), pep("spoke1"), pep("spoke2")),
        error("unreachable-answer", vnet("spoke1"), ...recordAddresses("hub"), pep("spoke2")),
        error("unreachable-answer", vnet("spoke2"), ...recordAddresses("hub"), pep("spoke1")),
      ],
      says: /pep-spoke1 \(in vnet-spoke1\) and pep-spoke2 \(in vnet-spoke2\) together, and vnet-spoke1 and vnet-spoke2/,
      right: "each spoke has a zone of its own",
      twin: synthesized(perSpoke()),
    },
  ],
  "unreachable-answer": [
    {
      wrong: "a network's zone answers with an endpoint in a network that it is not peered with",
      given: synthesized([
        ...without(perSpoke(), ...recordAddresses("spoke2")),
        ...(["login", "sweden", "switzerland"] as const).map((host) => record("spoke2", host, ["spoke1"])),
      ]),
      found: [
        error("endpoint-in-no-zone", pep("spoke2")),
        error("unreachable-answer", vnet("spoke2"), ...recordAddresses("spoke2"), pep("spoke1")),
      ],
      says: /The DNS of vnet-spoke2 returns addresses of acmeacr that the network can't reach: pep-spoke1 \(in vnet-spoke1\)/,
      right: "it answers with its own",
      twin: synthesized(perSpoke()),
    },
  ],
  "wrong-address": [
    {
      wrong: "a record looks its address up by another name",
      given: synthesized(hubAnswers([lookUp("spoke1", "sweden")])),
      found: [error("wrong-address", recordAddress("hub", "login"))],
      says: /record of acmeacr\.azurecr\.io holds the address of acmeacr\.swedencentral\.data\.azurecr\.io/,
      right: "it looks it up by its own",
      twin: synthesized(hubAnswers([lookUp("spoke1", "login")])),
    },
    {
      wrong: "one of a record's two addresses is another name's",
      given: synthesized(
        change([...perSpoke(), ...spare()], recordAddress("spoke1", "login"), {
          records: [lookUp("spoke1", "login"), lookUp("spare", "sweden")],
        }),
      ),
      found: [error("wrong-address", recordAddress("spoke1", "login"))],
      says: /holds the address of acmeacr\.swedencentral/,
      right: "both are its own",
      twin: synthesized(
        change([...perSpoke(), ...spare()], recordAddress("spoke1", "login"), {
          records: [lookUp("spoke1", "login"), lookUp("spare", "login")],
        }),
      ),
    },
    {
      wrong: "an applied record holds the address of another name",
      given: stateOf(hubAnswers(["10.10.0.5"])),
      found: [error("wrong-address", recordAddress("hub", "login"))],
      says: /holds 10\.10\.0\.5 \(of acmeacr\.swedencentral\.data\.azurecr\.io\)/,
      right: "it holds its own",
      twin: stateOf(hubAnswers(["10.10.0.4"])),
    },
  ],
  "unknown-address": [
    {
      wrong: "an applied record holds an address that no endpoint has",
      given: stateOf(hubAnswers(["10.10.0.99"])),
      found: [error("unknown-address", recordAddress("hub", "login"))],
      says: /returns 10\.10\.0\.99 for acmeacr\.azurecr\.io, which no private endpoint in this file has/,
      right: "it holds an endpoint's",
      twin: stateOf(hubAnswers(["10.10.0.4"])),
    },
    {
      wrong: "a written address lies in no endpoint's subnet",
      given: synthesized(hubAnswers(["10.99.0.4"])),
      found: [error("unknown-address", recordAddress("hub", "login"))],
      says: /returns 10\.99\.0\.4 for/,
      right: "it lies in one",
      twin: synthesized(hubAnswers(["10.10.0.4"])),
    },
  ],
  "self-registering-endpoint": [
    {
      wrong: "an endpoint registers itself in a zone in which records are written",
      given: synthesized(change(perSpoke(), pep("spoke2"), zoneGroup("${azurerm_private_dns_zone.spoke2.id}"))),
      found: [error("self-registering-endpoint", pep("spoke2"), dnsZone("spoke2"))],
      says: /pep-spoke2 has a DNS zone group for azurerm_private_dns_zone\.spoke2, .* and overwrites them/,
      right: "the zone holds no records but its own",
      twin: synthesized(selfRegistered()),
    },
    {
      wrong: "an applied zone group does so",
      given: stateOf(change(perSpoke(), pep("spoke2"), zoneGroup(zoneId("spoke2")))),
      found: [error("self-registering-endpoint", pep("spoke2"), dnsZone("spoke2"))],
      says: /pep-spoke2 has a DNS zone group/,
      right: "the records that are written there are of another registry",
      twin: stateOf([...selfRegistered(), ...otherRegistry("spoke1")]),
    },
  ],
  "endpoints-overwrite": [
    {
      wrong: "two endpoints register themselves in one zone",
      given: synthesized(registering({ spoke1: "spoke1", spoke2: "spoke1" })),
      found: [
        error("endpoints-overwrite", pep("spoke1"), pep("spoke2"), dnsZone("spoke1")),
        warning("answers-by-other-endpoint", vnet("spoke1"), pep("spoke2")),
        warning("answers-by-other-endpoint", vnet("spoke2"), pep("spoke1")),
      ],
      says: /pep-spoke1 and pep-spoke2 have DNS zone groups for the same zone/,
      right: "each has its own",
      twin: synthesized(registering({ spoke1: "spoke1", spoke2: "spoke2" })),
    },
    {
      wrong: "two endpoints register themselves in one zone, and one is out of reach",
      given: synthesized(
        without(
          registering({ spoke1: "spoke1", spoke2: "spoke1" }),
          peer("spoke1", "spoke2"),
          peer("spoke2", "spoke1"),
        ),
      ),
      // One of them is left in the zone, so no answer mixes them.
      found: [
        error("endpoints-overwrite", pep("spoke1"), pep("spoke2"), dnsZone("spoke1")),
        error("unreachable-answer", vnet("spoke1"), pep("spoke2")),
        error("unreachable-answer", vnet("spoke2"), pep("spoke1")),
      ],
      says: /each overwrites the others' records, and the addresses of one are left/,
      right: "each has its own",
      twin: synthesized(registering({ spoke1: "spoke1", spoke2: "spoke2" })),
    },
  ],
  "endpoint-in-no-zone": [
    {
      wrong: "no record answers with an endpoint",
      given: synthesized([...perSpoke(), ...spare()]),
      found: [error("endpoint-in-no-zone", pep("spare"))],
      says: /No record returns the addresses of pep-spare in vnet-spoke1/,
      right: "one does",
      twin: synthesized([
        ...without(perSpoke(), recordAddress("spoke1", "login")),
        ...spare(),
        record("spoke1", "login", ["spoke1", "spare"]),
      ]),
    },
    {
      wrong: "all that would answer with an endpoint reads from one that is not there",
      given: synthesized([
        ...without(perSpoke(), ...recordAddresses("spoke2")),
        ...(["login", "sweden", "switzerland"] as const).map((host) => record("spoke2", host, ["gone"])),
      ]),
      found: [
        error(
          "dangling-record",
          recordAddress("spoke2", "login"),
          "data.azapi_resource.gone",
          recordAddress("spoke2", "sweden"),
          recordAddress("spoke2", "switzerland"),
        ),
        error("endpoint-in-no-zone", pep("spoke2")),
      ],
      says: /No record returns the addresses of pep-spoke2/,
      right: "it is there",
      twin: synthesized(perSpoke()),
    },
  ],
  "one-sided-peering": [
    {
      wrong: "a peering has no other side",
      given: synthesized(without(perSpoke(), peer("hub", "spoke2"))),
      found: [error("one-sided-peering", peer("spoke2", "hub"), vnet("hub"))],
      says: /vnet-spoke2 is peered with vnet-hub, but vnet-hub is not peered with vnet-spoke2.* Add the peering/,
      right: "it has both",
      twin: synthesized(perSpoke()),
    },
    {
      wrong: "one side lets no traffic in",
      given: synthesized(change(perSpoke(), peer("hub", "spoke2"), { allow_virtual_network_access: false })),
      found: [error("one-sided-peering", peer("spoke2", "hub"), vnet("hub"))],
      says: /with access allowed/,
      right: "both say that they do",
      twin: synthesized(change(perSpoke(), peer("hub", "spoke2"), { allow_virtual_network_access: true })),
    },
    {
      wrong: "the other side is a network that is only read",
      given: synthesized(spokeOf("${data.azurerm_virtual_network.hub.id}", HUB_DATA)),
      found: [warning("one-sided-peering", peer("spoke1", "hub"), HUB_DATA.address)],
      says: /Check that vnet-hub is peered with vnet-spoke1/,
      right: "both sides are in the file",
      twin: synthesized([
        ...spokeOf("${data.azurerm_virtual_network.hub.id}", HUB_DATA),
        part(peer("hub", "spoke1"), {
          ...peering("hub", "spoke1").body,
          virtual_network_name: "${data.azurerm_virtual_network.hub.name}",
        }),
      ]),
    },
    {
      wrong: "the other side is a network that is only known by its id",
      given: synthesized(spokeOf(networkId("hub"))),
      found: [warning("one-sided-peering", peer("spoke1", "hub"), networkId("hub"))],
      says: /Check that vnet-hub is peered with vnet-spoke1/,
      right: "both sides are in the file, one of them by name",
      twin: synthesized([
        ...spokeOf(networkId("hub")),
        part(peer("hub", "spoke1"), { ...peering("hub", "spoke1").body, virtual_network_name: "vnet-hub" }),
      ]),
    },
  ],
  "peering-not-known": [
    {
      wrong: "a network is answered with an endpoint in another, and neither is managed here",
      given: synthesized(existing({ links: ["hub", "spoke1"] })),
      found: [warning("peering-not-known", networkId("hub"), networkId("spoke1"))],
      says: /The DNS of vnet-hub returns an endpoint in vnet-spoke1\. This file manages neither network/,
      right: "the endpoint lies in the network that asks",
      twin: synthesized(existing({ links: ["spoke1"] })),
    },
  ],
  "record-by-position": [
    {
      wrong: "a record takes the first of an endpoint's addresses",
      given: synthesized(hubAnswers(["${azurerm_private_endpoint.spoke1.custom_dns_configs[0].ip_addresses[0]}"])),
      found: [error("record-by-position", recordAddress("hub", "login"))],
      says: /by position \(azurerm_private_endpoint\.spoke1\.custom_dns_configs\[0\]\.ip_addresses\[0\]\)/,
      right: "it finds it by name",
      twin: synthesized(
        hubAnswers([
          `\${one([for c in azurerm_private_endpoint.spoke1.custom_dns_configs : c.ip_addresses[0] if c.fqdn == "${fqdn("login")}"])}`,
        ]),
      ),
    },
    {
      wrong: "a planned record takes the first of an endpoint's addresses",
      given: planOf(hubAnswers(["${azurerm_private_endpoint.spoke1.custom_dns_configs[0].ip_addresses[0]}"])),
      found: [error("record-by-position", recordAddress("hub", "login"))],
      says: /by position/,
      right: "it goes through all of them",
      twin: planOf(hubAnswers(["${azurerm_private_endpoint.spoke1.custom_dns_configs}"])),
    },
    {
      wrong: "a record takes the one address that the connection shows",
      given: synthesized(
        hubAnswers(["${azurerm_private_endpoint.spoke1.private_service_connection[0].private_ip_address}"]),
      ),
      found: [error("record-by-position", recordAddress("hub", "login"))],
      says: /private_service_connection\[0\]\.private_ip_address/,
      right: "it finds it by name",
      twin: synthesized(perSpoke()),
    },
    {
      wrong: "a record takes the first address of the endpoint's network interface",
      given: synthesized(
        hubAnswers(["${data.azapi_resource.spoke1.output.properties.ipConfigurations[0].properties.privateIPAddress}"]),
      ),
      found: [error("record-by-position", recordAddress("hub", "login"))],
      says: /ipConfigurations\[0\]/,
      right: "it finds it by name",
      twin: synthesized(perSpoke()),
    },
  ],
  "too-many-records": [
    {
      wrong: "record sets hold 21 addresses",
      given: synthesized(crowd(21)),
      found: recordAddresses("hub").map((address) => error("too-many-records", address)),
      says: /holds 21 addresses; Azure allows 20/,
      right: "they hold 20",
      twin: synthesized(crowd(20)),
    },
  ],
  "answers-by-other-endpoint": [
    {
      wrong: "one zone answers all with every endpoint, and all reach each other",
      given: synthesized([...sharedZone(), ...peered("spoke1", "spoke2")]),
      found: [
        warning("answers-by-other-endpoint", vnet("spoke1"), pep("spoke2")),
        warning("answers-by-other-endpoint", vnet("spoke2"), pep("spoke1")),
      ],
      says: /vnet-spoke1 has an endpoint of its own, but its DNS also returns pep-spoke2 \(in vnet-spoke2\)/,
      right: "each network that has an endpoint is answered with it alone",
      twin: synthesized([...perSpoke(), ...peered("spoke1", "spoke2")]),
    },
  ],
  "dangling-record": [
    {
      wrong: "a record reads from an endpoint that is not there",
      given: synthesized(hubAnswers([lookUp("gone", "login")])),
      found: [error("dangling-record", recordAddress("hub", "login"), "data.azapi_resource.gone")],
      says: /The records of acmeacr\.azurecr\.io in azurerm_private_dns_zone\.hub read their addresses from something that is no private endpoint/,
      right: "it is there",
      twin: synthesized(hubAnswers([lookUp("spoke1", "login")])),
    },
    {
      wrong: "one of the endpoints that a record reads from is not there",
      given: synthesized(hubAnswers([lookUp("spoke1", "login"), lookUp("gone", "login")])),
      found: [error("dangling-record", recordAddress("hub", "login"), "data.azapi_resource.gone")],
      says: /read their addresses from something that is no private endpoint/,
      right: "all are there",
      twin: synthesized(hubAnswers([lookUp("spoke1", "login"), lookUp("spoke2", "login")])),
    },
  ],
  "answer-not-known": [
    {
      wrong: "the registry of an endpoint is not known",
      given: synthesized([
        ...selfRecorded(),
        ...spare(connection({ private_connection_resource_id: "${var.registry}" })),
      ]),
      found: [warning("service-not-known", pep("spare"))],
      says: /What azurerm_private_endpoint\.spare connects to is not known from this file/,
      right: "it is an endpoint of a private link service",
      twin: synthesized([
        ...selfRecorded(),
        ...spare(
          connection({
            private_connection_resource_id: idOf("rg", "Microsoft.Network/privateLinkServices", "own"),
            subresource_names: [],
          }),
        ),
      ]),
    },
    {
      wrong: "a planned record's source is not in the plan",
      given: planOf(hubAnswers(["${local.addresses}"])),
      found: [warning("answer-not-known", recordAddress("hub", "login"))],
      says: /Preview the state after the apply/,
      right: "it is an endpoint",
      twin: planOf(hubAnswers([lookUp("spoke1", "login")])),
    },
    {
      wrong: "a network asks a zone that the file does not manage and writes nothing to",
      given: stateOf([network("spoke1"), registry(), corporateLink]),
      found: [warning("answer-not-known", `${ZONE} in rg-corp`, vnet("spoke1"))],
      says: /the DNS of vnet-spoke1 returns is not known .* zone privatelink\.azurecr\.io in rg-corp is not managed here/,
      right: "the file writes its records",
      twin: stateOf(recordedInCorp()),
    },
    {
      wrong: "a network asks a zone in which the file writes the names of another registry alone",
      given: stateOf([
        network("spoke1"),
        subnet("spoke1"),
        registry({ georeplications: [] }),
        corporateLink,
        ...otherRegistry("corp"),
      ]),
      found: [warning("answer-not-known", `${ZONE} in rg-corp`, vnet("spoke1"))],
      says: /What the DNS of vnet-spoke1 returns is not known from this file/,
      right: "it writes those of each",
      twin: stateOf([...recordedInCorp(), ...otherRegistry("corp")]),
    },
    {
      wrong: "the network of an endpoint is not managed and linked to nothing here",
      given: synthesized([
        ...endpoint("spoke1", { subnet_id: `${networkId("spoke1")}/subnets/endpoints`, ...zoneGroup(CORPORATE_ZONE) }),
        registry(),
      ]),
      found: [warning("answer-not-known", networkId("spoke1"))],
      says: /the DNS of vnet-spoke1 returns is not known .* the network is not managed here, and linked to no zone of this file/,
      right: "its link is in the file",
      twin: synthesized([
        ...endpoint("spoke1", {
          subnet_id: `${networkId("spoke1")}/subnets/endpoints`,
          ...zoneGroup("${azurerm_private_dns_zone.spoke1.id}"),
        }),
        registry(),
        zone("spoke1"),
        part(zoneLink("spoke1", "spoke1"), {
          ...link("spoke1", "spoke1").body,
          virtual_network_id: networkId("spoke1"),
        }),
      ]),
    },
    {
      wrong: "it is not known what a link joins",
      given: planOf(
        change(perSpoke(), zoneLink("spoke2", "spoke2"), { virtual_network_id: "${local.spoke2_network_id}" }),
      ),
      // That spoke2 has no link would be no more than a guess.
      found: [warning("answer-not-known", zoneLink("spoke2", "spoke2"))],
      says: /that azurerm_private_dns_zone_virtual_network_link\.spoke2-to-spoke2 connects are \(known after apply\)/,
      right: "it is known",
      twin: planOf(perSpoke()),
    },
    {
      wrong: "it is not known what a peering joins",
      given: planOf(
        change(perSpoke(), peer("hub", "spoke1"), { remote_virtual_network_id: "${local.spoke1_network_id}" }),
      ),
      found: [warning("answer-not-known", peer("hub", "spoke1"))],
      says: /that azurerm_virtual_network_peering\.hub-to-spoke1 connects are \(known after apply\)/,
      right: "it is known",
      twin: planOf(perSpoke()),
    },
    {
      wrong: "it is not known where an endpoint lies",
      given: planOf(change(twoSubnets(), pep("spoke1"), { subnet_id: "${local.subnet_id}" })),
      found: [warning("answer-not-known", pep("spoke1"))],
      says: /The network of pep-spoke1 is \(known after apply\)/,
      right: "it is known",
      twin: planOf(twoSubnets()),
    },
  ],
  "registers-elsewhere": [
    {
      wrong: "a policy has an endpoint registered in a zone that is not in the file",
      given: stateOf(registeredByPolicy()),
      found: [warning("registers-elsewhere", pep("spoke2"), CORPORATE_ZONE)],
      says: /pep-spoke2 also has a DNS zone group for .*, which this file does not manage\. Usually an Azure Policy attached it/,
      right: "no policy does",
      twin: stateOf(perSpoke()),
    },
    {
      wrong: "an endpoint registers itself there beside the zone in which its records are written",
      given: stateOf(change(perSpoke(), pep("spoke2"), {}, zoneGroup(CORPORATE_ZONE))),
      found: [warning("registers-elsewhere", pep("spoke2"), CORPORATE_ZONE)],
      says: /no effect as long as no network of this file is linked to that zone/,
      right: "the zone is managed here",
      twin: stateOf([...change(perSpoke(), pep("spoke2"), {}, zoneGroup(CORPORATE_ZONE)), zone("corp")]),
    },
    {
      wrong:
        "a policy has every endpoint registered there: each overwrites the others' records, where nobody here looks",
      given: stateOf(
        change(
          change(perSpoke(), pep("spoke2"), {}, zoneGroup(CORPORATE_ZONE)),
          pep("spoke1"),
          {},
          zoneGroup(CORPORATE_ZONE),
        ),
      ),
      found: [warning("registers-elsewhere", pep("spoke1"), pep("spoke2"), CORPORATE_ZONE)],
      says: /pep-spoke1 and pep-spoke2 also have a DNS zone group for/,
      right: "no policy does",
      twin: stateOf(perSpoke()),
    },
  ],
  "manual-approval": [
    {
      wrong: "the registry's owner has to approve an endpoint",
      given: synthesized(change(selfRegistered(), pep("spoke1"), connection({ is_manual_connection: true }))),
      found: [warning("manual-approval", pep("spoke1"))],
      says: /pep-spoke1 carries no traffic until the owner of acmeacr approves its connection/,
      right: "nobody has to",
      twin: synthesized(change(selfRegistered(), pep("spoke1"), connection({ is_manual_connection: false }))),
    },
  ],
  "module-not-read": [
    {
      wrong: "a synthesized stack calls a module",
      given: { ...synthesized(perSpoke()), module: { firewall: { source: "./firewall" } } },
      found: [warning("module-not-read", "module.firewall")],
      says: /The resources of module\.firewall are not in this file\. Preview the plan instead/,
      right: "it calls none",
      twin: synthesized(perSpoke()),
    },
    {
      wrong: "the records may be in the module",
      given: { ...synthesized([...perSpoke(), ...spare()]), module: { records: { source: "./records" } } },
      found: [warning("module-not-read", "module.records")],
      says: /module\.records/,
      right: "there is neither module nor endpoint without a record",
      twin: synthesized(perSpoke()),
    },
  ],
  "no-endpoint": [
    {
      wrong: "there is neither a private endpoint nor a registry without public access",
      given: synthesized([network("hub"), registry(PUBLIC)]),
      found: [error("no-endpoint")],
      says: /The file holds no private endpoint/,
      right: "there is an endpoint",
      twin: synthesized(perSpoke()),
    },
  ],
  "no-network": [
    {
      wrong: "the state is empty",
      given: { format_version: "1.0" },
      found: [error("no-endpoint"), error("no-network")],
      says: /Check that .* the configuration is deployed if it is a state/,
      right: "it is not",
      twin: stateOf(perSpoke()),
    },
  ],
  "service-not-known": [
    {
      wrong: "an endpoint connects to a service that is not in the table",
      given: synthesized([...perSpoke(), strangeEndpoint("Contoso.Oracle/databases")]),
      found: [warning("service-not-known", pep("strange"))],
      says: /The names of Contoso\.Oracle\/databases are not known to this command/,
      right: "it connects to a private link service, which has no names of Azure's",
      twin: synthesized([...perSpoke(), strangeEndpoint("Microsoft.Network/privateLinkServices")]),
    },
  ],
  "dns-proxy-off": [
    {
      wrong: "a spoke's DNS server is a firewall without DNS proxy",
      given: synthesized(behindFirewall({})),
      found: [error("dns-proxy-off", vnet("spoke1"), "azurerm_firewall.hub")],
      says: /vnet-spoke1 uses azurerm_firewall\.hub as its DNS server, whose DNS proxy is off/,
      right: "the firewall's DNS proxy is on",
      twin: synthesized(behindFirewall({ dns_proxy_enabled: true })),
    },
  ],
  "reach-not-known": [
    {
      wrong: "traffic between a spoke and the endpoint goes through an appliance",
      given: synthesized(throughAppliance(true)),
      found: [warning("reach-not-known", vnet("spoke2"), vnet("spoke1"))],
      says: /a route leads there through an appliance or gateway, which decides/,
      right: "the two are peered",
      twin: synthesized([...throughAppliance(true), ...peered("spoke1", "spoke2")]),
    },
  ],
};

/** A network with an endpoint, peered with another that has a subnet too. */
function twoSubnets(): Part[] {
  return [
    ...selfRegistered(),
    network("spoke2"),
    subnet("spoke2"),
    link("spoke2", "spoke1"),
    ...peered("spoke1", "spoke2"),
  ];
}

/** An endpoint of a resource of some type in Azure, which the file does not show. */
function strangeEndpoint(type: string): Part {
  return part(pep("strange"), {
    name: "pep-strange",
    subnet_id: "${azurerm_subnet.spoke1.id}",
    private_service_connection: {
      private_connection_resource_id: idOf("rg-strange", type, "strange"),
      subresource_names: ["strange"],
      is_manual_connection: false,
    },
  });
}

/** The right design, but for a spoke that asks a firewall in the hub, whose zone has an endpoint in the hub. */
function behindFirewall(settings: Json): Part[] {
  const subnetOfFirewall = part("azurerm_subnet.firewall", {
    name: "AzureFirewallSubnet",
    resource_group_name: "rg-hub",
    virtual_network_name: "${azurerm_virtual_network.hub.name}",
    address_prefixes: ["10.12.1.0/24"],
  });
  return [
    network("hub"),
    network("spoke1", { dns_servers: ["10.12.1.4"] }),
    subnet("hub"),
    subnetOfFirewall,
    part("azurerm_firewall.hub", { ip_configuration: { subnet_id: "${azurerm_subnet.firewall.id}" }, ...settings }),
    ...endpoint("hub"),
    ...peered("hub", "spoke1"),
    registry(),
    ...view("hub", ["hub"], ["hub"]),
  ];
}

/** Two spokes that share a zone with the endpoint of one of them, and of which the other routes to the hub. */
function throughAppliance(forwards: boolean): Part[] {
  return [
    ...["hub", "spoke1", "spoke2"].map((key) => network(key)),
    ...["spoke1", "spoke2"].flatMap((key) => [
      subnet(key),
      peering("hub", key),
      peering(key, "hub", { allow_forwarded_traffic: forwards }),
    ]),
    ...endpoint("spoke1"),
    registry(),
    ...view("hub", ["hub", "spoke1", "spoke2"], ["spoke1"]),
    part("azurerm_route_table.spoke2", {
      route: { address_prefix: "0.0.0.0/0", next_hop_type: "VirtualAppliance", next_hop_in_ip_address: "10.12.0.4" },
    }),
    part("azurerm_subnet_route_table_association.spoke2", {
      subnet_id: "${azurerm_subnet.spoke2.id}",
      route_table_id: "${azurerm_route_table.spoke2.id}",
    }),
  ];
}

describe.each(Object.entries(CASES))("%s", (_, cases) => {
  test.each(cases)("is found where $wrong", ({ given, found, says }) => {
    const resolution = previewOf(given);

    expect(verdicts(resolution)).toEqual(found);
    expect(resolution.findings.map(({ message }) => message).join("\n")).toMatch(says);
  });

  test.each(cases)("is not found where $right", ({ twin }) => {
    expect(verdicts(previewOf(twin))).toEqual([]);
  });
});
