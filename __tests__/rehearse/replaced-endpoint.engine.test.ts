import type { Rehearsal } from "../../src/rehearse/rehearsal";
import { landingZone, testWithEngine } from "../support/engine";

const NETWORK =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-two/providers/Microsoft.Network/virtualNetworks/vnet-two";
const movedTo = (subnet: string) =>
  landingZone([], {
    two: { existing: { virtualNetworkId: NETWORK, endpointSubnetId: `${NETWORK}/subnets/${subnet}` } },
  });

testWithEngine(
  "an endpoint that moves to another subnet is created under another name, answers, and only then is the old one deleted",
  {},
  async (rehearsal) => {
    const { azure } = rehearsal;
    azure.put(NETWORK.replace(/\/providers.*/, ""), { location: "switzerlandnorth" });
    const properties = { addressSpace: { addressPrefixes: ["100.99.0.0/24"] } };
    azure.put(NETWORK, { location: "switzerlandnorth", properties });
    azure.put(`${NETWORK}/subnets/a`, { properties: { addressPrefix: "100.99.0.0/25" } });
    azure.put(`${NETWORK}/subnets/b`, { properties: { addressPrefix: "100.99.0.128/25" } });
    await rehearsal.deploy("deploy", movedTo("a"));
    const [old] = endpointNames(rehearsal);
    const from = azure.requests.length;
    const steps = await rehearsal.deploy("moved", movedTo("b"));
    expect(steps.filter(({ passed }) => !passed)).toEqual([]);
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
