import { existsSync } from "node:fs";
import { join } from "node:path";
import { invalidStack } from "../src/terraform/error-report";
import { parseSettings } from "../src/settings/load";
import { PrivateRegistryStack } from "../src/stack";
import { Testing } from "../src/terraform";
import { anyStackOf } from "./support/any-stack";
import { mixedSettings, settings as anySettings } from "./support/arbitraries";
import fc, { property } from "./support/fast-check";
import { PROVIDERS } from "./support/needs.cjs";
import { ED25519 } from "./support/ssh-keys";
import { type Attributes, differences, only, resourcesOf, synthesize, type TerraformJson } from "./support/synth";

/** Spokes of one region, each with a range of its own. */
const spokesNamed = (names: string[], location = "westeurope") =>
  names.map((name, i) => ({ name, location, addressSpace: `10.${i}.0.0/16` }));

const THREE_SPOKES = {
  spokes: [
    { name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" },
    { name: "spoke2", location: "switzerlandnorth", addressSpace: "10.11.0.0/16" },
    { name: "alpine", location: "francecentral", addressSpace: "10.13.0.0/16" },
  ],
};

/** Resource types to which Azure gives no tags. */
const UNTAGGED = [
  "azurerm_role_assignment",
  "azurerm_subnet",
  "azurerm_subnet_network_security_group_association",
  "azurerm_subnet_route_table_association",
  "azurerm_virtual_network_peering",
  "tls_private_key",
];

const FIREWALL = { egress: { firewallAddress: "10.12.1.4" } };

const VM_TYPES = [
  "azurerm_dev_test_global_vm_shutdown_schedule",
  "azurerm_linux_virtual_machine",
  "azurerm_network_interface",
  "azurerm_role_assignment",
  "tls_private_key",
];

/** The rules of a network security group: "PRIORITY ACCESS DIRECTION FROM > TO:PORTS/PROTOCOL". */
function rulesOf(json: TerraformJson, group: string): string[] {
  return (only(json, "azurerm_network_security_group", group).security_rule as Attributes[]).map((rule) => {
    const ports = [rule.destination_port_range ?? rule.destination_port_ranges].flat().join(",");
    return `${String(rule.priority)} ${String(rule.access)} ${String(rule.direction)} ${String(rule.source_address_prefix)} > ${String(rule.destination_address_prefix)}:${ports}/${String(rule.protocol)}`;
  });
}

/** The resources, by address, that a resource depends on explicitly. */
const dependenciesOf = ({ depends_on: dependencies = [] }: Attributes) => dependencies as string[];

test("the default stack is the network of the example", () => {
  expect(synthesize()).toMatchSnapshot();
});

test.each(
  Object.entries<[string, string[]]>({
    "the bastion's subnet has all traffic that Azure Bastion asks for": [
      "hub_bastion-nsg",
      [
        "100 Allow Inbound Internet > *:443/Tcp",
        "110 Allow Inbound GatewayManager > *:443/Tcp",
        "120 Allow Inbound AzureLoadBalancer > *:443/Tcp",
        "130 Allow Inbound VirtualNetwork > VirtualNetwork:8080,5701/*",
        "140 Allow Outbound * > VirtualNetwork:22,3389/*",
        "150 Allow Outbound * > AzureCloud:443/Tcp",
        "160 Allow Outbound VirtualNetwork > VirtualNetwork:8080,5701/*",
        "170 Allow Outbound * > Internet:80/*",
      ],
    ],
    "endpoints accept HTTPS from their own network and from peered networks": [
      "spoke1_endpoints-nsg",
      ["100 Allow Inbound VirtualNetwork > VirtualNetwork:443/Tcp"],
    ],
    "workloads accept SSH from the bastion, and reach endpoints and the web": [
      "spoke1_workloads-nsg",
      [
        "100 Allow Inbound 10.12.2.0/24 > *:22/Tcp",
        "110 Allow Outbound VirtualNetwork > VirtualNetwork:443/Tcp",
        "120 Allow Outbound * > Internet:80,443/Tcp",
      ],
    ],
  }),
)("%s, and no other traffic", (_, [group, allowed]) => {
  expect(rulesOf(synthesize(), group)).toEqual([
    ...allowed,
    "4096 Deny Inbound * > *:*/*",
    "4096 Deny Outbound * > *:*/*",
  ]);
});

test("a Bastion Developer is in each spoke, whose workloads accept SSH from Azure's platform, and needs nothing else", () => {
  const json = synthesize({ hub: { bastion: "developer" } });
  expect(Object.keys(resourcesOf(json)).filter((address) => address.includes("bastion"))).toEqual([
    "azurerm_bastion_host.spoke1_bastion",
    "azurerm_bastion_host.spoke2_bastion",
  ]);
  expect(only(json, "azurerm_bastion_host", "spoke1_bastion")).toMatchObject({
    sku: "Developer",
    virtual_network_id: "${azurerm_virtual_network.spoke1_network.id}",
  });
  const { security_rule: rules } = only(json, "azurerm_network_security_group", "spoke1_workloads-nsg");
  expect(rules).toContainEqual(
    expect.objectContaining({ name: "AllowSshFromBastion", source_address_prefix: "168.63.129.16/32" }),
  );
});

test("without a bastion, the hub has no subnet, and workloads accept nothing", () => {
  const json = synthesize({ hub: { bastion: false } });
  const changed = differences(synthesize(), json);
  expect(changed.filter((address) => !/\.hub_bastion|_peering-to-/.test(address))).toEqual([
    "azurerm_network_security_group.spoke1_workloads-nsg",
    "azurerm_network_security_group.spoke2_workloads-nsg",
  ]);
  expect(Object.keys(resourcesOf(json)).filter((address) => address.includes("bastion"))).toEqual([]);
  expect(rulesOf(json, "spoke1_workloads-nsg").filter((rule) => rule.includes("Allow Inbound"))).toEqual([]);
});

test("the test VMs install Docker from Ubuntu's packages when they first start", () => {
  const { custom_data: script } = only(synthesize(), "azurerm_linux_virtual_machine", "spoke1_vm");
  expect(Buffer.from(String(script), "base64").toString()).toMatch(/^#cloud-config\n[^]*\n {2}- docker\.io\n/);
});

test("every resource that takes tags has them", () => {
  const { resource } = synthesize({ ...FIREWALL, tags: { costCentre: "42" } });
  for (const [type, named] of Object.entries(resource)) {
    for (const { tags } of Object.values(named)) {
      expect([type, tags]).toEqual([
        type,
        UNTAGGED.includes(type) ? undefined : { costCentre: "42", environment: "dev", owner: "n/a", version: "latest" },
      ]);
    }
  }
});

test("the hub's zone answers with the first spoke, by name, in the registry's home region", () => {
  const twoAtHome = synthesize({
    spokes: [
      { name: "z", location: "swedencentral", addressSpace: "10.10.0.0/16" },
      { name: "b", location: "swedencentral", addressSpace: "10.11.0.0/16" },
      { name: "a", location: "francecentral", addressSpace: "10.13.0.0/16" },
    ],
  });
  const answer = (json: TerraformJson) =>
    String(only(json, "azurerm_private_dns_a_record", "hub_dns_login-server").records);
  expect(answer(twoAtHome)).toContain("data.azapi_resource.b_endpoint_nic.");
  const noneAtHome = synthesize({ ...THREE_SPOKES, registry: { location: "westeurope" } });
  expect(answer(noneAtHome)).toContain("data.azapi_resource.alpine_endpoint_nic.");
});

test("one spoke and no replica", () => {
  const json = synthesize({ registry: { replicas: [] }, spokes: THREE_SPOKES.spokes.slice(0, 1) });
  expect(only(json, "azurerm_container_registry")).not.toHaveProperty("georeplications");
  expect(Object.keys(json.resource.azurerm_private_dns_a_record!).sort()).toEqual(
    ["hub", "spoke1"].flatMap((zone) => [`${zone}_dns_data-swedencentral`, `${zone}_dns_login-server`]),
  );
});

test.each([4, 5])("the registry of azurerm %i is open to whom the settings say, with exports then", (azurerm) => {
  const registryWith = (publicAccess: unknown) =>
    only(synthesize({ azurerm, registry: { publicAccess } }), "azurerm_container_registry");
  expect(registryWith(false)).toEqual(only(synthesize({ azurerm }), "azurerm_container_registry"));
  expect(registryWith(false)).not.toHaveProperty("network_rule_set");
  expect(registryWith(true)).toMatchObject({
    public_network_access_enabled: true,
    export_policy_enabled: true,
    // Without rules in it, those that Azure has would stay.
    network_rule_set: [{ default_action: "Allow", ip_rule: [] }],
  });
  expect(registryWith(["203.0.113.7", "198.51.100.0/24"])).toMatchObject({
    public_network_access_enabled: true,
    export_policy_enabled: true,
    network_rule_set: [
      {
        default_action: "Deny",
        ip_rule: [
          { action: "Allow", ip_range: "198.51.100.0/24" },
          { action: "Allow", ip_range: "203.0.113.7/32" },
        ],
      },
    ],
  });
});

test.each([
  ["per-spoke", true, true],
  ["per-spoke", ["203.0.113.7"], null],
  ["shared", true, true],
  ["external", true, true],
])(
  "with dns %s, a registry that is open to %j can be used before there are endpoints: %j",
  (dns, publicAccess, reachable) => {
    const registry = { publicAccess, replicas: [] };
    const { preview } = new PrivateRegistryStack(
      Testing.app(),
      parseSettings({ dns, spokePeering: "mesh", registry, spokes: [], testVms: false }),
    );
    expect(preview.findings).toEqual([expect.objectContaining({ code: "public-answer", severity: "warning" })]);
    expect(preview.answers).not.toEqual([]);
    for (const answer of preview.answers) expect(answer).toMatchObject({ answeredBy: "public", reachable });
  },
);

test("twelve spokes and three replicas: a record set for each name in each zone", () => {
  const json = synthesize({
    registry: { replicas: ["westeurope", "westus", "uksouth"] },
    hub: { addressSpace: "10.255.0.0/16" },
    spokes: spokesNamed([...Array(12).keys()].map((i) => `s${i}`)),
  });
  expect(Object.keys(json.resource.azurerm_private_endpoint!)).toHaveLength(12);
  expect(Object.keys(json.resource.azurerm_private_dns_a_record!)).toHaveLength(13 * 5);
  // westus has no availability zones.
  expect(only(json, "azurerm_container_registry").georeplications).toMatchObject([
    { location: "uksouth", zone_redundancy_enabled: true },
    { location: "westeurope", zone_redundancy_enabled: true },
    { location: "westus", zone_redundancy_enabled: false },
  ]);
});

describe("with regional endpoints", () => {
  const regional = (registry: object = {}) =>
    synthesize({ ...THREE_SPOKES, registry: { regionalEndpoints: true, ...registry } });
  const json = regional();
  /** The host name by which the login server's record of each zone selects its address. */
  const leading = ({ resource }: typeof json) =>
    Object.fromEntries(
      Object.entries(resource.azurerm_private_dns_a_record!)
        .filter(([name]) => name.endsWith("_login-server"))
        .map(([name, { records }]) => [name.split("_")[0]!, /fqdns, "([^"]+)"/.exec(String(records))![1]!]),
    );

  test("the property is turned on before any endpoint is created, and off when the setting is gone", () => {
    const type = "Microsoft.ContainerRegistry/registries@2026-03-01-preview";
    const common = { type, resource_id: "${azurerm_container_registry.registry.id}" };
    const body = (regionalEndpoints: string) => ({ body: { properties: { regionalEndpoints } } });
    expect(only(json, "azapi_update_resource")).toMatchObject({ ...common, ...body("Enabled") });
    const off = { ...common, method: "PATCH", when: "destroy", ...body("Disabled") };
    expect(only(json, "azapi_resource_action")).toMatchObject(off);
    const waiting = [
      ...Object.values(json.resource.azurerm_private_endpoint!),
      ...Object.values(json.data.azapi_resource!),
    ];
    expect(waiting).toHaveLength(6);
    const both = [
      "azapi_update_resource.registry_regional-endpoints",
      "azapi_resource_action.registry_regional-endpoints-off",
    ];
    for (const resource of waiting) expect(dependenciesOf(resource)).toEqual(expect.arrayContaining(both));
  });

  test("every zone has the names of all regions", () => {
    const names = Object.keys(json.resource.azurerm_private_dns_a_record!);
    for (const zone of ["hub", "spoke1", "spoke2", "alpine"])
      for (const region of ["swedencentral", "switzerlandnorth"])
        expect(names).toContain(`${zone}_dns_regional-${region}`);
  });

  test("each network is led to its own region, the hub to the home region, and others where Azure chooses", () => {
    expect(leading(json)).toEqual({
      hub: "xyzdfdacrdev.swedencentral.geo.azurecr.io",
      spoke1: "xyzdfdacrdev.swedencentral.geo.azurecr.io",
      spoke2: "xyzdfdacrdev.switzerlandnorth.geo.azurecr.io",
      alpine: "xyzdfdacrdev.azurecr.io",
    });
  });

  test("draining a region changes the records of login servers that lead to it, and nothing else", () => {
    const drained = regional({ drained: ["swedencentral"] });
    expect(leading(drained)).toMatchObject({
      hub: "xyzdfdacrdev.switzerlandnorth.geo.azurecr.io",
      spoke1: "xyzdfdacrdev.switzerlandnorth.geo.azurecr.io",
    });
    expect(differences(json, drained)).toEqual([
      "azurerm_private_dns_a_record.hub_dns_login-server",
      "azurerm_private_dns_a_record.spoke1_dns_login-server",
    ]);
  });

  test("Azure chooses where all regions are drained", () => {
    const led = leading(regional({ drained: ["swedencentral", "switzerlandnorth"] }));
    expect([...new Set(Object.values(led))]).toEqual(["xyzdfdacrdev.azurecr.io"]);
  });
});

test("the home region is drained by its own replication, before the endpoints, and routed again when that is undone", () => {
  const { resource } = synthesize({ registry: { routed: false } });
  const body = (regionEndpointEnabled: boolean) => ({ properties: { regionEndpointEnabled } });
  expect(resource.azapi_resource_action).toMatchObject({
    "registry_home-drained": { method: "PATCH", body: body(false) },
    "registry_home-drained-off": { method: "PATCH", when: "destroy", body: body(true) },
  });
  const { "registry_home-drained": drained } = resource.azapi_resource_action!;
  expect(drained).toMatchObject({
    resource_id: "${azurerm_container_registry.registry.id}/replications/swedencentral",
  });
  expect(resource.azurerm_private_endpoint!.spoke1_endpoint!.depends_on).toContain(
    "azapi_resource_action.registry_home-drained",
  );
});

describe("a mesh with one shared zone", () => {
  const json = synthesize({ ...THREE_SPOKES, dns: "shared", spokePeering: "mesh" });

  test("links every network to the one zone, in the hub", () => {
    expect(Object.keys(json.resource.azurerm_private_dns_zone!)).toEqual(["hub_dns_zone"]);
    const links = json.resource.azurerm_private_dns_zone_virtual_network_link!;
    const names = ["alpine", "hub", "spoke1", "spoke2"].map((network) => `${network}_zone-link`);
    expect(Object.keys(links).sort()).toEqual(names);
    for (const link of Object.values(links))
      expect(link.private_dns_zone_name).toBe("${azurerm_private_dns_zone.hub_dns_zone.name}");
  });

  test("holds an address of every endpoint in each record set", () => {
    const { records, lifecycle } = only(json, "azurerm_private_dns_a_record", "hub_dns_data-switzerlandnorth");
    expect(records).toEqual(
      ["alpine", "spoke1", "spoke2"].map((name) => expect.stringContaining(`${name}_endpoint_nic`) as unknown),
    );
    expect((lifecycle as { precondition: unknown[] }).precondition).toHaveLength(3);
  });

  test("peers every two networks both ways", () => {
    expect(Object.keys(json.resource.azurerm_virtual_network_peering!)).toHaveLength(4 * 3);
  });
});

test("without test VMs the stack is the same, less the VMs' resources, outputs and providers", () => {
  const [standard, bare] = [synthesize(), synthesize({ testVms: false })];
  expect(differences(standard, bare).filter((address) => !VM_TYPES.includes(address.split(".")[0]!))).toEqual([]);
  expect(Object.keys(bare.resource).filter((type) => VM_TYPES.includes(type))).toEqual([]);
  const { test_vms, vm_private_key } = standard.output;
  expect({ ...bare.output, test_vms, vm_private_key }).toEqual(standard.output);
  expect(Object.keys(bare.output)).toHaveLength(Object.keys(standard.output).length - 2);
  expect(Object.keys(bare.provider).sort()).toEqual(["azapi", "azurerm"]);
  expect(bare.provider.azurerm![0]!.resource_providers_to_register).toEqual([
    "Microsoft.ContainerRegistry",
    "Microsoft.Network",
  ]);
});

describe("what leaves the spokes", () => {
  const EXISTING =
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/net";
  const outbound = ({ resource }: ReturnType<typeof synthesize>) =>
    Object.entries(resource.azurerm_subnet!)
      .filter(([, { default_outbound_access_enabled: enabled }]) => enabled !== false)
      .map(([name]) => name);

  test("leaves by Azure's default outbound access, from the workloads alone", () => {
    const json = synthesize();
    expect(outbound(json)).toEqual(["spoke1_workloads-subnet", "spoke2_workloads-subnet"]);
    expect(json.resource.azurerm_route_table).toBeUndefined();
  });

  test("is nothing with none, which changes the two subnets and nothing else", () => {
    const json = synthesize({ testVms: false, egress: "none" });
    expect(outbound(json)).toEqual([]);
    expect(differences(synthesize({ testVms: false }), json)).toEqual([
      "azurerm_subnet.spoke1_workloads-subnet",
      "azurerm_subnet.spoke2_workloads-subnet",
    ]);
  });

  test("leaves by the firewall, to which each spoke has a route of its own", () => {
    const json = synthesize(FIREWALL);
    expect(outbound(json)).toEqual([]);
    const hop = { next_hop_type: "VirtualAppliance", next_hop_in_ip_address: "10.12.1.4" };
    expect(only(json, "azurerm_route_table", "spoke2_workloads-route-table")).toMatchObject({
      name: "rt-spoke2-workloads-dev",
      location: "switzerlandnorth",
      bgp_route_propagation_enabled: false,
      route: [{ name: "to-firewall", address_prefix: "0.0.0.0/0", ...hop }],
    });
    const associations = json.resource.azurerm_subnet_route_table_association!;
    expect(associations["spoke2_workloads-route-table-association"]).toMatchObject({
      subnet_id: "${azurerm_subnet.spoke2_workloads-subnet.id}",
      route_table_id: "${azurerm_route_table.spoke2_workloads-route-table.id}",
    });
    expect(Object.keys(json.resource.azurerm_route_table!)).toHaveLength(2);
  });

  test("is answered through the hub: the spokes that use the firewall accept what the hub forwards, and no others", () => {
    const { resource } = synthesize({
      ...FIREWALL,
      spokePeering: "mesh",
      spokes: [
        ...THREE_SPOKES.spokes.slice(0, 2),
        {
          name: "old",
          location: "francecentral",
          existing: { virtualNetworkId: EXISTING, endpointSubnetId: `${EXISTING}/subnets/a`, peer: true },
        },
      ],
    });
    const accepting = Object.entries(resource.azurerm_virtual_network_peering!)
      .filter(([, { allow_forwarded_traffic: accepts }]) => accepts !== false)
      .map(([name]) => name);
    expect(accepting.sort()).toEqual(["spoke1_peering-to-hub", "spoke2_peering-to-hub"]);
    expect(Object.keys(resource.azurerm_route_table!)).toHaveLength(2);
  });
});

test("for azurerm 5, what it has renamed has its new names, and the answers are the same", () => {
  const [four, five] = [4, 5].map((azurerm) => new PrivateRegistryStack(Testing.app(), parseSettings({ azurerm })));
  const json = five!.toTerraform() as TerraformJson;
  const text = JSON.stringify({ ...json.resource, azurerm_subnet: {} });
  for (const old of ['zone_name":', "private_dns_zone_name", "regional_endpoint_enabled"])
    expect(text).not.toContain(old);
  const link = only(json, "azurerm_private_dns_zone_virtual_network_link", "hub_zone-link");
  expect(link).toMatchObject({ private_dns_zone_id: "${azurerm_private_dns_zone.hub_dns_zone.id}" });
  expect(link).not.toHaveProperty("resource_group_name");
  for (const record of Object.values(json.resource.azurerm_private_dns_a_record!))
    expect(record).toMatchObject({ private_dns_zone_id: expect.stringContaining("_zone.id}") as string });
  expect(Object.values(json.resource.azurerm_container_registry!)).toMatchObject([
    { georeplications: [{ global_endpoint_routing_enabled: true }] },
  ]);
  expect(JSON.stringify(five!.preview.answers)).toBe(JSON.stringify(four!.preview.answers));
});

test("the suites with an engine look for the providers that the stack requires", () => {
  expect(synthesize().terraform.required_providers).toEqual(PROVIDERS);
});

test("a spoke may have any name that the settings allow", () => {
  const names = ["backend", "providers", "tls", "vm-key", "testvmkey", "network", "dns", "mesh"];
  expect(Object.keys(synthesize({ spokes: spokesNamed(names) }).resource.azurerm_private_endpoint!)).toEqual(
    names.map((name) => `${name}_endpoint`).sort(),
  );
});

/**
 * Longest names that Azure takes.
 *
 * Source: "Naming rules and restrictions for Azure resources", Microsoft's resource manager documentation.
 */
const LONGEST: Record<string, number> = {
  azurerm_bastion_host: 80,
  azurerm_container_registry: 50,
  azurerm_linux_virtual_machine: 64,
  azurerm_log_analytics_workspace: 63,
  azurerm_management_lock: 260,
  azurerm_monitor_diagnostic_setting: 260,
  azurerm_network_interface: 80,
  azurerm_network_security_group: 80,
  azurerm_private_dns_a_record: 253,
  azurerm_private_dns_zone: 63,
  azurerm_private_dns_zone_virtual_network_link: 80,
  azurerm_private_endpoint: 64,
  azurerm_public_ip: 80,
  azurerm_resource_group: 90,
  azurerm_subnet: 80,
  azurerm_virtual_network: 64,
  azurerm_virtual_network_peering: 80,
};

test("the longest names that the settings allow make no name too long for Azure", () => {
  const environment = "e".repeat(10);
  const spokes = spokesNamed(["a".repeat(24), "b".repeat(24)]);
  const registry = { namePrefix: "p".repeat(37), diagnostics: true, deletionProtection: true };
  const { resource } = synthesize({ environment, spokes, registry, hub: { endpoint: true }, spokePeering: "mesh" });
  for (const [type, named] of Object.entries(resource)) {
    for (const { name } of Object.values(named)) {
      if (typeof name !== "string") continue;
      expect([type, name, LONGEST[type]]).toEqual([type, name.slice(0, LONGEST[type] ?? 0), expect.any(Number)]);
    }
  }
});

test("a given key is used, and none is made", () => {
  const json = synthesize({ testVms: { sshPublicKey: `${ED25519} me@example` } });
  expect(only(json, "azurerm_linux_virtual_machine", "spoke1_vm").admin_ssh_key).toEqual([
    { username: "azureuser", public_key: `${ED25519} me@example` },
  ]);
  expect(json.resource.tls_private_key).toBeUndefined();
  expect(json.output.vm_private_key).toBeUndefined();
});

test("a network with an answer that can't be reached is not written, and the message says which", () => {
  const app = Testing.app();
  const stack = new PrivateRegistryStack(app, parseSettings({}));
  // As if somebody had changed the code: a link too many.
  const [zone, network] = ["spoke2_dns_zone", "spoke1_network"];
  stack.addOverride("resource.azurerm_private_dns_zone_virtual_network_link.spoke1_zone-link", {
    private_dns_zone_name: `\${azurerm_private_dns_zone.${zone}.name}`,
    resource_group_name: `\${azurerm_private_dns_zone.${zone}.resource_group_name}`,
    virtual_network_id: `\${azurerm_virtual_network.${network}.id}`,
  });
  try {
    app.synth();
  } catch (error) {
    const told = invalidStack(error)!;
    expect(told).toMatch(
      /^Nothing was written, because networks would get answers .*:\n {2}The DNS of vnet-spoke1-dev returns addresses of xyzdfdacrdev that the network can't reach: pep-spoke2-dev/,
    );
    expect(told).not.toContain("skipValidation");
  }
  expect(existsSync(join(app.outdir, "stacks", "private-registry", "cdk.tf.json"))).toBe(false);
  expect.assertions(3);
});

describe("a private endpoint is named so that another one can be created before it is destroyed", () => {
  const id = (subnet: string) =>
    `/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v${subnet}`;
  const namesWith = (spoke: object) => {
    const json = synthesize({
      spokes: [{ name: "one", location: "swedencentral", ...spoke }],
      testVms: false,
      hub: { bastion: false },
    });
    const { name, custom_network_interface_name: nic } = only(json, "azurerm_private_endpoint", "one_endpoint");
    return [name, nic] as string[];
  };
  const created = { addressSpace: "10.10.0.0/16" };
  const existing = (subnet: string) => ({
    existing: { virtualNetworkId: id(""), endpointSubnetId: `${id("")}/subnets/${subnet}`, peer: true },
  });

  test("it has another name, as has its network interface, with each setting that replaces it", () => {
    const all = [created, existing("a"), existing("b")].flatMap((spoke) => [
      namesWith(spoke),
      namesWith({ ...spoke, manualApproval: true }),
    ]);
    expect(all[0]).toEqual(["pep-one-dev", "nic-one-endpoint-dev"]);
    expect(all[1]).toEqual(["pep-one-dev-manual", "nic-one-endpoint-dev-manual"]);
    expect(all[2]).toEqual([expect.stringMatching(/^pep-one-dev-[0-9a-f]{6}$/), expect.any(String)]);
    expect(new Set(all.flat()).size).toBe(12);
  });

  test("it has the same name with all others", () => {
    expect(namesWith({ ...created, addressSpace: "10.20.0.0/16" })).toEqual(namesWith(created));
    const { existing: network } = existing("a");
    const upperCase = { ...network, endpointSubnetId: network.endpointSubnetId.replace("/a", "/A") };
    expect(namesWith({ existing: upperCase })).toEqual(namesWith(existing("a")));
  });
});

describe("for any settings", () => {
  /** With a lock, wherever the registry can have one. */
  const forAnyStack = anyStackOf(
    mixedSettings.map(({ registry, ...rest }) => ({
      ...rest,
      registry: { ...registry, ...(registry.existing?.import !== false && { deletionProtection: true }) },
    })),
  );

  forAnyStack(
    "what is in a subnet waits for the last writes of the subnet, a peering for those in both networks",
    (json) => {
      const resources = resourcesOf(json);
      const isAssociation = (address: string) => /^azurerm_subnet_\w+_association\./.test(address);
      const subnets = Object.entries(json.resource.azurerm_subnet ?? {});
      /** The associations of each subnet that is created, which write it. */
      const writesOf = new Map(subnets.map(([name]): [unknown, string[]] => [`\${azurerm_subnet.${name}.id}`, []]));
      for (const [address, { subnet_id: subnet }] of Object.entries(resources))
        if (isAssociation(address)) writesOf.get(subnet)!.push(address);
      for (const writes of writesOf.values())
        expect(writes).toContainEqual(expect.stringMatching(/_network_security_group_association\./));
      for (const [address, resource] of Object.entries(resources)) {
        if (isAssociation(address)) continue;
        for (const [, subnet] of JSON.stringify(resource).matchAll(/"(\$\{azurerm_subnet\.[\w-]+\.id\})"/g)) {
          expect([address, dependenciesOf(resource)]).toEqual([address, expect.arrayContaining(writesOf.get(subnet)!)]);
        }
      }
      for (const [name, peering] of Object.entries(json.resource.azurerm_virtual_network_peering ?? {})) {
        const [from, to] = [peering.virtual_network_name, peering.remote_virtual_network_id].map(
          (network) => /^\$\{(azurerm_virtual_network\.[\w-]+)\./.exec(String(network))?.[1],
        );
        const needed = subnets
          .filter(([, { virtual_network_name: network }]) =>
            [from, to].some((one) => one !== undefined && network === `\${${one}.name}`),
          )
          // An association refers to its subnet, so what waits for it waits for the subnet too.
          .flatMap(([name]) => writesOf.get(`\${azurerm_subnet.${name}.id}`)!);
        // Azure lets a network use a gateway once the peering of its owner passes it on.
        const passing = name.replace(/^(.*)_peering-to-(.*)$/, "azurerm_virtual_network_peering.$2_peering-to-$1");
        const needsIt = peering.use_remote_gateways === true ? [passing] : [];
        expect(dependenciesOf(peering).sort()).toEqual([...needed, ...needsIt].sort());
      }
    },
  );

  forAnyStack("a lock depends on everything that it keeps from being deleted", (json, { registry }) => {
    if (registry.existing?.import === false) return;
    const held = Object.entries(resourcesOf(json)).flatMap(([address, resource]) =>
      // What sets a property of the registry deletes nothing when it is destroyed.
      !/^(data\.|azapi_|azurerm_management_lock\.|azurerm_private_dns_)/.test(address) &&
      (JSON.stringify(resource).includes("${azurerm_container_registry.registry.id}") ||
        // It names the registry.
        address.startsWith("azurerm_container_registry_agent_pool."))
        ? [address]
        : [],
    );
    expect(held.length).toBeGreaterThan(0);
    expect(dependenciesOf(only(json, "azurerm_management_lock")).sort()).toEqual(held.sort());
  });

  forAnyStack("each record in a spoke's own zone reads from that spoke's endpoint and no other", (json, settings) => {
    if (settings.dns !== "per-spoke") return;
    const resources = resourcesOf(json);
    const zones = Object.keys(json.resource.azurerm_private_dns_zone ?? {});
    for (const { name } of settings.spokes.filter((spoke) => zones.includes(`${spoke.name}_dns_zone`))) {
      const zone = `\${azurerm_private_dns_zone.${name}_dns_zone`;
      const records = Object.values(json.resource.azurerm_private_dns_a_record!).filter(
        ({ zone_name: byName, private_dns_zone_id: byId }) => byName === `${zone}.name}` || byId === `${zone}.id}`,
      );
      const perRegion = (settings.registry as { regionalEndpoints?: boolean }).regionalEndpoints ? 2 : 1;
      expect(records).toHaveLength(1 + perRegion * (1 + settings.registry.replicas.length));
      for (const record of records) {
        const sources = String(record.records).match(/data\.azapi_resource\.[\w-]+/g);
        expect(sources).toEqual([`data.azapi_resource.${name}_endpoint_nic`]);
        // Each by its own name, which the record is written for; the login server's perhaps by that of one region.
        const host = `${String(record.name).replaceAll(".", "\\.")}\\.azurecr\\.io`;
        const regional = String(record.name).includes(".") ? "" : `|${String(record.name)}\\.\\w+\\.geo\\.azurecr\\.io`;
        expect(record.records).toEqual([expect.stringMatching(new RegExp(`\\.fqdns, "(${host}${regional})"\\)`))]);
      }
      expect(resources[`data.azapi_resource.${name}_endpoint_nic`]!.resource_id).toBe(
        `\${azurerm_private_endpoint.${name}_endpoint.network_interface[0].id}`,
      );
      if (!(`azurerm_virtual_network.${name}_network` in resources)) continue;
      expect(resources[`azurerm_private_endpoint.${name}_endpoint`]!.subnet_id).toBe(
        `\${azurerm_subnet.${name}_endpoints-subnet.id}`,
      );
      expect(resources[`azurerm_subnet.${name}_endpoints-subnet`]!.virtual_network_name).toBe(
        `\${azurerm_virtual_network.${name}_network.name}`,
      );
    }
  });

  property(
    "a subnet has a route table if its workloads leave by a firewall, and nothing else changes",
    8,
    fc.property(mixedSettings, (settings) => {
      const [routed, standard] = [FIREWALL.egress, "default"].map((egress) =>
        synthesize({ ...settings, hub: { ...settings.hub, bastion: false }, egress }),
      ) as [TerraformJson, TerraformJson];
      const created = settings.spokes.filter((spoke) => !("existing" in spoke)).map(({ name }) => name);
      const { agentPool } = settings.registry as { agentPool?: { spoke: string } };
      const subnets = [
        ...created.map((name) => `${name}_workloads`),
        ...(agentPool && settings.registry.existing?.import !== false ? [`${agentPool.spoke}_agents`] : []),
      ];
      const withoutOrder = (name: string, value: unknown) => (name === "depends_on" ? undefined : value);
      expect(differences(standard, routed, withoutOrder)).toEqual(
        [
          ...subnets.flatMap((subnet) => [
            `azurerm_route_table.${subnet}-route-table`,
            `azurerm_subnet.${subnet}-subnet`,
            `azurerm_subnet_route_table_association.${subnet}-route-table-association`,
          ]),
          ...created.map((name) => `azurerm_virtual_network_peering.${name}_peering-to-hub`),
        ].sort(),
      );
    }),
  );

  property(
    "the order of spokes and replicas changes nothing at all",
    8,
    fc.property(anySettings, ({ registry: written, spokes, ...rest }) => {
      // The regions that serve where one is drained are those that come next.
      const registry = { ...written, drained: [] };
      const reordered = { ...registry, replicas: [...registry.replicas].reverse() };
      expect(JSON.stringify(synthesize({ ...rest, registry: reordered, spokes: [...spokes].reverse() }))).toEqual(
        JSON.stringify(synthesize({ ...rest, registry, spokes })),
      );
    }),
  );
});
