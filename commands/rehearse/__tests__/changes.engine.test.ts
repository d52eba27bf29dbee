import type { Rehearsal } from "../rehearsal";
import { parseSettings } from "../../../src/settings/load";
import { existing, failed, landingZone, networkId, testWithEngine } from "../../../__tests__/support/engine";

testWithEngine(
  "a replica is added and removed, each in one apply, whatever a policy attaches to the endpoints; changes by others are found",
  { zoneGroupPolicy: true, faults: { throttleEvery: 9 } },
  async (rehearsal) => {
    const steps = [
      await rehearsal.deploy("deploy", landingZone([])),
      await rehearsal.deploy("more", landingZone(["francecentral"])),
      await rehearsal.deploy("less", landingZone([])),
    ].flat();
    expect(failed(steps)).toEqual([]);
    expect(steps.flatMap(({ counts }) => counts ?? [])).toEqual([
      expect.objectContaining({ change: 0, replace: 0, destroy: 0 }),
      expect.objectContaining({ add: 3, replace: 0, destroy: 0 }),
      expect.objectContaining({ add: 0, replace: 0, destroy: 3 }),
    ]);

    const record = rehearsal.azure.resources.find(
      ({ id, name }) => name === "xyzdfdacrdev" && id.includes("/rg-one-") && id.includes("/A/"),
    )!;
    rehearsal.azure.put(record.id, { properties: { ttl: 10, aRecords: [{ ipv4Address: "192.0.2.1" }] } });
    const found = { passed: false, outcome: expect.stringContaining("192.0.2.1") as string };
    expect((await rehearsal.check()).slice(0, 2)).toMatchObject([found, found]);
  },
);

testWithEngine("what azurerm 4 has deployed stays as it is with azurerm 5", {}, async (rehearsal) => {
  await rehearsal.deploy("azurerm 4", landingZone(["francecentral"]));
  const steps = await rehearsal.deploy("azurerm 5", landingZone(["francecentral"], { more: { azurerm: 5 } }));
  expect(failed(steps)).toEqual([]);
  expect(steps[0]!.counts).toEqual({ add: 0, change: 0, replace: 0, destroy: 0 });
});

