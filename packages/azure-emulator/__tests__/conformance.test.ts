import { isDeepStrictEqual } from "node:util";
import recorded from "../conformance/cases.json";
import type { Json } from "../../common/util/json";
import { type Answer, Azure, ENDPOINT, GROUP, GROUP_ID } from "./azure";

/** A request that real Azure answered, and its answer, as facts. */
interface RecordedCase {
  readonly id: string;
  readonly operation: { readonly method: string; readonly path: string; readonly apiVersion: string };
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly request?: Json;
  /** Requests to make first. */
  readonly setup?: readonly { readonly method: string; readonly path: string; readonly body?: Json }[];
  /** Whether it begins with nothing but a group. Otherwise it begins with what the cases before it have left. */
  readonly alone?: true;
  /** What is left out is not recorded, but for the error code: an answer without it is no error. */
  readonly response: Recorded & {
    readonly status?: number;
    readonly asyncHeader?: string;
    readonly asyncPath?: string;
    /** Seconds until a request that is refused can be repeated, which are the emulator's own; or none. */
    readonly retryAfter?: string;
    readonly body?: Json;
  };
  readonly poll?: Recorded & {
    /** Statuses of HTTP: one of all polls, or one for each. */
    readonly http: readonly number[];
    readonly statuses?: readonly string[];
    readonly message?: { readonly re: string };
    readonly emptyBody?: boolean;
    /** Status of the Location's answer at the end. */
    readonly operationResults?: number;
  };
  /** Of the resource itself, if it has no path. */
  readonly finalGet?: { readonly path?: string; readonly has: Json };
  readonly replay: boolean;
  /** Why a difference is left. */
  readonly left?: string;
}

/** The code of an error, and that of its first detail. */
interface Recorded {
  readonly errorCode?: string;
  readonly detail?: string;
}

const CASES = (recorded.cases as unknown as RecordedCase[]).filter(({ replay }) => replay);

/** Seconds that every operation takes, so that a poll can find it in progress. */
const OPERATION = 10;
/** Seconds of the operations of a setup that are still in progress when the case's request is made. */
const SLOW = 1000;

let now = 0;

const slow = [
  { pattern: /slow/, seconds: SLOW },
  { pattern: /./, seconds: OPERATION },
];
const run = { instanceView: { executionState: "Succeeded" }, ended: Promise.resolve(), cancel: () => undefined };
const start = () => new Azure({ faults: { slow }, clock: () => now, runScript: () => Promise.resolve(run) });
const shared = start();
let azure = shared;

/** Answers a request, once the scripts that have been handed over before have run. */
async function send(...request: Parameters<Azure["send"]>): Promise<Answer> {
  await new Promise(setImmediate);
  return azure.send(...request);
}

test.each(CASES)("$id", async (recordedCase) => {
  azure = recordedCase.alone ? start() : shared;
  const differences = await replay(recordedCase);
  if (recordedCase.left === undefined) expect(differences).toEqual([]);
  // The reason is no longer true.
  else expect(differences).not.toEqual([]);
});

/** Makes a case's request, and returns in what the emulator's answers differ from Azure's. */
async function replay({ operation, requestHeaders, request, setup = [], response, poll, finalGet }: RecordedCase) {
  for (const [i, { method, path, body }] of setup.entries()) {
    const { status, text } = await send(method, placed(path), body && placed(body));
    if (status >= 400) return [`${method} ${path} of the setup: ${text}`];
    // Only the last one may still be in progress.
    pass(i === setup.length - 1 ? OPERATION : SLOW);
  }
  const [path = "", query] = (await withConnections(placed(operation.path))).split("?");
  const url = `${path}?api-version=${operation.apiVersion}${query === undefined ? "" : `&${query}`}`;
  const answer = await send(operation.method, url, request && placed(request), requestHeaders);
  const { polled, location, header } = asyncHeaders(answer, path);
  const differences = [
    ...differentErrors("error", answer, response),
    ...differentIfRecorded("status", answer.status, response.status),
    ...differentIfRecorded("asynchronous header", header, response.asyncHeader),
    ...differentIfRecorded(
      "Retry-After",
      "retry-after" in answer.headers,
      answer.status === 429 ? response.retryAfter && response.retryAfter !== "none" : undefined,
    ),
    ...differentIfRecorded("path of it", polled, response.asyncPath && { re: placed(response.asyncPath) }),
    ...differentMembers("answer", answer, placed(response.body ?? {})),
    ...(poll ? await differentPolls(poll, polled, location) : []),
  ];
  pass(SLOW);
  if (!finalGet) return differences;
  return [
    ...differences,
    ...differentMembers("GET", await send("GET", placed(finalGet.path ?? path)), placed(finalGet.has)),
  ];
}

