import { groupBy } from "private-link-preview/util";
import { type ChangeKind, type Draft, type Kind, effectOf, partInWords, verb } from "../change";
import { reasonInWords } from "../differences";
import { counted } from "../inventory";
import { type ResourceChange, textIn } from "../plan";

/** A group of resources of one part that comes, goes or is replaced with the resource for which it is there. */
function group(kind: ChangeKind, main: string, belongs: RegExp, subject: (main: ResourceChange) => string): Kind {
  return (_, open) =>
    open
      .filter(({ part, role, action }) => part !== undefined && role === main && action !== "update")
      .map((change): Draft => {
        const resources = open.filter(
          ({ part, role, action }) => part === change.part && belongs.test(role) && action === change.action,
        );
        const effect = effectOf(change);
        const why = effect === "replaced" ? ` (${reasonInWords(change)})` : "";
        return { kind, effect, text: `${subject(change)} ${verb(effect)}${why}: ${counted(resources)}.`, resources };
      });
}

/** The bastion comes or goes, with its subnet. */
export const bastion: Kind = group("bastion", "bastion", /^bastion(-|$)/, () => "The bastion");

/** An endpoint of a network that stays comes or goes, with its subnet. */
export const endpoint: Kind = group(
  "endpoint",
  "endpoint",
  /^endpoints?(-|$)/,
  ({ part = "" }) => `The endpoint of ${partInWords(part)}`,
);

/** A zone of a network that stays comes or goes, with the record sets in it. */
export const zone: Kind = group("zone", "dns_zone", /^dns_/, ({ part = "" }) => `The DNS zone of ${partInWords(part)}`);

/** Who may pull and push changes. */
export const roles: Kind = (_, open) => {
  const assigned = open.filter(({ type, action }) => type === "azurerm_role_assignment" && action !== "update");
  const roleOf = ({ before, after }: ResourceChange) =>
    String(after.role_definition_name ?? before.role_definition_name);
  return [...groupBy(assigned, (change) => `${roleOf(change)} ${change.action}`).values()].map((resources): Draft => {
    const effect = effectOf(resources[0]!);
    return {
      kind: "roles",
      effect,
      text: `${roleOf(resources[0]!)} ${verb(effect)} for ${principals(resources)}.`,
      resources,
    };
  });
};

function principals(assignments: readonly ResourceChange[]): string {
  const ids = assignments.map(({ part, before, after }) => {
    const id = textIn(after, "principal_id") ?? textIn(before, "principal_id");
    return part !== undefined && part !== "registry"
      ? `the test VM of ${partInWords(part)}`
      : (id ?? "somebody not known yet");
  });
  return ids.length > 3 ? `${ids.length} principals` : ids.join(", ");
}

/** The lock that keeps the registry from being deleted comes or goes. */
export const lock: Kind = (_, open) =>
  open
    .filter(({ type, action }) => type === "azurerm_management_lock" && (action === "create" || action === "delete"))
    .map((change) => ({
      kind: "lock",
      effect: effectOf(change),
      text:
        change.action === "create"
          ? "A lock comes that keeps the registry from being deleted."
          : "The lock goes that keeps the registry from being deleted.",
      resources: [change],
    }));

/** The registry's logs start or cease to go to a workspace. */
export const diagnostics: Kind = (_, open) => {
  const found = open.filter(
    ({ type, action }) =>
      (type === "azurerm_monitor_diagnostic_setting" || type === "azurerm_log_analytics_workspace") &&
      (action === "create" || action === "delete"),
  );
  return [...groupBy(found, ({ action }) => action)].map(([action, resources]) => ({
    kind: "diagnostics",
    effect: effectOf(resources[0]!),
    text:
      action === "create"
        ? `Logs of the registry go to a workspace from now on: ${counted(resources)}.`
        : `Logs of the registry are not kept any more: ${counted(resources)}.`,
    resources,
  }));
};
