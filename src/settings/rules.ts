import { closest } from "fastest-levenshtein";
import { BASTION_HUB_PREFIX, planHub, planSpoke, usableAddresses } from "../constructs/network/address-plan";
import { CLOUDS, MAX_RECORDS, REGIONS } from "private-link-preview";
import { isIn, overlap, prefixLength } from "private-link-preview/util";
import { MAX_ENDPOINTS, MAX_SUBNET_PREFIX } from "../azure/limits";
import { parseId } from "../azure/resource-id";
import { registryName } from "../constructs/naming";
import { asksHub } from "./asks-hub";
import { Draft, type DraftNetwork } from "./draft";
import { type Fault, show } from "./errors";

/**
 * What can only be judged by looking at several settings at once.
 *
 * @param input - the settings object as written, well-formed or not: what is not well-formed has its own fault
 * already, and is left out here
 */
export function checkTogether(input: unknown): Fault[] {
  const draft = new Draft(input);
  return CHECKS.flatMap((check) => check(draft));
}

type Check = (draft: Draft) => Fault[];

const regionsAreKnown: Check = ({ cloud, newRegions, registry, networks }) => {
  const known = Object.keys(REGIONS[cloud]);
  const named = [
    { path: ["registry", "location"], region: registry.location },
    ...registry.replicas.map((region, index) => ({ path: ["registry", "replicas", index], region })),
    ...networks.map(({ path, location }) => ({ path: [...path, "location"], region: location })),
  ];
  return named.flatMap(({ path, region }) =>
    region === undefined || known.includes(region) || newRegions.includes(region)
      ? []
      : [
          {
            path,
            found: show(region),
            allowed: `a region of Azure's ${cloud} cloud (nearest: ${closest(region, known)}), or one named in newRegions`,
          },
        ],
  );
};

const spokeNamesDiffer: Check = ({ spokes }) =>
  repeated(spokes.map(({ name }) => name)).map(([index, first]) => ({
    path: ["spokes", index, "name"],
    found: show(spokes[index]?.name),
    allowed: `a name that spokes[${first}] does not have`,
  }));

const replicasDiffer: Check = ({ registry: { location, replicas } }) => {
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
};

const replicasAreFew: Check = ({ cloud, newRegions, registry: { replicas } }) => {
  const most = Object.keys(REGIONS[cloud]).length + newRegions.length - 1;
  return replicas.length > most
    ? [
        {
          path: ["registry", "replicas"],
          found: `${replicas.length} regions`,
          allowed: `at most ${most}: each region once`,
        },
      ]
    : [];
};

const addressSpacesAreGiven: Check = ({ spokes }) =>
  spokes.flatMap(({ path, addressSpaceWritten, existing }) =>
    addressSpaceWritten || existing
      ? []
      : [
          {
            path: [...path, "addressSpace"],
            found: "nothing",
            allowed: "a private IPv4 range such as 10.10.0.0/16, unless existing names a network",
          },
        ],
  );

const addressSpacesAreApart: Check = ({ networks }) =>
  networks.flatMap(({ path, addressSpace }, index) => {
    const before = networks
      .slice(0, index)
      .find((other) => other.addressSpace && addressSpace && overlap(other.addressSpace, addressSpace));
    return before
      ? [
          {
            path: [...path, "addressSpace"],
            found: show(addressSpace),
            allowed: `a range apart from ${before.label}'s ${before.addressSpace ?? ""}`,
          },
        ]
      : [];
  });

