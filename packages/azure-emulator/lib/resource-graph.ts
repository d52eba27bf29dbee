import { unique } from "../../common/util/collections";
import { type Json, isJson } from "../../common/util/json";
import { ArmError } from "./arm-error";
import { parseArmId } from "./arm-id";
import { after } from "./pages";
import { isRecordSet } from "./resource-types/private-dns-zone";
import { IDENTITY } from "./sign-in";
import type { Resource } from "./store";

/** The path of the queries of Azure Resource Graph. */
export const RESOURCE_GRAPH = /^\/providers\/Microsoft\.ResourceGraph\/resources$/i;

/** Which resources a table has: record sets are in one of their own, and parts without a location in none of these. */
const TABLES: Readonly<Record<string, (resource: Resource) => boolean>> = {
  resources: (resource) => resource.location !== undefined && !isRecordSet(resource),
  dnsresources: isRecordSet,
};

/** What is emulated of the query language, in words. */
const EMULATED =
  "The emulator answers queries of the tables `resources` and `dnsresources` with the steps `where type =~ 'TYPE'` or " +
  "`where type in~ ('TYPE', …)`, and then `order by id asc` and `project COLUMN, …`.";

const DEFAULT_TOP = 100;
const MOST_ROWS = 1000;

/** A query, as far as it is emulated. */
interface Query {
  readonly isIn: (resource: Resource) => boolean;
  readonly types: readonly string[];
  /** @default - all */
  readonly columns?: readonly string[];
}

/**
 * The answer of Azure Resource Graph to the body of a request. It knows each write at once, where Azure takes a while.
 *
 * @param read - the resources of a type, as a client sees them; none if the client may not read them
 * @throws ArmError if the query is not emulated
 * @see https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources
 */
export function resourceGraph(body: Json, read: (type: string) => Resource[]): Json {
  const { isIn, types, columns } = parsed(body.query);
  const options = isJson(body.options) ? body.options : {};
  if (options.resultFormat !== undefined && options.resultFormat !== "objectArray")
    throw refused("The emulator answers in the form `objectArray` only.");
  const asked = Array.isArray(body.subscriptions)
    ? body.subscriptions.map((one) => String(one).toLowerCase())
    : undefined;
  const rows = unique(types)
    .flatMap(read)
    .filter(isIn)
    .map(rowOf)
    .filter(({ subscriptionId }) => asked?.includes(subscriptionId.toLowerCase()) ?? true);
  const top = Math.min(Math.max(Number(options.$top ?? DEFAULT_TOP) || DEFAULT_TOP, 1), MOST_ROWS);
  const { items, next } = after(typeof options.$skipToken === "string" ? options.$skipToken : undefined, rows, top);
  return {
    totalRecords: rows.length,
    count: items.length,
    data: items.map((row) => projected(row, columns)),
    facets: [],
    resultTruncated: next === undefined ? "false" : "true",
    ...(next !== undefined && { $skipToken: next }),
  };
}

/** A row, as Azure Resource Graph spells it: types are in lower case, and the ids of record sets too. */
function rowOf(resource: Resource) {
  const { id, name, type, location = "", tags = null, properties } = resource;
  const { subscriptionId, resourceGroup = "" } = parseArmId(id)!;
  return {
    id: isRecordSet(resource) ? id.toLowerCase() : id,
    name,
    type: type.toLowerCase(),
    tenantId: IDENTITY.tenantId,
    location,
    resourceGroup: resourceGroup.toLowerCase(),
    subscriptionId,
    tags,
    properties,
  };
}

function projected(row: ReturnType<typeof rowOf>, columns: readonly string[] | undefined): Json {
  if (!columns) return row;
  const unknown = columns.find((column) => !Object.hasOwn(row, column));
  if (unknown !== undefined)
    throw refused(`The emulator has no column ${unknown}, only ${Object.keys(row).join(", ")}.`);
  return Object.fromEntries(columns.map((column) => [column, row[column as keyof typeof row]]));
}

function parsed(query: unknown): Query {
  const [table = "", where = "", ...steps] =
    typeof query === "string" ? query.split("|").map((step) => step.trim()) : [];
  const isIn = TABLES[table.toLowerCase()];
  const types = typesIn(where);
  let columns: string[] | undefined;
  for (const step of steps) {
    const [, list] = /^project\s(\w[\w\s,]*)$/i.exec(step) ?? [];
    if (list !== undefined) columns = list.split(",").map((column) => column.trim());
    else if (!/^order\s+by\s+id\s+asc$/i.test(step)) throw refused(EMULATED);
  }
  if (!isIn || types.length === 0) throw refused(EMULATED);
  return { isIn, types, ...(columns && { columns }) };
}

/** The types that a step asks for; none if it asks for something else. */
function typesIn(step: string): string[] {
  const list = /^where\s+type\s*(?:=~\s*('[^']*')|in~\s*\(([^)]*)\))$/i.exec(step);
  return [...(list?.[1] ?? list?.[2] ?? "").matchAll(/'([^']*)'/g)].map(([, type = ""]) => type.toLowerCase());
}

function refused(message: string): ArmError {
  return new ArmError(501, "NotEmulated", "The query is not emulated.", [{ code: "InvalidQuery", message }]);
}
