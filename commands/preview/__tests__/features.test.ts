import { previewOf } from "../../../packages/private-link-preview";
import { diagram } from "../../../packages/private-link-preview/lib/drawing/mermaid";
import { pictureOf } from "../../../packages/private-link-preview/lib/drawing/draw";
import { anyStackOf } from "../../../__tests__/support/any-stack";
import { mixedSettings } from "../../../__tests__/support/arbitraries";
import { exampleSettings } from "../../../__tests__/support/settings-files";
import { type Attributes, only, resourcesOf, synthesize, type TerraformJson } from "../../../__tests__/support/synth";
import { faultsIn } from "./picture-faults";

const SUBSCRIPTION = "00000000-0000-0000-0000-00000000000a";
const NETWORK = `/subscriptions/${SUBSCRIPTION}/resourceGroups/theirs/providers/Microsoft.Network/virtualNetworks/their-net`;
const EXISTING = { virtualNetworkId: NETWORK, endpointSubnetId: `${NETWORK}/subnets/endpoints` };
const zoneId = NETWORK.replace("virtualNetworks/their-net", "privateDnsZones/privatelink.azurecr.io");
const SPOKE = { name: "mine", location: "swedencentral", addressSpace: "10.1.0.0/16" };

function expectRight(json: TerraformJson): void {
  const preview = previewOf(json);
  const { answers, findings } = preview;
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(answers.filter(({ reachable, known }) => known && !reachable)).toEqual([]);
  expect(answers.length).toBeGreaterThan(0);
  expect(faultsIn(pictureOf(preview))).toEqual([]);
}

describe("a spoke that exists", () => {
  const theirs = { name: "theirs", location: "norwayeast", existing: EXISTING };
  const json = synthesize({ spokes: [SPOKE, theirs] });
  const added = Object.keys(resourcesOf(json)).filter((address) => address.includes(".theirs_"));

  test("gets an endpoint, a zone, its link and records, in a resource group, and nothing else", () => {
    expect(added.sort()).toEqual([
      "azurerm_private_dns_a_record.theirs_dns_data-swedencentral",
      "azurerm_private_dns_a_record.theirs_dns_data-switzerlandnorth",
      "azurerm_private_dns_a_record.theirs_dns_login-server",
      "azurerm_private_dns_zone.theirs_dns_zone",
      "azurerm_private_dns_zone_virtual_network_link.theirs_zone-link",
      "azurerm_private_endpoint.theirs_endpoint",
      "azurerm_resource_group.theirs_resource-group",
      "data.azapi_resource.theirs_endpoint-subnet",
      "data.azapi_resource.theirs_endpoint_nic",
      "data.azapi_resource.theirs_virtual-network",
      "data.azapi_resource_action.theirs_subnet-usage",
    ]);
    expect(only(json, "azurerm_private_endpoint", "theirs_endpoint").subnet_id).toBe(EXISTING.endpointSubnetId);
    const link = only(json, "azurerm_private_dns_zone_virtual_network_link", "theirs_zone-link");
    expect(link.virtual_network_id).toBe(NETWORK);
  });

  test("has them in its own subscription, by a provider with an alias", () => {
    const alias = `azurerm.subscription_${SUBSCRIPTION}`;
    expect(json.provider.azurerm).toContainEqual(
      expect.objectContaining({ alias: `subscription_${SUBSCRIPTION}`, subscription_id: SUBSCRIPTION }),
    );
    const resources = resourcesOf(json);
    for (const address of added.filter((address) => !address.startsWith("data."))) {
      expect([address, resources[address]!.provider]).toEqual([address, alias]);
    }
    expect(only(json, "azurerm_private_endpoint", "mine_endpoint").provider).toBeUndefined();
  });

  test("is peered with the hub only where that is asked for", () => {
    expect(Object.keys(json.resource.azurerm_virtual_network_peering!).join()).not.toContain("theirs");
    const peered = synthesize({ spokes: [SPOKE, { ...theirs, existing: { ...EXISTING, peer: true } }] });
    expect(only(peered, "azurerm_virtual_network_peering", "theirs_peering-to-hub")).toMatchObject({
      resource_group_name: "theirs",
      virtual_network_name: "their-net",
      provider: `azurerm.subscription_${SUBSCRIPTION}`,
    });
    const back = only(peered, "azurerm_virtual_network_peering", "hub_peering-to-theirs");
    expect(back.remote_virtual_network_id).toBe(NETWORK);
  });
});

test("an endpoint that its registry's owner must approve says so, to Azure and in the preview", () => {
  const json = synthesize({ spokes: [{ ...SPOKE, manualApproval: true }] });
  expect(only(json, "azurerm_private_endpoint").private_service_connection).toMatchObject({
    is_manual_connection: true,
    request_message: "Endpoint of mine, to pull from xyzdfdacrdev",
  });
  const resources = ["azurerm_private_endpoint.mine_endpoint"];
  expect(previewOf(json).findings).toMatchObject([{ code: "manual-approval", severity: "warning", resources }]);
});

