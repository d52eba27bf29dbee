import { roleAssignmentMode } from "../../../src/registry/repository-permissions";
import { at, count, groupBy, joinWords, type Json, unique } from "../../../packages/common/util";
import { nameOf } from "../change";
import { noun } from "../inventory";
import { lostRegistries } from "../lost-registries";
import { type Plan, type ResourceChange, textIn } from "../plan";
import { isUpdatedRegistry, replicaChanges, replicasIn, replicasText } from "../replicas";
import { switchesRegionalEndpoints } from "../regional-endpoints";
import { isFull, roomNeeded } from "../room";
import { destroyedOrReplaced, findingAbout, planFinding, type PlanRule } from "./plan-finding";

/** A registry is destroyed or replaced, and its images are lost. */
export const registriesLost: PlanRule = (plan, { replaceRegistry }) =>
  lostRegistries(plan).map(({ name, address, successor, reason, isTainted }) => ({
    ...planFinding(
      "registry-lost",
      successor === undefined
        ? `The registry ${name} is destroyed, and all its images are lost.`
        : `The registry ${name} is replaced, and all its images are lost: ${reason}. ` +
            (isTainted
              ? "Its creation did not finish. To keep it, and to add what is missing: npm run deploy -- --import-existing. "
              : "") +
            "To keep the images, undo that change of the settings; or create a second deployment beside this one, with a folder, an environment and a name prefix of its own, and copy the images with az acr import before you destroy this one. " +
            `To lose the images: npm run deploy -- --replace-registry ${name}`,
      [address],
    ),
    ...(name === replaceRegistry && { ignored: true }),
  }));

/** A new replica, or regional endpoints, find no free address in a subnet: the apply fails, and Azure rolls them back. */
export const noRoomForReplica: PlanRule = (plan) => {
  const [what, less] = plan.changes.some(switchesRegionalEndpoints)
    ? ["the regional endpoints and roll them back", "leave registry.regionalEndpoints false"]
    : ["the replica and roll it back", "add fewer replicas"];
  return roomNeeded(plan)
    .filter(isFull)
    .map(({ subnet, endpoints, needed, free = 0 }) =>
      planFinding(
        "no-room-for-replica",
        `The subnet ${subnet} has ${free} free ${free === 1 ? "address" : "addresses"}, and its private ${endpoints.length === 1 ? "endpoint needs" : "endpoints need"} ${needed} more: Azure would refuse ${what}. Give the endpoint a larger subnet: in an existing network with existing.endpointSubnetId; a spoke that is created here has to be removed, and added again with a larger address space. Or ${less}.`,
        endpoints,
      ),
    );
};

/** A replica is removed while names lead to it: they lead nowhere until their records are updated. */
export const regionsInUse: PlanRule = (plan) =>
  plan.changes.filter(isUpdatedRegistry).flatMap((registry) =>
    replicaChanges(registry).removed.flatMap((region) => {
      const networks = plan.before.networksServedBy(region);
      if (networks.length === 0) return [];
      return findingAbout(
        "region-in-use",
        `The replica of ${nameOf(registry)} in ${region} is removed while the login server leads ${joinWords(networks)} there: pulls and pushes would fail until DNS returns another address, and clients have forgotten the old one. First add ${region} to registry.drained and deploy. Then remove it from registry.replicas and from registry.drained, and deploy again.`,
        registry,
      );
    }),
  );

/** Regional endpoints are turned off while names lead to them. */
export const regionalEndpointsInUse: PlanRule = (plan) =>
  plan.changes
    .filter((change) => switchesRegionalEndpoints(change) && change.effect === "destroyed")
    .flatMap((off) => {
      const regions = unique(plan.before.model.registries.flatMap((registry) => registry.regions));
      const networks = unique(regions.flatMap((region) => plan.before.networksServedBy(region))).sort();
      if (networks.length === 0 || lostRegistries(plan).length > 0) return [];
      return findingAbout(
        "regional-endpoints-in-use",
        `The regional endpoints are turned off while the login server leads ${joinWords(networks)} to them: pulls and pushes would fail until clients have forgotten the old address. First drain every region and deploy: "regionalEndpoints": true, "drained": ${JSON.stringify(regions)}. Azure then chooses which region serves. Then set regionalEndpoints to false and drained to [], and deploy again.`,
        off,
      );
    });

