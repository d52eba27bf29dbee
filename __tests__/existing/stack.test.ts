import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewOf } from "../../packages/private-link-preview";
import { parseSettings } from "../../src/settings/load";
import { stackInMemory } from "../../commands/synth/stack-in-memory";
import { runIn } from "../support/programs";
import { only, resourcesOf, synthesize } from "../support/synth";

const id = (letter: string, path: string) =>
  `/subscriptions/00000000-0000-0000-0000-00000000000${letter}/resourceGroups/theirs/providers/${path}`;
const networkId = (letter: string, name: string) => id(letter, `Microsoft.Network/virtualNetworks/${name}`);
const HUB = networkId("c", "hub-net");
const REGISTRY = id("d", "Microsoft.ContainerRegistry/registries/images");

const spoke = (name: string, letter: string, addressSpace: string, existing: object = {}, more: object = {}) => ({
  name,
  location: "uksouth",
  addressSpace,
  ...more,
  existing: {
    virtualNetworkId: networkId(letter, name),
    endpointSubnetId: `${networkId(letter, name)}/subnets/endpoints`,
    peer: "existing",
    ...existing,
  },
});
const SPOKES = [spoke("payments", "a", "10.1.0.0/16"), spoke("shop", "b", "10.2.0.0/16")];
const registry = { location: "uksouth", replicas: ["ukwest"], existing: { registryId: REGISTRY } };
const settings = {
  registry,
  hub: { location: "uksouth", addressSpace: "10.0.0.0/16", existing: { virtualNetworkId: HUB } },
  spokes: SPOKES,
  testVms: false,
};
const LOGIN = "images.azurecr.io";

function answersOf(json: object) {
  const { answers, findings } = previewOf(json);
  return {
    findings,
    login: Object.fromEntries(
      answers.filter(({ host }) => host === LOGIN).map((answer) => [answer.virtualNetwork, answer]),
    ),
    open: answers.filter(({ known, reachable }) => !known || reachable !== true),
    answers,
  };
}

const addressOf = (endpoint: string) => (endpoint.includes("payments") ? "10.1.1.4" : "10.2.1.4");

/** The address of each endpoint for a name, as if the endpoints existed. */
const applied = (json: ReturnType<typeof synthesize>, form: "plan" | "state") => {
  const value = (json.output.dns_records!.value as { private_endpoint: string; name: string }[]).map(
    ({ private_endpoint: endpoint, ...record }) => ({
      ...record,
      private_endpoint: endpoint,
      // In a plan that creates the endpoints, their addresses are not known yet.
      addresses: form === "plan" ? undefined : [addressOf(endpoint)],
    }),
  );
  const resources = Object.entries(json.resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, values]) => ({
      address: `${type}.${name}`,
      mode: "managed",
      type,
      name,
      values: {
        ...values,
        ...(type === "azurerm_private_endpoint" && {
          // Blocks are lists in a plan and in a state.
          private_service_connection: [values.private_service_connection],
          ...(form === "state" && {
            id: id("a", `Microsoft.Network/privateEndpoints/${String(values.name)}`),
            custom_dns_configs: [{ fqdn: LOGIN, ip_addresses: [addressOf(String(values.name))] }],
          }),
        }),
      },
    })),
  );
  const outputs = { existing_resources: { value: json.output.existing_resources!.value } };
  const root = { root_module: { resources } };
  return form === "state"
    ? { format_version: "1.0", values: { outputs: { ...outputs, dns_records: { value } }, ...root } }
    : {
        format_version: "1.2",
        planned_values: { outputs, ...root },
        output_changes: { dns_records: { after: JSON.parse(JSON.stringify(value)) as unknown } },
        configuration: { root_module: {} },
      };
};

