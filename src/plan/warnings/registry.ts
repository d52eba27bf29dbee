import { joinWords } from "private-link-preview/util";
import { lostRegistries } from "../lost-registries";
import { isFull } from "../kinds/replicas";
import type { Plan } from "../plan";
import { replicaChanges, updatedRegistries } from "../replicas";
import { roomNeeded } from "../room";
import { type Check, type Warning, broken, warning } from "./warning";

/** A registry is replaced or destroyed: its images are lost. */
export const lost = (plan: Plan, given: readonly string[]): Warning[] =>
  lostRegistries(plan).map(({ name, address, successor, reason }) => ({
    code: "registry-lost",
    severity: given.includes(name) ? "warning" : "stop",
    message:
      successor === undefined
        ? `The registry ${name} is destroyed, and all its images are lost.`
        : `The registry ${name} is replaced, and all its images are lost: ${reason}. ` +
          "To keep them, undo that change of the settings; or make a second deployment beside this one, with a folder, an environment and a name prefix of its own, and copy the images over with az acr import before this one goes. " +
          `To lose them: npm run deploy -- --replace-registry ${name}`,
    resources: [address],
  }));

/** A new replica finds no address in a subnet: azurerm's apply fails, and Azure takes the replica back. */
export const noRoom: Check = (plan) =>
  roomNeeded(plan)
    .filter(isFull)
    .map(({ subnet, endpoints, needed, free = 0 }): Warning => ({
      code: "no-room-for-replica",
      severity: "stop",
      message: `${subnet} has ${free} free ${free === 1 ? "address" : "addresses"}, and its endpoint needs ${needed} more: the replica would fail, and Azure would take it back. Give the network more room, or don't add the replica.`,
      resources: endpoints,
    }));

/** A replica goes: its region's clients are served from elsewhere. */
export const replicasGone: Check = (plan) =>
  updatedRegistries(plan.changes).flatMap((registry) => {
    const { removed, remade } = replicaChanges(registry);
    const name = String(registry.before.name);
    return [
      ...removed.map((region) =>
        warning(
          "replica-gone",
          `The replica of ${name} in ${region} goes: pulls and pushes ${fromRegion(plan, region)} are served by another region from then on, from farther away.`,
          [registry],
        ),
      ),
      ...remade.map((region) =>
        warning(
          "replica-remade",
          `The replica of ${name} in ${region} is deleted and made again: until it has copied every image, pulls ${fromRegion(plan, region)} are served by another region.`,
          [registry],
        ),
      ),
    ];
  });

function fromRegion({ before }: Plan, region: string): string {
  const near = before.model.endpoints.filter(({ location }) => location === region);
  const networks = [...new Set(near.flatMap(({ network }) => network?.name ?? []))];
  return networks.length > 0 ? `from ${joinWords(networks)}` : "that it served";
}

/** Nothing keeps the registry from being deleted any more. */
export const lockGone: Check = ({ changes, resourcesAfter }) =>
  resourcesAfter.size === 0
    ? []
    : broken(changes, "azurerm_management_lock").map((lock) =>
        warning(
          "lock-gone",
          lock.action === "delete"
            ? "The lock goes: from then on nothing keeps the registry and its images from being deleted."
            : "The lock is made again: in between nothing keeps the registry and its images from being deleted.",
          [lock],
        ),
      );
