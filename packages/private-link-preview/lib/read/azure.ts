import { type Json, UserError, groupBy, isJson, unique, withoutMarked } from "../../../common/util";
import { isTranslated } from "./azure-form";
import { partsOfId, valuesOfAzure } from "./azure-resource";
import type { Configuration, Input, NotRead } from "./configuration";
import { eachAt, listAt, textAt } from "./places";
import { readShown } from "./shown";

/**
 * Reads resources in the form of Azure's API: what `--save` wrote, the output of `az … list` or of a query of Azure Resource
 * Graph, a page of the API's own lists, or the what-if of a deployment.
 *
 * @param source - where it comes from, for errors
 * @returns undefined if it is none of these
 * @throws UserError if a part of it is of the wrong type
 */
export function readAzureJson(json: unknown, source: string): Input | undefined {
  if (isJson(json) && Array.isArray(json.changes)) return readWhatIf(json, source);
  const [of, key] = listIn(json) ?? [];
  if (!of || key === undefined) return undefined;
  if (of.version !== undefined && of.version !== 1)
    throw new UserError(
      `${source} has version ${JSON.stringify(of.version)}, and this command knows version 1. Use a newer version of it.`,
    );
  const place = `${source}:`;
  const notRead = eachAt(of, "notRead", place, (one, at) => ({
    what: textAt(one, "what", at),
    why: textAt(one, "why", at),
  }));
  const after = configurationOf(listAt(of, key, place), `${source}: ${key}`, [...notRead, ...otherPagesOf(of, key)]);
  return {
    after: { ...after, isAll: of.version !== undefined, isDeployed: of.version !== undefined },
    kind: "azure",
    gone: [],
  };
}

/** What a list does not show, if it is a page of several. */
function otherPagesOf(of: Json, key: string): NotRead[] {
  const more = ["nextLink", "@odata.nextLink", "skip_token", "$skipToken"].find((one) => typeof of[one] === "string");
  const isShort = typeof of.total_records === "number" && of.total_records > listAt(of, key, "").length;
  return more !== undefined || isShort
    ? [{ what: "networks, DNS zones and endpoints of other pages", why: `The list has ${more ?? "more records"}.` }]
    : [];
}

/** Whether JSON is in the form of Azure's API: all of it is values. */
export function isOfAzure(json: unknown): boolean {
  return listIn(json) !== undefined || (isJson(json) && Array.isArray(json.changes));
}

/** An object with a list of resources, and the member that has it. */
function listIn(json: unknown): [Json, string] | undefined {
  if (Array.isArray(json) || hasId(json)) return listIn({ resources: [json].flat() });
  if (!isJson(json)) return undefined;
  const key = ["resources", "data", "value"].find((one) => {
    const list = json[one];
    return Array.isArray(list) && (list.some(hasId) || json.version !== undefined);
  });
  return key === undefined ? undefined : [json, key];
}

function hasId(value: unknown): boolean {
  return isJson(value) && typeof value.id === "string" && value.id.startsWith("/");
}

/** Changes after which a resource is not there. */
const DELETES = "Delete";

/** Changes that have the resource as it is afterwards. */
const SHOWS_AFTER = ["Create", "Modify"];

/** Changes that leave a resource as it is. */
const LEAVES = ["Ignore", "NoChange", "NoEffect"];

/** Stands for properties that the what-if does not say: like an expression that is not evaluated. */
const NOT_SAID = "[]";

function readWhatIf(json: Json, source: string): Input {
  const before: Json[] = [];
  const after: Json[] = [];
  const gone: string[] = [];
  const notRead: NotRead[] = [];
  const { status = "Succeeded" } = json;
  if (status !== "Succeeded")
    throw new UserError(
      `${source}: status: found ${JSON.stringify(status)}, allowed: Succeeded. It does not say what the deployment would do.`,
    );
  const read = (change: Json, place: string, isSure: boolean) => {
    const id = textAt(change, "resourceId", place);
    const kind = textAt(change, "changeType", place);
    const [was, will] = [change.before, change.after].map((one) => (isJson(one) ? { ...one, id } : undefined));
    if (was) before.push(was);
    const isSaid = isSure && (kind === DELETES || LEAVES.includes(kind) || (SHOWS_AFTER.includes(kind) && will));
    if (isSaid && kind === DELETES) gone.push(id.toLowerCase());
    const is = isSaid ? (kind === DELETES ? undefined : (will ?? was)) : { ...was, id, properties: NOT_SAID };
    if (is) after.push(is);
    if (!isSaid)
      notRead.push({
        what: `what the deployment makes of ${id}`,
        why: typeof change.unsupportedReason === "string" ? change.unsupportedReason : "The what-if does not say it.",
      });
  };
  eachAt(json, "changes", `${source}:`, (change, place) => {
    read(change, place, true);
  });
  eachAt({ potentialChanges: json.potentialChanges ?? [] }, "potentialChanges", `${source}:`, (change, place) => {
    read(change, place, false);
  });
  const place = `${source}: changes`;
  return {
    after: configurationOf(after, place, notRead),
    before: configurationOf(before, place, []),
    kind: "what-if",
    gone,
  };
}

