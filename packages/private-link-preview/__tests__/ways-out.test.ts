import type { Service, VirtualNetwork } from "../lib/model/network-model";
import { previewOf } from "../lib/preview";
import { PublicReach } from "../lib/public-reach";
import { ref, vnet } from "./addresses";
import { type Json, type Part, change, part, planOf, stateOf, synthesized } from "./forms";
import { idOf, networkId } from "./ids";
import { answerFor, resolve } from "./outcome";
import { connection, network, peering, registry, securityRule } from "./parts";

/** Public access from some ranges alone. */
const openFor = (...ranges: string[]) =>
  registry({
    public_network_access_enabled: true,
    network_rule_set: [{ default_action: "Deny", ip_rule: ranges.map((ip_range) => ({ action: "Allow", ip_range })) }],
  });

const IPS = "Microsoft.Network/publicIPAddresses";

/** A resource whose id follows from its name. */
function made(type: string, key: string, body: Json = {}, applied: Json = {}): Part {
  const id = idOf("rg-office", `Microsoft.Network/${type}`, key);
  return part(`azurerm_${type}.${key}`, { name: key, resource_group_name: "rg-office", ...body }, { id, ...applied });
}

const subnetOf = (key: string, name: string, extra: Json = {}) =>
  made("subnet", key, {
    name,
    virtual_network_name: ref(vnet("office"), "name"),
    address_prefixes: [`10.99.${name.length}.0/24`],
    ...extra,
  });
const CLIENTS = subnetOf("clients", "clients");
const IN_CLIENTS = { subnet_id: ref(CLIENTS.address) };

const ip = (key: string, ip_address: string) => made("public_ip", key, {}, { ip_address });
const NAT = made("nat_gateway", "nat");
const natOf = (subnet: string, { address } = NAT) =>
  made("subnet_nat_gateway_association", subnet, {
    subnet_id: ref(`azurerm_subnet.${subnet}`),
    nat_gateway_id: ref(address),
  });
const natHas = (key: string, { address } = NAT) =>
  made("nat_gateway_public_ip_association", key, {
    nat_gateway_id: ref(address),
    public_ip_address_id: ref(`azurerm_public_ip.${key}`),
  });
const BY_NAT = [NAT, natOf("clients"), ip("a", "203.0.113.7"), natHas("a")];

const routes = (...route: Json[]) => [
  made("route_table", "table", { route }),
  made("subnet_route_table_association", "table", { ...IN_CLIENTS, route_table_id: ref("azurerm_route_table.table") }),
];
const route = (next_hop_type: string, address_prefix = "0.0.0.0/0", next_hop_in_ip_address = "") => ({
  address_prefix,
  next_hop_type,
  next_hop_in_ip_address,
});
const TO_FIREWALL = route("VirtualAppliance", "0.0.0.0/0", "10.99.19.4");
const FIREWALL = [
  subnetOf("firewall", "AzureFirewallSubnet"),
  made(
    "firewall",
    "fw",
    {},
    {
      ip_configuration: [
        {
          subnet_id: idOf("rg-office", "Microsoft.Network/subnet", "firewall"),
          private_ip_address: "10.99.19.4",
          public_ip_address_id: idOf("rg-office", "Microsoft.Network/public_ip", "f"),
        },
      ],
    },
  ),
  ip("f", "198.51.100.9"),
];

const guarded = (...security_rule: Json[]) => [
  made("network_security_group", "nsg", { security_rule }),
  made("subnet_network_security_group_association", "nsg", {
    ...IN_CLIENTS,
    network_security_group_id: ref("azurerm_network_security_group.nsg"),
  }),
];
const DENY_OUT = securityRule({ direction: "Outbound", destination_address_prefix: "Internet" });
const ALLOW_SOME = securityRule({
  direction: "Outbound",
  access: "Allow",
  priority: 100,
  destination_address_prefix: "AzureContainerRegistry",
});

