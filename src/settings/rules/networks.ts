import { isIn } from "../../../packages/common/util";
import { DEVELOPER_BASTION_REGIONS, MAX_ENDPOINTS, MAX_MESH_SPOKES } from "../../azure/limits";
import { planHub } from "../../constructs/network/address-plan";
import type { SettingsError } from "../errors";
import { type Context, errorAt, repeated } from "./context";

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

export function* endpointsAreFew({ hub, endpoints }: Context): Iterable<SettingsError> {
  if (hub.endpoint && endpoints > MAX_ENDPOINTS) {
    yield {
      path: ["hub", "endpoint"],
      found: `true with ${endpoints - 1} spokes`,
      allowed: `false, or fewer spokes: a registry supports at most ${MAX_ENDPOINTS} private endpoints`,
    };
  }
}

/** The networks can use the public name of a registry that is open, until they have endpoints. */
export function* someNetworkHasAnEndpoint({ spokes, hub, registry }: Context): Iterable<SettingsError> {
  if (spokes.length > 0 || hub.endpoint !== false || registry.publicAccess !== false) return;
  const allowed =
    "at least one spoke, or hub.endpoint set to true, or registry.publicAccess as long as the registry is open: otherwise no network can reach the registry";
  yield errorAt(["spokes"], [], allowed);
}

export function* hubReachesAnEndpoint({ hub, spokes, registry }: Context): Iterable<SettingsError> {
  if (hub.endpoint !== false || registry.publicAccess !== false) return;
  const otherwise = "otherwise the hub cannot reach any endpoint";
  if (!hub.existing && spokes.length > 0 && spokes.every(({ existing }) => existing?.peer === false)) {
    yield errorAt(["hub", "endpoint"], false, `true, or existing.peer set to true in a spoke: ${otherwise}`);
  }
  if (hub.existing?.peer === false && spokes.every(({ existing }) => !existing)) {
    yield errorAt(["hub", "existing", "peer"], false, `true, or hub.endpoint set to true: ${otherwise}`);
  }
}

export function* egressFits({ egress, testVms, hub, spokes }: Context): Iterable<SettingsError> {
  const created = spokes.filter(({ existing }) => !existing);
  if (egress === "none" && testVms && created.length > 0) {
    yield errorAt(
      ["egress"],
      egress,
      '"default" or an object with firewallAddress, or testVms set to false: the test VMs install Docker from the internet',
    );
  }
  const address = typeof egress === "object" ? egress.firewallAddress : undefined;
  if (address === undefined) return;
  const error = (allowed: string) => errorAt(["egress", "firewallAddress"], address, allowed);
  const holds = ({ addressSpace }: Context["networks"][number]) =>
    addressSpace !== undefined && isIn(address, addressSpace);

  const spoke = spokes.find(holds);
  if (spoke) {
    yield error(
      `an address outside of ${spoke.addressSpace!} of ${spoke.label}: every spoke must reach the firewall, in the hub or in another network that it is peered with`,
    );
  }
  if (!holds(hub)) return;
  if (hub.existing?.peer === false) {
    yield error("an address in the hub only if hub.existing.peer is true: the spokes must reach the firewall");
  }
  // The subnets of a network that exists are not in the settings.
  if (hub.existing) return;
  const { endpoints, bastion } = planHub(hub.addressSpace!);
  const taken = [
    ...(hub.endpoint ? [{ range: endpoints, what: "the hub's private endpoint" }] : []),
    ...(hub.bastion === "basic" ? [{ range: bastion, what: "Azure Bastion" }] : []),
  ].find(({ range }) => isIn(address, range));
  if (taken) yield error(`an address outside of ${taken.range}, the subnet of ${taken.what}`);
}

/** Bastion Developer is in the spokes that are created, and in some regions only. */
export function* developerBastionsExist({ cloud, newRegions, hub, spokes }: Context): Iterable<SettingsError> {
  if (hub.bastion !== "developer") return;
  const regions = [...(cloud === "public" ? DEVELOPER_BASTION_REGIONS : []), ...newRegions];
  const without = spokes.find(
    ({ existing, location }) => !existing && location !== undefined && !regions.includes(location),
  );
  if (without)
    yield errorAt(
      ["hub", "bastion"],
      hub.bastion,
      `"basic" or false: Azure has no Bastion Developer in ${without.location!} of ${without.label}. It is in ${regions.join(", ") || "the public cloud only"}`,
    );
}
