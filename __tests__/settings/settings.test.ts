import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../packages/common/util";
import { loadSettings, parseSettings } from "../../src/settings/load";
import { settings as anySettings } from "../support/arbitraries";
import fc, { property } from "../support/fast-check";
import { errorsIn, linesOf } from "../support/settings-errors";
import { ED25519, rsa } from "../support/ssh-keys";

const A = { name: "a", location: "swedencentral", addressSpace: "10.1.0.0/16" };
const B = { name: "b", location: "norwayeast", addressSpace: "10.2.0.0/16" };
const REGION = (nearest?: string, cloud = "public") =>
  `a region of the Azure ${cloud} cloud${nearest === undefined ? "" : ` (nearest: ${nearest})`}, or a region listed in newRegions`;
const RANGE =
  "a private IPv4 range (RFC 1918 or RFC 6598) in CIDR notation, /29 or larger, with no host bits set, such as 10.10.0.0/16";
const NAME =
  "1 to 24 lowercase letters, digits and hyphens, starting with a letter and not ending with a hyphen, and not hub, registry or constructor, nor starting with hub-";

const NO_ENDPOINT =
  "at least one spoke, or hub.endpoint set to true, or registry.publicAccess as long as the registry is open: otherwise no network can reach the registry";
const NO_MACHINES = ["0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "169.254.1.1", "resolver.example"];
const ID = "11111111-2222-3333-4444-555555555555";
const REGISTRY_ID =
  "/subscriptions/00000000-0000-0000-0000-00000000000d/resourceGroups/platform/providers/Microsoft.ContainerRegistry/registries/images";
const VAULT = "https://platform.vault.azure.net/secrets";
const CREDENTIALS = { loginServer: "docker.io", usernameSecretId: `${VAULT}/user`, passwordSecretId: `${VAULT}/token` };

/** Settings with one value, at a path such as `hub.location`, beside what the settings of a spoke must have. */
const settingsWith = (path: string, value: unknown) =>
  path.split(".").reduceRight<unknown>((inner, key) => {
    const item = key === "spokes[0]" ? { ...A, ...(inner as object) } : inner;
    return key.endsWith("[0]") ? { [key.slice(0, -3)]: [item] } : { [key]: inner };
  }, value);

/** Cases by what is wrong: the settings, and the errors in them. */
function refuses(cases: Record<string, readonly [settings: unknown, errors: string | readonly string[]]>): void {
  test.each(Object.entries(cases))("refuses %s", (_, [settings, errors]) => {
    expect(errorsIn(settings)).toEqual([errors].flat());
  });
}

function accepts(cases: Record<string, unknown>): void {
  test.each(Object.entries(cases))("accepts %s", (_, settings) => {
    expect(errorsIn(settings)).toEqual([]);
  });
}

/** The ID of a network, or of something else of Microsoft.Network, in a subscription of its own for each letter. */
const id = (letter: string, type = "virtualNetworks/net") =>
  `/subscriptions/00000000-0000-0000-0000-00000000000${letter}/resourceGroups/rg/providers/Microsoft.Network/${type}`;
/** A network that exists, with a subnet for the endpoint. */
const existing = (letter: string, more = {}) => ({
  virtualNetworkId: id(letter),
  endpointSubnetId: id(letter, "virtualNetworks/net/subnets/endpoints"),
  ...more,
});
/** So many spokes that differ in name and range. */
const manySpokes = (count: number, more = {}) =>
  Array.from({ length: count }, (_, i) => ({ ...A, name: `s${i}`, addressSpace: `10.${i % 200}.0.0/16`, ...more }));

accepts({
  "a region by its display name": { hub: { location: "North Europe" }, spokes: [{ ...A, location: "Sweden Central" }] },
  "shared space of carriers": { spokes: [{ ...A, addressSpace: "100.64.0.0/16" }] },
  "the smallest spoke without a replica": {
    registry: { replicas: [] },
    spokes: [{ ...A, addressSpace: "10.1.0.0/27" }],
  },
  "the smallest hub with a bastion": { hub: { addressSpace: "192.168.7.0/24" } },
  "a small hub, whose spokes have a Bastion Developer": {
    hub: { addressSpace: "192.168.7.0/28", bastion: "developer" },
  },
  "a smaller hub without one": { hub: { addressSpace: "192.168.7.0/28", bastion: false } },
  "several spokes in one region": { spokes: [A, { ...B, location: A.location }] },
  "one shared zone in a mesh": { dns: "shared", spokePeering: "mesh" },
  "no test VMs": { testVms: false },
  "no way out without test VMs": { testVms: false, egress: "none" },
  "a firewall in a free range of the hub": { egress: { firewallAddress: "10.12.1.4" } },
  "a firewall where the hub has no subnet": { hub: { bastion: false }, egress: { firewallAddress: "10.12.2.4" } },
  "a firewall in a network of its own": { egress: { firewallAddress: "100.64.0.4" } },
  "regional endpoints, with what is to serve each network": {
    registry: { regionalEndpoints: true, replicas: ["norwayeast", "uksouth"], drained: ["UK South"] },
    hub: { servedBy: "azure" },
    spokes: [
      { ...A, servedBy: ["norwayeast", "UK South"] },
      { ...B, servedBy: "Sweden Central" },
    ],
  },
  "a registry that everybody can reach": { registry: { publicAccess: true } },
  "no endpoint yet for a registry that is open": {
    registry: { publicAccess: true },
    hub: { existing: { virtualNetworkId: id("a") } },
  },
  "a registry that public addresses can reach": { registry: { publicAccess: ["203.0.113.7", "8.0.0.0/7"] } },
  "every region drained, so that Azure chooses": {
    registry: { regionalEndpoints: true, drained: ["swedencentral", "switzerlandnorth"] },
  },
  "Azure named as what chooses, without regional endpoints": { hub: { servedBy: "azure" } },
  "permissions for each repository, an agent pool, and cache rules": {
    registry: {
      trustedServices: true,
      repositoryPermissions: [
        { principalId: ID, role: "writer", repositories: ["team-a/*", "base/ubuntu"] },
        { principalId: ID, role: "reader", repositories: ["team-b/*"] },
        { principalId: ID, role: "catalogLister" },
      ],
      agentPool: { spoke: "a", tier: "S3", instances: 0 },
      cacheRules: [
        { name: "all-of-mcr", source: "mcr.microsoft.com/*", target: "mcr/*" },
        { name: "one-image", source: "docker.io/library/ubuntu", target: "mcr/ubuntu" },
      ],
      cacheCredentials: [CREDENTIALS],
    },
    spokes: [A],
  },
  "permissions for each repository without any": { registry: { repositoryPermissions: [] } },
  "an RSA key of 2048 bits": { testVms: { sshPublicKey: `${rsa(2048)} me@example.org` } },
  "an RSA key of 4096 bits, with a comment": { testVms: { sshPublicKey: `${rsa(4096)} me@example` } },
  "an Ed25519 key": { testVms: { sshPublicKey: ED25519 } },
  "a region that is newer than this project": {
    newRegions: ["Atlantis Central"],
    registry: { replicas: ["atlantiscentral"] },
  },
  "200 spokes": { hub: { addressSpace: "10.255.0.0/16" }, spokes: manySpokes(200) },
});

const ADDRESS = "a private IPv4 address (RFC 1918 or RFC 6598), such as 10.12.1.4";
const NO_EGRESS =
  '"default" or an object with firewallAddress, or testVms set to false: the test VMs install Docker from the internet';

test.each<[path: string, value: unknown, allowed: string]>([
  ["spokes", [], NO_ENDPOINT],
  ["registry.location", "atlantis", REGION()],
  ["spokes[0].addressSpace", "10.1.0.1/16", RANGE],
  ["hub.addressSpace", "20.0.0.0/16", RANGE],
  ["hub.addressSpace", "172.0.0.0/8", RANGE],
  ["spokes[0].name", "Spoke_1", NAME],
  ["spokes[0].name", "hub", NAME],
  ["spokes[0].addressSpace", "10.12.0.0/20", "a range that does not overlap 10.12.0.0/16 of hub"],
  [
    "hub.addressSpace",
    "10.9.0.0/25",
    'a /24 or larger, to have room for Azure Bastion, or hub.bastion set to "developer" or false',
  ],
  ["registry.replicas[0]", "swedencentral", "a region that differs from registry.location, the home region"],
  ["registry.namePrefix", "my-registry", "1 to 46 letters and digits"],
  ["testVms.shutdownTime", "2400", "a time of day as four digits, 0000 to 2359"],
  ["testVms.timezone", "Europe/Berlin", "the Windows name of a time zone, such as Central Europe Standard Time or UTC"],
  ["testVms", "yes", "true, false, or an object with size, shutdownTime, timezone, encryptionAtHost, sshPublicKey"],
  ["recordTtl", 0, "a whole number of seconds, 1 to 2147483647"],
  ["tags.cost", 5, "a string of at most 256 characters, without ${ or %{"],
  ["registry.replicas[0]", 7, "a region, or an object with location and routed"],
  ["registry.retentionDays", 366, "a whole number of days, 0 to 365"],
  ...["all", [], ["203.0.113.7", "203.0.113.7/32"]].map((access): [string, unknown, string] => [
    "registry.publicAccess",
    access,
    "true, false, or a list of 1 to 200 public IPv4 addresses or ranges, each of them once",
  ]),
  ["registry.pullPrincipals[0]", "aks", "an object ID, such as 11111111-2222-3333-4444-555555555555"],
  ["cloud", "germany", '"public", "usgovernment" or "china"'],
  ["registry.agentPool.spoke", "nowhere", "the name of a spoke: spoke1, spoke2"],
  ["registry.location", "swedncentral", REGION("swedencentral")],
  ["egress", "nat", '"default", "none", or an object with firewallAddress'],
  ["egress", "none", NO_EGRESS],
  ["egress.firewallAddress", "10.12.2.4", "an address outside of 10.12.2.0/24, the subnet of Azure Bastion"],
  ...["8.8.8.8", "10.12.1.256", "fd00::1", "firewall", "10.12.1.4/32", 7].map((address): [string, unknown, string] => [
    "egress.firewallAddress",
    address,
    ADDRESS,
  ]),
])("refuses in %s: %j", (path, value, allowed) => {
  expect(errorsIn(settingsWith(path, value))).toEqual([`${path}: found ${JSON.stringify(value)}, allowed: ${allowed}`]);
});

refuses({
  "an unknown key": [
    { spoke: [] },
    "spoke: found an unknown key, allowed: environment, owner, releaseVersion, tags, cloud, azurerm, newRegions, registry, hub, hubs, spokes, clients, formerSubscriptions, dns, spokePeering, egress, testVms, recordTtl, state (nearest: spokes)",
  ],
  "an unknown key further in": [
    { hub: { adressSpace: "10.0.0.0/16" } },
    "hub.adressSpace: found an unknown key, allowed: location, addressSpace, bastion, endpoint, resolver, gatewayTransit, firewallAddress, dnsServers, servedBy, existing, virtualHubId (nearest: addressSpace)",
  ],
  "an unknown key that is near one in small letters, and one that is near none": [
    { hub: { ENDPOINT: true, foo: 1 } },
    [
      "hub.ENDPOINT: found an unknown key, allowed: location, addressSpace, bastion, endpoint, resolver, gatewayTransit, firewallAddress, dnsServers, servedBy, existing, virtualHubId (nearest: endpoint)",
      "hub.foo: found an unknown key, allowed: location, addressSpace, bastion, endpoint, resolver, gatewayTransit, firewallAddress, dnsServers, servedBy, existing, virtualHubId",
    ],
  ],
  "ranges that are not public, each by itself": [
    {
      registry: {
        publicAccess: ["10.1.0.0/16", "100.64.0.1", "203.0.113.7/24", "203.0.113.0/24", "0.0.0.0/0", "fd00::1", 7],
      },
    },
    [
      [0, "10.1.0.0/16"],
      [1, "100.64.0.1"],
      [2, "203.0.113.7/24"],
      [4, "0.0.0.0/0"],
      [5, "fd00::1"],
      [6, 7],
    ].map(
      ([index, range]) =>
        `registry.publicAccess[${index!}]: found ${JSON.stringify(range)}, allowed: a public IPv4 address, or a range of public addresses in CIDR notation with no host bits set, such as 203.0.113.0/24`,
    ),
  ],
  "more ranges than Azure takes": [
    { registry: { publicAccess: Array.from({ length: 201 }, (_, i) => `8.8.${i}.0/24`) } },
    expect.stringMatching(
      /^registry\.publicAccess: found \["8\.8\.0\.0\/24".*, allowed: true, false, or a list of 1 to 200/,
    ),
  ],
  "no object": [[], ": found [], allowed: an object"],
  null: [null, ": found null, allowed: an object"],
  "a spoke without a range": [
    { spokes: [{ name: "a", location: "uksouth" }] },
    "spokes[0].addressSpace: found nothing, allowed: a private IPv4 range such as 10.10.0.0/16, or nothing if existing is set",
  ],
  "two spokes of one name": [
    { spokes: [A, { ...B, name: "a" }] },
    'spokes[1].name: found "a", allowed: a name that differs from the name of spokes[0]',
  ],
  "spokes that overlap": [
    { spokes: [A, { ...B, addressSpace: "10.1.128.0/17" }] },
    'spokes[1].addressSpace: found "10.1.128.0/17", allowed: a range that does not overlap 10.1.0.0/16 of spokes[0]',
  ],
  "a spoke without room for the endpoint's addresses": [
    { spokes: [{ ...A, addressSpace: "10.1.0.0/28" }] },
    'spokes[0].addressSpace: found "10.1.0.0/28", allowed: a /27 or larger: the private endpoint needs 4 addresses, and Azure reserves 5 addresses in each subnet',
  ],
  "DNS servers that no machine can be, the same one twice, and too many": [
    {
      spokes: [
        { ...A, dnsServers: NO_MACHINES },
        { ...B, dnsServers: ["10.2.0.4", "10.2.0.4"] },
        { ...B, name: "c", addressSpace: "10.3.0.0/16", dnsServers: [...Array(21).keys()].map((i) => `10.3.0.${i}`) },
      ],
    },
    [
      ...NO_MACHINES.map(
        (server, i) =>
          `spokes[0].dnsServers[${i}]: found "${server}", allowed: an IPv4 address of one machine, such as 10.12.1.4`,
      ),
      'spokes[1].dnsServers: found ["10.2.0.4","10.2.0.4"], allowed: a list of at most 20 IPv4 addresses, each of them once',
      'spokes[2].dnsServers: found ["10.3.0.0","10.3.0.1","10.3.0.2","10.3.0.3","10.3.0.4","10.3.0.5","10.3.0.6","1…"10.3.0.11","10.3.0.12","10.3.0.13","10.3.0.14","10.3.0.15","10.3.0.16","10.3.0.17","10.3.0.18","10.3.0.19","10.3.0.20"], allowed: a list of at most 20 IPv4 addresses, each of them once',
    ],
  ],
  "half of a character, which Terraform's language does not take": [
    { owner: "a\ud800", tags: { team: "\udc00" } },
    [
      'owner: found "a\\ud800", allowed: a string of 1 to 256 characters, without ${ or %{',
      'tags.team: found "\\udc00", allowed: a string of at most 256 characters, without ${ or %{',
    ],
  ],
  "a region with too long a name": [
    { newRegions: ["a".repeat(64)] },
    expect.stringMatching(/^newRegions\[0\]: found .*, allowed: a region name of at most 63 letters/),
  ],
  "a place of the state that Azure does not take": [
    { state: { resourceGroup: "a/b?c", storageAccount: "account", container: "state", key: "../../x?y#z" } },
    [
      'state.resourceGroup: found "a/b?c", allowed: 1 to 90 letters, digits, periods, underscores, hyphens and parentheses, not ending with a period',
      'state.key: found "../../x?y#z", allowed: a blob name of at most 254 letters, digits, periods, underscores, hyphens and slashes, without empty parts and parts that are only periods',
    ],
  ],
  "an object ID of nobody": [
    { registry: { pullPrincipals: ["00000000-0000-0000-0000-000000000000"] } },
    'registry.pullPrincipals[0]: found "00000000-0000-0000-0000-000000000000", allowed: an object ID, such as 11111111-2222-3333-4444-555555555555',
  ],
  "a login server that leads to no region": [
    { registry: { routed: false, replicas: [{ location: "switzerlandnorth", routed: false }] } },
    "registry.routed: found false, allowed: true, unless a replica is routed: the login server's name has to lead to a region",
  ],
  "regional endpoints in a cloud without them": [
    {
      cloud: "usgovernment",
      hub: { location: "usgovvirginia" },
      registry: { regionalEndpoints: true, location: "usgovvirginia", replicas: [] },
      spokes: [{ ...A, location: "usgovvirginia" }],
    },
    'registry.regionalEndpoints: found true, allowed: false if cloud is "usgovernment", for which no page of Microsoft\'s describes regional endpoints',
  ],
  "regional endpoints with one zone for all networks": [
    { dns: "shared", spokePeering: "mesh", registry: { regionalEndpoints: true } },
    'registry.regionalEndpoints: found true, allowed: false if dns is "shared": one zone for all networks returns the same addresses to each, so it can\'t lead each network to its own region. Set dns to "per-spoke"',
  ],
  "a region to serve where Azure chooses": [
    { registry: { drained: ["swedencentral"] }, hub: { servedBy: "swedencentral" } },
    [
      'registry.drained: found ["swedencentral"], allowed: nothing unless registry.regionalEndpoints is true: otherwise Azure chooses the region',
      'hub.servedBy: found ["swedencentral"], allowed: nothing unless registry.regionalEndpoints is true: otherwise Azure chooses the region',
    ],
  ],
  "regions to serve where the registry is not, and twice": [
    {
      registry: { regionalEndpoints: true, drained: ["uksouth"] },
      hub: { servedBy: "eastus" },
      spokes: [{ ...A, servedBy: ["swedencentral", "westus", "Sweden Central"] }],
    },
    [
      'registry.drained: found "uksouth", allowed: a region of the registry: swedencentral, switzerlandnorth',
      'hub.servedBy: found "eastus", allowed: a region of the registry: swedencentral, switzerlandnorth',
      'spokes[0].servedBy[1]: found "westus", allowed: a region of the registry: swedencentral, switzerlandnorth',
      'spokes[0].servedBy[2]: found "swedencentral", allowed: a region that differs from spokes[0].servedBy[0]',
    ],
  ],
  "nothing to serve, or no text": [
    { registry: { regionalEndpoints: true }, hub: { servedBy: [] }, spokes: [{ ...A, servedBy: 7 }] },
    [
      'hub.servedBy: found [], allowed: "azure", a region of the registry, or a list of regions of the registry in order of preference',
      'spokes[0].servedBy: found 7, allowed: "azure", a region of the registry, or a list of regions of the registry in order of preference',
    ],
  ],
  "what serves a spoke that asks the hub": [
    {
      registry: { regionalEndpoints: true },
      hub: { addressSpace: "10.9.0.0/16", endpoint: true },
      spokes: [{ ...A, dnsServers: ["10.9.0.4"], servedBy: "swedencentral" }],
    },
    'spokes[0].servedBy: found ["swedencentral"], allowed: nothing if all DNS servers of the spoke are in its hub: they return what hub.servedBy says',
  ],
  "a spoke without room for the addresses of regional endpoints": [
    {
      registry: { regionalEndpoints: true, replicas: ["norwayeast", "uksouth", "eastus", "westus"] },
      spokes: [{ ...A, addressSpace: "10.1.0.0/27" }],
    },
    'spokes[0].addressSpace: found "10.1.0.0/27", allowed: a /26 or larger: the private endpoint needs 13 addresses, and Azure reserves 5 addresses in each subnet',
  ],
  "a replica twice": [
    { registry: { replicas: ["uksouth", "UK South"] } },
    'registry.replicas[1]: found "uksouth", allowed: a region that differs from replicas[0]',
  ],
  "a registry name too long": [
    { environment: "production", registry: { namePrefix: "x".repeat(40) } },
    `registry.namePrefix: found ${JSON.stringify("x".repeat(40))}, allowed: a prefix that results in a registry name of 5 to 50 characters; this one results in ${"x".repeat(40)}acrproduction, which has 53`,
  ],
  "one shared zone without a mesh": [
    { dns: "shared" },
    'dns: found "shared", allowed: "per-spoke", or "shared" if spokePeering is "mesh": a shared zone returns the addresses of all endpoints to each spoke, and a spoke that is peered with the hub only cannot reach the endpoints in other spokes',
  ],
  "more endpoints than a record set holds": [
    { dns: "shared", spokePeering: "mesh", hub: { addressSpace: "10.255.0.0/16" }, spokes: manySpokes(21) },
    'dns: found "shared" with 21 endpoints, allowed: "per-spoke": a record set holds at most 20 addresses, so a shared zone supports at most 20 endpoints',
  ],
  "a mesh of more spokes than Azure has regions": [
    { spokePeering: "mesh", hub: { addressSpace: "10.255.0.0/16" }, spokes: manySpokes(61) },
    'spokePeering: found "mesh" with 61 spokes, allowed: "hub", or at most 60 spokes: a mesh takes two peerings for each pair of spokes, 3660 here, and Azure has some sixty regions',
  ],
  "a private key": [
    { testVms: { sshPublicKey: "-----BEGIN OPENSSH PRIVATE KEY-----" } },
    'testVms.sshPublicKey: found "-----BEGIN OPENSSH PRIVATE KEY-----", allowed: a public key in the format of authorized_keys: ssh-ed25519, or ssh-rsa with 2048 bits or more',
  ],
  "a tag that the project sets itself": [
    { tags: { Owner: "me" } },
    'tags.Owner: found the key "Owner", allowed: a tag name of 1 to 128 letters, digits, periods, hyphens and underscores, starting with a letter but not with azure, microsoft or windows, and not environment, owner or version',
  ],
  "a workspace by its name": [
    { registry: { diagnostics: { workspaceId: "logs" } } },
    'registry.diagnostics.workspaceId: found "logs", allowed: an ID of the form /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.OperationalInsights/workspaces/NAME',
  ],
  "state without a container": [
    { state: { resourceGroup: "rg", storageAccount: "acc" } },
    "state.container: found nothing, allowed: 3 to 63 lowercase letters, digits and single hyphens",
  ],
  "several errors at once, of all kinds": [
    { recordTtl: "10", hub: { bastion: "no" }, spokes: [A, { ...A, location: "x" }] },
    [
      'hub.bastion: found "no", allowed: "basic", "developer", true or false',
      'recordTtl: found "10", allowed: a whole number of seconds, 1 to 2147483647',
      `spokes[1].location: found "x", allowed: ${REGION()}`,
      'spokes[1].name: found "a", allowed: a name that differs from the name of spokes[0]',
      'spokes[1].addressSpace: found "10.1.0.0/16", allowed: a range that does not overlap 10.1.0.0/16 of spokes[0]',
    ],
  ],
});

describe("a registry that exists", () => {
  const existing = { registryId: REGISTRY_ID };

  test("has the regions that the settings say, and none by default", () => {
    const { registry } = parseSettings({ registry: { location: "UK South", existing } });
    expect(registry).toMatchObject({ location: "uksouth", replicas: [], existing: { ...existing, import: false } });
  });

  test("keeps its regions apart from the default ones", () => {
    expect(parseSettings({}).registry).toMatchObject({
      location: "swedencentral",
      replicas: [{ location: "switzerlandnorth", routed: true }],
    });
    expect(errorsIn({ registry: { existing } })).toEqual([
      "registry.location: found nothing, allowed: the home region of the registry in registry.existing",
    ]);
  });

  const why = "this project does not change a registry that exists, unless existing.import is true";
  test.each<[string, unknown]>([
    ["retentionDays", 7],
    ["exports", true],
    ["trustedServices", true],
    ["deletionProtection", true],
    ["diagnostics", true],
  ])("is not changed by %s, unless it is imported", (name, value) => {
    const registry = { location: "uksouth", existing, [name]: value };
    expect(errorsIn({ registry })).toEqual([
      `registry.${name}: found ${JSON.stringify(value)}, allowed: nothing if registry.existing is set: ${why}`,
    ]);
    expect(errorsIn({ registry: { ...registry, [name]: parseSettings({}).registry[name as "exports"] } })).toEqual([]);
    expect(errorsIn({ registry: { ...registry, existing: { ...existing, import: true } } })).toEqual([]);
  });

  test("has its own name, and its replicas their own properties", () => {
    const replicas = [{ location: "ukwest", routed: false, zoneRedundancy: false }];
    expect(errorsIn({ registry: { namePrefix: "mine", location: "uksouth", replicas, existing } })).toEqual([
      'registry.namePrefix: found "mine", allowed: nothing if registry.existing is set: its ID has the name of the registry',
      `registry.replicas[0].routed: found false, allowed: nothing if registry.existing is set: ${why}`,
      `registry.replicas[0].zoneRedundancy: found false, allowed: nothing if registry.existing is set: ${why}`,
    ]);
  });

  test("is named by an ID of a registry", () => {
    expect(errorsIn({ registry: { location: "uksouth", existing: { registryId: "images" } } })).toEqual([
      'registry.existing.registryId: found "images", allowed: an ID of the form /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.ContainerRegistry/registries/NAME',
    ]);
  });
});

describe("networks that exist", () => {
  const spoke = (letter: string, more = {}) => ({
    name: letter,
    location: "uksouth",
    existing: existing(letter, more),
  });
  const ZONE = id("a", "privateDnsZones/privatelink.azurecr.io");
  const OF_ANOTHER = expect.stringMatching(
    /^spokes\[1\]\.existing\.endpointSubnetId: .* allowed: a subnet of the virtual network in virtualNetworkId$/,
  ) as string;
  const FORM = "allowed: an ID of the form /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.Network/";

  accepts({
    "all of them": { hub: { existing: existing("a") }, spokes: [spoke("b"), spoke("c")] },
    "a spoke, of any case in its id": { spokes: [A, spoke("b", { virtualNetworkId: id("b").toUpperCase() })] },
    "the hub, peered with new spokes": { hub: { existing: { virtualNetworkId: id("a"), peer: true } }, spokes: [A] },
    "the hub, with an endpoint and its zone": { hub: { endpoint: true, existing: existing("a", { zoneId: ZONE }) } },
  });

  refuses({
    "an id of something else": [
      { spokes: [A, spoke("b", { virtualNetworkId: "/subscriptions/b" })] },
      [`spokes[1].existing.virtualNetworkId: found "/subscriptions/b", ${FORM}virtualNetworks/NAME`, OF_ANOTHER],
    ],
    "no subnet": [
      { spokes: [A, spoke("b", { endpointSubnetId: undefined })] },
      "spokes[1].existing.endpointSubnetId: found nothing, allowed: the ID of the subnet for the private endpoint, or DNS servers that are all in the hub",
    ],
    "a subnet of another network": [
      { spokes: [A, spoke("b", { endpointSubnetId: existing("c").endpointSubnetId })] },
      OF_ANOTHER,
    ],
    "one network twice": [
      { spokes: [A, spoke("b"), { ...spoke("b"), name: "c" }] },
      expect.stringMatching(
        /^spokes\[2\]\.existing\.virtualNetworkId: .* allowed: a virtual network that differs from the one of spokes\[1\]$/,
      ),
    ],
    "a Bastion Developer in a region without it": [
      { hub: { bastion: "developer" }, spokes: [{ ...A, location: "eastus" }] },
      expect.stringMatching(
        /^hub\.bastion: found "developer", allowed: "basic" or false: Azure has no Bastion Developer in eastus of spokes\[0\]\. It is in /,
      ) as string,
    ],
    "a bastion in the hub": [
      { hub: { bastion: true, existing: existing("a", { peer: true }) }, spokes: [A] },
      'hub.bastion: found "basic", allowed: "developer", which is in the spokes that are created here, or false if hub.existing is set: Azure Bastion is not created in an existing network',
    ],
    "an endpoint in the hub without a subnet": [
      { hub: { endpoint: true, existing: { virtualNetworkId: id("a") } } },
      "hub.existing.endpointSubnetId: found nothing, allowed: the ID of the subnet for the hub's endpoint, or hub.endpoint set to false",
    ],
    "a zone of another name": [
      {
        hub: { existing: existing("a", { peer: true, zoneId: id("a", "privateDnsZones/privatelink.azurecr.us") }) },
        spokes: [A],
      },
      expect.stringMatching(/^hub\.existing\.zoneId: .* allowed: a private DNS zone named privatelink\.azurecr\.io$/),
    ],
    "a hub that reaches no endpoint": [
      { hub: { existing: existing("a") }, spokes: [A] },
      "hub.existing.peer: found false, allowed: true, or hub.endpoint set to true: otherwise the hub cannot reach any endpoint",
    ],
    "one that is not peered, where all share a zone": [
      { dns: "shared", spokePeering: "mesh", spokes: [A, spoke("b")] },
      'spokes[1].existing.peer: found false, allowed: true if dns is "shared": every network must reach every endpoint',
    ],
    "DNS servers in a hub that it does not reach": [
      { spokes: [A, { ...spoke("b"), dnsServers: ["10.12.0.4"] }], hub: { endpoint: true } },
      'spokes[1].dnsServers: found ["10.12.0.4"], allowed: DNS servers in the hub only if existing.peer is true: the spoke must reach these servers and the hub\'s endpoint',
    ],
    "a peering with a hub that is created": [
      { spokes: [A, spoke("b", { peer: "existing" })] },
      'spokes[1].existing.peer: found "existing", allowed: true or false: the hub is created here, so nothing is peered with it yet',
    ],
    "one zone for two networks": [
      { hub: { existing: existing("a", { zoneId: ZONE }), endpoint: true }, spokes: [spoke("b", { zoneId: ZONE })] },
      expect.stringMatching(
        /^spokes\[0\]\.existing\.zoneId: .* allowed: a zone that differs from the one of hub: the records of one zone are the same/,
      ),
    ],
    "a zone where others write the records": [
      { dns: "external", spokes: [spoke("b", { zoneId: ZONE, peer: true })] },
      expect.stringMatching(/^spokes\[0\]\.existing\.zoneId: .* allowed: nothing if dns is "external"/),
    ],
  });
});

describe("a central resolver", () => {
  test("in the hub needs an endpoint there", () => {
    const spokes = [A, { ...B, dnsServers: ["10.12.3.4"] }];
    expect(errorsIn({ spokes })).toEqual([
      'spokes[1].dnsServers: found ["10.12.3.4"], allowed: DNS servers in the hub only if hub.endpoint is true: they return what DNS returns in the hub, and without an endpoint in the hub that is an endpoint in one spoke, which the other spokes cannot reach',
    ]);
    expect(errorsIn({ spokes, hub: { endpoint: true } })).toEqual([]);
  });

  test("lies in the network itself, in the hub or elsewhere, but in no spoke that can't be reached", () => {
    const asking = (server: string) => ({ spokes: [A, { ...B, dnsServers: [server] }] });
    expect(errorsIn(asking("10.1.0.9"))).toEqual([
      "spokes[1].dnsServers: found [\"10.1.0.9\"], allowed: DNS servers in the spoke's own address space, in the hub's or elsewhere, but not in spokes[0], which the spoke cannot reach",
    ]);
    expect(errorsIn({ ...asking("10.1.0.9"), spokePeering: "mesh" })).toEqual([]);
    for (const server of ["10.2.0.9", "172.16.0.4"]) expect(errorsIn(asking(server))).toEqual([]);
  });

  test("of the hub does not lie in a spoke that asks the hub's", () => {
    const spokes = [A, { ...B, dnsServers: ["10.12.3.4"] }];
    expect(errorsIn({ hub: { endpoint: true, dnsServers: ["10.2.0.9"] }, spokes })).toEqual([
      'hub.dnsServers: found ["10.2.0.9"], allowed: DNS servers outside of spokes[1], which itself uses DNS servers in the hub',
    ]);
  });

  test("counts the hub's endpoint among the 200 that a registry can have", () => {
    const hub = { addressSpace: "10.255.0.0/16", endpoint: true };
    expect(errorsIn({ hub, spokes: manySpokes(200) })).toEqual([
      "hub.endpoint: found true with 200 other endpoints, allowed: false, or fewer spokes: a registry supports at most 200 private endpoints",
    ]);
    // Those that ask the hub need no endpoint.
    expect(errorsIn({ hub, spokes: manySpokes(200, { dnsServers: ["10.255.0.9"] }) })).toEqual([]);
  });
});

describe("regions", () => {
  test("are those of the cloud", () => {
    const settings = {
      cloud: "usgovernment",
      registry: { location: "USGov Virginia", replicas: [] },
      hub: { location: "usgovvirginia" },
      spokes: [{ ...A, location: "usgovarizona" }],
    };
    expect(errorsIn(settings)).toEqual([]);
    expect(errorsIn({ ...settings, cloud: "china", spokes: [{ ...A, location: "China North 3" }] })).toEqual([
      `registry.location: found "usgovvirginia", allowed: ${REGION(undefined, "china")}`,
      `hub.location: found "usgovvirginia", allowed: ${REGION(undefined, "china")}`,
    ]);
  });
});

describe("the way out of the spokes", () => {
  const SPOKE_A =
    "an address outside of 10.1.0.0/16 of spokes[0]: every spoke must reach the firewall, in the hub or in another network that it is peered with";
  const old = (letter: string, more = {}) => ({ ...B, name: "old", existing: existing(letter, more) });
  const hub = (more: object) => ({ addressSpace: "10.12.0.0/16", existing: { virtualNetworkId: id("a"), ...more } });
  const egress = { firewallAddress: "10.12.2.4" };

  accepts({
    "none where no spoke has a test VM": { egress: "none", spokes: [old("a", { peer: true })] },
    "a firewall anywhere in an existing hub, whose subnets are not known": {
      hub: hub({ peer: true }),
      spokes: [A],
      egress,
    },
  });

  refuses({
    "none with test VMs, whatever these are": [
      { egress: "none", testVms: { size: "Standard_B2s" } },
      `egress: found "none", allowed: ${NO_EGRESS}`,
    ],
    "a firewall that is not given": [{ egress: {} }, `egress.firewallAddress: found nothing, allowed: ${ADDRESS}`],
    "a firewall in a spoke": [
      { spokes: [A, B], egress: { firewallAddress: "10.1.9.4" } },
      `egress.firewallAddress: found "10.1.9.4", allowed: ${SPOKE_A}`,
    ],
    "a firewall in the subnet of the hub's endpoint": [
      { hub: { endpoint: true }, egress: { firewallAddress: "10.12.0.9" } },
      'egress.firewallAddress: found "10.12.0.9", allowed: an address outside of 10.12.0.0/24, the subnet of the hub\'s private endpoint',
    ],
    "a firewall in a hub that no spoke is peered with": [
      { hub: hub({}), spokes: [A, old("b")], egress },
      'egress.firewallAddress: found "10.12.2.4", allowed: an address in the hub only if hub.existing.peer is true: the spokes must reach the firewall',
    ],
  });
});

test.each([
  ["RSA of 1024 bits", rsa(1024)],
  ["Ed25519 that is cut", ED25519.slice(0, -8)],
  ["one type under another's name", ED25519.replace("ssh-ed25519", "ssh-rsa")],
  ["a template in its comment", `${ED25519} \${var.x}`],
])("refuses a key of %s", (_, sshPublicKey) => {
  expect(errorsIn({ testVms: { sshPublicKey } })).toEqual([
    expect.stringMatching(/^testVms\.sshPublicKey: .* allowed: a public key in the format of authorized_keys: /),
  ]);
});

test.each([
  { owner: "${var.x}" },
  { releaseVersion: "${TfToken[TOKEN.0]}" },
  { tags: { a: "%{ if true }" } },
  { owner: "a\u0000b" },
  { state: { resourceGroup: "rg", storageAccount: "account", container: "state", key: "${x}" } },
])("refuses %j, which Terraform would take for its own", (settings) => {
  expect(errorsIn(settings)).toHaveLength(1);
});

test("each replica takes an address of every endpoint's subnet", () => {
  const replicas = ["eastus", "eastus2", "westus", "westus2", "westus3", "uksouth", "ukwest", "westeurope"];
  const spokes = [{ ...A, addressSpace: "10.1.0.0/27" }];
  expect(errorsIn({ registry: { replicas }, spokes })).toEqual([]);
  expect(errorsIn({ registry: { replicas: [...replicas, "northeurope"] }, spokes })).toEqual([
    'spokes[0].addressSpace: found "10.1.0.0/27", allowed: a /26 or larger: the private endpoint needs 12 addresses, and Azure reserves 5 addresses in each subnet',
  ]);
});

test.each([30, 31, 32])("a /%i is refused as too small, not as a bug", (prefix) => {
  expect(errorsIn({ spokes: [{ ...A, addressSpace: `10.1.0.0/${prefix}` }] })).toHaveLength(1);
  expect(errorsIn({ hub: { addressSpace: `10.9.0.0/${prefix}`, bastion: false } })).toHaveLength(1);
});

test("a network that exists must be as large as what its endpoint needs, where its size is given", () => {
  const spokes = [{ ...A, addressSpace: "10.1.0.0/28", existing: existing("a", { peer: true }) }];
  const replicas = ["norwayeast", "uksouth", "eastus", "westus"];
  expect(errorsIn({ registry: { replicas }, spokes })).toEqual([]);
  expect(errorsIn({ registry: { replicas, regionalEndpoints: true }, spokes })).toEqual([
    'spokes[0].addressSpace: found "10.1.0.0/28", allowed: a /27 or larger: the private endpoint needs 13 addresses, and Azure reserves 5 addresses in each subnet',
  ]);
});

test("more replicas than there are regions are refused, and that is all that is said", () => {
  const replicas = Array.from({ length: 300 }, (_, i) => `r${i}`);
  const errors = errorsIn({ registry: { replicas } }).filter(
    (error) => !error.includes("a region of the Azure") && !error.startsWith("  and "),
  );
  expect(errors).toEqual([
    expect.stringMatching(/^registry\.replicas: found 300 regions, allowed: at most \d+ regions, each of them once$/),
  ]);
});

test("an existing hub has none of the spokes of the default network", () => {
  const existing = { virtualNetworkId: id("a"), endpointSubnetId: `${id("a")}/subnets/endpoints` };
  expect(parseSettings({ hub: { endpoint: true, existing } }).spokes).toEqual([]);
  expect(parseSettings({ hub: { endpoint: true }, spokes: [] }).spokes).toEqual([]);
  expect(parseSettings({ hub: { endpoint: true } }).spokes).toHaveLength(2);
});

test("ids are spelled as azurerm wants them, however they are written", () => {
  const id =
    "/subscriptions/00000000-0000-0000-0000-00000000000A/resourcegroups/Net/providers/microsoft.network/virtualnetworks/Hub";
  const { hubs } = parseSettings({ hub: { existing: { virtualNetworkId: id, peer: true } }, spokes: [A] });
  expect(hubs[0]!.existing?.virtualNetworkId).toBe(
    "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/Net/providers/Microsoft.Network/virtualNetworks/Hub",
  );
});

property(
  "any right settings are accepted",
  20,
  fc.property(anySettings, (settings) => {
    expect(errorsIn(settings)).toEqual([]);
  }),
);

describe("rules over several settings are judged although other values are wrong", () => {
  const OVERLAP =
    'spokes[1].addressSpace: found "10.1.0.0/16", allowed: a range that does not overlap 10.1.0.0/16 of spokes[0]';
  const spokes = [A, { ...B, addressSpace: A.addressSpace }];

  const otherKeys = Object.keys(parseSettings({})).filter((key) => key !== "spokes");
  const anyValue = fc.anything({ maxDepth: 1 });
  property(
    "whatever these are",
    20,
    fc.property(
      fc.record(Object.fromEntries(otherKeys.map((key) => [key, anyValue])), { requiredKeys: [] }),
      (settings) => {
        expect(errorsIn({ ...settings, spokes })).toContain(OVERLAP);
      },
    ),
  );

  test.each<[string, object, string[]]>([
    ["a fraction", { recordTtl: 1.5, spokes }, ["recordTtl", "spokes[1].addressSpace"]],
    // The rules look at no more than there may be.
    ["more spokes than there may be", { spokes: manySpokes(201) }, ["spokes", "spokes[12].addressSpace"]],
    ["a spoke that is no object", { spokes: [7, A, { ...B, name: "a" }] }, ["spokes[0]", "spokes[2].name"]],
    [
      "a value beside them",
      {
        registry: { replicas: ["West Europe", { location: "West Europe", routed: "no" }] },
        hub: { bastion: "no", location: "atlantis" },
        spokes: [{ ...A, addressSpace: "10.12.0.0/16", manualApproval: 1 }],
      },
      // First what is wrong in itself, then what is wrong beside others.
      [
        ...["registry.replicas[1].routed", "hub.bastion", "spokes[0].manualApproval"],
        ...["hub.location", "registry.replicas[1]", "spokes[0].addressSpace"],
      ],
    ],
  ])("%s", (_, settings, paths) => {
    expect(errorsIn(settings).map((line) => line.split(":")[0])).toEqual(paths);
  });

  test("but not on the wrong values themselves", () => {
    expect(errorsIn({ hub: { addressSpace: "10.1.0.0" }, spokes: [{ ...A, addressSpace: "10.1.0.0" }] })).toEqual([
      `hub.addressSpace: found "10.1.0.0", allowed: ${RANGE}`,
      `spokes[0].addressSpace: found "10.1.0.0", allowed: ${RANGE}`,
    ]);
  });
});

const junk = fc.anything({ maxDepth: 2 });
property(
  "any nonsense is refused as a user's mistake, never as a bug",
  60,
  fc.property(
    fc.record(
      {
        registry: junk,
        hub: junk,
        spokes: fc.oneof(
          junk,
          fc.array(fc.record({ name: junk, location: junk, addressSpace: fc.oneof(junk, fc.string()) })),
        ),
        dns: junk,
        testVms: junk,
      },
      { requiredKeys: ["spokes"] },
    ),
    (settings) => {
      expect(() => errorsIn(settings)).not.toThrow();
    },
  ),
);

describe("where settings come from", () => {
  const directoryWith = (cdktfJson: string) => {
    const directory = mkdtempSync(join(tmpdir(), "settings-"));
    writeFileSync(join(directory, "cdktf.json"), cdktfJson);
    return directory;
  };
  const load = (cdktfJson: string, env: NodeJS.ProcessEnv = {}) =>
    loadSettings({ directory: directoryWith(cdktfJson), env });
  const context = (settings: unknown) => JSON.stringify({ context: { privateRegistry: settings } });
  const variable = (settings: unknown) => JSON.stringify({ privateRegistry: settings });

  test("from cdktf.json, or the default ones", () => {
    expect(load("{}")).toMatchObject({ source: "the default settings", settings: { owner: "n/a" } });
    expect(load(context({ owner: "file" }))).toMatchObject({ source: "cdktf.json", settings: { owner: "file" } });
  });

  test("from CDKTF_CONTEXT_JSON, which overrides the file whole", () => {
    const directory = directoryWith(context({ owner: "file", recordTtl: 99 }));
    const loaded = loadSettings({ directory, env: { CDKTF_CONTEXT_JSON: variable({ owner: "variable" }) } });
    expect(loaded).toMatchObject({ source: "CDKTF_CONTEXT_JSON", settings: { owner: "variable", recordTtl: 10 } });
  });

  test("from the file still, where the variable holds other things or what the cdktf CLI took from the file", () => {
    const directory = directoryWith(context({ owner: "file" }));
    for (const CDKTF_CONTEXT_JSON of ['{"cdktfRelativeModules":[]}', variable({ owner: "file" })]) {
      const { source, settings } = loadSettings({ directory, env: { CDKTF_CONTEXT_JSON } });
      expect([source, settings.owner]).toEqual(["cdktf.json", "file"]);
    }
  });

  test("the name prefix from ACR_NAME_PREFIX", () => {
    const loaded = load(context({ registry: { location: "uksouth" } }), { ACR_NAME_PREFIX: "mine" });
    expect(loaded.source).toBe("cdktf.json and ACR_NAME_PREFIX");
    expect(loaded.settings.registry).toMatchObject({ namePrefix: "mine", location: "uksouth" });
  });

  test.each([
    [context({ recordTtl: 0 }), {}, /^1 error in the settings \(cdktf\.json\):\n/],
    ["{}", { ACR_NAME_PREFIX: "a-b" }, /namePrefix: .*, allowed: 1 to 46 letters and digits \(from ACR_NAME_PREFIX\)$/],
    ["{", {}, /cdktf\.json is not JSON, at line 1, column \d: /],
    ["[]", {}, /cdktf\.json: found \[\], allowed: an object/],
    ["{}", { CDKTF_CONTEXT_JSON: "{'a'}" }, /^CDKTF_CONTEXT_JSON is not JSON, at line 1, column 2: /],
    ["{}", { CDKTF_CONTEXT_JSON: "null" }, /^the context in CDKTF_CONTEXT_JSON: found null, allowed: an object/],
  ])("errors in %s and %p are told with their place", (file, env, message) => {
    expect(() => load(file, env)).toThrow(message);
  });

  test("a folder without cdktf.json is told to be the wrong one", () => {
    const [told] = linesOf(() => loadSettings({ directory: "/nowhere", env: {} }));
    expect(told).toMatch(/There is no .*cdktf\.json\. Run this in the project's folder\./);
  });

  describe("a file", () => {
    const loadFile = (text: string, env: NodeJS.ProcessEnv = {}) => {
      const file = join(mkdtempSync(join(tmpdir(), "settings-file-")), "prod.json");
      writeFileSync(file, text);
      return loadSettings({ directory: "/nowhere", env, file });
    };

    test.each([
      ["alone", '{"owner":"file"}'],
      ["below their key", variable({ owner: "file" })],
      ["as in cdktf.json", context({ owner: "file" })],
    ])("has the settings %s, and nothing else is read", (_, text) => {
      const loaded = loadFile(text, { CDKTF_CONTEXT_JSON: variable({ owner: "variable" }), ACR_NAME_PREFIX: "mine" });
      expect(loaded.settings).toMatchObject({ owner: "file", registry: { namePrefix: "mine" } });
      expect(loaded.source).toMatch(/prod\.json and ACR_NAME_PREFIX$/);
    });

    test("with errors names them and itself", () => {
      expect(() => loadFile('{"recordTtl":0,"owner":"a","owner":"b"}')).toThrow(
        /^2 errors in the settings \(.*prod\.json\):\n {2}.*prod\.json, line 1, column 28: found owner a second time, allowed: each key once\n {2}privateRegistry\.recordTtl: found 0/,
      );
    });

    test.each([
      ['{"context":{"privateRegistry":{}},"registry":{}}', "the setting registry outside of privateRegistry"],
      ['{"context":{},"spokes":[]}', "the setting spokes outside of privateRegistry"],
      ['{"privateRegistry":{},"context":{"privateRegistry":{}}}', 'privateRegistry in "context"'],
      ['{"privateregistry":{}}', 'the key "privateregistry"'],
    ])("that would be ignored in part is refused: %s", (text, found) => {
      expect(() => loadFile(text)).toThrow(`prod.json: found ${found}, allowed: `);
    });

    test("that does not exist is said to be none", () => {
      const told = linesOf(() => loadSettings({ directory: ".", env: {}, file: "missing.json" }));
      expect(told).toEqual(["There is no file missing.json."]);
    });
  });

  describe("what would be ignored is an error, with its place", () => {
    test.each(
      Object.entries<[file: string, lines: string[], env?: NodeJS.ProcessEnv]>({
        "a misspelt key": [
          '{"context":{"privateRegistery":{"owner":"a"}}}',
          ['cdktf.json: context: found the key "privateRegistery", allowed: privateRegistry'],
        ],
        "other spellings": [
          '{"context":{"private-registry":{},"PrivateRegistry":{},"private_registries":{}}}',
          ["private-registry", "PrivateRegistry", "private_registries"].map(
            (key) => `cdktf.json: context: found the key "${key}", allowed: privateRegistry`,
          ),
        ],
        "settings without the level of the context": [
          '{"privateRegistry":{"owner":"a"}}',
          ['cdktf.json: found the key "privateRegistry", allowed: context.privateRegistry'],
        ],
        "settings in a context whose key is misspelt": [
          '{"contxt":{"privateRegistry":{"owner":"a"}}}',
          ['cdktf.json: found privateRegistry in "contxt", allowed: context.privateRegistry'],
        ],
        "settings beside their object": [
          '{"context":{"privateRegistry":{"owner":"a"},"registry":{"namePrefix":"contoso"}},"spokes":[]}',
          [
            "cdktf.json: found the setting spokes outside of privateRegistry, allowed: context.privateRegistry.spokes",
            "cdktf.json: context: found the setting registry outside of privateRegistry, allowed: privateRegistry.registry",
          ],
        ],
        "a bare object in the variable": [
          "{}",
          [
            "CDKTF_CONTEXT_JSON: found the setting registry outside of privateRegistry, allowed: privateRegistry.registry",
          ],
          { CDKTF_CONTEXT_JSON: '{"registry":{"namePrefix":"contoso"}}' },
        ],
        "a context inside the context, in the variable": [
          "{}",
          ['CDKTF_CONTEXT_JSON: found privateRegistry in "context", allowed: privateRegistry'],
          { CDKTF_CONTEXT_JSON: '{"context":{"privateRegistry":{"owner":"a"}}}' },
        ],
        "a key that stands twice, at any level": [
          '{"context":{"privateRegistry":{\n"hub":{"bastion":true,"bastion":false}},\n"privateRegistry":{}}}',
          [
            "cdktf.json, line 2, column 23: found context.privateRegistry.hub.bastion a second time, allowed: each key once",
            "cdktf.json, line 3, column 1: found context.privateRegistry a second time, allowed: each key once",
          ],
        ],
        "a tag whose name has another meaning in JavaScript": [
          '{"context":{"privateRegistry":{"tags":{"__proto__":"x"}}}}',
          [
            "cdktf.json, line 1, column 40: found context.privateRegistry.tags.__proto__ as a key, allowed: another name",
          ],
        ],
      }),
    )("%s", (_, [file, lines, env]) => {
      const all = [expect.stringMatching(/^\d errors? in the settings/), ...lines.map((line) => `  ${line}`)];
      expect(linesOf(() => load(file, env))).toEqual(all);
    });

    test("keys of CDKTF's own, and of others, are left alone", () => {
      const more = { excludeStackIdFromLogicalIds: "true", allowSepCharsInLogicalIds: "true", mine: {} };
      const text = JSON.stringify({ app: "x", context: { ...more, privateRegistry: { owner: "a" } } });
      const CDKTF_CONTEXT_JSON = JSON.stringify({ ...more, cdktfVersion: "0.21.0" });
      for (const env of [{}, { CDKTF_CONTEXT_JSON }]) expect(load(text, env).settings.owner).toBe("a");
    });

    test("errors in the settings are listed with them, at most a hundred", () => {
      const spokes = Array.from({ length: 150 }, (_, i) => ({ name: `S${i}`, location: "swedencentral" }));
      expect(() => load(JSON.stringify({ context: { privateRegistry: { spokes }, dns: "shared" } }))).toThrow(
        /^301 errors in the settings \(cdktf\.json\):\n {2}cdktf\.json: context: found the setting dns [^]*\n {2}and 201 more$/,
      );
    });
  });

  test("of more spokes than a registry has endpoints, the rules compare no more than that", () => {
    const spokes = Array.from({ length: 2000 }, (_, i) => ({ ...A, name: `s${i}` }));
    const errors = errorsIn({ spokes });
    expect(errors[0]).toMatch(/^spokes: found .*, allowed: a list of up to 200 spokes$/);
    // All ranges but the first overlap another: one error for each that is compared.
    expect(errors.at(-1)).toBe(`  and ${1 + 199 - 100} more`);
  });

  test("settings nested too deeply are refused without a stack trace", () => {
    const deep = `${'{"hub":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    expect(() => load(`{"context":{"privateRegistry":${deep}}}`)).toThrow(UserError);
  });
});

describe("what companies set of a registry", () => {
  const reader = (registry: object, repositories: unknown = ["a"]) => ({
    registry: { repositoryPermissions: [{ principalId: ID, role: "reader", repositories }], ...registry },
  });
  const cached = (source: string, target: string, more: object = {}) => ({
    registry: { trustedServices: true, cacheRules: [{ name: "first", source, target }], ...more },
  });
  const ANOTHER = { ...B, name: "other", location: A.location, addressSpace: "10.3.0.0/24" };

  refuses({
    "a repository that could end the condition's text": [
      reader({}, ["a' OR 'b"]),
      "registry.repositoryPermissions[0].repositories[0]: found \"a' OR 'b\", allowed: a repository such as base/ubuntu, or a prefix such as team-a/*, in lowercase, of at most 255 characters",
    ],
    "a prefix that does not end at a slash": [
      reader({}, ["team*"]),
      expect.stringContaining('repositories[0]: found "team*", allowed: a repository such as'),
    ],
    "a role twice": [
      reader({ pullPrincipals: [ID.toUpperCase()] }),
      `registry.repositoryPermissions[0].principalId: found "${ID}", allowed: an identity that does not have this role by pullPrincipals already: one role assignment lists all its repositories`,
    ],
    "a role without repositories": [
      { registry: { repositoryPermissions: [{ principalId: ID, role: "writer" }] } },
      "registry.repositoryPermissions[0].repositories: found nothing, allowed: a list of repositories. Add identities that need all repositories to pullPrincipals or pushPrincipals",
    ],
    "a list of names that is limited": [
      { registry: { repositoryPermissions: [{ principalId: ID, role: "catalogLister", repositories: ["a"] }] } },
      expect.stringContaining("which can't be limited to repositories"),
    ],
    "an agent pool in a region without them": [
      { registry: { location: "norwayeast", agentPool: { spoke: "b" } }, spokes: [B] },
      expect.stringMatching(/^registry.agentPool: .*norwayeast, which has no agent pools: they are in canadacentral, /),
    ],
    "an agent pool in another region": [
      { registry: { location: "westeurope", replicas: [], agentPool: { spoke: "other" } }, spokes: [ANOTHER] },
      'registry.agentPool.spoke: found "other", allowed: a spoke in westeurope, the registry\'s home region, in which the pool is',
    ],
    "an agent pool in a small spoke": [
      { registry: { agentPool: { spoke: "other" } }, spokes: [ANOTHER] },
      'registry.agentPool.spoke: found "other", allowed: a spoke with an address space of /22 or larger',
    ],
    "an agent pool in a spoke without a way out": [
      { registry: { agentPool: { spoke: "a" } }, spokes: [A], testVms: false, egress: "none" },
      'registry.agentPool.spoke: found "a", allowed: nothing if egress is "none": the pool depends on Azure services with public addresses',
    ],
    "an agent pool nowhere": [
      { registry: { agentPool: {} } },
      expect.stringContaining("allowed: an object with either spoke or subnetId"),
    ],
    "cache rules without trusted services": [
      cached("mcr.microsoft.com/*", "mcr/*", { trustedServices: false }),
      "registry.trustedServices: found false, allowed: true if there are cacheRules: Azure fetches their images as a trusted service",
    ],
    "Docker Hub without credentials": [
      cached("docker.io/library/*", "library/*"),
      'registry.cacheRules[0].source: found "docker.io/library/*", allowed: a source with credentials: add docker.io to cacheCredentials',
    ],
    "credentials for a registry that takes none": [
      cached("mcr.microsoft.com/*", "mcr/*", {
        cacheCredentials: [{ ...CREDENTIALS, loginServer: "mcr.microsoft.com" }],
      }),
      'registry.cacheCredentials[0].loginServer: found "mcr.microsoft.com", allowed: a registry that takes credentials',
    ],
    "Docker Hub without a namespace": [
      cached("docker.io/ubuntu", "ubuntu", { cacheCredentials: [CREDENTIALS] }),
      expect.stringContaining("allowed: docker.io/library/ubuntu: Azure adds library"),
    ],
    "a registry that can't be cached, and a target of the other form": [
      cached("registry.example.org/*", "example"),
      [
        expect.stringContaining("allowed: a repository in one of: docker.io, dhi.io, "),
        'registry.cacheRules[0].target: found "example", allowed: a target that ends with /* if the source does, and only then',
      ],
    ],
    "targets that overlap": [
      cached("mcr.microsoft.com/*", "mcr/*", {
        cacheRules: [
          { name: "first", source: "mcr.microsoft.com/*", target: "mcr/*" },
          { name: "FIRST", source: "mcr.microsoft.com/dotnet/*", target: "mcr/dotnet/*" },
        ],
      }),
      [
        'registry.cacheRules[1].name: found "FIRST", allowed: a name that differs from the one of cacheRules[0]',
        'registry.cacheRules[1].target: found "mcr/dotnet/*", allowed: a target that does not overlap mcr/* of cacheRules[0]',
      ],
    ],
    "a password in place of a secret's id": [
      cached("docker.io/library/*", "library/*", {
        cacheCredentials: [{ ...CREDENTIALS, passwordSecretId: "hunter2" }],
      }),
      'registry.cacheCredentials[0].passwordSecretId: found "hunter2", allowed: the ID of a secret in a key vault without its version, such as https://VAULT.vault.azure.net/secrets/NAME',
    ],
    "what changes a registry of others": [
      {
        registry: {
          location: "swedencentral",
          existing: { registryId: REGISTRY_ID },
          agentPool: { spoke: "a" },
          tasksBypassNetworkRules: true,
          cacheRules: [],
          repositoryPermissions: [],
        },
        spokes: [A],
      },
      ["agentPool", "tasksBypassNetworkRules", "cacheRules"].map(
        (name) =>
          expect.stringMatching(`^registry.${name}: .*allowed: nothing if registry.existing is set: `) as string,
      ),
    ],
  });
});
