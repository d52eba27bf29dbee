import type { Json } from "../../common/util/json";
import { type PrivateEndpointProperties, setConnectionState } from "../lib/endpoint-addresses";
import { pull, type PullFrom } from "../lib/registry-access";
import { Azure, REGION, id } from "./azure";

const VNET = "Microsoft.Network/virtualNetworks";
const ENDPOINTS = "Microsoft.Network/privateEndpoints";
const REGISTRY = id("Microsoft.ContainerRegistry/registries/hello");
const ZONE = id("Microsoft.Network/privateDnsZones/privatelink.azurecr.io");
const PREMIUM = { sku: { name: "Premium" } };
const MANUAL = "manualPrivateLinkServiceConnections";
const DATA = `hello.${REGION}.data.azurecr.io`;
const refused = (address: string) =>
  `refused: denied: client with IP '${address}' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.`;

let azure: Azure;

beforeEach(() => {
  azure = new Azure();
  azure.given(REGISTRY, {}, PREMIUM);
  for (const [i, name] of ["spoke", "other"].entries()) {
    const range = `10.${i}.0.0/24`;
    azure.given(`${VNET}/${name}`, { addressSpace: { addressPrefixes: [range] } });
    azure.given(`${VNET}/${name}/subnets/endpoints`, { addressPrefix: range });
  }
});

const patch = (properties: Json) => azure.send("PATCH", REGISTRY, { properties });
const access = (publicNetworkAccess: string, defaultAction = "Allow", ...ranges: string[]) =>
  patch({
    publicNetworkAccess,
    networkRuleSet: { defaultAction, ipRules: ranges.map((value) => ({ action: "Allow", value })) },
  });

function givenEndpoint(list = "privateLinkServiceConnections"): void {
  const connection = { name: "c", properties: { privateLinkServiceId: REGISTRY, groupIds: ["registry"] } };
  azure.given(`${ENDPOINTS}/pep`, { subnet: { id: id(`${VNET}/spoke/subnets/endpoints`) }, [list]: [connection] });
}

function givenZone(link: Json = {}): void {
  azure.given(ZONE);
  for (const name of ["spoke", "other"])
    azure.given(
      `${ZONE}/virtualNetworkLinks/${name}`,
      { virtualNetwork: { id: id(`${VNET}/${name}`) }, registrationEnabled: false, ...link },
      { location: "global" },
    );
}

const record = (name: string, address: string) =>
  azure.given(`${ZONE}/A/${name}`, { ttl: 10, aRecords: [{ ipv4Address: address }] });

function givenRecords(): void {
  const configs = azure.properties(`${ENDPOINTS}/pep`).customDnsConfigs as { fqdn: string; ipAddresses: string[] }[];
  for (const { fqdn, ipAddresses } of configs) record(fqdn.slice(0, -".azurecr.io".length), ipAddresses[0]!);
}

function givenPeering(): void {
  for (const [from, to] of [
    ["spoke", "other"],
    ["other", "spoke"],
  ])
    azure.given(`${VNET}/${from!}/virtualNetworkPeerings/to-${to!}`, {
      remoteVirtualNetwork: { id: id(`${VNET}/${to!}`) },
    });
}

const pulls = (from: PullFrom) => pull(REGISTRY, from, azure.manager.store);
const fromNetworks = () => ["spoke", "other"].map((network) => pulls({ network }));

describe("a pull over the registry's public name", () => {
  test.each<[string, () => unknown, string]>([
    ["of an open registry", () => access("Enabled"), "public"],
    ["from a range", () => access("Enabled", "Deny", "198.51.100.0/24", "203.0.113.0/24"), "public"],
    ["from an address", () => access("Enabled", "Deny", "203.0.113.7/32"), "public"],
    ["from elsewhere", () => access("Enabled", "Deny", "198.51.100.0/24"), refused("203.0.113.7")],
    ["without rules", () => access("Enabled", "Deny"), refused("203.0.113.7")],
    ["where public access is off", () => access("Disabled", "Allow", "203.0.113.7"), refused("203.0.113.7")],
  ])("%s", (_, given, expected) => {
    given();
    expect(pulls({ address: "203.0.113.7" })).toBe(expected);
    expect(pulls({ network: "SPOKE", address: "203.0.113.7" })).toBe(expected);
  });

  test("is from an address that Azure chooses where a network has none of its own, which no rule names", () => {
    access("Enabled", "Deny", "203.0.113.7");
    expect(fromNetworks()).toEqual([refused("that Azure chooses"), refused("that Azure chooses")]);
    expect(pulls({ network: "nobody" })).toBeUndefined();
    expect(pull(`${REGISTRY}2`, { address: "203.0.113.7" }, azure.manager.store)).toBeUndefined();
  });
});

