import { parseSettings } from "../src/settings/load";
import { previewOf } from "../packages/private-link-preview";
import { errorsIn } from "./support/settings-errors";
import { differences, synthesize } from "./support/synth";

const NORTH = { name: "hub", location: "northeurope", addressSpace: "10.12.0.0/16" };
const EAST = { name: "east", location: "eastasia", addressSpace: "10.32.0.0/16", bastion: false };
const SPOKE1 = { name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" };
const SPOKE2 = { name: "spoke2", location: "switzerlandnorth", addressSpace: "10.11.0.0/16" };
const ASIA = { name: "asia", location: "eastasia", addressSpace: "10.30.0.0/16" };
const REGISTRY = { location: "swedencentral", replicas: ["eastasia", "switzerlandnorth"] };
const REGIONAL = { ...REGISTRY, regionalEndpoints: true };

const ONE = { registry: REGISTRY, hub: { addressSpace: NORTH.addressSpace }, spokes: [SPOKE1, SPOKE2] };
const TWO = { registry: REGISTRY, hubs: [NORTH, EAST], spokes: [SPOKE1, SPOKE2, ASIA] };

/** For each network, by name, the endpoint that the login server leads to, and the region that serves it; all are reachable. */
function answersOf(settings: object): Record<string, string> {
  const { answers } = previewOf(synthesize(settings));
  expect(answers.filter(({ reachable }) => !reachable)).toEqual([]);
  const own = answers.filter(({ host }) => /^\w+\.azurecr\.io$/.test(host));
  return Object.fromEntries(
    own.map(({ virtualNetwork, endpoints, servedBy }) => [
      virtualNetwork,
      `${endpoints.map((address) => address.split(".")[1]).join(", ")}, ${servedBy}`,
    ]),
  );
}

test("one hub in the list is the hub of the setting hub, with the same Terraform JSON", () => {
  const { hub, ...others } = ONE;
  const listed = { ...others, hubs: [{ ...hub, name: "hub", location: "northeurope" }] };
  expect(JSON.stringify(synthesize(listed))).toBe(JSON.stringify(synthesize(ONE)));
});

test("a second hub, with a spoke, changes nothing that exists: the first hub has one peering more", () => {
  const changed = differences(synthesize(ONE), synthesize(TWO));
  const isNew = (address: string) => /\.(hub-east|asia)_/.test(address);
  expect(changed.filter((address) => !isNew(address))).toEqual([
    "azurerm_virtual_network_peering.hub_peering-to-hub-east",
  ]);
  const peerings = changed.filter((address) => address.includes("peering"));
  expect(peerings).toEqual([
    "azurerm_virtual_network_peering.asia_peering-to-hub-east",
    "azurerm_virtual_network_peering.hub-east_peering-to-asia",
    "azurerm_virtual_network_peering.hub-east_peering-to-hub",
    "azurerm_virtual_network_peering.hub_peering-to-hub-east",
  ]);
});

test("a spoke that moves to the other hub keeps all that is its own but the peerings", () => {
  const moved = { ...TWO, spokes: [SPOKE1, { ...SPOKE2, hub: "east" }, ASIA] };
  expect(differences(synthesize(TWO), synthesize(moved))).toEqual([
    // SSH from the bastion of the one hub, and not from that of the other.
    "azurerm_network_security_group.spoke2_workloads-nsg",
    "azurerm_virtual_network_peering.hub-east_peering-to-spoke2",
    "azurerm_virtual_network_peering.hub_peering-to-spoke2",
    "azurerm_virtual_network_peering.spoke2_peering-to-hub",
    "azurerm_virtual_network_peering.spoke2_peering-to-hub-east",
  ]);
});

test("each hub answers with an endpoint of its own spokes, and prefers its own region", () => {
  expect(answersOf({ ...TWO, registry: REGIONAL })).toEqual({
    "vnet-hub-dev": "spoke1_endpoint, swedencentral",
    "vnet-hub-east-dev": "asia_endpoint, eastasia",
    "vnet-spoke1-dev": "spoke1_endpoint, swedencentral",
    "vnet-spoke2-dev": "spoke2_endpoint, switzerlandnorth",
    "vnet-asia-dev": "asia_endpoint, eastasia",
  });
});

test("an outage of a region moves the networks that it serves, and none of the other hub", () => {
  const before = answersOf({ ...TWO, registry: REGIONAL });
  const after = answersOf({ ...TWO, registry: { ...REGIONAL, drained: ["eastasia"] } });
  const moved = Object.keys(before).filter((network) => before[network] !== after[network]);
  expect(moved).toEqual(["vnet-hub-east-dev", "vnet-asia-dev"]);
});

test("a spoke is of the hub that it names, else of the first in its region, else of the first", () => {
  const hubs = [NORTH, { ...EAST, name: "far", addressSpace: "10.33.0.0/16" }, EAST];
  const spokes = [SPOKE1, ASIA, { ...SPOKE2, hub: "east" }];
  expect(parseSettings({ registry: REGISTRY, hubs, spokes }).spokes.map(({ hub }) => hub)).toEqual([
    "hub",
    "far",
    "east",
  ]);
});

test("spokes that use the DNS servers of their own hub get the answer of its endpoint", () => {
  const hubs = [NORTH, { ...EAST, endpoint: true }];
  const asking = { ...ASIA, dnsServers: ["10.32.3.4"] };
  const settings = { registry: REGISTRY, hubs, spokes: [SPOKE1, SPOKE2, asking] };
  expect(answersOf(settings)).toMatchObject({
    "vnet-hub-dev": "spoke1_endpoint, azure",
    "vnet-hub-east-dev": "hub-east_endpoint, azure",
    "vnet-asia-dev": "hub-east_endpoint, azure",
  });
});

test("each hub has a firewall of its own, through which its spokes reach the internet", () => {
  const hubs = [{ ...NORTH, firewallAddress: "10.12.1.4" }, EAST];
  const { azurerm_route_table: tables, azurerm_subnet: subnets } = synthesize({
    ...TWO,
    hubs,
    egress: "none",
    testVms: false,
  }).resource;
  expect(Object.keys(tables!)).toEqual(["spoke1_workloads-route-table", "spoke2_workloads-route-table"]);
  expect(tables!["spoke1_workloads-route-table"]).toMatchObject({ route: [{ next_hop_in_ip_address: "10.12.1.4" }] });
  expect(subnets!["asia_workloads-subnet"]!.default_outbound_access_enabled).toBe(false);
});

test("hubs that exist are peered with each other where both are open to it", () => {
  const id = (name: string) =>
    `/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/${name}`;
  const hubs = (peer: boolean) =>
    ["north", "east"].map((name) => ({
      name,
      location: "northeurope",
      endpoint: true,
      existing: { virtualNetworkId: id(name), endpointSubnetId: `${id(name)}/subnets/endpoints`, peer },
    }));
  const peerings = (peer: boolean) =>
    Object.keys(synthesize({ registry: REGISTRY, hubs: hubs(peer) }).resource.azurerm_virtual_network_peering ?? {});
  expect(peerings(true)).toEqual(["hub-north_peering-to-hub-east", "hub-east_peering-to-hub-north"]);
  expect(peerings(false)).toEqual([]);
});

const WAN_HUB =
  "/subscriptions/00000000-0000-0000-0000-00000000000b/resourceGroups/wan/providers/Microsoft.Network/virtualHubs/east";

test("spokes of a Virtual WAN hub are connected to it, by its subscription, and not peered; it has no zone", () => {
  const east = { name: "east", location: "eastasia" };
  const settings = { registry: REGISTRY, hubs: [NORTH, { ...east, virtualHubId: WAN_HUB }], spokes: [SPOKE1, ASIA] };
  const json = synthesize(settings);
  expect(json.resource.azurerm_virtual_hub_connection).toEqual({
    "asia_hub-connection": expect.objectContaining({
      virtual_hub_id: WAN_HUB,
      remote_virtual_network_id: "${azurerm_virtual_network.asia_network.id}",
      provider: "azurerm.subscription_00000000-0000-0000-0000-00000000000b",
    }) as object,
  });
  expect(Object.keys(json.resource.azurerm_virtual_network_peering!)).toEqual([
    "hub_peering-to-spoke1",
    "spoke1_peering-to-hub",
  ]);
  expect(answersOf(settings)).toEqual({
    "vnet-hub-dev": "spoke1_endpoint, azure",
    "vnet-spoke1-dev": "spoke1_endpoint, azure",
    "vnet-asia-dev": "asia_endpoint, azure",
  });
});

test.each<[string, object, string[]]>([
  [
    "what a Virtual WAN hub can't have",
    {
      registry: REGISTRY,
      hub: { virtualHubId: WAN_HUB, addressSpace: "10.50.0.0/23", endpoint: true, bastion: "basic" },
      spokes: [{ ...SPOKE1, dnsServers: ["10.50.0.68"] }],
    },
    [
      'spokes[0].dnsServers: found ["10.50.0.68"], allowed: DNS servers outside of hub: no private DNS zone can be linked to a Virtual WAN hub',
      "hub.endpoint: found true, allowed: nothing if virtualHubId is set: a Virtual WAN hub is no virtual network",
      'hub.bastion: found "basic", allowed: nothing if virtualHubId is set: a Virtual WAN hub is no virtual network',
    ],
  ],
  [
    "both hub and hubs",
    { ...TWO, hub: {} },
    ["hub: found hub and hubs, allowed: one of the two. In hubs, it has the name hub"],
  ],
  ["no hub", { ...TWO, hubs: [] }, ["hubs: found [], allowed: a list of 1 to 60 hubs"]],
  [
    "two hubs of one name, and a spoke of none",
    { ...TWO, hubs: [NORTH, { ...EAST, name: "hub" }], spokes: [SPOKE1, { ...ASIA, hub: "west" }] },
    [
      'hubs[1].name: found "hub", allowed: a name that differs from the name of hubs[0]',
      'spokes[1].hub: found "west", allowed: the name of a hub: hub, hub',
      "hubs[1].endpoint: found false, allowed: true, or at least one spoke whose hub is hub: otherwise the hub cannot reach any endpoint of its own",
    ],
  ],
  [
    "a hub without an address space, and one that overlaps a spoke",
    {
      ...TWO,
      hubs: [
        { name: "hub", location: "northeurope" },
        { ...EAST, addressSpace: "10.10.0.0/16" },
      ],
    },
    [
      "hubs[0].addressSpace: found nothing, allowed: a private IPv4 range such as 10.10.0.0/16, or nothing if existing is set",
      'spokes[0].addressSpace: found "10.10.0.0/16", allowed: a range that does not overlap 10.10.0.0/16 of hubs[1]',
    ],
  ],
  [
    "a hub whose spokes are all of another one",
    { ...TWO, spokes: [SPOKE1, SPOKE2] },
    [
      "hubs[1].endpoint: found false, allowed: true, or at least one spoke whose hub is east: otherwise the hub cannot reach any endpoint of its own",
    ],
  ],
  [
    "one zone for all",
    { ...TWO, dns: "shared", spokePeering: "mesh" },
    [
      'dns: found "shared" with 2 hubs, allowed: "per-spoke": a shared zone returns the addresses of all endpoints to each hub, which cannot reach those in spokes of another hub',
    ],
  ],
  [
    "DNS servers and a firewall in a hub that is not the spoke's",
    {
      ...TWO,
      spokes: [{ ...SPOKE1, dnsServers: ["10.32.3.4"] }, SPOKE2, ASIA],
      egress: { firewallAddress: "10.12.1.4" },
    },
    [
      'spokes[0].dnsServers: found ["10.32.3.4"], allowed: DNS servers outside of hubs[1], with which the spoke is not peered',
      'egress.firewallAddress: found "10.12.1.4", allowed: an address outside of 10.12.0.0/16 of hubs[0], which spokes[2] of another hub cannot reach: set firewallAddress of each hub',
    ],
  ],
])("refuses %s", (_, settings, errors) => {
  expect(errorsIn(settings)).toEqual(errors);
});
