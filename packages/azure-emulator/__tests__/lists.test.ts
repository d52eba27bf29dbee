import type { Json } from "../../common/util/json";
import { type Answer, Azure, ENDPOINT, GROUP_ID, id } from "./azure";

const SUBSCRIPTION = GROUP_ID.split("/").slice(0, 3).join("/");
const NETWORKS = `${SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks`;
const ZONES = "Microsoft.Network/privateDnsZones";
const GRAPH = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01";
const OTHER_GROUP = "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/other";

/** Zones, each linked to a network, with two records and an alias. */
function givenZones(azure: Azure, count: number): Azure {
  for (let i = 0; i < count; i++) {
    const network = azure.given(`Microsoft.Network/virtualNetworks/vnet${i}`, {
      addressSpace: { addressPrefixes: [`10.${i}.0.0/16`] },
    });
    const zone = azure.given(`${ZONES}/z${i}.example`);
    azure.given(`${zone}/virtualNetworkLinks/link`, { virtualNetwork: { id: network } });
    for (const name of ["b", "A"])
      azure.given(`${zone}/A/${name}`, { ttl: 1, aRecords: [{ ipv4Address: "10.0.0.4" }] });
    azure.given(`${zone}/CNAME/c`, { ttl: 1, cnameRecord: { cname: "a.example" } });
  }
  return azure;
}

const namesIn = (items: unknown) => (items as { name: string }[]).map(({ name }) => name);

/** The answers to a request for a list, and to those for its next pages. */
function pagesOf(azure: Azure, path: string): Answer[] {
  const answers = [azure.get(path)];
  for (let next = answers[0]!.body.nextLink; typeof next === "string"; next = answers.at(-1)!.body.nextLink) {
    expect(next.startsWith(ENDPOINT)).toBe(true);
    answers.push(azure.get(next.slice(ENDPOINT.length)));
  }
  return answers;
}

describe("a list with pages", () => {
  test.each([
    [`${NETWORKS}?api-version=2025-05-01`, 5],
    [`${GROUP_ID}/providers/Microsoft.Network/virtualNetworks`, 5],
    [`${ZONES}/z0.example/ALL`, 4],
    [`${ZONES}/z0.example/A`, 2],
    [
      `${SUBSCRIPTION}/resources?$filter=${encodeURIComponent("resourceType eq 'Microsoft.Network/virtualNetworks'")}`,
      5,
    ],
  ])("of %s has all items once, in the form that one without pages has them", (path, count) => {
    const azure = givenZones(new Azure({ pageSize: 2 }), 5);
    const whole = givenZones(new Azure(), 5).get(path).body.value as Json[];
    const pages = pagesOf(azure, path);
    expect(pages.map(({ body }) => (body.value as Json[]).length)).toEqual(
      Array.from({ length: Math.ceil(count / 2) }, (_, i) => Math.min(2, count - 2 * i)),
    );
    const items = pages.flatMap(({ body }) => body.value as Json[]);
    expect(items.map(Object.keys)).toEqual(items.map((item) => Object.keys(whole.find((one) => one.id === item.id)!)));
    expect(new Set(items.map((item) => item.id)).size).toBe(count);
    expect(whole).toHaveLength(count);
  });

  test("keeps its place when something before it is deleted", () => {
    const azure = givenZones(new Azure({ pageSize: 2 }), 5);
    const { value, nextLink } = azure.get(NETWORKS).body;
    expect(namesIn(value)).toEqual(["vnet0", "vnet1"]);
    azure.manager.delete(id(`${ZONES}/z1.example/virtualNetworkLinks/link`));
    azure.manager.delete(id("Microsoft.Network/virtualNetworks/vnet1"));
    expect(namesIn(azure.get(String(nextLink).slice(ENDPOINT.length)).body.value)).toEqual(["vnet2", "vnet3"]);
  });

  test("has the api-version in the address of the next page", () => {
    const azure = givenZones(new Azure({ pageSize: 1 }), 2);
    expect(azure.get(`${NETWORKS}?api-version=2025-05-01`).body.nextLink).toMatch(
      /^https:\/\/localhost\/subscriptions\/.*\?api-version=2025-05-01&\$skiptoken=[\w-]+$/,
    );
  });
});

test("a list of what nobody has written is empty, and one of what is not emulated is refused", () => {
  const azure = givenZones(new Azure(), 1);
  expect(azure.get(`${SUBSCRIPTION}/providers/Microsoft.Network/routeTables`).body).toEqual({ value: [] });
  expect(azure.get(`${ZONES}/z0.example/unknown`)).toMatchObject({ status: 501, code: "NotEmulated" });
  expect(azure.get(`${ZONES}/none.example/ALL`)).toMatchObject({ status: 404, code: "ResourceNotFound" });
});

