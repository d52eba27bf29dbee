import { isDeepStrictEqual } from "node:util";
import recorded from "../conformance/cases.json";
import type { Json } from "../lib/json";
import { type Answer, Azure, ENDPOINT, GROUP, GROUP_ID } from "./azure";

/** A request that real Azure answered, and its answer, as facts. */
interface RecordedCase {
  readonly id: string;
  readonly operation: { readonly method: string; readonly path: string; readonly apiVersion: string };
  readonly request?: Json;
  /** Requests to make first. */
  readonly setup?: readonly { readonly method: string; readonly path: string; readonly body?: Json }[];
  /** What is left out is not recorded, but for the error code: an answer without it is no error. */
  readonly response: {
    readonly status?: number;
    readonly errorCode?: string;
    /** Code of the error's first detail. */
    readonly detail?: string;
    readonly asyncHeader?: string;
    readonly asyncPath?: string;
    readonly body?: Record<string, unknown>;
  };
  readonly poll?: {
    /** Statuses of HTTP: one of all polls, or one for each. */
    readonly http: readonly number[];
    readonly statuses?: readonly string[];
    readonly errorCode?: string;
    /** Code of the error's first detail. */
    readonly detail?: string;
    readonly message?: { readonly re: string };
    readonly emptyBody?: boolean;
    /** Status of the Location's answer at the end. */
    readonly operationResults?: number;
  };
  readonly finalGet?: { readonly has: Record<string, unknown> };
  /** Why a difference is left. */
  readonly left?: string;
}

const CASES = (recorded.cases as unknown as (RecordedCase & { replay: boolean })[]).filter(({ replay }) => replay);

/** Seconds that every operation takes, so that a poll can find it in progress. */
const OPERATION = 10;
/** Seconds of the operations of a setup that are still in progress when the case's request is made. */
const SLOW = 1000;

let now = 0;

const slow = [
  { pattern: /slow[^/]*$/, seconds: SLOW },
  { pattern: /./, seconds: OPERATION },
];
const azure = new Azure({
  faults: { slow },
  clock: () => now,
  runScript: () =>
    Promise.resolve({
      instanceView: { executionState: "Succeeded" },
      ended: Promise.resolve(),
      cancel: () => undefined,
    }),
});

/** Answers a request, once the scripts that have been handed over before have run. */
async function send(...request: Parameters<Azure["send"]>): Promise<Answer> {
  await new Promise(setImmediate);
  return azure.send(...request);
}

test.each(CASES.map((recordedCase): [string, RecordedCase] => [recordedCase.id, recordedCase]))(
  "%s",
  async (_, recordedCase) => {
    const differences = await replay(recordedCase);
    if (recordedCase.left === undefined) expect(differences).toEqual([]);
    // The reason is no longer true.
    else expect(differences).not.toEqual([]);
  },
);

/** Makes a case's request, and returns in what the emulator's answers differ from Azure's. */
async function replay({ operation, request, setup = [], response, poll, finalGet }: RecordedCase) {
  for (const { method, path, body } of setup) {
    const { status, text } = await send(method, placed(path), body && placed(body));
    if (status >= 400) throw new Error(`${method} ${path} of the setup: ${text}`);
    pass(OPERATION);
  }
  const path = await withConnections(placed(operation.path));
  const answer = await send(
    operation.method,
    `${path}?api-version=${operation.apiVersion}`,
    request && placed(request),
  );
  const { url, location, header } = asyncHeaders(answer, path);
  const error = answer.body.error as ErrorBody | undefined;
  const differences = [
    ...different("error code", error?.code, response.errorCode),
    ...differentIfRecorded("status", answer.status, response.status),
    ...differentIfRecorded("detail of the error", error?.details?.[0]?.code, response.detail),
    ...differentIfRecorded("asynchronous header", header, response.asyncHeader),
    ...differentIfRecorded("path of it", url, response.asyncPath && { re: placed(response.asyncPath) }),
    ...differentMembers("answer", answer, placed(response.body ?? {})),
    ...(poll ? await differentPolls(poll, url, location) : []),
  ];
  pass(SLOW);
  if (!finalGet) return differences;
  return [...differences, ...differentMembers("GET", await send("GET", path), placed(finalGet.has))];
}

async function differentPolls(
  { http, statuses, errorCode, detail, message, emptyBody, operationResults }: NonNullable<RecordedCase["poll"]>,
  url: string | undefined,
  location: string | undefined,
): Promise<string[]> {
  const polled = url ?? location;
  if (polled === undefined) return ["nothing to poll"];
  const answers: Answer[] = [];
  const times = statuses?.length ?? http.length;
  for (let i = 1; i <= times; i++) {
    if (i === times) pass(SLOW);
    answers.push(await send("GET", polled));
  }
  const last = answers.at(-1)!;
  const error = last.body.error as ErrorBody | undefined;
  const result = operationResults === undefined ? undefined : location && (await send("GET", location)).status;
  return [
    ...different(
      "statuses of the polls",
      answers.map(({ status }) => status),
      http.length === 1 ? answers.map(() => http[0]) : http,
    ),
    ...different("code of the operation's error", error?.code, errorCode),
    ...differentIfRecorded(
      "polls",
      answers.map(({ body }) => body.status),
      statuses,
    ),
    ...differentIfRecorded("detail of the error", error?.details?.[0]?.code, detail),
    ...differentIfRecorded("message of the error", error?.message, message),
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
  const names = [
    ...(url === undefined ? [] : ["Azure-AsyncOperation"]),
    ...(location === undefined ? [] : ["Location"]),
  ];
  const isItself = url === undefined && location?.split("?")[0] === path;
  return {
    url: url ?? location,
    location,
    header: isItself ? "Location of the resource itself" : names.join(" + ") || "none",
  };
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

function differentMembers(what: string, { body, text }: Answer, wanted: Record<string, unknown>): string[] {
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

/** Azure's form of an error. */
interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { readonly code: string }[];
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
