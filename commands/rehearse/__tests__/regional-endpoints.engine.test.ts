import type { AzureEmulator } from "../../../packages/azure-emulator";
import type { WithIpConfigurations } from "../../../packages/azure-emulator/lib/addresses";
import type { Rehearsal } from "../rehearsal";
import { failed, landingZone, testWithEngine } from "../../../__tests__/support/engine";

const REPLICAS = ["switzerlandnorth"];
const plain = landingZone(REPLICAS);
const regional = (registry: object = {}, more: object = {}, replicas = REPLICAS) =>
  landingZone(replicas, { registry: { regionalEndpoints: true, ...registry }, more });

/** Addresses of each network interface, by host name. */
function addresses({ resources }: AzureEmulator) {
  const nics = resources.filter(({ type }) => type === "Microsoft.Network/networkInterfaces");
  const byHost = ({ ipConfigurations = [] }: WithIpConfigurations) =>
    Object.fromEntries(
      ipConfigurations.map(({ properties: ip }) => [ip.privateLinkConnectionProperties!.fqdns[0], ip.privateIPAddress]),
    ) as Record<string, string>;
  return Object.fromEntries(nics.map(({ name, properties }) => [name, byHost(properties)]));
}

const REGISTRY = "Microsoft.ContainerRegistry/registries";
const registryIn = ({ resources }: AzureEmulator) => resources.find(({ type }) => type === REGISTRY)!;

/** Writes and deletions since a number of requests, as "METHOD type". */
function writes({ azure }: Rehearsal, from: number): string[] {
  const changing = azure.requests.slice(from).filter(({ method }) => /^(PUT|PATCH|DELETE)$/.test(method));
  return changing.map(({ method, path }) => `${method} ${path.split("/").at(-2)!}`);
}

/** Who serves each network, according to the state. */
const serving = ({ preview }: Rehearsal) =>
  Object.fromEntries(
    preview!.lookups.flatMap(({ host, network, servedBy }) =>
      host.kind === "global" ? [[network.name, servedBy]] : [],
    ),
  );

testWithEngine(
  "regional endpoints are turned on for a registry that runs without: nothing else of it changes, nor any endpoint",
  {},
  async (rehearsal) => {
    await rehearsal.deploy("deploy", plain);
    const [before, registry] = [addresses(rehearsal.azure), structuredClone(registryIn(rehearsal.azure))];
    const requests = rehearsal.azure.requests.length;
    const [on, ...checks] = await rehearsal.deploy("on", regional());
    expect(on).toMatchObject({ passed: true, applies: 1, counts: { replace: 0, destroy: 0 } });
    expect(failed(checks)).toEqual([]);

    // The one write of the registry is that of azapi, which writes all of it.
    expect(writes(rehearsal, requests).filter((write) => !write.endsWith("A"))).toEqual(["PUT registries"]);
    const { etag, ...now } = registryIn(rehearsal.azure);
    expect({ ...now, etag: registry.etag }).toEqual({
      ...registry,
      properties: { ...registry.properties, regionalEndpoints: "Enabled" },
    });
    expect(etag).not.toBe(registry.etag);
    for (const [nic, hosts] of Object.entries(before)) {
      const all = addresses(rehearsal.azure)[nic]!;
      expect(all).toMatchObject(hosts);
      expect(Object.keys(all)).toHaveLength(Object.keys(hosts).length + 2);
    }
    expect(serving(rehearsal)).toEqual({
      "vnet-hub": ["swedencentral"],
      "vnet-one": ["swedencentral"],
      "vnet-two": ["switzerlandnorth"],
    });
  },
);

