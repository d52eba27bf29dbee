import { createColors } from "picocolors";
import { parseJson, printableJson, UserError } from "../../../packages/common/util";
import { type Preview, previewOf } from "../../../packages/private-link-preview";
import { previewText, reportOf } from "../../../packages/private-link-preview/report";
import {
  type Json,
  perSpoke,
  planOf,
  planOfJson,
  regional,
  selfRegistered,
  sharedZone,
  stateOf,
  synthesized,
} from "../../../packages/private-link-preview/__tests__/terraform-fixtures";
import { diagram } from "../../../packages/private-link-preview/lib/drawing/mermaid";
import fc, { property } from "../../../__tests__/support/fast-check";

/** Files as Terraform writes them, of each form. */
const FILES = [perSpoke(), sharedZone(), selfRegistered(), regional({ hub: "login", spoke1: "login", spoke2: "login" })]
  .flatMap((parts) => [synthesized, planOf, planOfJson, stateOf].map((form) => form(parts)))
  .map((json) => ({ ...json, locals: { a: "${local.b}", b: "${azurerm_virtual_network.hub.name}" } }));

/** The members that each form of a file is known by. */
const OF_PLAN = ["planned_values", "prior_state", "configuration", "variables"];
const OF_STATE = ["values", "version", "lineage"];
const OF_CONFIGURATION = ["resource", "data", "locals", "module", "terraform"];

const ADDRESSES = perSpoke().map(({ address }) => address);

/** Texts that mean something in a place where a text of a file may come to stand. */
const hostileText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    ...["\u001b[2J\u001b]0;title\u0007", "\u009b31m\u202e\r\n::error::x", "::add-mask::x", "##[error]x"],
    ...['"];click x "javascript:alert(1)"', "a\n```\n<img src=x onerror=alert(1)>|`#quot;&lt;"],
    ...["__proto__", "constructor", "10.0.0.0/99", "999.1.1.1", "::/0", "*", "@"],
    ...["privatelink.azurecr.io", "azurecr.io", "acmeacr.azurecr.io"],
  ),
  fc
    .tuple(fc.constantFrom("x", "a.", '"\\', "${", "[", "${local.a}", "/"), fc.nat(20_000))
    .map(([text, times]) => text.repeat(times)),
);

/** Expressions that lead to resources, to each other and in circles. */
const expression = fc
  .array(
    fc.oneof(
      fc.constantFrom(...ADDRESSES),
      fc.constantFrom("local.a", "local.b", "var.a", "module.m.a", "each.key", "each.value", "count.index"),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .chain((roots) =>
    fc
      .constantFrom(".id", ".name", '["a"].id', "[0]", "[local.a].id", "[*].id", "")
      .map((steps) => roots.map((root) => `\${${root}${steps}}`).join("")),
  );

const deep = fc.nat(700).map((levels) => [...Array(levels).keys()].reduce<unknown>((inside) => [inside], 1));

/** Anything in place of a part of a file. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e9, 1e12, "", [], {}, [[]], [null], [1], { a: { a: {} } }),
  hostileText,
  expression,
  fc.array(expression, { maxLength: 30 }),
  fc.array(expression).map((references) => ({ references, constant_value: references[0] })),
  fc.array(hostileText, { maxLength: 5 }),
  deep,
  fc.jsonValue({ maxDepth: 3 }),
);

/** A change of a file: at which of its values, what with it, and with what. */
const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("replace", "replace", "remove", "add", "repeat", "rename"),
  name: fc.oneof(
    fc.constantFrom(..."count for_each dynamic security_rule references child_modules index dns_servers".split(" ")),
    hostileText,
  ),
  value: anything,
});

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

/** The objects and lists in a value, itself included. */
function containersIn(value: unknown): Json[] {
  return typeof value === "object" && value !== null
    ? [value as Json, ...Object.values(value).flatMap(containersIn)]
    : [];
}