/** A replica is removed: another region serves what it served. */
export const replicasRemoved: PlanRule = (plan) =>
  plan.changes
    .filter(isUpdatedRegistry)
    .flatMap((registry) =>
      replicaChanges(registry).removed.map((region) =>
        findingAbout(
          "replica-removed",
          `The replica of ${nameOf(registry)} in ${region} is removed: from then on, another region serves ${servedBy(plan, region)}.`,
          registry,
        ),
      ),
    );

/** A replica is replaced, which azurerm does where its zone redundancy differs. Nobody asks for that. */
export const replicasReplaced: PlanRule = (plan) =>
  plan.changes.filter(isUpdatedRegistry).flatMap((registry) =>
    replicaChanges(registry).replaced.map((region) => {
      const isZoneRedundant = replicasIn(registry.before).get(region)!.zone_redundancy_enabled === true;
      return findingAbout(
        "replica-replaced",
        `The replica of ${nameOf(registry)} in ${region} is replaced, because its zone redundancy differs: until the new one has copied every image, another region serves ${servedBy(plan, region)}. To keep it as it is, set zoneRedundancy of that replica to ${isZoneRedundant}.`,
        registry,
      );
    }),
  );

/** The role assignment mode changes: the roles of the other mode have no effect from then on. */
export const roleAssignmentModes: PlanRule = (plan) =>
  plan.changes.filter(isUpdatedRegistry).flatMap((registry) => {
    const [before, after] = [registry.before, registry.after].map((values) => textIn(values, "role_assignment_mode"));
    if (!before || !after || before === after) return [];
    const perRepository = after === roleAssignmentMode(true);
    return findingAbout(
      "role-assignment-mode",
      `The permissions for each repository of ${nameOf(registry)} are turned ${perRepository ? "on" : "off"}: the roles ${perRepository ? "AcrPull and AcrPush" : "for repositories"} have no effect from then on. Pulls and pushes can fail for some minutes, and with cached credentials until each client has refreshed them.`,
      registry,
    );
  });

const ENDPOINT = "azurerm_private_endpoint";

/** A registry that has clients already gets its first private endpoint, which changes its names and where blobs are. */
export const firstEndpoints: PlanRule = ({ changes, resourcesBefore, read }) => {
  const created = changes.filter(({ type, effect }) => type === ENDPOINT && effect === "created");
  if (created.length === 0 || [...resourcesBefore.values()].some(({ type }) => type === ENDPOINT)) return [];
  const imported = changes.find((change) => change.imported && change.type === REGISTRY);
  const open = [...resourcesBefore.values()].find(
    ({ type, values }) => type === REGISTRY && values.public_network_access_enabled === true,
  );
  const registry = [...read.values()].find(({ values }) => EXISTING_REGISTRY.test(textIn(values, "type") ?? ""));
  // A registry that is created has no clients yet, and one that is closed none that come by its public name.
  const name = imported ? nameOf(imported) : textIn((registry ?? open)?.values ?? {}, "name");
  const connections = registry && at(registry.values, ["output", "endpointConnections"]);
  if (name === undefined || (connections !== undefined && connections.length > 0)) return [];
  const start = connections
    ? `The registry ${name} gets its first private endpoint`
    : `If the registry ${name} has no private endpoint yet, it gets its first one`;
  return [
    findingAbout(
      "first-private-endpoint",
      `${start}. For all of its clients, wherever they are, blobs then come from the registry's data endpoints: those whose firewalls allow *.blob.core.windows.net alone can't pull any more. And its name leads to the zone privatelink.azurecr.io: in networks that are linked to another zone of that name without fallback to public DNS, it stops resolving. First have the firewalls allow the data endpoints, and have these links fall back (resolution policy NxDomainRedirect).`,
      ...created,
    ),
  ];
};

