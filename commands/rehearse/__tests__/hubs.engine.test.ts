import { parseSettings, readSettings } from "../../../src/settings/load";
import { previewOf } from "../../../packages/private-link-preview";
import { join } from "node:path";
import type { Rehearsal } from "../rehearsal";
import type { Settings } from "../../../src/schema";
import { existing, failed, networkId, testWithEngine } from "../../../__tests__/support/engine";

/** Called whenever a resource has changed. */
let watch: () => void = () => undefined;
const onProgress = () => {
  watch();
};

/** The answers of a network in the emulated Azure at the moment, each with its name. */
function answersOf({ azure }: Rehearsal, networks: readonly string[]): string[] {
  return previewOf({ resources: azure.resources })
    .answers.filter(({ virtualNetwork }) => networks.includes(virtualNetwork))
    .map(
      ({ virtualNetwork, host, addresses, reachable }) =>
        `${virtualNetwork} ${host} ${addresses.join(", ")} ${String(reachable)}`,
    )
    .sort();
}

/** Deploys, and expects that networks get the same answers whenever a resource has changed meanwhile. */
async function change(rehearsal: Rehearsal, name: string, settings: Settings, unchanged: string[]): Promise<void> {
  const before = answersOf(rehearsal, unchanged);
  let looks = 0;
  const seen = new Set<string>();
  watch = () => {
    looks += 1;
    seen.add(JSON.stringify(answersOf(rehearsal, unchanged)));
  };
  const steps = await rehearsal.deploy(name, settings);
  watch = () => undefined;
  expect(failed(steps)).toEqual([]);
  expect([...seen]).toEqual([JSON.stringify(before)]);
  expect(before.filter((answer) => !answer.endsWith(" true"))).toEqual([]);
  expect(looks).toBeGreaterThan(3);
}

const changed = (name: string): Settings => {
  const settings = readSettings(join(__dirname, "..", "..", "..", "examples", "changes", `${name}.json`));
  return { ...settings, testVms: false, hubs: settings.hubs.map((hub) => ({ ...hub, bastion: false })) };
};

testWithEngine(
  "a second hub is added, and a spoke moves to it: one apply each, and other networks keep their answers throughout",
  { onProgress },
  async (rehearsal) => {
    expect(failed(await rehearsal.deploy("deploy", changed("default")))).toEqual([]);
    const spokes = ["vnet-spoke1-dev", "vnet-spoke2-dev"];
    await change(rehearsal, "second hub", changed("second-hub"), ["vnet-hub-dev", ...spokes]);
    const all = ["vnet-hub-dev", ...spokes, "vnet-spoke3-dev"];
    await change(rehearsal, "spoke moves", changed("spoke-to-second-hub"), all);
  },
);

testWithEngine(
  "the first hub is removed while its spoke moves to the second: one apply, and all spokes keep their answers throughout",
  { onProgress },
  async (rehearsal) => {
    expect(failed(await rehearsal.deploy("deploy", changed("spoke-to-second-hub")))).toEqual([]);
    const spokes = ["vnet-spoke1-dev", "vnet-spoke2-dev", "vnet-spoke3-dev"];
    await change(rehearsal, "first hub removed", changed("other-hub-alone"), spokes);
    const left = rehearsal.azure.resources.filter(({ id }) => id.includes("rg-hub-northeurope"));
    expect(left).toEqual([]);
  },
);

testWithEngine(
  "hubs that exist, each with a zone of its region and DNS servers of its own, and a Virtual WAN hub",
  {},
  async (rehearsal) => {
    const zone = (name: string) =>
      `/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-dns-${name}/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io`;
    const hub = (name: string, octet: number) => ({
      name,
      location: "westeurope",
      addressSpace: `10.${octet}.0.0/16`,
      endpoint: true,
      existing: { ...existing(networkId(name)).existing, zoneId: zone(name) },
    });
    const spoke = (name: string, hubName: string, more: object) => ({
      name,
      location: "westeurope",
      hub: hubName,
      existing: { ...existing(networkId(name)).existing, peer: "existing" },
      ...more,
    });
    const asking = {
      dnsServers: ["10.101.3.4"],
      existing: { virtualNetworkId: networkId("two"), peer: "existing" },
    };
    const wan =
      "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-wan/providers/Microsoft.Network/virtualHubs/wan";
    const settings = parseSettings({
      registry: { location: "westeurope", replicas: ["northeurope"], regionalEndpoints: true },
      hubs: [hub("west", 100), hub("north", 101), { name: "wan", location: "eastus", virtualHubId: wan }],
      spokes: [
        spoke("one", "west", {}),
        spoke("two", "north", asking),
        { name: "three", location: "eastus", addressSpace: "10.102.0.0/16", hub: "wan" },
        { name: "four", location: "eastus2", addressSpace: "10.103.0.0/16", hub: "wan" },
      ],
      testVms: false,
    });
    expect(failed(await rehearsal.deploy("deploy", settings))).toEqual([]);
    const connections = rehearsal.azure.resources.filter(({ type }) => type.endsWith("/hubVirtualNetworkConnections"));
    expect(connections.map(({ name }) => name).sort()).toEqual(["con-four-dev", "con-three-dev"]);
  },
);

testWithEngine(
  "a hub gets a resolver and passes a gateway on to its spokes: a client gets the hub's answer, and networks keep theirs throughout",
  { onProgress },
  async (rehearsal) => {
    const first = changed("default");
    const withHub = (more: object, clients: Settings["clients"] = []): Settings => ({
      ...first,
      hubs: first.hubs.map((hub) => ({ ...hub, ...more })),
      clients,
    });
    expect(failed(await rehearsal.deploy("deploy", first))).toEqual([]);
    const networks = ["vnet-hub-dev", "vnet-spoke1-dev", "vnet-spoke2-dev"];
    await change(rehearsal, "resolver", withHub({ resolver: true }), networks);
    const client = { name: "office", connectedTo: "hub", dnsServers: ["10.12.3.4"], forwards: ["azurecr.io"] };
    await change(rehearsal, "gateway", withHub({ resolver: true, gatewayTransit: true }, [client]), networks);
    expect(rehearsal.preview?.answers.filter((answer) => answer.client).map(({ reachable }) => reachable)).toEqual(
      Array(3).fill(true),
    );
  },
);