function changed(file: Json, changes: readonly Change[]): Json {
  const json = structuredClone(file);
  for (const { at, how, name, value: shared } of changes) {
    const value = structuredClone(shared);
    const containers = containersIn(json);
    const container = containers[at % containers.length]!;
    const keys = Object.keys(container);
    const key = keys[(at >> 4) % keys.length] ?? name;
    const old = container[key];
    if (how === "replace") container[key] = value;
    else if (how === "remove") Reflect.deleteProperty(container, key);
    else if (how === "add")
      Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
    else if (how === "repeat" && Array.isArray(old))
      container[key] = Array<unknown[]>(50)
        .fill(old as unknown[])
        .flat();
    else Object.defineProperty(container, name, { value: old, enumerable: true, configurable: true, writable: true });
    // Changes of changes would make a file of any size.
    if (how === "repeat") break;
  }
  // As in a file: without the gaps of lists.
  return JSON.parse(JSON.stringify(json)) as Json;
}

const CONTROL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const WORKFLOW_COMMAND = /^\s*::|##\[/m;

/** Formats whose text goes into logs and pages as it is. */
const FORMATS = ["json", "sarif", "junit", "markdown"] as const;

/** JUnit has a failure exactly where the command fails, and every name in it is text. */
function checkJunit(preview: Preview): void {
  const { text, passed } = reportOf(preview, { format: "junit" });
  expect(text.includes("<failure ")).toBe(!passed);
  expect(text.replace(/<(\/?(testsuites|testsuite|testcase|failure|skipped)\b|\?xml )/g, "")).not.toContain("<");
}

/** There is a workflow command for each finding, and no other. */
function checkAnnotations(preview: Preview): void {
  const { text } = reportOf(preview, { format: "github" }, { file: "file.json" });
  const commands = text.split("\n").filter((line) => WORKFLOW_COMMAND.test(line));
  expect(commands).toHaveLength(preview.findings.length);
  for (const command of commands)
    expect(command).toMatch(/^::(error|warning) file=file\.json,line=\d+,title=[a-z-]+::/);
  expect(text).not.toMatch(CONTROL);
}

/** Runs the preview of a file to its end, and checks whatever it says. */
function check(json: unknown): void {
  const texts: string[] = [];
  try {
    const preview = previewOf(json, "file.json");
    const drawn = diagram(preview);
    // In a label, a quote ends the text, and a line ends the node.
    expect(
      drawn
        .split("\n")
        .filter(
          (line) =>
            (line.match(/"/g) ?? []).length % 2 === 1 ||
            /[<>](?!br\/>|-->)/.test(line.replace(/<br\/>|<?-->|-\.->|==>/g, "")),
        ),
    ).toEqual([]);
    texts.push(previewText(preview, createColors(false)), printableJson(preview.findings), drawn);
    texts.push(...FORMATS.map((format) => reportOf(preview, { format }, { file: "file.json" }).text));
    checkJunit(preview);
    checkAnnotations(preview);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    texts.push(error.message);
  }
  for (const text of texts) {
    expect(text).not.toMatch(CONTROL);
    expect(text).not.toMatch(WORKFLOW_COMMAND);
  }
}

property(
  "the preview of a file with anything in it ends with answers or an error for its user",
  25,
  fc.property(fc.constantFrom(...FILES), fc.array(change, { minLength: 1, maxLength: 6 }), (file, changes) => {
    check(changed(file, changes));
  }),
);

property(
  "the preview of any JSON ends with answers or an error for its user",
  50,
  fc.property(
    fc.record(Object.fromEntries([...OF_PLAN, ...OF_STATE, ...OF_CONFIGURATION].map((key) => [key, anything])), {
      requiredKeys: [],
    }),
    check,
  ),
);

property(
  "any text is JSON or an error for its user",
  50,
  fc.property(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json().chain((json) => fc.nat(json.length).map((end) => json.slice(0, end))),
      fc.tuple(fc.constantFrom("[", '{"a":', '"\\', "[["), fc.nat(50_000)).map(([text, times]) => text.repeat(times)),
    ),
    (text) => {
      try {
        parseJson(text, "file.json");
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect(error.message).toMatch(/^file\.json /);
        expect(error.message).not.toMatch(CONTROL);
      }
    },
  ),
);