test("lists and queries are throttled as other requests are", () => {
  const azure = givenZones(new Azure({ faults: { throttleEvery: 2, retryAfter: 7 } }), 1);
  expect(azure.get(NETWORKS).status).toBe(200);
  for (const answer of [azure.get(NETWORKS), (azure.get(NETWORKS), azure.send("POST", GRAPH, { query: "resources" }))])
    expect(answer).toMatchObject({ status: 429, code: "TooManyRequests", headers: { "retry-after": "7" } });
});

describe("Azure Resource Graph", () => {
  const LINKS =
    "resources | where type =~ 'microsoft.network/privatednszones/virtualnetworklinks' | order by id asc | project id, name, type, location, properties";
  const RECORDS =
    "dnsresources | where type in~ ('microsoft.network/privatednszones/a', 'microsoft.network/privatednszones/cname') | order by id asc | project id, name, type, properties";

  /** All rows of a query, page by page. */
  function rows(azure: Azure, query: string, top: number, subscriptions: readonly string[]): Json[][] {
    const pages: Json[][] = [];
    let $skipToken: unknown;
    do {
      const options = { resultFormat: "objectArray", $top: top, ...($skipToken !== undefined && { $skipToken }) };
      const { status, body } = azure.send("POST", GRAPH, { subscriptions, query, options });
      expect(status).toBe(200);
      pages.push(body.data as Json[]);
      expect(body).toMatchObject({
        count: pages.at(-1)!.length,
        resultTruncated: String(body.$skipToken !== undefined),
      });
      ({ $skipToken } = body);
    } while ($skipToken !== undefined);
    return pages;
  }

  const mine = [SUBSCRIPTION.split("/")[2]!];

  test.each([
    [
      LINKS,
      1,
      ["id", "name", "type", "location", "properties"],
      ["microsoft.network/privatednszones/virtualnetworklinks"],
    ],
    [
      RECORDS,
      3,
      ["id", "name", "type", "properties"],
      ["microsoft.network/privatednszones/a", "microsoft.network/privatednszones/cname"],
    ],
  ])("answers %s", (query, each, columns, types) => {
    const azure = givenZones(new Azure(), 3);
    azure.manager.put(OTHER_GROUP, { location: "swedencentral" });
    azure.manager.put(`${OTHER_GROUP}/providers/${ZONES}/other.example`, {});
    azure.manager.put(`${OTHER_GROUP}/providers/${ZONES}/other.example/A/a`, { properties: { ttl: 1 } });
    const pages = rows(azure, query, 2, mine);
    const all = pages.flat();
    expect(pages.map((page) => page.length)).toEqual(
      Array.from({ length: Math.ceil((3 * each) / 2) }, (_, i) => Math.min(2, 3 * each - 2 * i)),
    );
    expect(all).toEqual(rows(azure, query, 1000, mine)[0]);
    expect(all.map((row) => String(row.id).toLowerCase())).toEqual(
      all.map((row) => String(row.id).toLowerCase()).sort(),
    );
    expect([...new Set(all.map(({ type }) => type))]).toEqual(types);
    for (const row of all) {
      expect(Object.keys(row)).toEqual(columns);
      expect(row.properties).toEqual(azure.properties(String(row.id)));
    }
  });

  test.each([
    ["resources"],
    ["resources | where name =~ 'a'"],
    [`${LINKS} | take 1`],
    ["resources | where type =~ 'microsoft.network/virtualnetworks' | order by id"],
    ["dnsresources | where type in~ ()"],
    ["securityresources | where type =~ 'a'"],
    ["resources | where type =~ 'microsoft.network/virtualnetworks' | project secret"],
    [undefined],
  ])("refuses %s, and says what it answers", (query) => {
    const { status, code, text } = givenZones(new Azure(), 1).send("POST", GRAPH, { query });
    expect({ status, code }).toEqual({ status: 501, code: "NotEmulated" });
    expect(text).toMatch(
      /The emulator (answers queries of the tables `resources` and `dnsresources`|has no column secret)/,
    );
  });

  test("leaves out what the client may not read", () => {
    const readLinks = `${ZONES}/virtualNetworkLinks/read`;
    const found = (...Actions: string[]) => {
      const azure = givenZones(new Azure({ role: { Actions } }), 1);
      return [LINKS, RECORDS].map((query) => azure.send("POST", GRAPH, { query }).body.totalRecords);
    };
    expect(found("*/read")).toEqual([1, 3]);
    expect(found("Microsoft.ResourceGraph/resources/read", readLinks)).toEqual([1, 0]);
    expect(found(readLinks)).toEqual([undefined, undefined]);
  });
});