/** A private endpoint of another service, and a machine in its subnet. */
const ENDPOINT = [
  subnetOf("endpoints", "endpoints"),
  made("private_endpoint", "other", {
    subnet_id: ref("azurerm_subnet.endpoints"),
    ...connection(idOf("rg", "Microsoft.KeyVault/vaults", "contoso"), "vault"),
  }),
];
const MACHINE = made("network_interface", "vm", { ip_configuration: [{ subnet_id: ref("azurerm_subnet.endpoints") }] });

const SERVICE_ENDPOINT = { service_endpoints: ["Microsoft.ContainerRegistry"] };
const REMOTE = [network("hub"), peering("office", "hub", { use_remote_gateways: true })];

const inOffice = (...parts: Part[]) => [network("office"), CLIENTS, ...parts];

const OTHER_TABLE = made("subnet_route_table_association", "t", {
  ...IN_CLIENTS,
  route_table_id: idOf("rg-hub", "Microsoft.Network/routeTables", "theirs"),
});
const INLINE = { subnet: [{ name: "clients" }, { name: "inline", address_prefix: "10.99.9.0/24" }] };
const OTHERS_NAT = (shows: boolean) =>
  part(
    "data.azurerm_nat_gateway.theirs",
    { name: "theirs", resource_group_name: "rg-hub" },
    { id: "/theirs", ...(shows && { public_ip_address_ids: [idOf("rg-office", "Microsoft.Network/public_ip", "a")] }) },
  );

/** What a plan may not show the place of. */
const UNPLACED: readonly (readonly [what: string, ...parts: Part[]])[] = [
  ["a subnet", made("subnet", "x", { name: "x" })],
  ["a NAT gateway's address", made("nat_gateway_public_ip_association", "x")],
  ["a subnet's NAT gateway", made("subnet_nat_gateway_association", "x")],
  ["a subnet's route table", made("subnet_route_table_association", "x")],
  ["a Virtual WAN connection", made("virtual_hub_connection", "x", { virtual_hub_id: "/hub" })],
  ["a gateway", made("virtual_network_gateway", "x")],
];