describe("a registry that exists", () => {
  const json = synthesize(settings);

  test("is neither created nor changed, nor is anything in the networks of others", () => {
    const types = Object.keys(resourcesOf(json)).map((address) => address.split(".")[0]);
    expect([...new Set(types)].filter((type) => type !== "data").sort()).toEqual([
      "azurerm_private_dns_a_record",
      "azurerm_private_dns_zone",
      "azurerm_private_dns_zone_virtual_network_link",
      "azurerm_private_endpoint",
      "azurerm_resource_group",
    ]);
    const endpoint = only(json, "azurerm_private_endpoint", "shop_endpoint");
    expect(endpoint.private_service_connection).toMatchObject({ private_connection_resource_id: REGISTRY });
  });

  test("is read for its address space where the stack peers it, with which the other side is written again", () => {
    const spokes = [spoke("shop", "b", "10.2.0.0/16", { peer: true })];
    const peered = synthesize({ registry, hub: { location: "uksouth", bastion: false }, spokes, testVms: false });
    expect(only(peered, "azurerm_virtual_network_peering", "hub_peering-to-shop").triggers).toEqual({
      remote_address_space: '${join(",", sort(data.azapi_resource.shop_virtual-network.output.addressSpace))}',
    });
    const { response_export_values: read } = peered.data.azapi_resource!["shop_virtual-network"]!;
    expect(read).toMatchObject({ addressSpace: "properties.addressSpace.addressPrefixes" });
  });

  test("has every answer known and reachable, although the peerings are others'", () => {
    const { findings, open, answers } = answersOf(json);
    expect([findings, open]).toEqual([[], []]);
    expect(answers).toHaveLength(9);
  });

  test("is described as open where the settings say so, and a plan that reads something else warns", () => {
    expect(json).not.toHaveProperty("check");
    const said = (publicAccess: unknown) => {
      const { output, data, check } = synthesize({ ...settings, registry: { ...registry, publicAccess } });
      const { value } = output.existing_resources as { value: { id: string; properties?: object }[] };
      expect(data.azapi_resource!.registry_registry!.lifecycle).toEqual(
        json.data.azapi_resource!.registry_registry!.lifecycle,
      );
      return { properties: value.find(({ id }) => id === REGISTRY)!.properties, check: JSON.stringify(check) };
    };
    const ranges = said(["203.0.113.7", "198.51.100.0/24"]);
    expect(ranges.properties).toEqual({
      publicNetworkAccess: "Enabled",
      networkRuleSet: {
        defaultAction: "Deny",
        ipRules: ["203.0.113.7/32", "198.51.100.0/24"].map((value) => ({ action: "Allow", value })),
      },
    });
    expect(ranges.check).toContain(String.raw`== \"198.51.100.0/24,203.0.113.7\"}`);
    const everybody = said(true);
    expect(everybody.properties).toEqual({
      publicNetworkAccess: "Enabled",
      networkRuleSet: { defaultAction: "Allow", ipRules: [] },
    });
    expect(everybody.check).toMatch(/"registry_public-access":.*The settings say that everybody can reach/);
  });

  test("is read by every plan, which fails where its regions are others", () => {
    const [read, list] = [
      resourcesOf(json)["data.azapi_resource.registry_registry"]!,
      resourcesOf(json)["data.azapi_resource_list.registry_replications"]!,
    ];
    const messages = [read, list].flatMap(({ lifecycle }) =>
      (lifecycle as { postcondition: { error_message: string }[] }).postcondition.map((one) => one.error_message),
    );
    expect(JSON.stringify(list.lifecycle)).toContain(
      String.raw`lower(replace(text, \" \", \"\"))], []), [\"uksouth\"])))) == \"uksouth, ukwest\"}`,
    );
    expect(messages).toEqual([
      expect.stringMatching(/^The home region of the registry images is .*, and the settings say uksouth\. Change/),
      expect.stringMatching(/^The registry images has the SKU .* --sku Premium$/),
      expect.stringMatching(/has the role assignment mode .*, in which AcrPull and AcrPush have no effect/),
      expect.stringMatching(/is in: .*; the settings say: uksouth, ukwest\. Change registry\.replicas/),
    ]);
  });

  test("gives roles to principals, and test VMs", () => {
    const principal = "11111111-1111-1111-1111-111111111111";
    const more = synthesize({
      ...settings,
      registry: { ...registry, pullPrincipals: [principal] },
      hub: { location: "uksouth" },
      spokes: [{ name: "mine", location: "uksouth", addressSpace: "10.9.0.0/16" }],
      testVms: true,
    });
    const roles = Object.values(more.resource.azurerm_role_assignment!);
    expect(roles.map(({ scope }) => scope)).toEqual([REGISTRY, REGISTRY, REGISTRY]);
  });

  test("serves each network from its region where it has regional endpoints, without turning them on", () => {
    const regional = synthesize({ ...settings, registry: { ...registry, regionalEndpoints: true } });
    expect(regional.resource).not.toHaveProperty("azapi_update_resource");
    const { login, findings } = answersOf(regional);
    expect(findings).toEqual([]);
    expect(login.shop).toMatchObject({ servedBy: "uksouth", reachable: true });
  });

  test("that is imported is managed with all settings, in its own group and subscription", () => {
    const imported = synthesize({
      ...settings,
      registry: { ...registry, retentionDays: 7, existing: { registryId: REGISTRY, import: true } },
    });
    expect(only(imported, "azurerm_container_registry", "registry")).toMatchObject({
      name: "images",
      resource_group_name: "theirs",
      location: "uksouth",
      retention_policy_in_days: 7,
      provider: "azurerm.subscription_00000000-0000-0000-0000-00000000000d",
    });
    expect(imported).toHaveProperty("import", [{ to: "azurerm_container_registry.registry", id: REGISTRY }]);
    expect(imported.resource.azurerm_resource_group).not.toHaveProperty("registry_resource-group");
    expect(answersOf(imported).open).toEqual([]);
  });
});

