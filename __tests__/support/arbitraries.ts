import { REGIONS } from "../../packages/common/azure";
import { AGENT_POOL_REGIONS } from "../../src/limits";
import fc from "./fast-check";
import { ED25519 } from "./ssh-keys";

const region = fc.constantFrom(...Object.keys(REGIONS.public));

const name = fc
  .stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/)
  .filter((name) => !/^(?:(?:hub|registry|constructor)$|hub-)/.test(name));

const uuid = fc.uuid();

/** Ids of a virtual network and a subnet in it, different for each slot. */
const networkIds = (slot: number) => {
  const virtualNetworkId = `/subscriptions/00000000-0000-0000-0000-${String(slot % 3).padStart(12, "0")}/resourceGroups/rg${slot}/providers/Microsoft.Network/virtualNetworks/existing${slot}`;
  return { virtualNetworkId, endpointSubnetId: `${virtualNetworkId}/subnets/endpoints` };
};

const REGISTRY_ID =
  "/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/platform/providers/Microsoft.ContainerRegistry/registries/images";

const ZONE_ID =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io";

/** Address spaces that do not overlap: the slot decides the second octet. */
const range = (slot: number, smallest: number) =>
  fc.integer({ min: 16, max: smallest }).map((prefix) => `10.${slot}.0.0/${prefix}`);

