import type { Rehearsal } from "../rehearsal";
import { failed, landingZone, networkId, testWithEngine } from "../../../__tests__/support/engine";
import { parseSettings } from "../../../src/settings/load";

const [PULLER, TEAM] = ["11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"];
const REGISTRY = "Microsoft.ContainerRegistry/registries";

const registryIn = ({ azure }: Rehearsal) => azure.resources.find(({ type }) => type === REGISTRY)!;
const mayDo = (rehearsal: Rehearsal, principal: string, repository: string) =>
  rehearsal.azure.repositoryOperations(registryIn(rehearsal).id, principal, repository).join(" ");
const perRepository = (registry: object) =>
  landingZone([], { registry: { pullPrincipals: [PULLER], ...registry }, two: null });
const plain = perRepository({});
const team = (role: string, ...repositories: string[]) => ({
  repositoryPermissions: [{ principalId: TEAM, role, repositories }],
});

testWithEngine(
  "permissions for each repository are turned on, changed and turned off, and the registry stays as it is otherwise",
  {},
  async (rehearsal) => {
    await rehearsal.deploy("deploy", plain);
    expect(mayDo(rehearsal, PULLER, "team-a/app")).toBe("read");
    const before = structuredClone(registryIn(rehearsal));

    const [on, ...checks] = await rehearsal.deploy("on", perRepository(team("writer", "team-a/*", "base/ubuntu")));
    expect(on).toMatchObject({ passed: true, applies: 1, counts: { replace: 0, destroy: 0 } });
    expect(failed(checks)).toEqual([]);
    const { etag, ...now } = registryIn(rehearsal);
    expect(etag).not.toBe(before.etag);
    expect({ ...now, etag: before.etag }).toEqual({
      ...before,
      properties: { ...before.properties, roleAssignmentMode: "AbacRepositoryPermissions" },
    });
    expect(mayDo(rehearsal, PULLER, "team-b/app")).toBe("read");
    expect(mayDo(rehearsal, TEAM, "team-a/app")).toBe("read write");
    expect(mayDo(rehearsal, TEAM, "base/ubuntu")).toBe("read write");
    for (const other of ["team-b/app", "team-abc", "base/ubuntu2"]) expect(mayDo(rehearsal, TEAM, other)).toBe("");

    const more = { ...team("writer", "team-a/*"), tasksBypassNetworkRules: true };
    expect(failed(await rehearsal.deploy("more", perRepository(more)))).toEqual([]);
    expect(mayDo(rehearsal, TEAM, "base/ubuntu")).toBe("");
    expect(registryIn(rehearsal).properties.networkRuleBypassAllowedForTasks).toBe(true);

    // What others change in Azure is found.
    rehearsal.azure.put(before.id, {
      location: before.location,
      sku: before.sku,
      properties: { ...registryIn(rehearsal).properties, roleAssignmentMode: "LegacyRegistryPermissions" },
    });
    expect((await rehearsal.check())[0]).toMatchObject({ passed: false });

    const off = await rehearsal.deploy("off", plain);
    expect(failed(off)).toEqual([]);
    expect(registryIn(rehearsal).properties).toMatchObject({
      roleAssignmentMode: "LegacyRegistryPermissions",
      networkRuleBypassAllowedForTasks: false,
    });
    expect(mayDo(rehearsal, PULLER, "team-a/app")).toBe("read");
    expect(mayDo(rehearsal, TEAM, "team-a/app")).toBe("");
    expect(await rehearsal.destroy()).toMatchObject({ passed: true, outcome: "nothing left" });
  },
);

testWithEngine(
  "regional endpoints are turned off while the registry has permissions for each repository, which it keeps",
  {},
  async (rehearsal) => {
    const regional = { regionalEndpoints: true };
    await rehearsal.deploy("deploy", perRepository({ ...regional, repositoryPermissions: [] }));
    const both = { regionalEndpoints: "Enabled", roleAssignmentMode: "AbacRepositoryPermissions" };
    expect(registryIn(rehearsal).properties).toMatchObject(both);
    const drained = { ...regional, drained: ["swedencentral"] };
    await rehearsal.deploy("drained", perRepository({ ...drained, repositoryPermissions: [] }));
    expect(failed(await rehearsal.deploy("off", perRepository({ repositoryPermissions: [] })))).toEqual([]);
    expect(registryIn(rehearsal).properties).toMatchObject({ ...both, regionalEndpoints: "Disabled" });
  },
);

