import { DOMParser } from "@xmldom/xmldom";
import { marked } from "marked";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { inspect } from "node:util";
import { type PlanJson, SPOKE1, SPOKE3, planOf } from "../commands/plan/__tests__/plan-of";
import { harmless } from "../packages/common/text";
import { previewOf } from "../packages/private-link-preview";
import type { FormatName } from "../packages/private-link-preview/lib/formats";
import { reportOf } from "../packages/private-link-preview/report";
import type { Json } from "../packages/private-link-preview/__tests__/terraform-fixtures";
import * as fixtures from "../packages/private-link-preview/__tests__/terraform-fixtures";
import { folder, runIn } from "./support/programs";

/** Texts that try to be something else in a log, a terminal, a page, a table, a flowchart or a link. */
const PAYLOADS = [
  "##vso[task.setvariable variable=x]y",
  "##[error]z",
  "::error::x",
  "\n::warning::b",
  "\u0085::notice::c",
  "\r##[section]d",
  "\u2028::debug::e",
  "\u001b[31mred\u001b]8;;https://evil.example\u0007",
  "\u009b2J\u0000\uFFFE\uD800",
  "a\u202Eb\u2066c\u200Ed\u00ADe\uFEFF",
  '=HYPERLINK("https://evil.example")',
  "+1",
  "-1",
  "@SUM(A1)",
  ";=1+1",
  "\t=2",
  "[text](https://evil.example)",
  "![image](https://evil.example/x.png)",
  "https://evil.example www.evil.example me@evil.example",
  "#1 GH-2 owner/repo#3 @user !4 :x: &#35;5 &#64;user &commat;user",
  "| cell | `code` ``more`` ~~gone~~ $x$ {0} </code>",
  "<script>alert(1)</script></script></details><!--<img src=x onerror=alert(1)>",
  '"]; click a "javascript:alert(1)" %%{init: {}}%% end --> b & <b>x</b>',
  '${file("/etc/passwd")} %{ if true } ]]> &amp; \' " \\',
];

/** A name of all of them, which each place begins with another one. */
const nameAt = (place: number) => PAYLOADS.map((_, i) => PAYLOADS[(place + i) % PAYLOADS.length]!).join(" ");

/** JSON with a hostile name in the place of each of these words. */
function hostile(json: unknown, words: string): string {
  const at = (place: number) => JSON.stringify(nameAt(place * 5)).slice(1, -1);
  return words.split(" ").reduce((text, word, place) => text.replaceAll(word, () => at(place)), JSON.stringify(json));
}

/** An object with a hostile text for each of these keys. */
const textsFor = (keys: string, first = 0) =>
  Object.fromEntries(keys.split(" ").map((key, i) => [key, nameAt(first + i)])) as Record<string, string>;

const { changeAll, dnsZone, fqdn, peer, pep, perSpoke, stateOf, vnet } = fixtures;

type Judge = (text: string) => void;
type Node = DefaultTreeAdapterTypes.Node;

/** What a terminal obeys, what hides in a text or turns it, and what XML has no form for. */
const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{NChar}]/u;

/** Azure Pipelines looks for commands anywhere in a line, GitHub Actions at its start, after what .NET takes for space. */
const isCommand = (line: string) => /##(vso)?\[/i.test(line) || /^[\s\u0085]*::[^:\s].*::/.test(line);

const inLog: Judge = (text) => {
  expect(text.split("\n").filter(isCommand)).toEqual([]);
  expect(HIDDEN.exec(text)?.[0]).toBeUndefined();
};

const asJson: Judge = (text) => {
  inLog(text);
  JSON.parse(text);
};

/** What of a tree of HTML is no text: its elements and attributes, and the texts outside of code. */
function contentOf(node: Node, inCode = false): { marks: string[]; texts: string[] } {
  const isCode = inCode || ["code", "pre", "script", "style"].includes(node.nodeName);
  const attributes = "attrs" in node ? node.attrs.map(({ name }) => `${node.nodeName} ${name}`) : [];
  const own = "tagName" in node ? [node.tagName, ...attributes] : [];
  const inside = ("childNodes" in node ? node.childNodes : []).map((child) => contentOf(child, isCode));
  const text = node.nodeName === "#text" && !inCode ? [(node as DefaultTreeAdapterTypes.TextNode).value] : [];
  return {
    marks: [...own, ...inside.flatMap(({ marks }) => marks)],
    texts: [...text, ...inside.flatMap(({ texts }) => texts)],
  };
}

const MARKDOWN = "html head body h3 h4 p strong em code pre ul li details summary table thead tbody tr th td br".split(
  " ",
);

