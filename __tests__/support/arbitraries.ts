import { REGIONS } from "private-link-preview";
import fc from "./fast-check";
import { ED25519 } from "./ssh-keys";

const region = fc.constantFrom(...Object.keys(REGIONS.public));

const name = fc
  .stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/)
  .filter((name) => !["hub", "registry", "constructor"].includes(name));

const uuid = fc.uuid();

/** Ids of a virtual network and a subnet in it, different for each slot. */
const networkIds = (slot: number) => {
  const virtualNetworkId = `/subscriptions/00000000-0000-0000-0000-${String(slot % 3).padStart(12, "0")}/resourceGroups/rg${slot}/providers/Microsoft.Network/virtualNetworks/existing${slot}`;
  return { virtualNetworkId, endpointSubnetId: `${virtualNetworkId}/subnets/endpoints` };
};

const ZONE_ID =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io";

/** Address spaces that do not overlap: the slot decides the second octet. */
const range = (slot: number, smallest: number) =>
  fc.integer({ min: 16, max: smallest }).map((prefix) => `10.${slot}.0.0/${prefix}`);

const registry = fc
  .record({
    regions: fc.uniqueArray(region, { minLength: 1, maxLength: 5 }),
    routed: fc.boolean(),
    more: fc.record(
      {
        retentionDays: fc.integer({ min: 0, max: 365 }),
        exports: fc.boolean(),
        trustedServices: fc.boolean(),
        deletionProtection: fc.boolean(),
        diagnostics: fc.boolean(),
        pullPrincipals: fc.array(uuid, { maxLength: 2 }),
        pushPrincipals: fc.array(uuid, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ regions: [location, ...others], routed, more }) => ({
    ...more,
    location: location!,
    replicas: others.map((replica, i) => (i === 0 && !routed ? { location: replica, routed } : replica)),
  }));

/** A spoke that is made here, that asks the hub's resolver, or that exists. */
const spoke = (name: string, slot: number, kind: "new" | "asks hub" | "existing") =>
  fc.record({ name: fc.constant(name), location: region, addressSpace: range(slot, 27) }).map((spoke) => {
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
  tags: fc.dictionary(tagName, tagValue, { maxKeys: 2 }),
  recordTtl: fc.integer({ min: 1, max: 3600 }),
  registry,
  network: fc.constantFrom(
    { dns: "per-spoke", spokePeering: "hub" },
    { dns: "per-spoke", spokePeering: "mesh" },
    { dns: "shared", spokePeering: "mesh" },
  ),
  names: fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
};

/** Right settings of networks that are made here, each spoke with an endpoint of its own. */
export const settings = fc.record({ ...COMMON, bastion: fc.boolean() }).chain(({ names, network, bastion, ...rest }) =>
  fc.tuple(range(255, 24), ...names.map((name, slot) => spoke(name, slot, "new"))).map(([addressSpace, ...spokes]) => ({
    ...rest,
    ...network,
    hub: { addressSpace, bastion },
    spokes: spokes as { name: string; location: string; addressSpace: string }[],
  })),
);

/** Right settings that mix everything: networks made here and existing, resolvers, endpoints in the hub. */
export const mixedSettings = fc
  .record({
    ...COMMON,
    hub: fc.constantFrom("new", "new with endpoint", "existing", "existing with endpoint"),
    zone: fc.boolean(),
    kinds: fc.array(fc.constantFrom("new", "asks hub", "existing" as const), { minLength: 5, maxLength: 5 }),
    state: fc.option(fc.constant({ resourceGroup: "rg", storageAccount: "account", container: "state" }), {
      nil: undefined,
    }),
  })
  .chain(({ names, network, hub, zone, kinds, ...rest }) => {
    const endpoint = hub.endsWith("endpoint");
    const exists = hub.startsWith("existing");
    const kindOf = (i: number) => (kinds[i] === "asks hub" && !(endpoint && !exists) ? "new" : kinds[i]!);
    return fc.tuple(...names.map((name, slot) => spoke(name, slot, kindOf(slot)))).map((spokes) => ({
      ...rest,
      ...network,
      hub: {
        endpoint,
        ...(exists
          ? { existing: { ...networkIds(99), peer: true, ...(zone && { zoneId: ZONE_ID }) } }
          : { addressSpace: "10.255.0.0/16" }),
      },
      spokes,
    }));
  });
