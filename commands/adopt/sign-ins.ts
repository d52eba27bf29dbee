import { type AzureAnswer, type ResourceManager, wordsOf } from "../../packages/common/azure-client";
import { at, isPrivateRange, type Json, objects } from "../../packages/common/util";
import { parseId } from "../../src/terraform/resource-id";

/** Who used a registry from one address. */
export interface Caller {
  readonly address: string;
  /** Who signed in: the ID of an application or of a user, or the name of a token. Empty for anonymous pulls. */
  readonly identity: string;
  /** Whether it came through a private endpoint, so that its address is private. */
  readonly isPrivate: boolean;
  readonly signIns: number;
  readonly pulls: number;
  /** The last time, as an ISO time. */
  readonly last: string;
}

/** Who used a registry, by its own events; or why that is not known, and what to do. */
export type SignIns =
  | {
      readonly known: true;
      /** ID of the Log Analytics workspace. */
      readonly workspace: string;
      readonly days: number;
      readonly callers: readonly Caller[];
      /** Whether there are more callers than are read. */
      readonly more: boolean;
    }
  | {
      readonly known: false;
      readonly why: string;
      readonly advice: string;
      /** A command that does it. @default - none */
      readonly command?: string;
    };

const SETTINGS_VERSION = "2021-05-01-preview";
/** The version of queries through Azure Resource Manager, which every cloud has, with the token for it. */
const QUERY_VERSION = "2017-10-01";

const SIGN_INS = "ContainerRegistryLoginEvents";
const PULLS = "ContainerRegistryRepositoryEvents";
/** Groups of categories that have both. */
const GROUPS = ["allLogs", "audit"];

/** Most callers that are read. */
const MOST = 500;

/**
 * Reads from Log Analytics who used a registry, if it sends its events there.
 *
 * @param id - ID of the registry
 * @param days - how many days back
 */
export async function readSignIns(azure: ResourceManager, id: string, days: number): Promise<SignIns> {
  const settings = await azure.list(`${id}/providers/Microsoft.Insights/diagnosticSettings`, SETTINGS_VERSION);
  if (settings.status !== 200)
    return {
      known: false,
      why: `Azure did not return the diagnostic settings of the registry: ${wordsOf(settings)}`,
      advice: "The role Monitoring Reader on the registry is enough to read them.",
    };
  const workspace = workspaceIn(settings.items);
  if (workspace === undefined)
    return {
      known: false,
      why: "The registry sends no sign-in events to Log Analytics.",
      advice:
        "Turn them on, wait some days, and run the command again. Where this project manages the registry, set registry.diagnostics to true and deploy. Otherwise:",
      command: turnOn(id),
    };
  const answer = await azure.post(`${workspace}/query`, QUERY_VERSION, { query: queryFor(id), timespan: `P${days}D` });
  if (answer.status !== 200)
    return {
      known: false,
      why: `Azure did not return the sign-in events of the registry from ${workspace}: ${wordsOf(answer)}`,
      advice: "The role Log Analytics Reader on the workspace is enough to read them.",
    };
  const rows = rowsOf(answer);
  return { known: true, workspace, days, callers: rows.slice(0, MOST).map(callerOf), more: rows.length > MOST };
}

/** The workspace that sign-in events go to, that with events of repositories too first. */
function workspaceIn(settings: readonly Json[]): string | undefined {
  const sending = (category: string) =>
    settings.filter((setting) =>
      objects(at(setting, ["properties", "logs"])).some(
        (log) =>
          log.enabled === true && [category, ...GROUPS].some((one) => sameText(one, log.category, log.categoryGroup)),
      ),
    );
  const pulls = sending(PULLS);
  const [workspace] = sending(SIGN_INS)
    .toSorted((a, b) => Number(pulls.includes(b)) - Number(pulls.includes(a)))
    .flatMap((setting) => at(setting, ["properties", "workspaceId"]));
  // It becomes a part of the address to which the token is sent.
  return typeof workspace === "string" && parseId("workspace", workspace) ? workspace : undefined;
}

function sameText(text: string, ...others: readonly unknown[]): boolean {
  return others.some((other) => typeof other === "string" && other.toLowerCase() === text.toLowerCase());
}

/** The command that turns the events on. */
function turnOn(id: string): string {
  const logs = [SIGN_INS, PULLS].map((category) => `{"category":"${category}","enabled":true}`).join(",");
  return `az monitor diagnostic-settings create --name sign-ins --resource ${id} --workspace WORKSPACE_ID --logs '[${logs}]'`;
}

/**
 * One row for each address and identity. Requests that the registry refused are left out, such as those of scanners.
 *
 * Source: the columns of both tables in "Azure Monitor Logs table reference", and the status in ResultDescription in the
 * example queries of "Monitor Azure Container Registry".
 */
function queryFor(id: string): string {
  return [
    `union isfuzzy=true ${SIGN_INS}, ${PULLS}`,
    `| where _ResourceId =~ "${id}" and ResultDescription !startswith "4"`,
    `| summarize SignIns = countif(Type == "${SIGN_INS}"), Pulls = countif(OperationName =~ "Pull"), Last = max(TimeGenerated) by CallerIpAddress, Identity`,
    `| top ${MOST + 1} by Last desc`,
  ].join("\n");
}

/** The rows of an answer's first table, each with its values by the names of the columns. */
function rowsOf({ body }: AzureAnswer): Json[] {
  const [table] = objects(body.tables ?? []);
  const names = objects(table?.columns ?? []).map(({ name }) => String(name));
  const rows = Array.isArray(table?.rows) ? (table.rows as unknown[]) : [];
  return rows.flatMap((row) =>
    Array.isArray(row) ? [Object.fromEntries(names.map((name, column) => [name, row[column] as unknown]))] : [],
  );
}

function callerOf({ CallerIpAddress, Identity, SignIns, Pulls, Last }: Json): Caller {
  const address = textOf(CallerIpAddress);
  return {
    address,
    identity: textOf(Identity),
    // Unique local addresses are the private ones of IPv6.
    isPrivate: isPrivateRange(`${address}/32`) || /^f[cd][0-9a-f]{2}:/i.test(address),
    signIns: Number(SignIns),
    pulls: Number(Pulls),
    last: textOf(Last),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
