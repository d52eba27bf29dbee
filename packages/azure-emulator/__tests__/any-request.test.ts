import recorded from "../conformance/cases.json";
import { type Json, isJson } from "../../common/util/json";
import fc, { property } from "../../../__tests__/support/fast-check";
import { ArmError } from "../lib/arm-error";
import { parseArmId } from "../lib/arm-id";
import { bodyOf, pathOf } from "../lib/arm-request";
import { Azure, GROUP, GROUP_ID } from "./azure";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

interface Case {
  readonly operation?: Request & { readonly apiVersion: string };
  readonly request?: Json;
  readonly setup?: readonly Request[];
}

/** The recorded requests, each with those before it. */
const RECORDED = (recorded.cases as readonly Case[]).flatMap(({ operation, request, setup = [] }): Request[][] => {
  if (!operation) return [];
  const path = `${operation.path}${operation.path.includes("?") ? "&" : "?"}api-version=${operation.apiVersion}`;
  return [[...setup, { method: operation.method, path, body: request }]];
});

const VALUES = [
  null,
  0,
  -1.5,
  "",
  "x",
  "/a/b",
  true,
  [],
  [null],
  ["x"],
  [[]],
  {},
  { id: 1 },
  { properties: [] },
] as const;

/** How a request differs from the recorded one. */
interface Change {
  readonly method: string | undefined;
  /** Where in the body, and what is there instead; undefined if nothing is. */
  readonly place: number;
  readonly value: unknown;
  readonly text: string | undefined;
  readonly path: "same" | "list" | "part" | "odd";
  readonly headers: Readonly<Record<string, string>>;
}

const change: fc.Arbitrary<Change> = fc.record({
  method: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom("GET", "PUT", "PATCH", "POST", "DELETE", "HEAD", "OPTIONS") },
  ),
  place: fc.nat(25),
  value: fc.oneof(fc.constantFrom(...VALUES, undefined), fc.jsonValue({ maxDepth: 1 })),
  text: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom("", "null", "[]", "{", "1", '{"a":', "text", '{"__proto__":{"a":1}}') },
  ),
  path: fc.constantFrom("same", "same", "same", "same", "same", "list", "part", "odd"),
  headers: fc.constantFrom({}, {}, { "if-match": "x" }, { "if-none-match": "*" }, { "content-type": "text/plain" }),
});

property(
  "no request, whatever its method, path, headers and body, is answered by a fault of the emulator's own",
  40,
  fc.property(
    fc.constantFrom(...RECORDED),
    fc.array(change, { minLength: 8, maxLength: 8 }),
    fc.nat(7),
    fc.boolean(),
    (requests, changes, unchanged, anyType) => {
      let now = 0;
      const runScript = () => Promise.reject(new ArmError(400, "x", "x"));
      const azure = new Azure({
        anyType,
        clock: () => (now += 1000),
        runScript,
        faults: { slow: [{ pattern: /s/, seconds: 2 }] },
      });
      for (const [i, request] of requests.entries()) {
        const made =
          i < unchanged && i < requests.length - 1 ? request : changed(request, changes[i % changes.length]!);
        const answer = answered(azure, made);
        expect(answer.status).toBeGreaterThanOrEqual(200);
        expect(() => JSON.stringify(answer.body)).not.toThrow();
        answered(azure, { method: "GET", path: made.path });
        answered(azure, { method: "GET", path: `${GROUP_ID}/resources` });
      }
      for (const { id } of azure.manager.store.all()) answered(azure, { method: "GET", path: id });
      answered(azure, { method: "DELETE", path: GROUP_ID });
    },
  ),
);

test("no value at any place of a recorded body is answered by a fault of the emulator's own", () => {
  // One of each type.
  const kinds = new Map(RECORDED.map((requests) => [kindOf(requests.at(-1)!), requests]));
  for (const requests of kinds.values()) {
    const azure = new Azure();
    for (const request of requests) answered(azure, request);
    const last = requests.at(-1)!;
    for (let place = 0; place < placesIn(last.body); place++) {
      for (const value of [null, 1, {}]) answered(azure, { ...last, body: replaced(last.body, place, value) });
      answered(azure, { method: "GET", path: last.path });
    }
  }
});

function kindOf({ method, path, body }: Request): string {
  return `${method} ${String(body === undefined)} ${parseArmId(path.split("?")[0]!)?.type ?? path}`;
}

/** How many values there are in a value, with itself. */
function placesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return value === undefined ? 0 : 1;
  return Object.values(value).reduce<number>((sum, one) => sum + placesIn(one), 1);
}

interface Made extends Request {
  readonly text?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to a request as it arrives by HTTP. */
function answered({ manager }: Azure, { method, path, body, text, headers = {} }: Made) {
  const content = text ?? (body === undefined ? "" : JSON.stringify(body));
  try {
    return manager.answer({
      method,
      ...pathOf(placed(path)),
      headers,
      ...bodyOf(method, placed(content), headers["content-type"]),
    });
  } catch (error) {
    if (error instanceof ArmError) return { status: error.status, body: error.body };
    throw error;
  }
}

function placed(text: string): string {
  return text.replaceAll("{sub}", GROUP_ID.split("/")[2]!).replaceAll("{rg}", GROUP);
}

function changed({ method, path, body }: Request, { place, value, text, headers, ...of }: Change): Made {
  const paths = {
    same: path,
    list: path.replace(/\/[^/]*$/, ""),
    part: `${path.split("?")[0]!}/constructor`,
    odd: path.replace(/\/providers\/.*/, "/providers/%zz//Microsoft.Network/__proto__/x/y?$filter=roleName eq 'a'&%zz"),
  };
  return { method: of.method ?? method, path: paths[of.path], body: replaced(body, place, value), text, headers };
}

/** A value with another one at a place of it, counted from the front. */
function replaced(value: unknown, place: number, by: unknown): unknown {
  let count = 0;
  const walk = (one: unknown): unknown => {
    if (count++ === place) return by;
    if (Array.isArray(one)) return one.map(walk);
    return isJson(one) ? Object.fromEntries(Object.entries(one).map(([name, member]) => [name, walk(member)])) : one;
  };
  return walk(value);
}