const REGISTRY = "azurerm_container_registry";
const EXISTING_REGISTRY = /^Microsoft\.ContainerRegistry\/registries@/i;
const LOCK = "azurerm_management_lock";

/** For types of resources that a lock on a registry keeps from being deleted: the id of the registry in their values. */
const REGISTRY_OF: Readonly<Record<string, (values: Json) => unknown>> = {
  azurerm_role_assignment: ({ scope }) => scope,
  azurerm_monitor_diagnostic_setting: ({ target_resource_id: id }) => id,
  // Azure deletes the registry's side of the connection with the endpoint.
  [ENDPOINT]: (values) => at(values, ["private_service_connection", "private_connection_resource_id"])[0],
};

/** Something is deleted that a lock keeps from being deleted, and the lock stays: the apply fails halfway. */
export const keptByLock: PlanRule = ({ changes, resourcesBefore, resourcesAfter }) =>
  [...resourcesBefore.values()]
    .filter(({ type, address }) => type === LOCK && resourcesAfter.has(address))
    .filter(({ address }) => destroyedOrReplaced(changes, LOCK).every((change) => change.address !== address))
    .flatMap((lock) => {
      const scope = textIn(lock.values, "scope")?.toLowerCase();
      const isLocked = (id: unknown) =>
        scope !== undefined && typeof id === "string" && `${id.toLowerCase()}/`.startsWith(`${scope}/`);
      const deleted = changes.filter(
        ({ type, effect, before }) =>
          (effect === "destroyed" || effect === "replaced") && isLocked(REGISTRY_OF[type]?.(before)),
      );
      const registries = changes
        .filter((change) => isUpdatedRegistry(change) && isLocked(change.before.id))
        .filter((registry) => replicasDeleted(registry).length > 0);
      if (deleted.length + registries.length === 0) return [];
      const what = [
        ...registries.map((registry) => replicasText(replicasDeleted(registry))),
        ...[...groupBy(deleted, ({ type }) => type)].map(([type, [first, ...others]]) =>
          type === ENDPOINT && others.length === 0
            ? `the private endpoint ${nameOf(first!)}`
            : count(others.length + 1, noun(type)),
        ),
      ];
      return findingAbout(
        "locked",
        `The lock on the registry also keeps from being deleted what this plan deletes: ${joinWords(what)}. Azure would refuse, and the apply would fail halfway. First set registry.deletionProtection to false and deploy; then make this change and deploy again.`,
        ...registries,
        ...deleted,
      );
    });

/** Regions in which a replica is deleted, for good or to be created again. */
function replicasDeleted(registry: ResourceChange): string[] {
  const { removed, replaced } = replicaChanges(registry);
  return [...removed, ...replaced].sort();
}

/**
 * What a replica serves. Without regional endpoints, which replica serves a request is Azure's choice, usually the one in
 * the same region.
 */
function servedBy({ before }: Plan, region: string): string {
  const isRegional = before.model.registries.some(({ regional }) => regional);
  const near = before.model.endpoints.filter(({ location }) => location === region);
  const networks = isRegional
    ? before.networksServedBy(region)
    : unique(near.flatMap(({ network }) => network?.name ?? []));
  const usually = isRegional ? "" : "usually ";
  return `what it served${networks.length > 0 ? `, ${usually}the pulls and pushes from ${joinWords(networks)}` : ""}`;
}

/** Nothing keeps the registry from being deleted any more, or for a while. */
export const locksRemoved: PlanRule = ({ changes, resourcesAfter }) =>
  resourcesAfter.size === 0
    ? []
    : destroyedOrReplaced(changes, LOCK).map((lock) =>
        findingAbout(
          "lock-removed",
          lock.effect === "destroyed"
            ? "The lock is destroyed: from then on, nothing keeps the registry and its images from being deleted."
            : "The lock is replaced: until the new one is created, nothing keeps the registry and its images from being deleted.",
          lock,
        ),
      );
