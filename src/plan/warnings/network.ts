import { groupBy, joinWords, overlap } from "private-link-preview/util";
import { effectOf, nameOf, partInWords, sentence } from "../change";
import { differences, inWords, reasonInWords } from "../differences";
import { noun } from "../inventory";
import { reasonFor } from "../kinds/parts";
import { peered } from "../kinds/peerings";
import type { NetworkIndex } from "../network-index";
import { type Fate, type Plan, networkOf } from "../plan";
import { type Check, broken, changesInWhatStays, warning } from "./warning";

/** A hub or spoke is made again with all that is in it. */
export const networksReplaced: Check = (plan) =>
  partsReplaced(plan).map((part) => {
    const lost = plan.changes.filter(
      ({ type, action, ...change }) => change.part === part && action === "replace" && CUT_OFF.includes(type),
    );
    const what = joinWords(lost.map((change) => `${noun(change.type)} ${nameOf(change)}`)) || "all in it";
    const disks = lost.some(({ type }) => type === VM) ? " What is on the VM's disk is lost." : "";
    return warning(
      "network-replaced",
      `${sentence(partInWords(part))} is replaced (${reasonFor(plan, part)}): ${what} ${lost.length > 1 ? "go and are" : "goes and is"} made again, and whoever is there is cut off until then.${disks} What others have put there must go first, or Azure refuses.`,
      lost,
    );
  });

function partsReplaced({ fates }: Plan): string[] {
  return [...fates].flatMap(([part, fate]) => (fate === "is replaced" ? [part] : []));
}

const VM = "azurerm_linux_virtual_machine";

/** What somebody misses while it is made again. */
const CUT_OFF = ["azurerm_virtual_network", "azurerm_private_endpoint", VM, "azurerm_bastion_host"];

/** A virtual network that is no part of this project is made again. */
export const otherNetworksReplaced: Check = (plan) =>
  broken(changesInWhatStays(plan), "azurerm_virtual_network")
    .filter(({ action }) => action === "replace")
    .map((network) =>
      warning(
        "network-replaced",
        `The virtual network ${nameOf(network)} is replaced (${reasonInWords(network)}), and all that is in it with it: whoever is there is cut off until then.`,
        [network],
      ),
    );

/** A subnet of a network that stays is made again. */
export const subnetsReplaced: Check = (plan) =>
  broken(changesInWhatStays(plan), "azurerm_subnet")
    .filter(({ action }) => action === "replace")
    .map((subnet) =>
      warning(
        "subnet-replaced",
        `The subnet ${nameOf(subnet)} is replaced (${reasonInWords(subnet)}): all that is in it goes first, and is cut off until then.`,
        [subnet],
      ),
    );

/** Two networks that stay don't reach each other for a while, or any more. */
export const peerings: Check = (plan) => {
  const found = broken(changesInWhatStays(plan), "azurerm_virtual_network_peering");
  return [...groupBy(found, (change) => peered(plan, change).join(" and "))].map(([networks, sides]) =>
    warning(
      "peering-interrupted",
      sides.every(({ action }) => action === "replace")
        ? `The peering of ${networks} is made again (${reasonInWords(sides[0]!)}): in between they don't reach each other.`
        : `${networks} don't reach each other any more.`,
      sides,
    ),
  );
};

/** The address space of a network or the range of a subnet moves in place, which Azure refuses while it is in use. */
export const addressSpaces: Check = ({ changes }) => {
  const moving = changes
    .filter(({ type, action }) => action === "update" && /^azurerm_(virtual_network|subnet)$/.test(type))
    .map((change) => ({ change, moved: differences(change).filter(({ path }) => RANGES.includes(path)) }))
    .filter(({ moved }) => moved.length > 0);
  return [...groupBy(moving, ({ change }) => change.part ?? change.address)].map(([part, all]) =>
    warning(
      "address-space-moves",
      `${sentence(partInWords(part))} moves to other addresses (${inWords(all.flatMap(({ moved }) => moved))}): Azure refuses that while anything is in a range that goes, and then the apply fails. A spoke can be taken out of the settings, deployed without, and put back.`,
      all.map(({ change }) => change),
    ),
  );
};