test.each<readonly [what: string, parts: Part[], leavesBy: string[] | undefined, reachable: boolean | null]>([
  ["nothing that says it", inOffice(), undefined, null],
  ["a NAT gateway, whose address is let in", inOffice(...BY_NAT), ["203.0.113.7"], true],
  [
    "a NAT gateway with two addresses, of which one is let in",
    inOffice(...BY_NAT, ip("b", "198.51.100.7"), natHas("b")),
    ["203.0.113.7", "198.51.100.7"],
    null,
  ],
  [
    "a NAT gateway, whose range of addresses is not let in",
    inOffice(
      NAT,
      natOf("clients"),
      made("public_ip_prefix", "p", {}, { ip_prefix: "198.51.100.0/31" }),
      made("nat_gateway_public_ip_prefix_association", "p", {
        nat_gateway_id: ref(NAT.address),
        public_ip_prefix_id: ref("azurerm_public_ip_prefix.p"),
      }),
    ),
    ["198.51.100.0/31"],
    false,
  ],
  ["a NAT gateway without an address", inOffice(NAT, natOf("clients")), undefined, null],
  ["a NAT gateway of one of two subnets", inOffice(...BY_NAT, subnetOf("others", "others")), undefined, null],
  [
    "a NAT gateway of one of two subnets, of which the other has no access by default",
    inOffice(...BY_NAT, subnetOf("others", "others", { default_outbound_access_enabled: false })),
    undefined,
    null,
  ],
  [
    "a NAT gateway, and a service endpoint, by which private addresses come",
    [network("office"), subnetOf("clients", "clients", SERVICE_ENDPOINT), ...BY_NAT],
    undefined,
    null,
  ],
  [
    "a route to nowhere, and a service endpoint, whose route goes before",
    [network("office"), subnetOf("clients", "clients", SERVICE_ENDPOINT), ...routes(route("None"))],
    undefined,
    null,
  ],
  ["a NAT gateway, and a subnet of a private endpoint", inOffice(...BY_NAT, ...ENDPOINT), ["203.0.113.7"], true],
  [
    "a NAT gateway, and a subnet of a private endpoint with a machine",
    inOffice(...BY_NAT, ...ENDPOINT, MACHINE),
    undefined,
    null,
  ],
  [
    "a NAT gateway, and a subnet of Azure's own",
    inOffice(...BY_NAT, subnetOf("gw", "GatewaySubnet")),
    ["203.0.113.7"],
    true,
  ],
  [
    "a NAT gateway, and a gateway elsewhere, which may tell another way",
    inOffice(...BY_NAT, ...REMOTE),
    undefined,
    null,
  ],
  [
    "no access by default, where machines may have public addresses of their own",
    [network("office"), subnetOf("clients", "clients", { default_outbound_access_enabled: false })],
    undefined,
    null,
  ],
  [
    "a route to a firewall, before the NAT gateway",
    inOffice(...BY_NAT, ...routes(TO_FIREWALL), ...FIREWALL),
    ["198.51.100.9"],
    false,
  ],
  ["a route to an appliance that is not in the file", inOffice(...BY_NAT, ...routes(TO_FIREWALL)), undefined, null],
  [
    "a route around the firewall",
    inOffice(...routes(TO_FIREWALL, route("Internet", "AzureContainerRegistry")), ...FIREWALL),
    undefined,
    null,
  ],
  [
    "a route to private addresses",
    inOffice(...BY_NAT, ...routes(route("VirtualAppliance", "10.0.0.0/8"))),
    ["203.0.113.7"],
    true,
  ],
  ["a route to a gateway", inOffice(...BY_NAT, ...routes(route("VirtualNetworkGateway"))), undefined, null],
  ["a route to nowhere", inOffice(...BY_NAT, ...routes(route("None"))), [], false],
  ["a security group that denies it", inOffice(...BY_NAT, ...guarded(DENY_OUT)), [], false],
  [
    "a security group that allows some of it before",
    inOffice(...BY_NAT, ...guarded(DENY_OUT, ALLOW_SOME)),
    ["203.0.113.7"],
    true,
  ],
  [
    "a security group that denies it, and allows other networks",
    inOffice(...guarded(DENY_OUT, { ...ALLOW_SOME, destination_address_prefix: "VirtualNetwork" })),
    [],
    false,
  ],
  [
    "a route to a firewall, whose subnet has a NAT gateway",
    inOffice(...BY_NAT, natOf("firewall"), ...routes(TO_FIREWALL), ...FIREWALL),
    ["203.0.113.7"],
    true,
  ],
  ["a route table that is not in the file", inOffice(...BY_NAT, OTHER_TABLE), undefined, null],
  ["a subnet in its own block beside", [...change(inOffice(...BY_NAT), vnet("office"), INLINE)], undefined, null],
  [
    "a NAT gateway of others, which lists its addresses",
    inOffice(ip("a", "203.0.113.7"), OTHERS_NAT(true), natOf("clients", OTHERS_NAT(true))),
    ["203.0.113.7"],
    true,
  ],
  [
    "a NAT gateway of others, which does not",
    inOffice(
      ip("a", "203.0.113.7"),
      OTHERS_NAT(false),
      natOf("clients", OTHERS_NAT(false)),
      natHas("a", OTHERS_NAT(false)),
    ),
    undefined,
    null,
  ],
  ...UNPLACED.map(
    ([what, ...parts]) =>
      [`${what} of which it is not known where it is`, inOffice(...BY_NAT, ...parts), undefined, null] as const,
  ),
])("a network with %s", (_, parts, leavesBy, reachable) => {
  const preview = resolve([...parts, openFor("203.0.113.0/24")], stateOf);
  expect(preview.model.networks.find(({ name }) => name === "vnet-office")!.leavesBy).toEqual(leavesBy);
  expect(answerFor(preview, "vnet-office")).toMatchObject({
    answeredBy: "public",
    reachable,
    known: reachable !== null,
    reason: reachable === false ? "no-zone" : "public-answer",
  });
});