const permission = fc.oneof(
  fc.record({
    principalId: uuid,
    role: fc.constantFrom("reader", "writer", "contributor"),
    repositories: fc.uniqueArray(fc.constantFrom("team-a/*", "base/ubuntu", "x"), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ principalId: uuid, role: fc.constant("catalogLister") }),
);

/** Settings of a registry that caches images of others. */
export const CACHES = {
  trustedServices: true,
  cacheRules: [
    { name: "microsoft", source: "mcr.microsoft.com/*", target: "mcr/*" },
    { name: "docker-hub", source: "docker.io/library/*", target: "docker/library/*" },
  ],
  cacheCredentials: [
    {
      loginServer: "docker.io",
      usernameSecretId: "https://platform.vault.azure.net/secrets/docker-user",
      passwordSecretId: "https://platform.vault.azure.net/secrets/docker-token",
    },
  ],
};

const registry = fc
  .record({
    regions: fc.uniqueArray(region, { minLength: 1, maxLength: 5 }),
    routed: fc.boolean(),
    more: fc.record(
      {
        retentionDays: fc.integer({ min: 0, max: 365 }),
        exports: fc.boolean(),
        publicAccess: fc.constantFrom(false, true, ["203.0.113.7", "198.51.100.0/24"]),
        trustedServices: fc.boolean(),
        deletionProtection: fc.boolean(),
        diagnostics: fc.boolean(),
        pullPrincipals: fc.array(uuid, { maxLength: 2 }),
        pushPrincipals: fc.array(uuid, { maxLength: 2 }),
        tasksBypassNetworkRules: fc.boolean(),
        repositoryPermissions: fc.uniqueArray(permission, {
          maxLength: 3,
          selector: ({ principalId }) => principalId,
        }),
      },
      { requiredKeys: [] },
    ),
    caches: fc.boolean(),
  })
  .map(({ regions: [location, ...others], routed, more, caches }) => ({
    ...more,
    ...(caches && CACHES),
    location: location!,
    replicas: others.map((replica, i) => (i === 0 && !routed ? { location: replica, routed } : replica)),
  }));

/** A spoke that is made here, that asks the hub's resolver, or that exists. */
const spoke = (name: string, slot: number, kind: "new" | "asks hub" | "existing") =>
  fc.record({ name: fc.constant(name), location: region, addressSpace: range(slot, 26) }).map((spoke) => {
    if (kind === "new") return spoke;
    if (kind === "asks hub") return { ...spoke, dnsServers: ["10.255.0.100"] };
    return { name, location: spoke.location, existing: { ...networkIds(slot), peer: true } };
  });

const tagName = fc
  .stringMatching(/^[a-z]{1,8}$/)
  .filter((name) => !/^(environment$|owner$|version$|azure|windows)/.test(name));
const tagValue = fc.string({ maxLength: 8 }).filter((value) => !/[$%]\{/.test(value));

const COMMON = {
  testVms: fc.oneof(
    fc.boolean(),
    fc.constant({ shutdownTime: "0730", timezone: "UTC", encryptionAtHost: true, sshPublicKey: ED25519 }),
  ),
  // In no network of any settings.
  egress: fc.constantFrom("default", "none", { firewallAddress: "10.254.0.4" }),
  tags: fc.dictionary(tagName, tagValue, { maxKeys: 2 }),
  recordTtl: fc.integer({ min: 1, max: 3600 }),
  azurerm: fc.constantFrom(4, 5),
  registry,
  network: fc.constantFrom(
    { dns: "per-spoke", spokePeering: "hub" },
    { dns: "per-spoke", spokePeering: "mesh" },
    { dns: "shared", spokePeering: "mesh" },
  ),
  names: fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
  agents: fc.option(fc.constantFrom(...AGENT_POOL_REGIONS.public), { nil: undefined }),
  outside: fc.record({
    resolver: fc.boolean(),
    gatewayTransit: fc.boolean(),
    /** What the DNS of a client forwards; none for no client. */
    forwards: fc.option(fc.constantFrom(undefined, ["azurecr.io"], ["azurecr.io", "privatelink.azurecr.io"]), {
      nil: "none",
    }),
  }),
  serving: fc.record({
    regional: fc.boolean(),
    drained: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    /** For each network: nothing, Azure, a region, or all in another order. */
    preferred: fc.array(fc.constantFrom("default", "azure", "last", "reversed"), { minLength: 6, maxLength: 6 }),
  }),
};

type Serving = typeof COMMON.serving extends fc.Arbitrary<infer Value> ? Value : never;

/** Test VMs need the internet, whatever else is the case. */
const egressOf = ({ egress, testVms }: { egress: string | object; testVms: boolean | object }) => ({
  egress: egress === "none" && testVms !== false ? "default" : egress,
});

/** A registry with its regions. */
interface Regions {
  location: string;
  replicas: (string | { location: string })[];
}

const locationOf = (replica: string | { location: string }) =>
  typeof replica === "string" ? replica : replica.location;

/** Settings with regional endpoints, where a zone of its own leads each network. */
function served<Some extends { dns: string; registry: Regions; hub: object; spokes: object[] }>(
  settings: Some,
  { regional, drained, preferred }: Serving,
): Some {
  if (!regional || settings.dns === "shared") return settings;
  const { registry, hub, spokes } = settings;
  const regions = [registry.location, ...registry.replicas.map(locationOf)];
  const servedBy = (slot: number) => {
    const choice = preferred[slot];
    if (choice === "default") return {};
    return { servedBy: choice === "azure" ? "azure" : choice === "last" ? regions.at(-1)! : [...regions].reverse() };
  };
  return {
    ...settings,
    registry: { ...registry, regionalEndpoints: true, drained: regions.filter((_, i) => drained[i]) },
    hub: { ...hub, ...servedBy(5) },
    // A spoke that asks the hub's DNS servers is led by the hub's zone.
    spokes: spokes.map((spoke, slot) => ("dnsServers" in spoke ? spoke : { ...spoke, ...servedBy(slot) })),
  };
}

/** A client of the hub that reaches what the hub's DNS returns, and asks the hub's resolver or another server there. */
function clientOf(
  { resolver, gatewayTransit, forwards }: typeof COMMON.outside extends fc.Arbitrary<infer Value> ? Value : never,
  endpoint = false,
) {
  if (forwards === "none" || !(gatewayTransit || endpoint)) return [];
  return [
    {
      name: "office",
      connectedTo: "hub",
      ...(!resolver && { dnsServers: ["10.255.0.100"] }),
      ...(forwards && { forwards }),
    },
  ];
}

/** Right settings of networks that are made here, each spoke with an endpoint of its own. */
export const settings = fc
  .record({ ...COMMON, bastion: fc.boolean(), hubs: fc.array(region, { maxLength: 3 }) })
  .chain(({ names, network, bastion, serving, agents, hubs, outside, ...rest }) =>
    fc.tuple(range(255, 24), ...names.map((name, slot) => spoke(name, slot, "new"))).map(([addressSpace, ...spokes]) =>
      withHubs(
        served(
          withAgents(
            {
              ...rest,
              ...egressOf(rest),
              ...network,
              hub: { addressSpace, bastion, resolver: outside.resolver, gatewayTransit: outside.gatewayTransit },
              clients: clientOf(outside),
              spokes: spokes as { name: string; location: string; addressSpace: string }[],
            },
            agents,
          ),
          serving,
        ),
        hubs,
      ),
    ),
  );

/** A hub or a spoke in generated settings. */
interface Part {
  name: string;
  location: string;
  servedBy?: string | string[];
}

/** Settings with one hub, or with several. */
type WithHubs<Some extends { hub: object; spokes: object[] }> = Omit<Some, "hub" | "spokes"> & {
  hub?: object;
  hubs?: Part[];
  spokes: (Some["spokes"][number] & { hub?: string })[];
};

/** Settings with more hubs beside the first one, each with spokes of its own; a shared zone is for one hub only. */
function withHubs<Some extends { dns: string; hub: object; spokes: { name: string }[] }>(
  settings: Some,
  regions: string[],
): WithHubs<Some> {
  const { hub, ...others } = settings;
  const hubs = [
    { name: "hub", location: "northeurope", ...hub },
    ...regions.map((location, i) => ({
      name: `no-${i}`,
      location,
      addressSpace: `10.${250 + i}.0.0/16`,
      bastion: false,
    })),
  ].slice(0, settings.spokes.length);
  if (settings.dns === "shared" || hubs.length === 1) return settings;
  const spokes = settings.spokes.map((spoke, i) => ({ ...spoke, hub: hubs[i % hubs.length]!.name }));
  return { ...others, hubs, spokes } as unknown as WithHubs<Some>;
}

/** Settings with an agent pool in the first spoke, moved to where the registry then is, if it can have one. */
function withAgents<
  Some extends {
    egress: string | object;
    registry: Regions;
    spokes: { location: string; name: string; addressSpace?: string }[];
  },
>(settings: Some, location: string | undefined): Some {
  const { registry, spokes, egress } = settings;
  const [first, ...others] = spokes;
  const isReplica = registry.replicas.some((one) => locationOf(one) === location);
  if (location === undefined || !first || isReplica || egress === "none") return settings;
  if (first.addressSpace === undefined || Number(first.addressSpace.split("/")[1]) > 22) return settings;
  return {
    ...settings,
    registry: { ...registry, location, agentPool: { spoke: first.name } },
    spokes: [{ ...first, location }, ...others],
  };
}

/** Settings with a registry of others, which have none that would change it; or one that is imported. */
function ofOthers<Some extends { registry: Record<string, unknown> & Regions }>(
  settings: Some,
  which: "new" | "existing" | "imported",
): Some & { registry: { existing?: { registryId: string; import: boolean } } } {
  if (which === "new") return settings;
  const { location, replicas, pullPrincipals, repositoryPermissions, publicAccess, regionalEndpoints, drained } =
    settings.registry;
  const roles = { pullPrincipals, repositoryPermissions, publicAccess };
  const kept = which === "imported" ? settings.registry : { location, ...roles, regionalEndpoints, drained };
  return {
    ...settings,
    registry: {
      ...kept,
      replicas: replicas.map(locationOf),
      existing: { registryId: REGISTRY_ID, import: which === "imported" },
    },
  };
}

/** Right settings that mix everything: networks, a registry and zones made here and existing, resolvers, endpoints in the hub. */
export const mixedSettings = fc
  .record({
    registryIs: fc.constantFrom("new", "new", "existing", "imported" as const),
    peered: fc.boolean(),
    external: fc.boolean(),
    ...COMMON,
    hub: fc.constantFrom("new", "new with endpoint", "existing", "existing with endpoint"),
    zone: fc.boolean(),
    kinds: fc.array(fc.constantFrom("new", "asks hub", "existing" as const), { minLength: 5, maxLength: 5 }),
    state: fc.option(fc.constant({ resourceGroup: "rg", storageAccount: "account", container: "state" }), {
      nil: undefined,
    }),
  })
  .chain(
    ({ names, network: asked, hub, zone, kinds, serving, agents, registryIs, peered, external, outside, ...rest }) => {
      const endpoint = hub.endsWith("endpoint");
      const exists = hub.startsWith("existing");
      const network = external && asked.dns !== "shared" ? { ...asked, dns: "external" } : asked;
      const zoneId = zone && network.dns !== "external" && { zoneId: ZONE_ID };
      const { virtualNetworkId } = networkIds(99);
      const atResolver = { resolverSubnetId: `${virtualNetworkId}/subnets/resolver`, resolverAddress: "10.255.0.100" };
      const existingHub = { ...networkIds(99), peer: true, ...zoneId, ...(outside.resolver && atResolver) };
      const kindOf = (i: number) => (kinds[i] === "asks hub" && !(endpoint && !exists) ? "new" : kinds[i]!);
      return fc.tuple(...names.map((name, slot) => spoke(name, slot, kindOf(slot)))).map((spokes) =>
        ofOthers(
          served(
            withAgents(
              {
                ...rest,
                ...egressOf(rest),
                ...network,
                clients: outside.resolver ? clientOf(outside, endpoint) : [],
                hub: {
                  endpoint,
                  resolver: outside.resolver,
                  gatewayTransit: outside.gatewayTransit,
                  ...(exists ? { existing: existingHub } : { addressSpace: "10.255.0.0/16" }),
                },
                spokes: spokes.map((spoke) =>
                  // In a mesh, spokes have to be peered with each other too.
                  peered && exists && network.spokePeering === "hub" && "existing" in spoke
                    ? { ...spoke, existing: { ...spoke.existing, peer: "existing" as const } }
                    : spoke,
                ),
              },
              agents,
            ),
            serving,
          ),
          registryIs,
        ),
      );
    },
  );