/** What GitHub and Azure Repos make a link, a mention or a picture of, in texts that are no syntax of Markdown. */
const LINKED = /#\d|\bGH-\d|@[\w-]|!\d|:[\w+-]+:|:\/\/|\bwww\.\w/i;

const asMarkdown: Judge = (text) => {
  inLog(text);
  const tree = parse(marked.parse(text, { async: false }));
  const { marks, texts } = contentOf(tree);
  expect(marks.filter((mark) => ![...MARKDOWN, "code class"].includes(mark))).toEqual([]);
  expect(texts.filter((one) => LINKED.test(one))).toEqual([]);
  // What is beyond the columns of a table's head is not shown.
  const tables = text.match(/(?:^\|.*\n?)+/gm) ?? [];
  const widths = tables.map(
    (table) =>
      new Set(
        table
          .trimEnd()
          .split("\n")
          .map((row) => row.match(/(?<!\\)\|/g)?.length),
      ),
  );
  expect(widths.filter(({ size }) => size > 1)).toEqual([]);
};

const asPage: Judge = (text) => {
  inLog(text);
  const { marks } = contentOf(parse(text));
  const known =
    /^(html|head|body|meta|title|style|noscript|div|script|svg|rect|path|text|g)$|^svg \w|^(rect|path|text|title|svg) (?!on)[\w-]+$/;
  expect(
    marks.filter(
      (mark) =>
        !known.test(mark) && !/^(html lang|meta [\w-]+|div (id|hidden)|script (type|id)|p|p role|strong)$/.test(mark),
    ),
  ).toEqual([]);
  expect(marks.filter((mark) => mark === "script")).toHaveLength(2);
};

const asXml: Judge = (text) => {
  inLog(text);
  const onError = (level: string, message: string) => {
    if (level !== "warning") throw new Error(message);
  };
  const document = new DOMParser({ onError }).parseFromString(text, "text/xml");
  const names = [...document.getElementsByTagName("*")].map(({ tagName }) => tagName);
  expect(
    names.filter((name) => !/^(testsuites?|testcase|failure|skipped|svg|title|rect|path|text)$/.test(name)),
  ).toEqual([]);
};

const ID = "\\w+";
const LABEL = '"(?:[^"#&<>;`]|#\\d+;|<br/>)*"';
const FLOWCHART = [
  "flowchart LR|end",
  `subgraph ${ID}\\[${LABEL}\\]`,
  `${ID}(\\(\\[|\\[\\(|\\[|\\{\\{)${LABEL}(\\]\\)|\\)\\]|\\]|\\}\\})`,
  `${ID} (<-->|-->|---|-\\.->|==>)(\\|([a-z' ]+|${LABEL})\\|)? ${ID}`,
  `classDef ${ID} [\\w:#,\\- ]+|class [\\w,]+ ${ID}|linkStyle \\d+ [\\w:#,\\- ]+`,
].map((line) => new RegExp(`^(${line})$`));

const asFlowchart: Judge = (text) => {
  inLog(text);
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
  expect(lines.filter((line) => !FLOWCHART.some((known) => known.test(line)))).toEqual([]);
};

/** The fields of a table of RFC 4180. */
function fieldsOf(csv: string): string[][] {
  const fields = [...csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy)];
  expect(fields.reduce((length, [all]) => length + all.length, 0)).toBe(csv.length);
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of fields) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

const asTable: Judge = (text) => {
  inLog(text.replaceAll("\r\n", "\n"));
  const rows = fieldsOf(text);
  expect(rows.filter(({ length }) => length !== rows[0]!.length)).toEqual([]);
  // Programs take what is after a semicolon for a field too, where commas are in numbers.
  const cells = rows.flat().flatMap((field) => field.split(";"));
  expect(cells.filter((cell) => /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]./.test(cell))).toEqual([]);
};