test("an address that is (known after apply) is not known", () => {
  const preview = resolve([...inOffice(...BY_NAT), openFor("203.0.113.0/24")], planOf);
  expect(answerFor(preview, "vnet-office").reachable).toBeNull();
});

test.each<[what: string, change: (parts: Part[]) => Part[], more?: Json]>([
  ["subnets of the network", (parts) => change(parts, vnet("office"), { subnet: "${var.subnets}" })],
  ["the network of a subnet", (parts) => [...parts, subnetOf("x", "x", { virtual_network_name: "${var.x}" })]],
  ["what a module creates", (parts) => parts, { module: { m: { source: "./m" } } }],
])("that nothing leaves is not known where the file does not show %s", (_, changed, ...[more]) => {
  const leavesBy = (json: Json) => previewOf(json).model.networks[0]!.leavesBy;
  const closed = inOffice(...guarded(DENY_OUT));
  expect(leavesBy(synthesized(closed))).toEqual([]);
  expect(leavesBy({ ...synthesized(changed(closed)), ...more })).toBeUndefined();
});

test("of a network of others, not all subnets are in the file", () => {
  const read = part(
    `data.${vnet("office")}`,
    { name: "vnet-office", resource_group_name: "rg-office" },
    { id: networkId("office") },
  );
  const subnet = subnetOf("clients", "clients", { virtual_network_name: ref(read.address, "name") });
  expect(resolve([read, subnet, ...BY_NAT], stateOf).model.networks[0]!.leavesBy).toBeUndefined();
});

test("from where nothing leaves, no public address is reached, whoever is let in", () => {
  const preview = resolve(
    [...inOffice(...guarded(DENY_OUT)), registry({ public_network_access_enabled: true })],
    stateOf,
  );
  expect(answerFor(preview, "vnet-office")).toMatchObject({
    answeredBy: "public",
    reachable: false,
    reason: "no-zone",
  });
  expect(preview.findings.map(({ message }) => message).join()).toContain(
    "the public address, to which the network has no way out",
  );
});

test.each([
  ["an address of its own", { publicIpAddresses: [{ id: idOf("rg-office", IPS, "a") }] }, ["203.0.113.7"]],
  [
    "two addresses, of which one is not shown",
    { publicIpAddresses: ["a", "b"].map((key) => ({ id: idOf("rg-office", IPS, key) })) },
    undefined,
  ],
  ["an address that is not shown", { publicIpAddresses: [{ id: idOf("rg-office", IPS, "b") }] }, undefined],
])("a NAT gateway as Azure has it, with %s", (_, properties, leavesBy) => {
  const nat = idOf("rg-office", "Microsoft.Network/natGateways", "nat");
  const subnet = `${networkId("office")}/subnets/clients`;
  const { model } = previewOf([
    { id: networkId("office"), properties: { addressSpace: { addressPrefixes: ["10.99.0.0/16"] } } },
    { id: subnet, properties: { addressPrefix: "10.99.1.0/24", natGateway: { id: nat } } },
    { id: nat, properties },
    { id: idOf("rg-office", IPS, "a"), properties: { ipAddress: "203.0.113.7" } },
  ]);
  expect(model.networks[0]!.leavesBy).toEqual(leavesBy);
});

test("a storage account may refuse an address that it lets in: machines of its region have others", () => {
  const of = (label: string, ...leavesBy: string[]) =>
    new PublicReach().of(
      { leavesBy } as unknown as VirtualNetwork,
      { label, publicAccess: { ranges: ["203.0.113.7"] } } as unknown as Service,
    );
  expect([
    of("key vault", "203.0.113.7"),
    of("storage account", "203.0.113.7"),
    of("storage account", "198.51.100.7"),
  ]).toEqual([true, undefined, false]);
});