async function differentPolls(poll: NonNullable<RecordedCase["poll"]>, polled?: string, location?: string) {
  const { http, statuses, message, emptyBody, operationResults } = poll;
  if (polled === undefined) return ["nothing to poll"];
  const answers: Answer[] = [];
  const times = statuses?.length ?? http.length;
  for (let i = 1; i <= times; i++) {
    if (i === times) pass(SLOW);
    answers.push(await send("GET", polled));
  }
  const last = answers.at(-1)!;
  const result = operationResults === undefined ? undefined : location && (await send("GET", location)).status;
  const [found, shown] = [answers.map(({ status }) => status), answers.map(({ body }) => body.status)];
  return [
    ...different("statuses of the polls", found, http.length === 1 ? found.map(() => http[0]) : http),
    ...differentErrors("operation's error", last, poll),
    ...differentIfRecorded("polls", shown, statuses),
    ...differentIfRecorded("message of the error", errorIn(last)?.message, message),
    ...differentIfRecorded("text of the last poll", last.text, emptyBody && ""),
    ...different("status of the Location's answer", result, operationResults),
  ];
}

/** Ends the operations that are due after so many seconds. */
function pass(seconds: number): void {
  now += seconds * 1000;
}

/** The headers by which an operation is polled: which there are, and their paths. */
function asyncHeaders({ headers }: Answer, path: string) {
  const pathOf = (name: string) => headers[name]?.slice(ENDPOINT.length);
  const [url, location] = [pathOf("azure-asyncoperation"), pathOf("location")];
  const names = ["Azure-AsyncOperation", "Location"].filter((name) => name.toLowerCase() in headers);
  const isItself = url === undefined && location?.split("?")[0] === path;
  const header = isItself ? "Location of the resource itself" : names.join(" + ") || "none";
  return { polled: url ?? location, location, header };
}

/** Puts the test's subscription and group for the placeholders. */
function placed<T>(value: T): T {
  const subscription = GROUP_ID.split("/")[2]!;
  const text = JSON.stringify(value).replaceAll("{sub}", subscription).replaceAll("{rg}", GROUP);
  return JSON.parse(text) as T;
}

/** Puts the name of a registry's connection to an endpoint for `{connection of ENDPOINT}`. */
async function withConnections(path: string): Promise<string> {
  const [placeholder, endpoint] = /\{connection of (.+)\}/.exec(path) ?? [];
  if (placeholder === undefined) return path;
  const { body } = await send("GET", path.slice(0, path.lastIndexOf("/")));
  const connections = (body.value ?? []) as { name: string; properties: { privateEndpoint: { id: string } } }[];
  const found = connections.find(({ properties }) => properties.privateEndpoint.id.endsWith(`/${endpoint!}`));
  return path.replace(placeholder, found?.name ?? endpoint!);
}

function differentMembers(what: string, { body, text }: Answer, wanted: Json): string[] {
  return Object.entries(wanted).flatMap(([path, value]) => {
    if (path !== "") return different(`${what}: ${path}`, at(body, path), value);
    return different(`${what}: text`, text, value === "empty" ? "" : JSON.stringify(value));
  });
}

/** The value at a path such as `value[].name`. */
function at(value: unknown, path: string): unknown {
  let found: unknown = value;
  const steps = path.match(/[^.[\]]+|\[\]/g) ?? [];
  for (const [i, step] of steps.entries()) {
    if (step === "[]") return (found as unknown[] | undefined)?.map((one) => at(one, steps.slice(i + 1).join(".")));
    found = (found as Json | undefined)?.[step];
  }
  return found;
}

/** An error in Azure's form. */
function errorIn({ body }: Answer) {
  return body.error as { code: string; message: string; details?: { code: string }[] } | undefined;
}

function differentErrors(what: string, answer: Answer, { errorCode, detail }: Recorded): string[] {
  const error = errorIn(answer);
  const details = differentIfRecorded(`detail of the ${what}`, error?.details?.[0]?.code, detail);
  return [...different(`code of the ${what}`, error?.code, errorCode), ...details];
}

/** What an expected value says: a value, or what is true of it. */
interface Expectation {
  readonly type?: "string" | "list";
  readonly re?: string;
  readonly len?: number;
  readonly set?: readonly unknown[];
  readonly absent?: boolean;
}

function different(what: string, found: unknown, wanted: unknown): string[] {
  return matches(found, wanted) ? [] : [`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`];
}

function differentIfRecorded(what: string, found: unknown, wanted: unknown): string[] {
  return wanted === undefined ? [] : different(what, found, wanted);
}

function matches(found: unknown, wanted: unknown): boolean {
  const { type, re, len, set, absent } = (wanted ?? {}) as Expectation;
  if (type !== undefined) return type === "list" ? Array.isArray(found) : typeof found === type;
  if (re !== undefined) return typeof found === "string" && new RegExp(re).test(found);
  if (len !== undefined) return Array.isArray(found) && found.length === len;
  if (set !== undefined)
    return Array.isArray(found) && isDeepStrictEqual([...(found as unknown[])].sort(), [...set].sort());
  if (absent === true) return found === undefined;
  return isDeepStrictEqual(found, wanted);
}