const addressSpacesHaveRoom: Check = ({ hub, spokes, registry }) => {
  // One address for the login server and each region's data endpoint, and one more while replicas change.
  const needed = 1 + 1 + registry.replicas.length + 1;
  const lacksRoom = (space: string, endpointsIn: (space: string) => string) => {
    const fits = (prefix: number) => {
      const subnet = endpointsIn(`10.0.0.0/${prefix}`);
      return prefixLength(subnet) <= MAX_SUBNET_PREFIX && usableAddresses(subnet) >= needed;
    };
    const prefixes = Array.from({ length: prefixLength(space) - 7 }, (_, i) => prefixLength(space) - i);
    const prefix = prefixes.find(fits);
    // Where none is large enough, there are more replicas than regions, which is a fault of theirs.
    if (prefix === undefined || prefix === prefixLength(space)) return undefined;
    return `a /${prefix} or larger: its endpoint needs ${needed} addresses, besides the 5 of a subnet that Azure keeps`;
  };
  const fault = ({ path, addressSpace }: DraftNetwork, allowed: string | undefined) =>
    allowed === undefined ? [] : [{ path: [...path, "addressSpace"], found: show(addressSpace), allowed }];
  return [
    ...(hub.bastion && hub.addressSpace && prefixLength(hub.addressSpace) > BASTION_HUB_PREFIX
      ? fault(hub, `a /${BASTION_HUB_PREFIX} or larger, to have room for a bastion, or hub.bastion false`)
      : hub.endpoint && !hub.existing && hub.addressSpace
        ? fault(
            hub,
            lacksRoom(hub.addressSpace, (space) => planHub(space).endpoints),
          )
        : []),
    ...spokes.flatMap((spoke) =>
      spoke.addressSpace && !spoke.existing && !asksHub(spoke, hub)
        ? fault(
            spoke,
            lacksRoom(spoke.addressSpace, (space) => planSpoke(space).endpoints),
          )
        : [],
    ),
  ];
};

const registryNameFits: Check = ({ environment, registry }) => {
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
};

const sharedZoneIsReachable: Check = ({ dns, spokePeering, endpoints, networks }) => {
  if (dns !== "shared") return [];
  const closed = networks.filter(({ existing }) => existing && !existing.peer);
  return [
    // Between networks that exist the peerings are their owners'; those made here take one with each.
    ...(closed.length < networks.length ? closed : []).map(({ path }) => ({
      path: [...path, "existing", "peer"],
      found: "false",
      allowed: 'true with dns "shared": every network has to reach every endpoint',
    })),
    ...(spokePeering === "mesh"
      ? []
      : [
          {
            path: ["dns"],
            found: show(dns),
            allowed:
              '"per-spoke", or "shared" with spokePeering "mesh": one zone gives each spoke the addresses of all, ' +
              "and a spoke that is peered with the hub alone can't reach those in other spokes",
          },
        ]),
    ...(endpoints > MAX_RECORDS
      ? [
          {
            path: ["dns"],
            found: `"shared" with ${endpoints} endpoints`,
            allowed: `"per-spoke": a record set holds ${MAX_RECORDS} addresses at most, so one zone serves at most ${MAX_RECORDS} endpoints`,
          },
        ]
      : []),
  ];
};

const endpointsAreFew: Check = ({ hub, endpoints }) =>
  hub.endpoint && endpoints > MAX_ENDPOINTS
    ? [
        {
          path: ["hub", "endpoint"],
          found: `true with ${endpoints - 1} spokes`,
          allowed: `false, or fewer spokes: a registry has at most ${MAX_ENDPOINTS} endpoints`,
        },
      ]
    : [];

const dnsServersAnswerRight: Check = ({ hub, spokes, networks, spokePeering }) =>
  networks.flatMap((network) => {
    const { path, dnsServers } = network;
    const fault = (allowed: string) => [{ path: [...path, "dnsServers"], found: show(dnsServers), allowed }];
    if (network !== hub && !hub.endpoint && asksHub(network, hub)) {
      return fault(
        "servers in the hub only with hub.endpoint true: they answer what the hub sees, and without an endpoint of its " +
          "own that lies in one spoke, which the others can't reach",
      );
    }
    if (network !== hub && asksHub(network, hub) && hub.existing && !hub.existing.peer) {
      return fault(
        "servers in the hub only with hub.existing.peer true: the network has to reach them, and the hub's endpoint",
      );
    }
    const holder = spokes.find(
      ({ addressSpace }) => addressSpace !== undefined && dnsServers.some((server) => isIn(server, addressSpace)),
    );
    if (!holder || holder === network) return [];
    if (network !== hub) {
      if (spokePeering === "mesh") return [];
      return fault(
        `servers in its own range, in the hub's or elsewhere, but not in ${holder.label}, which it can't reach`,
      );
    }
    return asksHub(holder, hub) ? fault(`servers that do not lie in ${holder.label}, which asks the hub's`) : [];
  });