describe("records that others write", () => {
  const json = synthesize({ ...settings, dns: "external" });

  test("are an output, and no zone, link or record is created", () => {
    expect(Object.keys(json.resource).sort()).toEqual(["azurerm_private_endpoint", "azurerm_resource_group"]);
    const records = json.output.dns_records!.value as { network: string; name: string; zone: string }[];
    const names = ["images", "images.uksouth.data", "images.ukwest.data"];
    expect(records.map(({ network, name }) => `${network} ${name}`)).toEqual(
      ["hub", "payments", "shop"].flatMap((network) => names.map((name) => `${network} ${name}`)),
    );
    expect(new Set(records.map(({ zone }) => zone))).toEqual(new Set(["privatelink.azurecr.io"]));
  });

  test("need no resource group in the hub, which has no resource here", () => {
    expect(Object.keys(json.resource.azurerm_resource_group!)).toEqual([
      "payments_resource-group",
      "shop_resource-group",
    ]);
  });

  test.each([
    ["the configuration", json],
    ["a plan that creates the endpoints", applied(json, "plan")],
  ])("are judged by %s as if they were written", (_, form) => {
    const { findings, open, login } = answersOf(form);
    expect([findings, open]).toEqual([[], []]);
    expect(login["hub-net"]?.endpoints).toEqual(["azurerm_private_endpoint.payments_endpoint"]);
    expect(login.shop?.endpoints).toEqual(["azurerm_private_endpoint.shop_endpoint"]);
  });

  test("are judged by the state with their addresses", () => {
    const { login } = answersOf(applied(json, "state"));
    expect(login.payments).toMatchObject({ addresses: ["10.1.1.4"], reachable: true });
    expect(login.shop).toMatchObject({ addresses: ["10.2.1.4"], reachable: true });
  });

  test("name the endpoint whose network interface they read", () => {
    const names = Object.entries(json.resource.azurerm_private_endpoint!).map(([key, { name }]) => [name, key]);
    const keys = new Map(names as [string, string][]);
    for (const { addresses, private_endpoint: endpoint } of json.output.dns_records!.value as {
      addresses: string[];
      private_endpoint: string;
    }[])
      expect(addresses.join()).toContain(`data.azapi_resource.${keys.get(endpoint)!}_nic.`);
  });

  test("are checked where the endpoints are read, since no record does it", () => {
    const nic = resourcesOf(json)["data.azapi_resource.shop_endpoint_nic"]!;
    const { postcondition } = nic.lifecycle as { postcondition: { condition: string }[] };
    expect(postcondition).toHaveLength(3);
    expect(postcondition[0]!.condition).toContain("self.output.properties.ipConfigurations");
  });

  test("that are not written are found: an answer without them is not known", () => {
    const without = { ...json, output: { existing_resources: json.output.existing_resources } };
    expect(answersOf(without).open).toHaveLength(9);
  });
});