testWithEngine(
  "a registry of others gets role assignments alone, and a plan says where it is not in their mode",
  {},
  async (rehearsal) => {
    const registryId = `/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-platform/providers/${REGISTRY}/images`;
    const theirs = { location: "swedencentral", existing: { registryId } };
    const settings = perRepository({ ...team("reader", "team-a/*"), ...theirs });
    expect(failed(await rehearsal.deploy("deploy", settings))).toEqual([]);
    expect(mayDo(rehearsal, TEAM, "team-a/app")).toBe("read");
    const registry = registryIn(rehearsal);
    const legacy = { ...registry.properties, roleAssignmentMode: "LegacyRegistryPermissions" };
    rehearsal.azure.put(registryId, { location: registry.location, sku: registry.sku, properties: legacy });
    const says = "role assignment mode LegacyRegistryPermissions";
    await expect(rehearsal.deploy("other mode", settings)).rejects.toThrow(says);
  },
);

testWithEngine(
  "an agent pool and cache rules are created, changed and removed, with tags that change meanwhile",
  {},
  async (rehearsal) => {
    const rules = [{ name: "dotnet", source: "mcr.microsoft.com/dotnet/*", target: "mcr/dotnet/*" }];
    const hub = { name: "library", source: "docker.io/library/*", target: "docker/library/*" };
    const vault = "https://platform.vault.azure.net/secrets";
    const secrets = { usernameSecretId: `${vault}/user`, passwordSecretId: `${vault}/token` };
    const cacheCredentials = [{ loginServer: "docker.io", ...secrets }];
    const subnetId = `${networkId("one")}/subnets/agents`;
    const company = (registry: object, more: object = {}) =>
      landingZone([], { registry: { trustedServices: true, ...registry }, two: null, more });
    const full = { agentPool: { subnetId }, cacheRules: [...rules, hub], cacheCredentials };
    expect(failed(await rehearsal.deploy("deploy", company(full)))).toEqual([]);
    const larger = { agentPool: { subnetId, tier: "S2", instances: 2 }, cacheRules: rules };
    expect(failed(await rehearsal.deploy("change", company(larger, { owner: "others" })))).toEqual([]);
    const pool = rehearsal.azure.resources.find(({ type }) => type === `${REGISTRY}/agentPools`)!;
    expect(pool.properties).toMatchObject({ tier: "S2", count: 2, virtualNetworkSubnetResourceId: subnetId });
    expect(failed(await rehearsal.deploy("off", company({})))).toEqual([]);
    const parts = rehearsal.azure.resources.filter(({ type }) => /agentPools|cacheRules|credentialSets/.test(type));
    expect(parts).toEqual([]);
    expect(await rehearsal.destroy()).toMatchObject({ passed: true });
  },
);

testWithEngine("an agent pool has a subnet of its own in a spoke that is created", {}, async (rehearsal) => {
  const settings = (registry: object) =>
    parseSettings({
      registry: { replicas: [], ...registry },
      hub: { bastion: false },
      spokes: [{ name: "one", location: "swedencentral", addressSpace: "10.10.0.0/16" }],
      testVms: false,
    });
  await rehearsal.deploy("deploy", settings({}));
  const [on, ...checks] = await rehearsal.deploy("on", settings({ agentPool: { spoke: "one" } }));
  expect(on).toMatchObject({ passed: true, counts: { add: 4, change: 0, replace: 0, destroy: 0 } });
  expect(failed(checks)).toEqual([]);
  expect(failed(await rehearsal.deploy("off", settings({})))).toEqual([]);
  expect(await rehearsal.destroy()).toMatchObject({ passed: true });
});