function configurationOf(resources: readonly Json[], place: string, notRead: readonly NotRead[]): Configuration {
  const all = resources.flatMap((resource, index) => withParts(resource, `${place}[${index}]`));
  // A part may be listed with what it is a part of and by itself.
  const byId = new Map(all.map(({ values, unknowns }) => [values.id.toLowerCase(), { values, unknowns }]));
  const addresses = readableNames([...byId.values()].map(({ values }) => values.id));
  const shown = [...byId].map(([id, { values, unknowns }]) => ({
    address: addresses.get(id)!,
    mode: "managed",
    type: "azapi_resource",
    name: values.id,
    index: undefined,
    values,
    marks: undefined,
    unknowns,
  }));
  return { form: "state", resources: readShown(shown), notRead };
}

interface WithUnknowns {
  readonly values: ReturnType<typeof valuesOfAzure>;
  /** What the what-if of a deployment shows as an expression, in the structure of the values. */
  readonly unknowns: unknown;
}

/** A resource, and the parts that Azure shows inside it, such as the subnets of a network. */
function withParts(resource: Json, place: string): WithUnknowns[] {
  const id = textAt(resource, "id", place);
  const unknowns = expressionsIn(resource);
  const known = unknowns === undefined ? resource : (withoutMarked(resource, unknowns) as Json);
  const inside = Object.values(isJson(known.properties) ? known.properties : known)
    .filter(Array.isArray)
    .flatMap((list: unknown[]) => list.filter(isJson))
    .filter((one) => isPart(one.id, id));
  return [
    { values: valuesOfAzure(known, place), unknowns: unknowns && { body: unknowns } },
    ...inside.flatMap((part) => withParts(part, place)),
  ];
}

function isPart(id: unknown, of: string): boolean {
  return (
    typeof id === "string" && id.toLowerCase().startsWith(`${of.toLowerCase()}/`) && isTranslated(partsOfId(id).type)
  );
}

/** The texts in a value that are expressions of a template: true in place of each. Undefined if there are none. */
function expressionsIn(value: unknown): unknown {
  // Two brackets stand for one that is no expression.
  if (typeof value === "string") return /^\[(?!\[)[^]*\]$/.test(value) || undefined;
  if (Array.isArray(value)) {
    const found = value.map(expressionsIn);
    return found.some((one) => one !== undefined) ? found : undefined;
  }
  if (!isJson(value)) return undefined;
  const found = Object.entries(value).flatMap(([name, one]) => {
    const inside = expressionsIn(one);
    return inside === undefined ? [] : [[name, inside] as const];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/**
 * What resources are called, by their ids in lower case: `rg-hub/virtualNetworks/vnet-hub`, with the subscription before it
 * where several have the same.
 */
function readableNames(ids: readonly string[]): Map<string, string> {
  const parsed = ids.map((id) => {
    const [, subscription = "", group, path = ""] = ID.exec(id) ?? [];
    return { id, subscription, short: group === undefined ? id : `${group}/${path}` };
  });
  const named = groupBy(parsed, ({ short }) => short.toLowerCase());
  return new Map(
    parsed.map(({ id, subscription, short }) => {
      const isOnly = unique(named.get(short.toLowerCase())!.map((one) => one.subscription.toLowerCase())).length === 1;
      return [id.toLowerCase(), isOnly ? short : `${subscription}/${short}`];
    }),
  );
}

const ID = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/[^/]+\/(.+)$/i;