describe("a pull from a network", () => {
  test("does not resolve where a zone lacks the record, from the first endpoint on, unless its link falls back", () => {
    givenZone();
    expect(fromNetworks()).toEqual(["public", "public"]);
    givenEndpoint();
    expect(fromNetworks()).toEqual(Array(2).fill("refused: hello.azurecr.io does not resolve"));
    record("hello", "10.0.0.4");
    expect(pulls({ network: "spoke" })).toMatch(new RegExp(`^refused: (${DATA} does not resolve|no answer from)`));
    expect(pulls({ address: "203.0.113.7" })).toBe("public");
  });

  test("is public where the link falls back to public DNS", () => {
    givenEndpoint();
    givenZone({ resolutionPolicy: "NxDomainRedirect" });
    expect(fromNetworks()).toEqual(["public", "public"]);
  });

  test("is private by the endpoint that its DNS returns, which it has to reach", () => {
    access("Disabled", "Deny");
    givenEndpoint();
    givenZone();
    givenRecords();
    expect(pulls({ network: "spoke" })).toBe("private by pep");
    expect(pulls({ network: "other" })).toMatch(/^refused: no answer from 10\.0\.0\.\d+ for hello\.azurecr\.io$/);
    givenPeering();
    expect(fromNetworks()).toEqual(["private by pep", "private by pep"]);
    azure.delete(`${VNET}/other/virtualNetworkPeerings/to-spoke`);
    expect(pulls({ network: "other" })).toMatch(/^refused: no answer/);
  });

  test("waits for the approval of the connection, also where a record leads to its address", () => {
    givenEndpoint(MANUAL);
    givenZone();
    record("hello", "10.0.0.4");
    expect(azure.properties(REGISTRY).dataEndpointEnabled).toBe(false);
    expect(pulls({ network: "spoke" })).toMatch(/^refused: no answer from 10\.0\.0\.4 for hello/);
  });
});

test("a pull is refused by an endpoint whose connection the registry's owner has rejected, although DNS returns it", () => {
  const { store } = azure.manager;
  givenEndpoint(MANUAL);
  givenZone();
  const endpoint = store.get<PrivateEndpointProperties>(id(`${ENDPOINTS}/pep`))!;
  setConnectionState(endpoint, "Approved", store);
  givenRecords();
  expect(pulls({ network: "spoke" })).toBe("private by pep");
  setConnectionState(endpoint, "Rejected", store);
  expect(pulls({ network: "spoke" })).toMatch(/^refused: no answer/);
});

describe("a registry", () => {
  test("gets data endpoints with its first private endpoint, and keeps them", () => {
    expect(azure.properties(REGISTRY).dataEndpointEnabled).toBe(false);
    givenEndpoint();
    expect(azure.properties(REGISTRY)).toMatchObject({ dataEndpointEnabled: true, dataEndpointHostNames: [DATA] });
    azure.delete(`${ENDPOINTS}/pep`);
    expect(azure.properties(REGISTRY).dataEndpointEnabled).toBe(true);
  });

  test("has the rules for addresses as Azure writes them", () => {
    access("Enabled", "Deny", "203.0.113.7/32", "198.51.100.0/24");
    expect(azure.properties(REGISTRY).networkRuleSet).toEqual({
      defaultAction: "Deny",
      ipRules: ["203.0.113.7", "198.51.100.0/24"].map((value) => ({ action: "Allow", value })),
    });
  });

  const many = Array.from({ length: 201 }, (_, i) => `8.8.${i}.0/24`);
  test.each<[string, () => { code?: string | undefined }, string | undefined]>([
    ["200 ranges", () => access("Enabled", "Deny", ...many.slice(1)), undefined],
    ["201 ranges", () => access("Enabled", "Deny", ...many), "NetworkRuleValidationError"],
    ["a private range", () => access("Enabled", "Deny", "10.1.0.0/16"), "NetworkRuleValidationError"],
    ["a private address", () => access("Enabled", "Deny", "192.168.1.4"), "NetworkRuleValidationError"],
    ["no range", () => access("Enabled", "Deny", "hello"), "NetworkRuleValidationError"],
  ])("with %s", (_, write, code) => {
    expect(write().code).toBe(code);
  });

  test("of another SKU takes no rules, and is open", () => {
    const standard = (networkRuleSet?: Json) =>
      azure.put(`${REGISTRY}2`, { ...(networkRuleSet && { networkRuleSet }) }, { sku: { name: "Standard" } }).code;
    expect(standard()).toBeUndefined();
    expect(standard({ defaultAction: "Allow", ipRules: [] })).toBeUndefined();
    expect(standard({ defaultAction: "Deny" })).toBe("NetworkRuleSetNotSupported");
    expect(standard({ defaultAction: "Allow", ipRules: [{ value: "203.0.113.7" }] })).toBe(
      "NetworkRuleSetNotSupported",
    );
  });

  test("opens and turns exports off in one write only if these stay on", () => {
    const exportPolicy = (status: string) => ({ policies: { exportPolicy: { status } } });
    expect(patch({ publicNetworkAccess: "Disabled", ...exportPolicy("disabled") }).code).toBeUndefined();
    expect(patch({ publicNetworkAccess: "Enabled" }).code).toBe("BadRequest");
    expect(patch({ publicNetworkAccess: "Enabled", ...exportPolicy("enabled") }).code).toBeUndefined();
    expect(patch(exportPolicy("disabled")).code).toBe("BadRequest");
  });
});
