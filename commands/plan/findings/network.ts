import { groupBy, isIn, joinWords, overlap } from "../../../packages/common/util";
import { networkOf } from "../../../src/terraform/logical-ids";
import { capitalized, nameOf, partName } from "../change";
import { type Difference, differences, differencesText, reasonText } from "../differences";
import { noun } from "../inventory";
import { peeredNetworks } from "../joined";
import type { PlanFindingCode } from "../finding-codes";
import type { NetworkIndex } from "../network-index";
import { partReason } from "../parts";
import type { PartEffect, Plan } from "../plan";
import { changesInStayingParts, destroyedOrReplaced, findingAbout, type PlanRule } from "./plan-finding";

const VM = "azurerm_linux_virtual_machine";

/** What clients, or those who sign in, use directly. */
const IN_USE = [
  "azurerm_virtual_network",
  "azurerm_private_endpoint",
  VM,
  "azurerm_bastion_host",
  "azurerm_private_dns_resolver_inbound_endpoint",
];

/** A hub or spoke is replaced with everything in it. */
export const partsReplaced: PlanRule = (plan) =>
  partsWith("replaced", plan).map((part) => {
    const lost = plan.changes.filter(
      ({ type, effect, ...change }) => change.part === part && effect === "replaced" && IN_USE.includes(type),
    );
    const what = joinWords(lost.map((change) => `${noun(change.type)} ${nameOf(change)}`)) || "everything in it";
    const disks = lost.some(({ type }) => type === VM) ? " What is on the VM's disk is lost." : "";
    return findingAbout(
      "network-replaced",
      `${capitalized(partName(part))} is replaced (${partReason(plan, part)}): ${what} ${lost.length > 1 ? "are" : "is"} deleted and created again, and clients there have no access until then.${disks} If others have created resources in the network, remove them first, or Azure refuses to delete it.`,
      ...lost,
    );
  });

function partsWith(effect: PartEffect, { changedParts }: Plan): string[] {
  return [...changedParts].flatMap(([part, its]) => (its === effect ? [part] : []));
}

/** What follows where one resource in a part that stays is replaced, by its type. */
const REPLACED: Readonly<Record<string, readonly [PlanFindingCode, consequence: string]>> = {
  azurerm_virtual_network: [
    "network-replaced",
    " with everything in it: clients there have no access until it is created again.",
  ],
  azurerm_subnet: [
    "subnet-replaced",
    ": everything in it is deleted first, and clients have no access until it is created again.",
  ],
  [VM]: ["vm-replaced", ": what is on its disk is lost."],
};

/** A resource in a part that stays is replaced: a virtual network that is not of this project, a subnet, or a VM. */
export const resourcesReplaced: PlanRule = (plan) =>
  changesInStayingParts(plan).flatMap((change) => {
    const [code, consequence] = REPLACED[change.type] ?? [];
    if (code === undefined || change.effect !== "replaced") return [];
    const subject = `The ${noun(change.type)} ${nameOf(change)}`;
    return findingAbout(code, `${subject} is replaced (${reasonText(change)})${consequence!}`, change);
  });

/** Two networks that stay no longer reach each other, or not for a while. */
export const peerings: PlanRule = (plan) => {
  const found = destroyedOrReplaced(changesInStayingParts(plan), "azurerm_virtual_network_peering");
  return [...groupBy(found, (change) => peeredNetworks(plan, change).join(" and "))].map(([networks, sides]) =>
    findingAbout(
      "peering-interrupted",
      sides.every(({ effect }) => effect === "replaced")
        ? `The peering of ${networks} is replaced (${reasonText(sides[0]!)}): until the new one is created, they don't reach each other.`
        : `The peering of ${networks} is destroyed: they no longer reach each other.`,
      ...sides,
    ),
  );
};

const NETWORK = "azurerm_virtual_network";
const RANGES = ["address_space", "address_prefixes"];

/** Whether every range of before is in one of those after. */
function isGrowth({ before, after }: Difference): boolean {
  const [old, young] = [before, after].map((ranges) => (Array.isArray(ranges) ? ranges.map(String) : []));
  return young!.length > 0 && old!.every((range) => young!.some((one) => isIn(range, one)));
}

