import { joinWords, unique } from "private-link-preview/util";
import { lostRegistries } from "../lost-registries";
import type { Plan } from "../plan";
import { isUpdatedRegistry, replicaChanges } from "../replicas";
import { isFull, roomNeeded } from "../room";
import { destroyedOrReplaced, findingAbout, type PlanFinding, planFinding, type PlanRule } from "./plan-finding";

/**
 * A registry is destroyed or replaced, and its images are lost.
 *
 * @param ignored - name of a registry that may be lost
 */
export function registriesLost(plan: Plan, ignored?: string): PlanFinding[] {
  return lostRegistries(plan).map(({ name, address, successor, reason }) => ({
    ...planFinding(
      "registry-lost",
      successor === undefined
        ? `The registry ${name} is destroyed, and all its images are lost.`
        : `The registry ${name} is replaced, and all its images are lost: ${reason}. ` +
            "To keep the images, undo that change of the settings; or create a second deployment beside this one, with a folder, an environment and a name prefix of its own, and copy the images with az acr import before you destroy this one. " +
            `To lose the images: npm run deploy -- --replace-registry ${name}`,
      [address],
    ),
    ...(name === ignored && { ignored: true }),
  }));
}

/** A new replica finds no free address in a subnet: the apply fails, and Azure rolls the replica back. */
export const noRoomForReplica: PlanRule = (plan) =>
  roomNeeded(plan)
    .filter(isFull)
    .map(({ subnet, endpoints, needed, free = 0 }) =>
      planFinding(
        "no-room-for-replica",
        `The subnet ${subnet} has ${free} free ${free === 1 ? "address" : "addresses"}, and its private ${endpoints.length === 1 ? "endpoint needs" : "endpoints need"} ${needed} more: Azure would refuse the replica and roll it back. Give the network a larger address space, or add fewer replicas.`,
        endpoints,
      ),
    );

/** A replica is removed or replaced: clients in its region are served by another region. */
export const replicasRemoved: PlanRule = (plan) =>
  plan.changes.filter(isUpdatedRegistry).flatMap((registry) => {
    const { removed, replaced } = replicaChanges(registry);
    const name = String(registry.before.name);
    return [
      ...removed.map((region) =>
        findingAbout(
          "replica-removed",
          `The replica of ${name} in ${region} is removed: from then on, another region, farther away, serves the pulls and pushes ${fromRegion(plan, region)}.`,
          registry,
        ),
      ),
      ...replaced.map((region) =>
        findingAbout(
          "replica-replaced",
          `The replica of ${name} in ${region} is replaced: until the new one has copied every image, another region serves the pulls ${fromRegion(plan, region)}.`,
          registry,
        ),
      ),
    ];
  });

function fromRegion({ before }: Plan, region: string): string {
  const near = before.model.endpoints.filter(({ location }) => location === region);
  const networks = unique(near.flatMap(({ network }) => network?.name ?? []));
  return networks.length > 0 ? `from ${joinWords(networks)}` : "that it served";
}

/** Nothing keeps the registry from being deleted any more, or for a while. */
export const locksRemoved: PlanRule = ({ changes, resourcesAfter }) =>
  resourcesAfter.size === 0
    ? []
    : destroyedOrReplaced(changes, "azurerm_management_lock").map((lock) =>
        findingAbout(
          "lock-removed",
          lock.effect === "destroyed"
            ? "The lock is destroyed: from then on, nothing keeps the registry and its images from being deleted."
            : "The lock is replaced: until the new one is created, nothing keeps the registry and its images from being deleted.",
          lock,
        ),
      );
