import { equalIgnoringCase, parentOf } from "./arm-id";
import { groupBy } from "../../common/util/collections";
import { REGISTRY_SUFFIX } from "./registry-names";
import type { RequestRecord } from "./request-record";
import { REGISTRY } from "./resource-types/private-link-members";
import {
  type PeeringProperties,
  VIRTUAL_NETWORK,
  type VirtualNetworkProperties,
  peering,
} from "./resource-types/virtual-network";
import type { Resource } from "./store";

/** What the page shows. */
export interface Shown {
  readonly endpoint: string;
  readonly resources: readonly Resource[];
  readonly requests: readonly RequestRecord[];
  /** What clients asked for and the emulator lacks, and how often. */
  readonly lacking: ReadonlyMap<string, number>;
  resolve(networkName: string, host: string): string[] | undefined;
}

/** Requests that are shown. */
const MOST_REQUESTS = 100;

/** What is in an emulator, and what it has answered, as a page without scripts. */
export function statusPage(azure: Shown): string {
  const { endpoint, resources, requests, lacking } = azure;
  const refused = requests.filter(isRefused);
  const networks = ofType<VirtualNetworkProperties>(resources, VIRTUAL_NETWORK);
  const types = [...groupBy(resources, ({ type }) => type)].sort(([a], [b]) => a.localeCompare(b));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>Emulated Azure</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark }
table { border-collapse: collapse; margin: 0 0 1rem }
th, td { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid #8884; overflow-wrap: anywhere }
</style>
</head>
<body>
<h1>Emulated Azure</h1>
<p>${text(`${endpoint}: ${resources.length} resources, ${requests.length} requests, ${refused.length} refused, ${sum(lacking)} not emulated.`)}</p>
${table(
  "Not emulated",
  ["Requests", "What"],
  [...lacking].map(([what, number]) => [number, what]),
)}
${table(
  "Networks",
  ["Network", "Region", "Address space", "Peered with", "What DNS returns for registries"],
  networks.map((network) => networkRow(network, azure)),
)}
${table(
  "Refused, the last first",
  ["After", "Request", "Status", "Why"],
  latest(refused).map((request) => [...requestRow(request), request.error ?? ""]),
)}
${table(
  "Resources",
  ["Type", "How many", "Names"],
  types.map(([type, all]) => [type, all.length, all.map(({ name }) => name).join(", ")]),
)}
${table("Requests, the last first", ["After", "Request", "Status"], latest(requests).map(requestRow))}
</body>
</html>
`;
}

/** Whether a request was refused: clients look for what is not there before they create it. */
function isRefused({ method, status }: RequestRecord): boolean {
  return status >= 400 && status !== 501 && !(status === 404 && /^(GET|HEAD)$/.test(method));
}

function networkRow({ id, name, location = "", properties }: Resource<VirtualNetworkProperties>, azure: Shown): Cells {
  const peered = ofType<PeeringProperties>(azure.resources, peering.type)
    .filter((one) => equalIgnoringCase(parentOf(one.id), id))
    .map(
      ({ properties: { remoteVirtualNetwork, peeringState } }) =>
        `${nameIn(remoteVirtualNetwork.id)} (${peeringState ?? ""})`,
    );
  const answers = ofType(azure.resources, REGISTRY).map((registry) => {
    const host = `${registry.name}.${REGISTRY_SUFFIX}`.toLowerCase();
    const addresses = azure.resolve(name, host) ?? [];
    return `${host}: ${addresses.length > 0 ? addresses.join(", ") : "public DNS"}`;
  });
  return [name, location, properties.addressSpace.addressPrefixes.join(", "), peered.join(", "), answers.join("\n")];
}

const nameIn = (id: string) => id.split("/").at(-1)!;

type Cells = readonly (string | number)[];

function requestRow({ method, path, status, at }: RequestRecord): Cells {
  return [`${(at / 1000).toFixed(1)} s`, `${method} ${path}`, status];
}

function latest(requests: readonly RequestRecord[]): RequestRecord[] {
  return requests.slice(-MOST_REQUESTS).reverse();
}

function ofType<Properties>(resources: readonly Resource[], type: string): Resource<Properties>[] {
  return resources.filter((resource) =>
    equalIgnoringCase(resource.type, type),
  ) as Resource<unknown>[] as Resource<Properties>[];
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((all, number) => all + number, 0);
}

/** A table with its heading; nothing without rows. */
function table(heading: string, head: readonly string[], rows: readonly Cells[]): string {
  if (rows.length === 0) return "";
  const row = (tag: string, cells: Cells) =>
    `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join("")}</tr>`;
  return `<h2>${text(heading)}</h2>\n<table>\n${[row("th", head), ...rows.map((cells) => row("td", cells))].join("\n")}\n</table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function text(value: string | number): string {
  return String(value)
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replaceAll("\n", "<br>");
}