const existingNetworksFit: Check = ({ cloud, hub, spokes, networks }) => {
  const zone = CLOUDS[cloud].privateLinkZone;
  const ids = networks.map(({ existing }) => existing?.virtualNetworkId?.toLowerCase());
  return [
    ...repeated(ids).map(([index, first]) => ({
      path: [...networks[index]!.path, "existing", "virtualNetworkId"],
      found: show(networks[index]!.existing?.virtualNetworkId),
      allowed: `a network that ${networks[first]!.label} is not`,
    })),
    ...networks.flatMap(({ path, existing }) =>
      existing?.virtualNetworkId &&
      existing.endpointSubnetId &&
      !existing.endpointSubnetId.toLowerCase().startsWith(`${existing.virtualNetworkId.toLowerCase()}/`)
        ? [
            {
              path: [...path, "existing", "endpointSubnetId"],
              found: show(existing.endpointSubnetId),
              allowed: "a subnet of the network in virtualNetworkId",
            },
          ]
        : [],
    ),
    ...networks.flatMap(({ path, existing, dnsServers }) =>
      existing && dnsServers.length > 0
        ? [
            {
              path: [...path, "dnsServers"],
              found: show(dnsServers),
              allowed: "nothing for a network that exists: its DNS servers are its owner's to set",
            },
          ]
        : [],
    ),
    ...(hub.existing && hub.bastion
      ? [{ path: ["hub", "bastion"], found: "true", allowed: "false for a hub that exists" }]
      : []),
    ...(hub.existing && hub.endpoint && !hub.existing.endpointSubnetId
      ? [
          {
            path: ["hub", "existing", "endpointSubnetId"],
            found: "nothing",
            allowed: "the id of the subnet for the hub's endpoint, or hub.endpoint false",
          },
        ]
      : []),
    ...(hub.existing?.zoneId && parseId("privateDnsZone", hub.existing.zoneId)?.names[0]?.toLowerCase() !== zone
      ? [{ path: ["hub", "existing", "zoneId"], found: show(hub.existing.zoneId), allowed: `a zone named ${zone}` }]
      : []),
    ...(!hub.existing &&
    !hub.endpoint &&
    spokes.length > 0 &&
    spokes.every(({ existing }) => existing && !existing.peer)
      ? [
          {
            path: ["hub", "endpoint"],
            found: "false",
            allowed: "true, or a spoke with existing.peer true: the hub reaches no endpoint otherwise",
          },
        ]
      : []),
    ...(hub.existing && !hub.existing.peer && !hub.endpoint && spokes.every(({ existing }) => !existing)
      ? [
          {
            path: ["hub", "existing", "peer"],
            found: "false",
            allowed: "true, or hub.endpoint true: the hub reaches no endpoint otherwise",
          },
        ]
      : []),
  ];
};

const CHECKS: Check[] = [
  regionsAreKnown,
  spokeNamesDiffer,
  replicasDiffer,
  replicasAreFew,
  addressSpacesAreGiven,
  addressSpacesAreApart,
  addressSpacesHaveRoom,
  registryNameFits,
  sharedZoneIsReachable,
  endpointsAreFew,
  dnsServersAnswerRight,
  existingNetworksFit,
];

/** The index of each value that stands earlier too, with the index where it stands first. */
function repeated(values: readonly (string | undefined)[]): [index: number, first: number][] {
  return values.flatMap((value, index): [number, number][] => {
    const first = values.indexOf(value);
    return value !== undefined && first < index ? [[index, first]] : [];
  });
}
