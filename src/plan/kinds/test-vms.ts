import { groupBy, joinWords, unique } from "private-link-preview/util";
import { type Draft, type Kind, effectOf, nameOf, verb } from "../change";
import { reasonInWords } from "../differences";
import { counted } from "../inventory";
import type { ResourceChange } from "../plan";

/** Test VMs come, go or are replaced while their spokes stay, each with what belongs to it, and the key made for them. */
export const testVms: Kind = (_, open) => {
  const vms = open.filter(({ role, type }) => role === "vm" && type === "azurerm_linux_virtual_machine");
  const decided = vms.filter(({ action }) => action === "create" || action === "delete" || action === "replace");
  const keys = open.filter(({ type, address }) => type === "tls_private_key" && address.endsWith(".TestVmKey"));
  const drafts = [...groupBy(decided, ({ action }) => action)].map(([action, machines], index): Draft => {
    const belongs = (change: ResourceChange) =>
      change.action === action && machines.some(({ part }) => part === change.part && /^vm(_|$)/.test(change.role));
    const resources = [...open.filter(belongs), ...(index === 0 ? keys : [])];
    const effect = effectOf(machines[0]!);
    const one = machines.length === 1;
    const why =
      action === "replace"
        ? `, with ${one ? "its disk" : "their disks"} (${unique(machines.map(reasonInWords)).join("; ")})`
        : "";
    return {
      kind: "test-vms",
      effect,
      text: `The test ${one ? "VM" : "VMs"} ${joinWords(machines.map(nameOf))} ${verb(effect, !one)}${why}: ${counted(resources)}.`,
      resources,
    };
  });
  if (drafts.length > 0) return drafts;
  // Whole spokes come or go, with their VMs.
  return keys.map((key) => ({
    kind: "test-vms",
    effect: effectOf(key),
    text: `The SSH key made for the test VMs ${verb(effectOf(key))}.`,
    resources: [key],
  }));
};