const RANGES = ["address_space", "address_prefixes"];

/** One spoke leaves while another joins with the same addresses: Azure peers a network with one of them at a time. */
export const rangesMeet: Check = (plan) => {
  const rangesOf = (network: { addressSpace: readonly string[] }) =>
    network.addressSpace.filter((range) => !range.includes(":"));
  const networks = (wanted: Fate, { model }: NetworkIndex) =>
    [...plan.fates].flatMap(([part, fate]) => {
      const network = model.networks.find(({ address }) => fate === wanted && address === networkOf(part));
      return network ? [{ part, network }] : [];
    });
  const [leaving, joining] = [networks("leaves", plan.before), networks("joins", plan.after)];
  return leaving.flatMap((old) =>
    joining
      .filter(({ network }) => rangesOf(network).some((a) => rangesOf(old.network).some((b) => overlap(a, b))))
      .map((young) =>
        warning(
          "ranges-meet",
          `${young.part} joins with addresses of ${old.part}, which leaves (a spoke that is renamed is one that leaves and one that joins). Azure refuses to peer the hub with both at once: if the apply fails for that, apply again.`,
          plan.changes.filter(({ address }) => address === old.network.address || address === young.network.address),
        ),
      ),
  );
};

/** A VM of a spoke that stays is made again. */
export const vms: Check = (plan) =>
  broken(changesInWhatStays(plan), VM)
    .filter(({ action }) => action === "replace")
    .map((vm) =>
      warning("vm-replaced", `The VM ${nameOf(vm)} is replaced (${reasonInWords(vm)}): what is on its disk is lost.`, [
        vm,
      ]),
    );

/** A VM that gets another size is stopped and started. */
export const vmsRestart: Check = ({ changes }) =>
  changes
    .filter(({ type, action }) => type === VM && action === "update")
    .filter((vm) => differences(vm).some(({ path }) => path === "size"))
    .map((vm) => warning("vm-restarts", `The VM ${nameOf(vm)} restarts, as its size changes.`, [vm]));

/** The way to the VMs' shells is closed. */
export const bastion: Check = (plan) =>
  broken(changesInWhatStays(plan), "azurerm_bastion_host")
    .filter(() => plan.resourcesAfter.size > 0)
    .map((host) =>
      warning(
        "bastion-interrupted",
        effectOf(host) === "goes"
          ? `The bastion ${nameOf(host)} goes: open sessions end, and there is no way to the VMs' shells from then on.`
          : `The bastion ${nameOf(host)} is replaced (${reasonInWords(host)}): open sessions end, and for some ten minutes there is no way to the VMs' shells.`,
        [host],
      ),
    );

/** What an interrupted replacement has left behind. */
export const deposed: Check = ({ changes }: Plan) =>
  changes
    .filter(({ deposed }) => deposed)
    .map((change) =>
      warning("deposed-object", `${change.address} is what an earlier replacement left behind: it is deleted now.`, [
        change,
      ]),
    );

/** What others have changed since the last deployment, as far as this one undoes it. */
export const changedByOthers: Check = ({ changes, drift }) => {
  const planned = new Map(changes.map((change) => [change.address, change]));
  return drift.flatMap((drifted) => {
    const change = planned.get(drifted.address);
    if (!change) return [];
    if (drifted.action === "delete") {
      return [
        warning(
          "changed-by-others",
          `The ${noun(change.type)} ${nameOf(drifted)} was deleted by others${change.action === "create" ? ", and is made again" : ""}.`,
          [change],
        ),
      ];
    }
    const undone = new Set(
      differences(change)
        .filter(({ known }) => known)
        .map(({ path }) => path),
    );
    const theirs = differences(drifted).filter(({ path }) => undone.has(path));
    return theirs.length === 0
      ? []
      : [
          warning(
            "changed-by-others",
            `The ${noun(change.type)} ${nameOf(drifted)} was changed by others (${inWords(theirs)}), and the deployment changes it back.`,
            [change],
          ),
        ];
  });
};
