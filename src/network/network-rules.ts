import { isIn } from "../../packages/common/util";
import { DEVELOPER_BASTION_REGIONS, MAX_ENDPOINTS, MAX_MESH_SPOKES } from "../limits";
import { planHub } from "./address-plan";
import { ID } from "../terraform/logical-ids";
import type { SettingsError } from "../settings/errors";
import { type Context, errorAt, repeated } from "../rule-context";

export function* hubsDiffer({ hub, hubs }: Context): Iterable<SettingsError> {
  if (hub && hubs[0]?.path[0] === "hubs")
    yield { path: ["hub"], found: "hub and hubs", allowed: `one of the two. In hubs, it has the name ${ID.hub}` };
  for (const [one, first] of repeated(hubs, ({ name }) => name))
    yield errorAt([...one.path, "name"], one.name, `a name that differs from the name of ${first.label}`);
}

export function* spokesHaveHubs({ hubs, spokes }: Context): Iterable<SettingsError> {
  const names = hubs.flatMap(({ name }) => name ?? []);
  for (const { path, hub } of spokes)
    if (hub.name !== undefined && !hubs.includes(hub) && names.length === hubs.length)
      yield errorAt([...path, "hub"], hub.name, `the name of a hub: ${names.join(", ")}`);
}

export function* spokeNamesDiffer({ spokes }: Context): Iterable<SettingsError> {
  for (const [spoke, first] of repeated(spokes, ({ name }) => name)) {
    const allowed = `a name that differs from the name of ${first.label}`;
    yield errorAt([...spoke.path, "name"], spoke.name, allowed);
  }
}

export function* meshIsSmall({ spokePeering, spokes }: Context): Iterable<SettingsError> {
  if (spokePeering !== "mesh" || spokes.length <= MAX_MESH_SPOKES) return;
  yield {
    path: ["spokePeering"],
    found: `"mesh" with ${spokes.length} spokes`,
    allowed: `"hub", or at most ${MAX_MESH_SPOKES} spokes: a mesh takes two peerings for each pair of spokes, ${spokes.length * (spokes.length - 1)} here, and Azure has some sixty regions`,
  };
}

export function* endpointsAreFew({ hubs, endpoints }: Context): Iterable<SettingsError> {
  const hub = hubs.find(({ endpoint }) => endpoint);
  if (hub && endpoints > MAX_ENDPOINTS) {
    yield {
      path: [...hub.path, "endpoint"],
      found: `true with ${endpoints - 1} other endpoints`,
      allowed: `false, or fewer spokes: a registry supports at most ${MAX_ENDPOINTS} private endpoints`,
    };
  }
}

/** The networks can use the public name of a registry that is open, until they have endpoints. */
export function* someNetworkHasAnEndpoint({ spokes, hubs, registry }: Context): Iterable<SettingsError> {
  if (spokes.length > 0 || hubs.some(({ endpoint }) => endpoint !== false) || registry.publicAccess !== false) return;
  const allowed =
    "at least one spoke, or hub.endpoint set to true, or registry.publicAccess as long as the registry is open: otherwise no network can reach the registry";
  yield errorAt(["spokes"], [], allowed);
}

export function* hubsReachAnEndpoint({ hubs, spokes, registry }: Context): Iterable<SettingsError> {
  if (registry.publicAccess !== false) return;
  const otherwise = "otherwise the hub cannot reach any endpoint";
  for (const hub of hubs) {
    if (hub.endpoint !== false || hub.virtualHubId !== undefined) continue;
    const own = spokes.filter((spoke) => spoke.hub === hub);
    if (own.length === 0 && spokes.length > 0 && hub.name !== undefined) {
      const allowed = `true, or at least one spoke whose hub is ${hub.name}: ${otherwise} of its own`;
      yield errorAt([...hub.path, "endpoint"], false, allowed);
    } else if (!hub.existing && own.length > 0 && own.every(({ existing }) => existing?.peer === false)) {
      yield errorAt([...hub.path, "endpoint"], false, `true, or existing.peer set to true in a spoke: ${otherwise}`);
    } else if (hub.existing?.peer === false && own.every(({ existing }) => !existing)) {
      yield errorAt(
        [...hub.path, "existing", "peer"],
        false,
        `true, or ${hub.label}.endpoint set to true: ${otherwise}`,
      );
    }
  }
}

export function* egressFits({ egress, testVms, hubs, spokes }: Context): Iterable<SettingsError> {
  const created = spokes.filter(({ existing }) => !existing);
  const byEgress = created.filter(({ hub }) => hub.firewallAddress === undefined);
  if (egress === "none" && testVms && byEgress.length > 0) {
    yield errorAt(
      ["egress"],
      egress,
      '"default" or an object with firewallAddress, or testVms set to false: the test VMs install Docker from the internet',
    );
  }
  const firewalls = [
    ...(typeof egress === "object"
      ? [{ path: ["egress"], firewallAddress: egress.firewallAddress, users: byEgress }]
      : []),
    ...hubs.map((hub) => ({ ...hub, users: created.filter((spoke) => spoke.hub === hub) })),
  ];
  for (const { path, firewallAddress: address, users } of firewalls) {
    if (address === undefined) continue;
    const error = (allowed: string) => errorAt([...path, "firewallAddress"], address, allowed);
    const holds = ({ addressSpace }: Context["networks"][number]) =>
      addressSpace !== undefined && isIn(address, addressSpace);

    const spoke = spokes.find(holds);
    if (spoke) {
      yield error(
        `an address outside of ${spoke.addressSpace!} of ${spoke.label}: every spoke must reach the firewall, in the hub or in another network that it is peered with`,
      );
    }
    const hub = hubs.find(holds);
    if (!hub) continue;
    const other = users.find((user) => user.hub !== hub);
    if (other)
      yield error(
        `an address outside of ${hub.addressSpace!} of ${hub.label}, which ${other.label} of another hub cannot reach: set firewallAddress of each hub`,
      );
    if (hub.existing?.peer === false) {
      yield error(
        `an address in the hub only if ${hub.label}.existing.peer is true: the spokes must reach the firewall`,
      );
    }
    // The subnets of a network that exists are not in the settings.
    if (hub.existing || hub.virtualHubId !== undefined) continue;
    const { endpoints, bastion, resolver } = planHub(hub.addressSpace!);
    const taken = [
      ...(hub.endpoint ? [{ range: endpoints, what: "the hub's private endpoint" }] : []),
      ...(hub.bastion === "basic" ? [{ range: bastion, what: "Azure Bastion" }] : []),
      ...(hub.resolver ? [{ range: resolver, what: "the hub's resolver" }] : []),
    ].find(({ range }) => isIn(address, range));
    if (taken) yield error(`an address outside of ${taken.range}, the subnet of ${taken.what}`);
  }
}

/** Bastion Developer is in the spokes that are created, and in some regions only. */
export function* developerBastionsExist({ cloud, newRegions, hubs, spokes }: Context): Iterable<SettingsError> {
  const regions = [...(cloud === "public" ? DEVELOPER_BASTION_REGIONS : []), ...newRegions];
  for (const hub of hubs) {
    if (hub.bastion !== "developer") continue;
    const without = spokes.find(
      (spoke) =>
        spoke.hub === hub && !spoke.existing && spoke.location !== undefined && !regions.includes(spoke.location),
    );
    if (!without) continue;
    yield errorAt(
      [...hub.path, "bastion"],
      hub.bastion,
      `"basic" or false: Azure has no Bastion Developer in ${without.location!} of ${without.label}. It is in ${regions.join(", ") || "the public cloud only"}`,
    );
  }
}