testWithEngine(
  "each change with regional endpoints is one apply, and leaves the endpoints and their addresses alone",
  {},
  async (rehearsal) => {
    expect(failed(await rehearsal.deploy("deploy", regional()))).toEqual([]);
    const first = addresses(rehearsal.azure);
    const three = [...REPLICAS, "northeurope"];
    for (const [name, settings] of Object.entries({
      "a replica is added": regional({}, {}, three),
      "a region is drained": regional({ drained: ["swedencentral"] }, {}, three),
      "and used again": regional({}, {}, three),
      "a spoke gets another region": landingZone(three, {
        registry: { regionalEndpoints: true },
        two: { servedBy: ["northeurope", "swedencentral"] },
      }),
    })) {
      const requests = rehearsal.azure.requests.length;
      const [change, ...checks] = await rehearsal.deploy(name, settings);
      expect([name, change]).toEqual([name, expect.objectContaining({ passed: true, applies: 1 })]);
      expect(change!.counts).toMatchObject({ replace: 0, destroy: 0 });
      expect([name, failed(checks)]).toEqual([name, []]);
      expect(writes(rehearsal, requests).filter((write) => write.includes("privateEndpoints"))).toEqual([]);
      for (const [nic, hosts] of Object.entries(first)) expect(addresses(rehearsal.azure)[nic]).toMatchObject(hosts);
    }
    expect(serving(rehearsal)).toMatchObject({ "vnet-one": ["swedencentral"], "vnet-two": ["northeurope"] });

    // In two steps: no name leads to the region when its replica is removed.
    const refused = await rehearsal.deploy("refused", regional());
    const inUse = { passed: false, outcome: "not applied, because the plan has the error region-in-use" };
    expect(refused).toMatchObject([inUse]);
    const away = await rehearsal.deploy("away", regional({ drained: ["northeurope"] }, {}, three));
    const gone = await rehearsal.deploy("gone", regional());
    expect(failed([...away, ...gone])).toEqual([]);

    // And when they are turned off, which they are in Azure too.
    const used = { outcome: "not applied, because the plan has the error regional-endpoints-in-use" };
    expect(await rehearsal.deploy("refused", plain)).toMatchObject([used]);
    const drained = await rehearsal.deploy("drained", regional({ drained: ["swedencentral", "switzerlandnorth"] }));
    const off = await rehearsal.deploy("off", plain);
    expect(failed([...drained, ...off])).toEqual([]);
    expect(registryIn(rehearsal.azure).properties.regionalEndpoints).toBe("Disabled");
    const hosts = Object.values(addresses(rehearsal.azure)).flatMap((byHost) => Object.keys(byHost));
    expect(hosts.filter((host) => host.includes(".geo."))).toEqual([]);
    expect(await rehearsal.destroy()).toMatchObject({ passed: true });
  },
);

testWithEngine(
  "in an outage of the home region and its control plane, names move by their records alone, and back",
  {},
  async (rehearsal) => {
    await rehearsal.deploy("deploy", regional());
    const steps = await rehearsal.drill("swedencentral", regional());
    expect(failed(steps)).toEqual([]);
    expect(steps[0]).toMatchObject({
      name: "outage of swedencentral",
      outcome: "2 record sets changed, nothing asked of the registry or the region",
    });
    expect(serving(rehearsal)).toMatchObject({ "vnet-hub": ["swedencentral"], "vnet-one": ["swedencentral"] });
  },
);

testWithEngine("a subnet without room refuses them, and what is deployed continues to work", {}, async (rehearsal) => {
  const network = plain.spokes[1]!.existing!;
  const group = network.virtualNetworkId.split("/").slice(0, 5).join("/");
  rehearsal.azure.put(group, { location: "switzerlandnorth" });
  rehearsal.azure.put(network.virtualNetworkId, {
    location: "switzerlandnorth",
    properties: { addressSpace: { addressPrefixes: ["10.200.0.0/24"] } },
  });
  // Three addresses: one for each name that there is.
  rehearsal.azure.put(network.endpointSubnetId!, { properties: { addressPrefix: "10.200.0.0/29" } });
  await rehearsal.deploy("deploy", plain);
  const before = addresses(rehearsal.azure);
  await expect(rehearsal.deploy("on", regional())).rejects.toThrow(
    /^.*plan failed.*The subnet endpoints of the virtual network .* has 3 addresses for the private endpoint of two, which needs 5/s,
  );
  expect(addresses(rehearsal.azure)).toEqual(before);
  expect(failed(await rehearsal.deploy("as before", plain))).toEqual([]);
});
