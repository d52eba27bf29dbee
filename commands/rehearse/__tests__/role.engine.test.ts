import { UNUSED_IN_REHEARSALS } from "../../deployer-role";
import { parseSettings } from "../../../src/settings/load";
import { existing, networkId, testWithEngine } from "../../../__tests__/support/engine";

const VAULT = "https://platform.vault.azure.net/secrets";
const WAN_HUB =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-wan/providers/Microsoft.Network/virtualHubs/wan";
const COMPANY = {
  trustedServices: true,
  repositoryPermissions: [],
  agentPool: { spoke: "one" },
  cacheRules: [{ name: "library", source: "docker.io/library/*", target: "library/*" }],
  cacheCredentials: [
    { loginServer: "docker.io", usernameSecretId: `${VAULT}/user`, passwordSecretId: `${VAULT}/token` },
  ],
};

/** Has every kind of resource that the stack can deploy, but a lock and, without a firewall in `ofHub`, a route table. */
const settings = (replicas: string[], size: string, more: object = {}, ofHub: object = {}) =>
  parseSettings({
    registry: { replicas, diagnostics: true, ...COMPANY },
    hubs: [
      { name: "hub", location: "swedencentral", addressSpace: "10.12.0.0/16", resolver: true, ...ofHub },
      { name: "wan", location: "swedencentral", virtualHubId: WAN_HUB },
    ],
    spokes: [
      { name: "one", location: "swedencentral", addressSpace: "10.10.0.0/16", hub: "hub" },
      { name: "theirs", location: "swedencentral", hub: "hub", ...existing(networkId("theirs")) },
      { name: "branch", location: "swedencentral", addressSpace: "10.14.0.0/16", hub: "wan" },
    ],
    testVms: { size },
    ...more,
  });

testWithEngine(
  "the deployer's role suffices, and has no action that a rehearsal does not use, unless for a reason",
  { zoneGroupPolicy: true },
  async (rehearsal) => {
    await rehearsal.deploy("deploy", settings([], "Standard_B2ats_v2"));
    const firewall = { firewallAddress: "10.12.1.4" };
    await rehearsal.deploy("add", settings(["switzerlandnorth"], "Standard_B2ats_v2", {}, firewall));
    await rehearsal.deploy("remove", settings([], "Standard_B2ts_v2", { tags: { costCentre: "42" } }));
    expect(await rehearsal.destroy()).toMatchObject({ passed: true });
    expect(rehearsal.unusedActions).toEqual(Object.keys(UNUSED_IN_REHEARSALS).sort());
  },
);