describe("a landing zone", () => {
  const zoneId = id("c", "Microsoft.Network/privateDnsZones/privatelink.azurecr.io");
  const hub = {
    ...settings.hub,
    endpoint: true,
    existing: { virtualNetworkId: HUB, endpointSubnetId: `${HUB}/subnets/endpoints`, zoneId },
  };
  const asking = spoke("asks", "e", "10.3.0.0/16", { endpointSubnetId: undefined }, { dnsServers: ["10.0.0.4"] });
  const json = synthesize({ ...settings, hub, spokes: [...SPOKES, asking] });

  test("has every answer known: of the hub by its zone, of a spoke that asks the hub's DNS servers by the peering", () => {
    const { findings, open, login } = answersOf(json);
    expect([findings, open]).toEqual([[], []]);
    expect(login["hub-net"]).toMatchObject({ zone: zoneId, endpoints: ["azurerm_private_endpoint.hub_endpoint"] });
    expect(login.asks).toMatchObject({ zone: zoneId, endpoints: ["azurerm_private_endpoint.hub_endpoint"] });
  });

  test("has a spoke whose zone is its owner's: the records go there, and no zone and link are created", () => {
    const theirs = id("a", "Microsoft.Network/privateDnsZones/privatelink.azurecr.io");
    const own = synthesize({
      ...settings,
      spokes: [spoke("payments", "a", "10.1.0.0/16", { zoneId: theirs }), SPOKES[1]],
    });
    expect(own.resource.azurerm_private_dns_zone).not.toHaveProperty("payments_dns_zone");
    expect(own.resource.azurerm_private_dns_zone_virtual_network_link).not.toHaveProperty("payments_zone-link");
    expect(only(own, "azurerm_private_dns_a_record", "payments_dns_login-server")).toMatchObject({
      zone_name: "privatelink.azurecr.io",
      resource_group_name: "theirs",
    });
    expect(answersOf(own).login.payments).toMatchObject({ zone: theirs, reachable: true });
  });

  test("is checked by every plan: regions, DNS servers, peerings, links, and how full the subnets are", () => {
    const conditions = (address: string) =>
      (resourcesOf(json)[address]!.lifecycle as { postcondition: { error_message: string }[] }).postcondition.map(
        ({ error_message: message }) => message,
      );
    expect(conditions("data.azapi_resource.asks_virtual-network")).toEqual([
      expect.stringMatching(/^The virtual network asks of asks is in .*Change location of asks\.$/),
      expect.stringMatching(/has the DNS servers: .*; the settings say: 10\.0\.0\.4\. Change dnsServers of asks/),
      expect.stringMatching(/^The virtual network asks of asks has no connected peering with .*hub-net/),
    ]);
    expect(conditions("data.azapi_resource_list.hub_dns_links")).toEqual([
      expect.stringMatching(/^The zone privatelink\.azurecr\.io in existing\.zoneId of hub is not linked to hub-net/),
    ]);
    const { precondition } = only(json, "azurerm_private_endpoint", "shop_endpoint").lifecycle as {
      precondition: { error_message: string }[];
    };
    expect(precondition[0]!.error_message).toMatch(
      /^The subnet endpoints of the virtual network shop has .* addresses for the private endpoint of shop, which needs 3/,
    );
  });
});

test("what exists is in the model of the stack once, by its ID", () => {
  const { model } = stackInMemory(parseSettings(settings)).preview;
  expect(model.networks.map(({ address }) => address)).toEqual([
    HUB,
    networkId("a", "payments"),
    networkId("b", "shop"),
  ]);
  expect(model.registries.map(({ address, regions }) => [address, regions])).toEqual([
    [REGISTRY, ["uksouth", "ukwest"]],
  ]);
});

