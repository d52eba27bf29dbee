import type { ResourceManager } from "../../../common/azure-client";
import { at, isJson, type Json, objects } from "../../../common/util/json";
import { ZONES } from "./reads";

/**
 * Most zones of a subscription that are read one by one, with two requests or more for each.
 *
 * Azure Private DNS allows 500 reads in five minutes for a subscription, whoever reads, and a list of record sets has 100 of
 * them in a page. With a thousand zones, that would be more than 20 minutes, in which nobody else could read zones either.
 * Azure Resource Graph returns the links and record sets of all zones, a thousand in an answer, and limits a user to 15
 * queries in five seconds.
 *
 * It may know a change only after a while. So what it returns for a zone is compared with the counts that the zone itself
 * has, and a zone with others is read itself.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling#network-throttling
 * @see https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
 */
export const MANY_ZONES = 40;

/** What Azure Resource Graph is asked, for the links and for the record sets. */
const QUERIES = [
  "resources | where type =~ 'microsoft.network/privatednszones/virtualnetworklinks' | order by id asc | project id, name, type, location, properties",
  "dnsresources | where type in~ ('microsoft.network/privatednszones/a', 'microsoft.network/privatednszones/cname') | order by id asc | project id, name, type, properties",
];

const GRAPH = "/providers/Microsoft.ResourceGraph/resources";
const GRAPH_VERSION = "2022-10-01";

/** Most rows of an answer, which is Azure's limit. */
const ROWS = 1000;

/** The record set that each zone has, and that the queries do not ask for. */
const START_OF_AUTHORITY = 1;

/** Links and record sets of zones. */
export interface PartsOfZones {
  /** In the form of Azure Resource Manager. */
  readonly parts: readonly Json[];
  /** The zones whose parts have to be read one by one. */
  readonly others: readonly Json[];
}

/**
 * The links, A and CNAME record sets of zones from Azure Resource Graph. If it does not answer, all zones are others.
 *
 * @param subscription - the ID of the subscription of all zones
 */
export async function partsFromGraph(
  azure: ResourceManager,
  subscription: string,
  zones: readonly Json[],
): Promise<PartsOfZones> {
  const rows: Json[] = [];
  for (const query of QUERIES) {
    const some = await rowsOf(azure, subscription, query);
    if (!some) return { parts: [], others: zones };
    rows.push(...some);
  }
  const byZone = new Map(
    zones.map((zone) => [String(zone.id).toLowerCase(), { zone, parts: [] as Json[], odd: false }]),
  );
  for (const row of rows) {
    const [, zoneId = "", type = "", name = ""] = PART.exec(String(row.id)) ?? [];
    const found = byZone.get(zoneId.toLowerCase());
    if (!found) continue;
    const part = partOf(found.zone, type.toLowerCase(), name, row);
    if (part) found.parts.push(part);
    else found.odd = true;
  }
  const whole = [...byZone.values()].map((found) => ({
    ...found,
    whole: !found.odd && isWhole(found.zone, found.parts),
  }));
  return {
    parts: whole.flatMap((found) => (found.whole ? found.parts : [])),
    others: whole.filter((found) => !found.whole).map(({ zone }) => zone),
  };
}

/** All rows of a query; undefined if they can't be had, or not all of them. */
async function rowsOf(azure: ResourceManager, subscription: string, query: string): Promise<Json[] | undefined> {
  const rows: Json[] = [];
  let token: unknown;
  do {
    const options = { resultFormat: "objectArray", $top: ROWS, ...(token !== undefined && { $skipToken: token }) };
    const answer = await azure.post(GRAPH, GRAPH_VERSION, { subscriptions: [subscription], query, options });
    const { data, totalRecords } = answer.body;
    if (answer.status !== 200 || !Array.isArray(data)) return undefined;
    rows.push(...objects(data));
    ({ $skipToken: token } = answer.body);
    if (typeof token !== "string" && rows.length !== totalRecords) return undefined;
  } while (typeof token === "string");
  return rows;
}

/** The ID of a link or a record set: the zone, the type, the name. */
const PART = /^(.+\/privateDnsZones\/[^/]+)\/(virtualNetworkLinks|A|CNAME)\/([^/]+)$/i;

/** How Azure Resource Manager spells the types. */
const SPELLED: Readonly<Record<string, string>> = {
  virtualnetworklinks: "virtualNetworkLinks",
  a: "A",
  cname: "CNAME",
};

/** A row with the id and the type that Azure Resource Manager has; undefined if it does not have what it is read for. */
function partOf(zone: Json, type: string, name: string, row: Json): Json | undefined {
  if (READ_FOR[type]!.every((path) => at(row.properties, path.split(".")).length === 0)) return undefined;
  const spelled = SPELLED[type]!;
  return { ...row, id: `${String(zone.id)}/${spelled}/${name}`, name, type: `${ZONES}/${spelled}` };
}

/** Where a row has what it is read for: the table `dnsresources` calls it otherwise than Azure Resource Manager. */
const READ_FOR: Readonly<Record<string, readonly string[]>> = {
  virtualnetworklinks: ["virtualNetwork.id"],
  a: ["aRecords.ipv4Address", "records.ipv4Address"],
  cname: ["cnameRecord.cname", "record.cname"],
};

/** Whether these are all parts of a zone, by its own counts. Other record sets than those asked for are not among them. */
function isWhole({ properties }: Json, parts: readonly Json[]): boolean {
  if (!isJson(properties)) return false;
  const links = parts.filter(({ type }) => type === `${ZONES}/virtualNetworkLinks`).length;
  return (
    properties.numberOfVirtualNetworkLinks === links &&
    properties.numberOfRecordSets === parts.length - links + START_OF_AUTHORITY
  );
}