const asSarif: Judge = (text) => {
  asJson(text);
  const messages = [...text.matchAll(/"text": ("(?:[^"\\]|\\.)*")/g)].map(([, one]) => JSON.parse(one!) as string);
  expect(messages.filter((one) => /(?<!\\)(\\\\)*\[[^\]]*\]\(/.test(one))).toEqual([]);
};

const asAnnotations: Judge = (text) => {
  const own = /^::(error|warning|notice) (file=[^:,\n]*,line=\d+,)?title=[a-z-]+::/;
  inLog(
    text
      .split("\n")
      .map((line) => line.replace(own, ""))
      .join("\n"),
  );
};

const directory = folder();
const put = (name: string, json: unknown) => {
  writeFileSync(join(directory, name), typeof json === "string" ? json : JSON.stringify(json));
};

/** A state with hostile names in the place of these words, and hostile keys of the resources of a spoke. */
function stateWith(words: string, bodies: Record<string, Json> = {}): Json {
  const keyed = [vnet("spoke2"), pep("spoke2"), peer("hub", "spoke2"), dnsZone("spoke2")];
  const withKey = (text: string, address: string, i: number) =>
    text.replaceAll(`"${address}"`, JSON.stringify(`${address}["${nameAt(i)}"]`));
  return JSON.parse(keyed.reduce(withKey, hostile(stateOf(changeAll(perSpoke(), bodies)), words))) as Json;
}

/** A plan with hostile names, whose changes are of every kind, each with a hostile key, reason, path and value. */
function planWith(): Json {
  const names = "vnet-spoke3 pep-spoke2 rg-spoke3 vnet-hub xyzdfdacr n/a privatelink nsg-";
  const plan = JSON.parse(hostile(planOf({}, { spokes: [SPOKE1, SPOKE3], recordTtl: 60 }), names)) as PlanJson;
  const effects = ["create", "delete", "update", "delete,create", "create,delete", "forget"];
  const types = ["azurerm_virtual_network", "azurerm_private_endpoint", "azurerm_private_dns_a_record", "azurerm_x"];
  const changes = effects.flatMap((effect, i) =>
    types.map((type, j) => {
      const [before, after] = [textsFor("name a", i), textsFor("name a b", i + j)];
      const change = {
        actions: effect.split(","),
        before,
        after,
        after_unknown: {},
        replace_paths: [[nameAt(j), "a"]],
      };
      const address = `module.m["${nameAt(i + j)}"].${type}.r["${nameAt(j)}"]`;
      return { address, mode: "managed" as const, type, name: "r", action_reason: nameAt(i), change };
    }),
  );
  return { ...plan, resource_changes: [...plan.resource_changes, ...changes], resource_drift: changes };
}

/** The log of a Job in a cluster, whose report has hostile texts. */
const REPORT = {
  ...{ v: 1, machine: nameAt(1), notTried: [nameAt(2)], regions: [nameAt(3)] },
  hosts: [{ addresses: [nameAt(4)], tls: nameAt(5) }],
  steps: { tools: {}, challenge: textsFor("scheme realm", 6), run: textsFor("output", 8) },
  failed: { step: "identity", ...textsFor("reason code detail output", 9) },
};

// What is asked of the network and of Azure is given.
jest.mock("../commands/verify/outside", () => ({
  ...jest.requireActual<object>("../commands/verify/outside"),
  askFromHere: () => Promise.resolve(nameAt(2)),
}));
jest.mock("../commands/adopt/read-azure", () => ({ readAzure: () => Promise.resolve({}) }));
jest.mock("../commands/adopt/adopt", () => ({
  adopt: () => ({
    settings: { [nameAt(0)]: nameAt(1) },
    choices: PAYLOADS.map((_, i) => textsFor("setting value why", i)),
    findings: [{ severity: "warning", message: nameAt(3) }],
  }),
}));

beforeAll(() => {
  const names = "vnet-spoke2 pep-spoke2 rg-spoke2 to-spoke2";
  const servers = { [vnet("spoke1")]: { dns_servers: [nameAt(7)] } };
  put("before.json", stateWith(`${names} acmeacr`));
  put("state.json", stateWith(`${names} acmeacr`, { ...servers, [vnet("hub")]: textsFor("name location", 8) }));
  const vms = stateWith(names, servers);
  put("vms.json", { ...vms, values: { ...(vms.values as Json), outputs: { login_server: { value: fqdn("login") } } } });
  put("job.log", JSON.stringify(REPORT));
  put("plan.json", planWith());
  const record = (i: number) => ({
    ...textsFor("network virtual_network virtual_network_id zone name fqdn private_endpoint", i),
    ...{ type: "A", ttl: 10, addresses: ["10.0.0.4", "10.0.0.5"] },
  });
  put("records.json", { values: { outputs: { dns_records: { value: PAYLOADS.map((_, i) => record(i)) } } } });
  // Values of tags are all that settings take as they are, as far as they are no expressions.
  const tag = (text: string) => text.replace(/[\p{Cc}\p{Cs}]|(?<=[$%])\{/gu, "").slice(0, 256);
  put("tags.json", { tags: { a: tag(nameAt(0)), b: tag(nameAt(8)), c: tag(nameAt(16)) } });
  const wrong = Object.fromEntries(PAYLOADS.map((payload, i) => [payload, nameAt(i)]));
  put("wrong.json", {
    ...wrong,
    registry: { ...wrong, location: nameAt(1) },
    spokes: [{ name: nameAt(2) }],
    tags: wrong,
  });
  put("ignore.json", { ignore: PAYLOADS.map((resource) => ({ code: "no-zone", resource, reason: resource })) });
  put("wrong-ignore.json", { ...wrong, ignore: [wrong, nameAt(0), { code: nameAt(0), reason: 1, until: nameAt(3) }] });
  put("types.json", { resource: { azurerm_subnet: wrong } });
});

/** What a command prints; `GIVEN` in its line stands for an argument. */
const output = (line: string, given = "", env = {}) => {
  const [name, ...args] = line.split(" ").map((arg) => (arg === "GIVEN" ? given : arg));
  return runIn(directory, name, args, env);
};

const PREVIEWED = "preview --state state.json --ignore-file ignore.json --format";
const COMPARED = "preview --state state.json --compare before.json --format";

test.each<[line: string, judge: Judge]>([
  ["diagram --state state.json --svg picture.svg", asXml],
  ["dns-records --state records.json --output records.csv", asTable],
  ["adopt --hub x --spokes y --output adopted.json", asJson],
  [`${PREVIEWED} table`, inLog],
  [`${PREVIEWED} json`, asJson],
  [`${PREVIEWED} sarif`, asSarif],
  [`${PREVIEWED} junit`, asXml],
  [`${PREVIEWED} markdown`, asMarkdown],
  [`${PREVIEWED} html`, asPage],
  [`${PREVIEWED} github`, asAnnotations],
  [`${COMPARED} table`, inLog],
  [`${COMPARED} json`, asJson],
  [`${COMPARED} markdown`, asMarkdown],
  ["diagram --state state.json", asFlowchart],
  ["diagram --state state.json --compare before.json", asFlowchart],
  ["plan --file plan.json", inLog],
  ["plan --file plan.json --json", asJson],
  ["plan --file plan.json --format markdown", asMarkdown],
  ["plan --file plan.json --format mermaid", asFlowchart],
  ["dns-records --state records.json", inLog],
  ["dns-records --state records.json --json", asJson],
  ["verify --state vms.json --image a:b --read job.log --network vnet-spoke1", inLog],
  ["verify --state vms.json --image a:b --read job.log --network vnet-spoke1 --json", asJson],
  ["hcl --settings tags.json", inLog],
  ["hcl --settings tags.json --json", asJson],
])("%s: a hostile name is nothing but text", async (line, judge) => {
  const [, file] = /--(?:svg|output) (\S+)$/.exec(line) ?? [];
  const { stdout } = await output(line);
  const text = file === undefined ? stdout : readFileSync(join(directory, file), "utf8");
  expect(text).toContain("evil");
  judge(text);
  if (file !== undefined) inLog(stdout);
});

test.each<[format: FormatName, judge: Judge]>([
  ["sarif", asSarif],
  ["junit", asXml],
  ["markdown", asMarkdown],
  ["html", asPage],
  ["github", asAnnotations],
])("the path of a file is nothing but text as %s", (format, judge) => {
  // A finding without a resource is shown at the file itself.
  const preview = previewOf({ format_version: "1.0", values: { root_module: {} } }, "it");
  const finding = { code: "no-network", severity: "error", message: nameAt(1), resources: [], page: "" } as const;
  for (const place of [0, 8, 16])
    judge(reportOf({ ...preview, findings: [finding] }, { format }, { file: nameAt(place) }).text);
});

const ERRORS = [
  "synth --settings wrong.json; preview --state types.json; preview --state state.json --ignore-file wrong-ignore.json",
  "GIVEN; preview GIVEN GIVEN; preview --GIVEN; preview --state GIVEN; preview --settings GIVEN; preview --format GIVEN",
  "preview --ignore GIVEN; preview --state state.json --output GIVEN; preview --state state.json --source GIVEN",
  "preview --state state.json --compare GIVEN; diagram --state state.json --svg GIVEN; plan --file GIVEN",
  "verify --state vms.json --image a:b --read job.log --network GIVEN; verify --state GIVEN --image a:b; failover GIVEN",
  "adopt --hub GIVEN --spokes GIVEN; dns-records --state records.json --output GIVEN; rehearse --dir GIVEN",
  "emulator --port GIVEN",
];

test.each(ERRORS.flatMap((line) => line.split("; ")))("%s: nothing but text in an error", async (line) => {
  for (const place of [0, 3, 6]) {
    const { status, stdout, stderr } = await output(line, nameAt(place).replaceAll("\0", ""));
    expect([[2, 3].includes(status!), stdout]).toEqual([true, ""]);
    inLog(stderr);
  }
});

test("what engines, Azure, machines and faults of a program say goes through one door, and is nothing but text", () => {
  for (const text of [PAYLOADS.join("\n"), ...PAYLOADS, inspect(new Error(nameAt(0)))]) inLog(harmless(text));
});
