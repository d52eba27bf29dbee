import { count, joinWords } from "private-link-preview/util";
import { type Draft, type Effect, type Kind, nameOf } from "../change";
import { differences, inWords } from "../differences";
import type { ResourceChange } from "../plan";
import { replicaChanges, updatedRegistries } from "../replicas";
import { type SubnetRoom, roomNeeded } from "../room";

/** Replicas come and go, with the record sets of their data endpoints, or change. */
export const replicas: Kind = (plan, open) =>
  updatedRegistries(open).flatMap((registry): Draft[] => {
    const { added, removed, remade, drained, routed } = replicaChanges(registry);
    const records = (regions: readonly string[], action: "create" | "delete") =>
      open.filter((change) => change.action === action && isRecordOf(change, nameOf(registry), regions));
    const [written, deleted] = [records(added, "create"), records(removed, "delete")];
    const sentences = [
      ...(added.length > 0 ? [comes(added, written.length, roomNeeded(plan))] : []),
      ...(removed.length > 0 ? [goes(removed, deleted.length)] : []),
      ...(remade.length > 0 ? [`${subject(remade)} made again, as zone redundancy changes.`] : []),
      ...(drained.length > 0 ? [`${subject(drained)} drained: the login server's name no longer leads there.`] : []),
      ...(routed.length > 0 ? [`${subject(routed)} in use again: the login server's name leads there.`] : []),
    ];
    if (sentences.length === 0) return [];
    const other = differences(registry).filter(({ path }) => !path.startsWith("georeplications"));
    if (other.length > 0) sentences.push(`The registry changes in place, too: ${inWords(other)}.`);
    const resources = [registry, ...written, ...deleted];
    return [{ kind: "replicas", effect: effect(added, removed, remade), text: sentences.join(" "), resources }];
  });

function effect(added: readonly string[], removed: readonly string[], remade: readonly string[]): Effect {
  if (added.length > 0 && removed.length === 0) return "comes";
  if (removed.length > 0 && added.length === 0) return "goes";
  return remade.length > 0 ? "replaced" : "in-place";
}

function comes(regions: readonly string[], records: number, rooms: readonly SubnetRoom[]): string {
  const text = `The ${regions.length === 1 ? "replica" : "replicas"} in ${joinWords(regions)} ${regions.length === 1 ? "comes" : "come"}: ${count(records, "record set")}`;
  if (rooms.length === 0) return `${text}.`;
  const known = rooms.filter(({ free }) => free !== undefined);
  const full = known.filter(isFull);
  const unknown = rooms.length - known.length;
  const room = [
    ...(full.length > 0
      ? [`${joinWords(full.map(({ subnet }) => subnet))} ${full.length === 1 ? "has" : "have"} no room`]
      : []),
    ...(full.length === 0 && known.length > 0
      ? [known.length === 1 ? "it has room" : unknown > 0 ? `${known.length} of them have room` : "all have room"]
      : []),
    ...(unknown > 0
      ? [`of ${unknown}, which ${unknown === 1 ? "is" : "are"} not managed here, that is not known`]
      : []),
  ];
  const each = regions.length === 1 ? "one address" : `${regions.length} addresses`;
  return `${text}, and each endpoint takes ${each} more in its subnet. Of ${count(rooms.length, "such subnet")}: ${room.join("; ")}.`;
}

/** Whether a subnet lacks room for what its endpoints need. */
export function isFull({ free, needed }: SubnetRoom): boolean {
  return free !== undefined && free < needed;
}

function goes(regions: readonly string[], records: number): string {
  return `${subject(regions, "go")}: ${count(records, "record set")}. Each endpoint gives an address back for it, and stays.`;
}

function subject(regions: readonly string[], verb: "go" | "be" = "be"): string {
  const one = regions.length === 1;
  const said = verb === "go" ? (one ? "goes" : "go") : one ? "is" : "are";
  return `The ${one ? "replica" : "replicas"} in ${joinWords(regions)} ${said}`;
}

/** Whether a record set is that of the data endpoint of a registry in one of the regions. */
function isRecordOf({ type, before, after }: ResourceChange, registry: string, regions: readonly string[]): boolean {
  const name = after.name ?? before.name;
  return type === "azurerm_private_dns_a_record" && regions.some((region) => name === `${registry}.${region}.data`);
}