testWithEngine(
  "a spoke in a subscription of its own is removed once the settings name the subscription",
  {},
  async (rehearsal) => {
    const subscription = "22222222-2222-3333-4444-555555555555";
    const two = existing(networkId("two", subscription));
    await rehearsal.deploy("deploy", landingZone([], { two }));
    const removed = landingZone([], { two: null });
    const says = `"formerSubscriptions": ["${subscription}"]`;
    await expect(rehearsal.deploy("removed", removed)).rejects.toThrow(says);
    const named = landingZone([], { two: null, more: { formerSubscriptions: [subscription] } });
    expect(failed(await rehearsal.deploy("named", named))).toEqual([]);
    expect(failed(await rehearsal.deploy("done", removed))).toEqual([]);
    const left = rehearsal.azure.resources.filter(({ id }) => id.includes(subscription));
    expect(left.filter(({ id }) => /privateEndpoints\/|Zones\//i.test(id))).toEqual([]);
  },
);

testWithEngine(
  "a network grows, an existing one too: each peering with them is written again in the same apply",
  {},
  async (rehearsal) => {
    const { azure } = rehearsal;
    const network = networkId("two");
    const spoke = existing(network);
    const spokes = [{ name: "two", location: "swedencentral", existing: { ...spoke.existing, peer: true } }];
    const settings = (addressSpace: string) =>
      parseSettings({ registry: { replicas: [] }, hub: { addressSpace, bastion: false }, spokes, testVms: false });
    await rehearsal.deploy("deploy", settings("10.12.0.0/20"));
    const { properties } = azure.resources.find(({ id }) => id === network)!;
    const [range = ""] = (properties as { addressSpace: { addressPrefixes: string[] } }).addressSpace.addressPrefixes;
    azure.put(network, {
      location: "swedencentral",
      properties: { addressSpace: { addressPrefixes: [range, "10.99.0.0/16"] } },
    });
    const steps = await rehearsal.deploy("grown", settings("10.12.0.0/16"));
    expect(failed(steps)).toEqual([]);
    expect(steps[0]!.counts).toMatchObject({ add: 0, change: 3, replace: 0, destroy: 0 });
    const spaces = azure.resources
      .filter(({ type }) => type.endsWith("/virtualNetworkPeerings"))
      .map((peering) => (peering.properties as { remoteAddressSpace: object }).remoteAddressSpace);
    expect(spaces).toEqual(
      expect.arrayContaining([{ addressPrefixes: ["10.12.0.0/16"] }, { addressPrefixes: [range, "10.99.0.0/16"] }]),
    );
  },
);

testWithEngine("records answer with another endpoint before theirs is removed", {}, async (rehearsal) => {
  await rehearsal.deploy("deploy", landingZone([], { hubEndpoint: true }));
  const before = rehearsal.azure.requests.length;
  const steps = await rehearsal.deploy("without the hub's endpoint", landingZone([]));
  expect(failed(steps)).toEqual([]);

  const requests = rehearsal.azure.requests.slice(before);
  const removal = requests.findIndex(({ method, path }) => method === "DELETE" && /\/pep-hub-dev-[^/]+$/.test(path));
  const updates = requests.flatMap(({ method, path }, i) =>
    method === "PUT" && /\/rg-hub-[^/]+\/.*\/A\//.test(path) ? [i] : [],
  );
  expect(updates).toHaveLength(2);
  expect(Math.max(...updates)).toBeLessThan(removal);
});

testWithEngine(
  "an apply or a destroy in which everything fails once continues when it is run again",
  { faults: { failOnce: /./ } },
  async (rehearsal) => {
    const [deploy, ...checks] = await rehearsal.deploy("deploy", landingZone(["francecentral"]));
    expect(deploy!.applies).toBeGreaterThan(3);
    // The first replica failed, and the registry was tainted.
    const isRegistry = ({ path }: { path: string }) => /\/registries\/[^/]+$/.test(path);
    expect(rehearsal.azure.requests.filter(isRegistry).map(({ method }) => method)).not.toContain("DELETE");
    expect(failed(checks)).toEqual([]);
    const destroy = await rehearsal.destroy();
    expect(destroy.applies).toBeGreaterThan(3);
    expect(destroy).toMatchObject({ passed: true, outcome: "nothing left" });
  },
);

testWithEngine("a spoke is removed in the same apply as the lock, which is deleted first", {}, async (rehearsal) => {
  await rehearsal.deploy("deploy", landingZone([], { registry: { deletionProtection: true } }));
  expect(failed(await rehearsal.deploy("without lock and spoke", landingZone([], { two: null })))).toEqual([]);
  const deleted = rehearsal.azure.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
  expect(deleted.filter((path) => /\/(locks|privateEndpoints)\/[^/]+$/.test(path))).toEqual([
    expect.stringMatching(/\/locks\/registry$/),
    expect.stringMatching(/\/privateEndpoints\/pep-two-dev-[^/]+$/),
  ]);
});

testWithEngine(
  "an endpoint that moves to another subnet is created under another name, answers, and only then is the old one deleted",
  {},
  async (rehearsal) => {
    const { azure } = rehearsal;
    const NETWORK = networkId("two");
    const movedTo = (subnet: string) => landingZone([], { two: existing(NETWORK, subnet) });
    azure.put(NETWORK.replace(/\/providers.*/, ""), { location: "switzerlandnorth" });
    const properties = { addressSpace: { addressPrefixes: ["100.99.0.0/24"] } };
    azure.put(NETWORK, { location: "switzerlandnorth", properties });
    azure.put(`${NETWORK}/subnets/a`, { properties: { addressPrefix: "100.99.0.0/25" } });
    azure.put(`${NETWORK}/subnets/b`, { properties: { addressPrefix: "100.99.0.128/25" } });
    await rehearsal.deploy("deploy", movedTo("a"));
    const [old] = endpointNames(rehearsal);
    const from = azure.requests.length;
    const steps = await rehearsal.deploy("moved", movedTo("b"));
    expect(failed(steps)).toEqual([]);
    expect(steps[0]!.counts).toMatchObject({ add: 0, replace: 1, destroy: 0 });
    const [young] = endpointNames(rehearsal);
    expect(young).not.toBe(old);

    const writes = azure.requests
      .slice(from)
      .filter(({ method, path }) => /^(PUT|DELETE)$/.test(method) && /\/(privateEndpoints|A)\/[^/]+$/.test(path))
      .map(({ method, path }) => `${method} ${path.split("/").at(-1)!}`);
    expect(writes[0]).toBe(`PUT ${young!}`);
    expect(writes.at(-1)).toBe(`DELETE ${old!}`);
    expect(writes.slice(1, -1).sort()).toEqual(["PUT xyzdfdacrdev", "PUT xyzdfdacrdev.swedencentral.data"]);
  },
);

/** Names of the second spoke's endpoint and its network interface. */
function endpointNames({ azure }: Rehearsal): string[] {
  return azure.resources
    .filter(({ id }) => /\/rg-two-[^/]+\/.*\/(privateEndpoints|networkInterfaces)\/[^/]+$/.test(id))
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? 1 : -1));
}