test("a subscription whose networks are gone keeps its provider as long as the settings name it", () => {
  const aliases = (more: object) =>
    (synthesize({ ...settings, spokes: SPOKES.slice(0, 1), ...more }).provider.azurerm as { alias?: string }[]).flatMap(
      ({ alias }) => alias ?? [],
    );
  const former = "subscription_00000000-0000-0000-0000-00000000000b";
  expect(aliases({})).not.toContain(former);
  expect(aliases({ formerSubscriptions: ["00000000-0000-0000-0000-00000000000B"] })).toContain(former);
});

describe("the command that writes records for others", () => {
  const record = (network: string, name: string, address: string) => ({
    network,
    virtual_network: `vnet-${network}`,
    virtual_network_id: `/subscriptions/x/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-${network}`,
    zone: "privatelink.azurecr.io",
    name,
    type: "A",
    ttl: 10,
    addresses: [address],
    fqdn: `${name}.azurecr.io`,
    private_endpoint: `pep-${network}`,
  });
  const RECORDS = [record("hub", "images", "10.1.0.4"), record("shop", "images", "10.2.0.4")];

  const folder = mkdtempSync(join(tmpdir(), "records-"));
  function stateWith(outputs: object): string {
    const file = join(folder, "state.json");
    writeFileSync(file, JSON.stringify({ format_version: "1.0", values: { outputs, root_module: {} } }));
    return file;
  }
  const run = (...args: string[]) => runIn(folder, "dns-records", args);

  test("the records are written as JSON with the rights it takes, and as CSV with a line for each address", async () => {
    const state = stateWith({ dns_records: { value: RECORDS } });
    const { status, stdout, stderr } = await run("--state", state, "--output", "r.json", "--output", "r.csv");
    expect([status, stdout, stderr]).toEqual([0, "", "Wrote r.json and r.csv.\n"]);
    const written = JSON.parse(readFileSync(join(folder, "r.json"), "utf8")) as Record<string, unknown>;
    expect(written).toMatchObject({
      version: 1,
      records: RECORDS,
      rights: {
        role: "Private DNS Zone Contributor",
        actions: expect.arrayContaining(["Microsoft.Network/privateDnsZones/A/write"]) as unknown,
        onNetworks: ["Microsoft.Network/virtualNetworks/join/action"],
      },
    });
    expect(readFileSync(join(folder, "r.csv"), "utf8").split("\r\n")).toEqual([
      "network,virtual_network_id,zone,name,type,ttl,address",
      `hub,${RECORDS[0]!.virtual_network_id},privatelink.azurecr.io,images,A,10,10.1.0.4`,
      `shop,${RECORDS[1]!.virtual_network_id},privatelink.azurecr.io,images,A,10,10.2.0.4`,
      "",
    ]);
  });

  test("without a file they are a table, with the network of each zone", async () => {
    const { status, stdout } = await run("--state", stateWith({ dns_records: { value: RECORDS } }));
    expect(status).toBe(0);
    const texts = ["2 A record sets for others to write", "10.2.0.4", RECORDS[1]!.virtual_network_id, "join/action"];
    for (const text of texts) expect(stdout).toContain(text);
  });

  test.each([
    ["a state that has none", {}, [], 3, /has no output dns_records\. It has one if .* dns set to "external"\.$/],
    [
      "records without an address",
      { dns_records: { value: [{ ...RECORDS[0], addresses: [] }] } },
      [],
      3,
      /dns_records\[0\]\["addresses"\]: Too small/,
    ],
    [
      "a file of another form",
      { dns_records: { value: RECORDS } },
      ["--output", "records.txt"],
      2,
      /^--output: found records\.txt, allowed: a file that ends in \.json or \.csv$/,
    ],
  ])("%s is refused", async (_, outputs, args, expected, message) => {
    const { status, stdout, stderr } = await run("--state", stateWith(outputs), ...args);
    expect([status, stdout]).toEqual([expected, ""]);
    expect(stderr.trim()).toMatch(message);
  });
});