/** The range of a network or subnet is changed in place, which Azure refuses while the range is in use. */
export const addressSpacesMoved: PlanRule = ({ changes }) => {
  const moving = changes
    .filter(({ type, effect }) => effect === "updated" && /^azurerm_(virtual_network|subnet)$/.test(type))
    .map((change) => ({
      change,
      moved: differences(change).filter(
        (one) => RANGES.includes(one.path) && !(change.type === NETWORK && isGrowth(one)),
      ),
    }))
    .filter(({ moved }) => moved.length > 0);
  return [...groupBy(moving, ({ change }) => change.part ?? change.address)].map(([part, all]) =>
    findingAbout(
      "address-space-moves",
      `The addresses of ${partName(part)} change (${differencesText(all.flatMap(({ moved }) => moved))}): Azure refuses to remove a range that is in use, and then the apply fails. To move a spoke, remove it from the settings, deploy, then add it again.`,
      ...all.map(({ change }) => change),
    ),
  );
};

/** A spoke is created with addresses of one that is destroyed: Azure peers a network with one of them at a time. */
export const addressSpacesReused: PlanRule = (plan) => {
  const rangesOf = (network: { addressSpace: readonly string[] }) =>
    network.addressSpace.filter((range) => !range.includes(":"));
  const networks = (effect: PartEffect, { model }: NetworkIndex) =>
    partsWith(effect, plan).flatMap((part) => {
      const network = model.networks.find(({ address }) => address === networkOf(part));
      return network ? [{ part, network }] : [];
    });
  const [destroyed, created] = [networks("destroyed", plan.before), networks("created", plan.after)];
  return destroyed.flatMap((old) =>
    created
      .filter(({ network }) => rangesOf(network).some((a) => rangesOf(old.network).some((b) => overlap(a, b))))
      .map((young) =>
        findingAbout(
          "address-space-reused",
          `${young.part} is created with addresses of ${old.part}, which is destroyed. Azure refuses to peer the hub with both at the same time: if the apply fails for that reason, apply again. (A spoke that is renamed is destroyed and created under its new name.)`,
          ...plan.changes.filter(({ address }) => [old.network.address, young.network.address].includes(address)),
        ),
      ),
  );
};

/** A VM that gets another size restarts. */
export const vmsRestarted: PlanRule = ({ changes }) =>
  changes
    .filter(({ type, effect }) => type === VM && effect === "updated")
    .filter((vm) => differences(vm).some(({ path }) => path === "size"))
    .map((vm) => findingAbout("vm-restarts", `The VM ${nameOf(vm)} restarts, because its size changes.`, vm));

/** There is no access to the VMs' shells any more, or for a while. */
export const bastions: PlanRule = (plan) =>
  plan.resourcesAfter.size === 0
    ? []
    : destroyedOrReplaced(changesInStayingParts(plan), "azurerm_bastion_host").map((host) =>
        findingAbout(
          "bastion-interrupted",
          host.effect === "destroyed"
            ? `The bastion ${nameOf(host)} is destroyed: open sessions end, and from then on ${plan.changes.some(({ type, effect }) => type === host.type && effect === "created") ? "the VMs' shells are reached through the new bastions" : "there is no access to the VMs' shells"}.`
            : `The bastion ${nameOf(host)} is replaced (${reasonText(host)}): open sessions end, and for some ten minutes there is no access to the VMs' shells.`,
          host,
        ),
      );

/** What an interrupted replacement has left behind. */
export const deposedObjects: PlanRule = ({ changes }) =>
  changes
    .filter(({ deposed }) => deposed)
    .map((change) =>
      findingAbout(
        "deposed-object",
        `${change.address} was left behind by an earlier replacement that was interrupted. It is destroyed now.`,
        change,
      ),
    );

/** What others have changed since the last apply, as far as this plan undoes it. */
export const changedByOthers: PlanRule = ({ changes, drift }) => {
  const planned = new Map(changes.map((change) => [change.address, change]));
  return drift.flatMap((drifted) => {
    const change = planned.get(drifted.address);
    // What is destroyed is not changed back, whatever differs.
    if (!change || change.effect === "destroyed") return [];
    const subject = `The ${noun(change.type)} ${nameOf(drifted)}`;
    if (drifted.effect === "destroyed") {
      const again = change.effect === "created" ? ", and is created again" : "";
      return findingAbout("changed-by-others", `${subject} was deleted outside of this project${again}.`, change);
    }
    const undone = differences(change).flatMap(({ known, path }) => (known ? [path] : []));
    const theirs = differences(drifted).filter(({ path }) => undone.includes(path));
    return theirs.length === 0
      ? []
      : findingAbout(
          "changed-by-others",
          `${subject} was changed outside of this project (${differencesText(theirs)}), and is changed back.`,
          change,
        );
  });
};
