import { BASTION_HUB_PREFIX, overlap, planSpoke, usableAddresses } from "../address-plan";
import { registryName } from "../naming";
import { type Fault, isObject, show } from "./faults";
import { type Settings, range, region, settingsSchema } from "./schema";

/**
 * What can only be judged by looking at several settings at once.
 *
 * @param input - the settings object as written, well-formed or not: what is not well-formed has its own fault
 * already, and is left out here
 */
export function checkTogether(input: unknown): Fault[] {
  const draft = new Draft(input);
  return [
    ...spokeNames(draft),
    ...replicas(draft),
    ...overlaps(draft),
    ...sizes(draft),
    ...registryNameLength(draft),
    ...sharedZone(draft),
  ];
}

function spokeNames({ spokes }: Draft): Fault[] {
  return repeated(spokes.map(({ name }) => name)).map(([index, first]) => ({
    path: ["spokes", index, "name"],
    found: show(spokes[index]?.name),
    allowed: `a name that spokes[${first}] does not have`,
  }));
}

function replicas({ registry }: Draft): Fault[] {
  const { location, replicas } = registry;
  const fault = (index: number, allowed: string): Fault => ({
    path: ["registry", "replicas", index],
    found: show(replicas[index]),
    allowed,
  });
  return [
    ...repeated(replicas).map(([index, first]) => fault(index, `a region that replicas[${first}] is not`)),
    ...replicas.flatMap((replica, index) =>
      replica !== undefined && replica === location
        ? [fault(index, "a region other than registry.location, where the registry is at home")]
        : [],
    ),
  ];
}

function overlaps({ hub, spokes }: Draft): Fault[] {
  const spaces = [
    { path: ["hub", "addressSpace"], range: hub.addressSpace },
    ...spokes.map(({ addressSpace }, index) => ({ path: ["spokes", index, "addressSpace"], range: addressSpace })),
  ];
  return spaces.flatMap((space, index) => {
    const before = spaces.slice(0, index).find(({ range }) => range && space.range && overlap(range, space.range));
    if (!before) return [];
    const other = before.path[0] === "hub" ? "hub" : `spokes[${before.path[1]}]`;
    return [{ path: space.path, found: show(space.range), allowed: `a range apart from ${other}'s ${before.range}` }];
  });
}

function sizes({ hub, spokes, registry }: Draft): Fault[] {
  // One address for the login server and each region's data endpoint, and one more while replicas change.
  const needed = 1 + 1 + registry.replicas.length + 1;
  return [
    ...(hub.bastion && hub.addressSpace && prefixOf(hub.addressSpace) > BASTION_HUB_PREFIX
      ? [
          {
            path: ["hub", "addressSpace"],
            found: show(hub.addressSpace),
            allowed: `a /${BASTION_HUB_PREFIX} or larger, to have room for a bastion, or hub.bastion false`,
          },
        ]
      : []),
    ...spokes.flatMap(({ addressSpace }, index) =>
      addressSpace && (prefixOf(addressSpace) > 28 || usableAddresses(planSpoke(addressSpace).endpoints) < needed)
        ? [
            {
              path: ["spokes", index, "addressSpace"],
              found: show(addressSpace),
              allowed: `a range whose half has ${needed} addresses besides Azure's own 5, for the endpoint: a /${spokePrefixFor(needed)} or larger`,
            },
          ]
        : [],
    ),
  ];
}

function registryNameLength({ environment, registry }: Draft): Fault[] {
  if (environment === undefined || registry.namePrefix === undefined) return [];
  const name = registryName(registry.namePrefix, environment);
  if (name.length >= 5 && name.length <= 50) return [];
  return [
    {
      path: ["registry", "namePrefix"],
      found: show(registry.namePrefix),
      allowed: `a prefix that makes a registry name of 5 to 50 characters; this makes ${name}, of ${name.length}`,
    },
  ];
}

function sharedZone({ dns, spokePeering, spokes }: Draft): Fault[] {
  if (dns !== "shared") return [];
  return [
    ...(spokePeering === "hub"
      ? [
          {
            path: ["dns"],
            found: show(dns),
            allowed:
              '"per-spoke", or "shared" with spokePeering "mesh": one zone gives each spoke the addresses of all, ' +
              "and a spoke that is peered with the hub alone can't reach those in other spokes",
          },
        ]
      : []),
    ...(spokes.length > 20
      ? [
          {
            path: ["dns"],
            found: `"shared" with ${spokes.length} spokes`,
            allowed: '"per-spoke": a record set holds 20 addresses at most, so one zone serves at most 20 endpoints',
          },
        ]
      : []),
  ];
}

/** The index of each value that stands earlier too, with the index where it stands first. */
function repeated(values: readonly (string | undefined)[]): [index: number, first: number][] {
  return values.flatMap((value, index): [number, number][] => {
    const first = values.indexOf(value);
    return value !== undefined && first < index ? [[index, first]] : [];
  });
}

function prefixOf(addressSpace: string): number {
  return Number(addressSpace.split("/")[1]);
}

/** Prefix length of the smallest spoke whose endpoint subnet gives out so many addresses. */
function spokePrefixFor(addresses: number): number {
  let prefix = 28;
  while (usableAddresses(planSpoke(`10.0.0.0/${prefix}`).endpoints) < addresses) prefix--;
  return prefix;
}

/** The settings as far as they are well-formed, defaults included. */
class Draft {
  public readonly environment: string | undefined;
  public readonly dns: unknown;
  public readonly spokePeering: unknown;
  public readonly registry: {
    namePrefix: string | undefined;
    location: string | undefined;
    replicas: (string | undefined)[];
  };
  public readonly hub: { addressSpace: string | undefined; bastion: boolean };
  public readonly spokes: { name: string | undefined; addressSpace: string | undefined }[];

  constructor(input: unknown) {
    const written = isObject(input) ? input : {};
    this.environment = string(written.environment ?? DEFAULTS.environment);
    this.dns = written.dns ?? DEFAULTS.dns;
    this.spokePeering = written.spokePeering ?? DEFAULTS.spokePeering;
    const registry = { ...DEFAULTS.registry, ...(isObject(written.registry) ? written.registry : {}) };
    this.registry = {
      namePrefix: string(registry.namePrefix),
      location: region.safeParse(registry.location).data,
      replicas: list(registry.replicas).map((replica) => region.safeParse(replica).data),
    };
    const hub = { ...DEFAULTS.hub, ...(isObject(written.hub) ? written.hub : {}) };
    this.hub = { addressSpace: range.safeParse(hub.addressSpace).data, bastion: hub.bastion };
    this.spokes = list(written.spokes ?? DEFAULTS.spokes).map((spoke) => ({
      name: isObject(spoke) ? string(spoke.name) : undefined,
      addressSpace: isObject(spoke) ? range.safeParse(spoke.addressSpace).data : undefined,
    }));
  }
}

const DEFAULTS: Settings = settingsSchema.parse({});

function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
