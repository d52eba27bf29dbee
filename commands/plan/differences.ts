import { isJson, isObject, joinWords, type Json, unique } from "../../packages/common/util";
import { TAINTED } from "../engine/left-behind";
import { type ResourceChange, textIn } from "./plan";

/** An attribute, or one in a block, with its value before and after. */
export interface Difference {
  /** `size`, `ip_configuration.name`, `security_rule[AllowSsh].priority`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Whether the value after is known before it is applied. */
  readonly known: boolean;
  readonly secret: boolean;
}

/** What is different in a resource afterwards. What is empty, missing or null is the same. */
export function differences({ before, after, unknown, secretsChanged }: ResourceChange): Difference[] {
  const names = unique([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)]);
  const found = names.flatMap((name) => differencesIn(name, before[name], after[name], unknown[name]));
  const isSecret = (path: string) => secretsChanged.some((secret) => path === secret || path.startsWith(`${secret}.`));
  return [
    ...found.filter(({ path }) => !isSecret(path)),
    ...secretsChanged.map((path) => ({ path, before: undefined, after: undefined, known: true, secret: true })),
  ];
}

function differencesIn(path: string, before: unknown, after: unknown, unknown: unknown): Difference[] {
  const secret = false;
  if (unknown === true) return [{ path, before, after: undefined, known: false, secret }];
  if (isSame(before, after) && !holdsTrue(unknown)) return [];
  const [one, other, open] = [aloneIn(before), aloneIn(after), aloneIn(unknown)];
  if (isJson(one) && (isJson(other) || isJson(open))) {
    const members = [one, other, open].filter(isJson);
    return unique(members.flatMap((member) => Object.keys(member))).flatMap((name) =>
      differencesIn(
        `${path}.${name}`,
        one[name],
        isJson(other) ? other[name] : undefined,
        isJson(open) ? open[name] : undefined,
      ),
    );
  }
  const [named, renamed] = [blocksByName(before), blocksByName(after)];
  if (named && renamed) {
    const names = unique([...named.keys(), ...renamed.keys()]).sort();
    return names.flatMap((name) => {
      const [old, young] = [named.get(name), renamed.get(name)];
      const open =
        Array.isArray(after) && Array.isArray(unknown) ? (unknown as unknown[])[after.indexOf(young)] : false;
      if (old && young) return differencesIn(`${path}[${name}]`, old, young, open);
      return [{ path, before: old && name, after: young && name, known: true, secret }];
    });
  }
  return [{ path, before, after, known: true, secret }];
}

/**
 * Differences as text: "size: A → B; tags.version: latest → v2".
 *
 * @param most - with more of them, the last ones are only counted
 */
export function differencesText(differences: readonly Difference[], most = 6): string {
  const texts = differences.map(({ path, before, after, known, secret }) => {
    if (secret) return `${path} (secret)`;
    return `${path}: ${shown(before)} → ${known ? shown(after) : "(known after apply)"}`;
  });
  const rest = texts.length - most + 1;
  return texts.length > most ? `${texts.slice(0, most - 1).join("; ")}; and ${rest} more` : texts.join("; ");
}

/** Why a resource is replaced: the attributes that can't be updated in place, or what else Terraform says. */
export function reasonText(change: ResourceChange): string {
  const forced = differencesText(forcingDifferences(change));
  if (forced !== "") return forced;
  const { reason = "" } = change;
  if (reason === TAINTED) return "it is tainted";
  if (reason === "replace_by_request") return "the replacement was requested";
  if (reason === "replace_by_triggers") return "a resource in its replace_triggered_by changes";
  return "Terraform gives no reason";
}

/** The differences that can't be applied in place. */
export function forcingDifferences(change: ResourceChange): Difference[] {
  const paths = change.forcedBy.map((path) => path.filter((step) => typeof step === "string"));
  const forcing = differences(change).filter((difference) => {
    const steps = difference.path.replace(/\[[^[\]]*\]/g, "").split(".");
    return paths.some((path) => path.every((step, i) => i >= steps.length || steps[i] === step));
  });
  // The group carries the region in its name, so that says nothing more.
  const moves = forcing.some(({ path }) => path === "location");
  const follows = change.type === "azurerm_resource_group" ? "name" : "resource_group_name";
  return moves ? forcing.filter(({ path }) => path !== follows) : forcing;
}

function shown(value: unknown): string {
  if (isEmpty(value)) return "none";
  if (typeof value === "string") return value.length > 48 ? `${value.slice(0, 45)}...` : value;
  if (Array.isArray(value) && !value.some(isObject)) return joinWords(value.map(shown));
  return shown(JSON.stringify(value));
}

/** The block that stands alone in a list, as azurerm shows blocks that come once. */
function aloneIn(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 && isJson(value[0]) && !("name" in value[0]) ? value[0] : value;
}

/** Blocks by their names or locations, if they all have one and no two the same. */
function blocksByName(value: unknown): Map<string, Json> | undefined {
  if (!Array.isArray(value) || !value.every(isJson)) return undefined;
  const named = new Map(value.map((block) => [textIn(block, "name") ?? textIn(block, "location") ?? "", block]));
  return named.size === value.length && !named.has("") ? named : undefined;
}

function holdsTrue(value: unknown): boolean {
  return value === true || (isObject(value) && Object.values(value).some(holdsTrue));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (isObject(value) && Object.keys(value).length === 0);
}

function isSame(a: unknown, b: unknown): boolean {
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  if (!isObject(a) || !isObject(b)) return a === b;
  const [one, other] = [a as Json, b as Json];
  return unique([...Object.keys(one), ...Object.keys(other)]).every((key) => isSame(one[key], other[key]));
}
