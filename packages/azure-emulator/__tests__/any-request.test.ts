import recorded from "../conformance/cases.json";
import { type Json, isJson, isObject } from "../../common/util/json";
import fc, { property } from "../../../__tests__/support/fast-check";
import { ArmError } from "../lib/arm-error";
import { parseArmId } from "../lib/arm-id";
import { bodyOf, pathOf } from "../lib/arm-request";
import { Azure, GROUP, GROUP_ID } from "./azure";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** In place of the body. */
  readonly text?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Case {
  readonly operation?: Request & { readonly apiVersion: string };
  readonly request?: Json;
  readonly setup?: readonly Request[];
}

/** The recorded requests, each after those of its setup. */
const RECORDED = (recorded.cases as readonly Case[]).flatMap(({ operation, request, setup = [] }): Request[][] => {
  if (!operation) return [];
  const path = `${operation.path}${operation.path.includes("?") ? "&" : "?"}api-version=${operation.apiVersion}`;
  return [[...setup, { method: operation.method, path, body: request }]];
});

/** Answers a request as it arrives by HTTP. What is no answer of Azure is thrown. */
function answer({ manager }: Azure, { method, path, body, text, headers = {} }: Request): void {
  const content = text ?? (body === undefined ? "" : JSON.stringify(body));
  const type = headers["content-type"];
  try {
    JSON.stringify(
      manager.answer({ method, ...pathOf(placed(path)), headers, ...bodyOf(method, placed(content), type) }),
    );
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
  }
}

function placed(text: string): string {
  return text.replaceAll("{sub}", GROUP_ID.split("/")[2]!).replaceAll("{rg}", GROUP);
}

const ODD = "/subscriptions/{sub}/providers/%zz//Microsoft.Network/__proto__/x/y?$filter=roleName eq 'a'&%zz";
const paths: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => path.replace(/\/[^/]*$/, ""),
  (path) => `${path.split("?")[0]!}/constructor`,
  () => ODD,
];
const sometimes = <T>(...some: readonly T[]) => fc.option(fc.constantFrom(...some), { nil: undefined, freq: 1 });
const change = fc.record({
  method: sometimes("GET", "PUT", "PATCH", "POST", "DELETE", "HEAD", "OPTIONS"),
  path: fc.constantFrom(paths[0]!, ...paths),
  place: fc.nat(25),
  value: fc.jsonValue({ maxDepth: 1 }),
  text: sometimes("", "null", "[]", "{", "1", '{"a":', "text", '{"__proto__":{"a":1}}', undefined, undefined),
  headers: fc.constantFrom({}, { "if-match": "x" }, { "if-none-match": "*" }, { "content-type": "text/plain" }),
});

property(
  "no request, whatever its method, path, headers and body, is answered by a fault of the emulator's own",
  60,
  fc.property(
    fc.constantFrom(...RECORDED),
    fc.array(change, { minLength: 3 }),
    fc.boolean(),
    (requests, changes, anyType) => {
      const azure = new Azure({ anyType });
      for (const request of requests) answer(azure, request);
      const last = requests.at(-1)!;
      for (const { method = last.method, path, place, value, text, headers } of changes)
        answer(azure, { method, path: path(last.path), body: replaced(last.body, place, value), text, headers });
      for (const { id } of azure.manager.store.all()) answer(azure, { method: "GET", path: id });
      answer(azure, { method: "DELETE", path: GROUP_ID });
    },
  ),
);

test("no value at any place of a recorded body is answered by a fault of the emulator's own", () => {
  // One of each type.
  const kindOf = ({ method, path, body }: Request) =>
    `${method} ${String(body === undefined)} ${parseArmId(path.split("?")[0]!)?.type ?? path}`;
  for (const requests of new Map(RECORDED.map((some) => [kindOf(some.at(-1)!), some])).values()) {
    const azure = new Azure();
    for (const request of requests) answer(azure, request);
    const last = requests.at(-1)!;
    for (let place = 0; place < placesIn(last.body); place++) {
      for (const value of [null, 1, "x", GROUP_ID, {}])
        answer(azure, { ...last, body: replaced(last.body, place, value) });
      answer(azure, { method: "GET", path: last.path });
    }
  }
});

/** How many values there are in a value, with itself. */
function placesIn(value: unknown): number {
  return isObject(value) ? Object.values(value).reduce<number>((sum, one) => sum + placesIn(one), 1) : 1;
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
