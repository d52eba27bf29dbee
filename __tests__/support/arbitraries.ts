import fc from "fast-check";
import { REGIONS } from "../../src/azure/regions";

const region = fc.constantFrom(...Object.keys(REGIONS.public));

const name = fc
  .stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/)
  .filter((name) => !["hub", "registry"].includes(name));

/** Address spaces that do not overlap: the slot decides the second octet. */
const range = (slot: number, smallest: number) =>
  fc.integer({ min: 16, max: smallest }).map((prefix) => `10.${slot}.0.0/${prefix}`);

/** Settings that are right, of any size that a test has time for. */
export const settings = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
    regions: fc.uniqueArray(region, { minLength: 1, maxLength: 6 }),
    network: fc.constantFrom(
      { dns: "per-spoke", spokePeering: "hub" },
      { dns: "per-spoke", spokePeering: "mesh" },
      { dns: "shared", spokePeering: "mesh" },
    ),
    bastion: fc.boolean(),
    testVms: fc.oneof(
      fc.boolean(),
      fc.constant({ shutdownTime: "0730", timezone: "UTC", sshPublicKey: "ssh-ed25519 AAAA" }),
    ),
    tags: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ maxLength: 8 }), { maxKeys: 2 }),
    recordTtl: fc.integer({ min: 1, max: 3600 }),
  })
  .chain(({ names, regions: [home, ...replicas], network, bastion, ...rest }) =>
    fc
      .tuple(
        range(255, 24),
        ...names.map((name, slot) =>
          fc.record({ name: fc.constant(name), location: region, addressSpace: range(slot, 27) }),
        ),
      )
      .map(([addressSpace, ...spokes]) => ({
        ...rest,
        ...network,
        registry: { location: home!, replicas },
        hub: { addressSpace, bastion },
        spokes,
      })),
  )
  // The smallest spokes have no room for many replicas.
  .filter(
    ({ registry, spokes }) =>
      registry.replicas.length < 6 || spokes.every(({ addressSpace }) => !addressSpace.endsWith("/27")),
  );