test("a hub that exists gets its own endpoint and writes into the zone that it has, without a link", () => {
  const json = synthesize({ hub: { endpoint: true, existing: { ...EXISTING, zoneId } }, spokes: [SPOKE] });
  expect(Object.keys(json.resource.azurerm_private_dns_zone!)).toEqual(["mine_dns_zone"]);
  expect(Object.keys(json.resource.azurerm_private_dns_zone_virtual_network_link!)).toEqual(["mine_zone-link"]);
  expect(only(json, "azurerm_private_dns_a_record", "hub_dns_login-server")).toMatchObject({
    zone_name: "privatelink.azurecr.io",
    resource_group_name: "theirs",
    records: [expect.stringContaining("data.azapi_resource.hub_endpoint_nic.")],
  });
  expect(json.resource.azurerm_bastion_host).toBeUndefined();
  expect(json.resource.azurerm_virtual_network_peering).toBeUndefined();
});

test("with one shared zone that exists, the others are linked to it", () => {
  const hub = { existing: { virtualNetworkId: NETWORK, zoneId, peer: true } };
  const json = synthesize({ hub, dns: "shared", spokePeering: "mesh", spokes: [SPOKE] });
  expect(Object.keys(json.resource.azurerm_private_dns_zone_virtual_network_link!)).toEqual(["mine_zone-link"]);
  const preview = previewOf(json);
  expect(preview.findings.filter(({ severity }) => severity === "error")).toEqual([]);
  // The hub that exists is drawn, with its peering to the spoke that is created.
  expect(diagram(preview)).toMatch(/subgraph (\w+)\["their-net[^]*\n {2}\1 <-->\|peered\| mine_network\n/);
});

test("DNS servers that are in no network here are told not to be known, and are no error", () => {
  const findings = previewOf(synthesize({ spokes: [{ ...SPOKE, dnsServers: ["172.16.0.4"] }] })).findings;
  expect(findings.map(({ code, severity }) => `${severity} ${code}`).sort()).toEqual([
    "warning dns-server-not-known",
    "warning zone-bypassed",
  ]);
});

describe("a central resolver", () => {
  const settings = {
    hub: { endpoint: true, dnsServers: ["10.12.3.4"] },
    spokes: [SPOKE, { name: "asks", location: "norwayeast", addressSpace: "10.2.0.0/16", dnsServers: ["10.12.3.4"] }],
  };
  const json = synthesize(settings);

  test("answers with the hub's endpoint, which every spoke reaches", () => {
    const { answers, findings } = previewOf(json);
    expect(findings).toEqual([]);
    for (const answer of answers.filter(({ virtualNetwork }) => virtualNetwork === "vnet-asks-dev")) {
      expect(answer).toMatchObject({
        zone: "azurerm_private_dns_zone.hub_dns_zone",
        endpoints: ["azurerm_private_endpoint.hub_endpoint"],
        reachable: true,
      });
    }
  });

  test("is what the diagram shows the spoke to ask", () => {
    expect(diagram(previewOf(json))).toMatch(/\n {2}asks_network -\.->\|asks\| hub_network\n/);
  });

  test("spares the spoke that asks it an endpoint and a zone, and lets its lookups out", () => {
    expect(Object.keys(json.resource.azurerm_private_endpoint!).sort()).toEqual(["hub_endpoint", "mine_endpoint"]);
    expect(only(json, "azurerm_virtual_network", "asks_network").dns_servers).toEqual(["10.12.3.4"]);
    const rules = only(json, "azurerm_network_security_group", "asks_workloads-nsg").security_rule as object[];
    expect(rules).toContainEqual(
      expect.objectContaining({ name: "AllowDns", destination_port_range: "53", access: "Allow" }),
    );
  });
});

test.each([
  ["usgovernment", "usgovvirginia", "azurecr.us"],
  ["china", "chinanorth3", "azurecr.cn"],
])("in the cloud %s, names and zones are that cloud's", (cloud, location, suffix) => {
  const json = synthesize({
    cloud,
    registry: { location, replicas: [] },
    hub: { location },
    spokes: [{ ...SPOKE, location }],
  });
  expect(json.output.login_server!.value).toBe(`xyzdfdacrdev.${suffix}`);
  expect(only(json, "azurerm_private_dns_zone", "hub_dns_zone").name).toBe(`privatelink.${suffix}`);
  expect(json.provider.azurerm![0]!.environment).toBe(cloud);
  expect(json.provider.azapi![0]!.environment).toBe(cloud);
  expect(JSON.stringify(json)).not.toContain("azurecr.io");
  expect(previewOf(json).findings).toEqual([]);
});

test("the state can be kept in a storage account, signed in to without a key", () => {
  const state = { resourceGroup: "terraform", storageAccount: "contoso", container: "state" };
  expect(synthesize({ state }).terraform.backend).toEqual({
    azurerm: {
      resource_group_name: "terraform",
      storage_account_name: "contoso",
      container_name: "state",
      key: "private-registry.tfstate",
      use_azuread_auth: true,
    },
  });
});

describe("operations", () => {
  const PRINCIPAL = "11111111-2222-3333-4444-555555555555";

  test("are off unless asked for", () => {
    const { resource } = synthesize({ testVms: false });
    const operations = /log_analytics_workspace|monitor_diagnostic_setting|management_lock|role_assignment/;
    expect(Object.keys(resource).filter((type) => operations.test(type))).toEqual([]);
    expect(resource.azurerm_container_registry!.registry).not.toHaveProperty("retention_policy_in_days");
    expect(resource.azurerm_container_registry!.registry!.network_rule_bypass_option).toBe("None");
  });

  test("send the registry's logs and metrics to a workspace, made here or given", () => {
    const made = synthesize({ registry: { diagnostics: true } });
    expect(only(made, "azurerm_monitor_diagnostic_setting")).toMatchObject({
      target_resource_id: "${azurerm_container_registry.registry.id}",
      log_analytics_workspace_id: "${azurerm_log_analytics_workspace.registry_operations_workspace.id}",
      enabled_log: [{ category: "ContainerRegistryLoginEvents" }, { category: "ContainerRegistryRepositoryEvents" }],
      enabled_metric: [{ category: "AllMetrics" }],
    });
    const workspaceId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/all`;
    const given = synthesize({ registry: { diagnostics: { workspaceId } } });
    expect(only(given, "azurerm_monitor_diagnostic_setting").log_analytics_workspace_id).toBe(workspaceId);
    expect(given.resource.azurerm_log_analytics_workspace).toBeUndefined();
  });

  test("lock the registry, clean up after a while, and let services in", () => {
    const json = synthesize({ registry: { deletionProtection: true, retentionDays: 14, trustedServices: true } });
    expect(only(json, "azurerm_management_lock")).toMatchObject({
      scope: "${azurerm_container_registry.registry.id}",
      lock_level: "CanNotDelete",
    });
    expect(only(json, "azurerm_container_registry")).toMatchObject({
      retention_policy_in_days: 14,
      network_rule_bypass_option: "AzureServices",
    });
  });

  test("let principals pull or push, each once", () => {
    const json = synthesize({
      testVms: false,
      registry: { pullPrincipals: [PRINCIPAL, PRINCIPAL.toUpperCase()], pushPrincipals: [PRINCIPAL] },
    });
    expect(Object.values(json.resource.azurerm_role_assignment!)).toEqual([
      expect.objectContaining({ role_definition_name: "AcrPull", principal_id: PRINCIPAL }),
      expect.objectContaining({ role_definition_name: "AcrPush", principal_id: PRINCIPAL }),
    ]);
  });

  test("drain a replica: it stays, and no client is led to it", () => {
    const json = synthesize({ registry: { replicas: ["uksouth", { location: "France Central", routed: false }] } });
    expect(only(json, "azurerm_container_registry").georeplications).toMatchObject([
      { location: "francecentral", regional_endpoint_enabled: false },
      { location: "uksouth", regional_endpoint_enabled: true },
    ]);
  });
});

describe("for any mix of features", () => {
  const forAnyStack = anyStackOf(mixedSettings);

  forAnyStack("every answer that can be known is right and reachable, and nothing in the picture overlaps", (json) => {
    expectRight(json);
  });

  forAnyStack("adding a spoke leaves the others alone, byte by byte", (before, settings) => {
    const spokes = [...settings.spokes, { ...SPOKE, name: "added", addressSpace: "192.168.0.0/24" }];
    // The hub's answers, and who may push, may go to the new spoke; a lock and the registry's mode wait for its roles too.
    const maySee = /\.hub_dns_|_push(-repositories)?-role$|^azurerm_management_lock\.|\.registry_access/;
    const kept = Object.keys(resourcesOf(before)).filter((address) => !maySee.test(address));
    // Of each resource the bytes; the order of the types is that of the file, in which cdktf sorts them.
    const bytesOf = (resources: Record<string, Attributes>) =>
      kept.map((address) => `${address} ${JSON.stringify(resources[address])}`);
    expect(bytesOf(resourcesOf(synthesize({ ...settings, spokes })))).toEqual(bytesOf(resourcesOf(before)));
  });
});

test.each(exampleSettings)(
  "the example %s is right, and every answer in it that can be known is reachable",
  (_, settings) => {
    expectRight(synthesize(settings));
  },
);
