import Ajv from "ajv";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type IgnoreEntry, matcher, withIgnoreFile } from "../lib/findings/ignore-file";
import { Files } from "./command-support";
import { vnet, zoneLink } from "./addresses";
import { synthesized, without } from "./forms";
import { perSpoke } from "./networks";

const files = new Files();
const REASON = "It is being migrated.";
const withoutLink = synthesized(without(perSpoke(), zoneLink("spoke2", "spoke2")));
files.write("wrong.json", withoutLink);

/** Previews the file with these entries to ignore. */
async function ignoring(...entries: object[]) {
  files.write("ignore.json", { ignore: entries });
  const { status, stdout } = await files.run("wrong.json", "--json", "--ignore-file", "ignore.json");
  const { findings, notices = [] } = JSON.parse(stdout) as { findings: object[]; notices?: string[] };
  return { status, findings, notices };
}

describe("a finding is ignored", () => {
  test.each([
    ["by its code", {}],
    ["by the address of a resource", { resource: vnet("spoke2") }],
    ["by a pattern", { resource: "azurerm_*.spoke2" }],
    ["until a day that is to come", { until: "9999-12-31" }],
  ])("%s, with the reason", async (_, more) => {
    const { status, findings, notices } = await ignoring({ code: "no-zone", reason: REASON, ...more });
    expect({ status, notices }).toEqual({ status: 0, notices: [] });
    expect(findings).toEqual([expect.objectContaining({ code: "no-zone", ignored: true, reason: REASON })]);
  });

  test("by the file with the usual name, if it is there", async () => {
    const folder = new Files();
    folder.write("wrong.json", withoutLink);
    expect((await folder.run("wrong.json")).status).toBe(1);
    folder.write(".private-link-preview.json", { ignore: [{ code: "no-zone", reason: REASON }] });
    const { status, stdout } = await folder.run("wrong.json");
    expect(status).toBe(0);
    expect(stdout).toContain(`Ignored: ${REASON}`);
  });
});

test.each([
  ["azurerm_x.a", "azurerm_x.a", true],
  ["azurerm_x.a", "azurerm_x.ab", false],
  ["module.*.azurerm_*", "module.a.azurerm_x.b", true],
  ["*.spoke*", "azurerm_x.spoke", true],
  ["a*a", "a", false],
  ["*", "", true],
  // A regular expression for it takes minutes.
  ["*a*a*a*a*a*a*a*b", "a".repeat(5000), false],
])("the pattern %s and the address %.20s: %p", (pattern, address, matches) => {
  expect(matcher(pattern)(address)).toBe(matches);
});

describe("a finding counts", () => {
  test.each([
    ["where the code is another", { code: "no-record" }, /\(no-record\) matches no finding/],
    ["where no resource matches", { resource: vnet("spoke") }, /matches no finding/],
    [
      "once the day has passed",
      { until: "2000-01-01" },
      /\(no-zone\) ended on 2000-01-01, so its findings count again/,
    ],
  ])("%s, and a notice says so", async (_, more, notice) => {
    const { status, notices } = await ignoring({ code: "no-zone", reason: REASON, ...more });
    expect(status).toBe(1);
    expect(notices).toEqual([expect.stringMatching(notice)]);
  });

  test("notices are shown in the table too", async () => {
    files.write("ignore.json", { ignore: [{ code: "no-record", reason: REASON }] });
    const { stdout } = await files.run("wrong.json", "--ignore-file", "ignore.json");
    expect(stdout).toMatch(/\n\nwarning ignore\.json: ignore\[0\] \(no-record\) matches no finding\./);
  });
});

describe("a finding about several resources of one kind", () => {
  const finding = { code: "no-zone", severity: "error" as const, resources: [vnet("a"), vnet("b"), "azurerm_x.s"] };
  const judge = (...entries: Omit<IgnoreEntry, "reason">[]) => {
    const file = { file: "f", entries: entries.map((entry) => ({ reason: REASON, ...entry })) };
    const { findings, notices } = withIgnoreFile([finding], file, "2026-01-01");
    return { ignored: (findings[0] as { ignored?: boolean }).ignored ?? false, notices };
  };
  const [a, b] = finding.resources.map((resource) => ({ code: "no-zone", resource }));

  test("is ignored once entries cover each of them", () => {
    expect(judge(a!)).toEqual({
      ignored: false,
      notices: [expect.stringMatching(/does not cover all resources of a finding/)],
    });
    expect(judge(a!, b!)).toEqual({ ignored: true, notices: [] });
    expect(judge(a!, { ...b!, until: "2025-12-31" })).toMatchObject({ ignored: false });
    expect(judge(a!, { ...b!, until: "2026-01-01" })).toMatchObject({ ignored: true });
    expect(judge({ code: "no-zone", resource: "azurerm_virtual_network.*" })).toMatchObject({ ignored: true });
  });

  test("brackets, dots and quotes of an address mean themselves", () => {
    const one = {
      code: "no-zone",
      severity: "error" as const,
      resources: ['module.a["x.y"].azurerm_virtual_network.n[0]'],
    };
    const matches = (resource: string) =>
      withIgnoreFile([one], { file: "f", entries: [{ code: "no-zone", resource, reason: REASON }] }, "2026-01-01")
        .findings[0]!;
    expect(matches('module.a["x.y"].azurerm_virtual_network.n[0]')).toHaveProperty("ignored", true);
    expect(matches('module.a["*"].azurerm_virtual_network.n[0]')).toHaveProperty("ignored", true);
    expect(matches('module.a["xzy"].azurerm_virtual_network.n[0]')).not.toHaveProperty("ignored");
    expect(matches('module.a["x.y"].azurerm_virtual_network.n0')).not.toHaveProperty("ignored");
  });
});

test("a wrong file is refused with all that is wrong in it", async () => {
  files.write(
    "bad.json",
    '{"ignore": [{"code": "No Zone", "resource": 7, "until": "2026-02-30", "who": "me"}, "no-zone", {"code": "a", "code": "b", "reason": " "}], "ignored": []}',
  );
  const { status, stderr } = await files.run("wrong.json", "--ignore-file", "bad.json");
  expect(status).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "9 errors in bad.json:
      ignore[2].code: found the key a second time, allowed: once
      ignored: found an unknown key, allowed: $schema, ignore
      ignore[0].who: found an unknown key, allowed: code, resource, reason, until
      ignore[0].code: found "No Zone", allowed: the code of a finding, such as no-zone
      ignore[0].resource: found 7, allowed: a Terraform address, in which * stands for any characters; or leave it out, for all resources
      ignore[0].reason: found nothing, allowed: why the finding is ignored, as a text
      ignore[0].until: found "2026-02-30", allowed: the last day, such as 2027-03-31; or leave it out, for no end
      ignore[1]: found "no-zone", allowed: an object with code, resource, reason, until
      ignore[2].reason: found " ", allowed: why the finding is ignored, as a text
    "
  `);
  files.write("list.json", "[]");
  expect((await files.run("wrong.json", "--ignore-file", "list.json")).stderr).toMatch(
    /ignore: found \[\], allowed: an object/,
  );
  expect((await files.run("wrong.json", "--ignore-file", "missing.json")).status).toBe(3);
});

test("the schema accepts what the command accepts, and refuses the same", () => {
  const validate = new Ajv().compile(
    JSON.parse(readFileSync(join(__dirname, "..", "ignore.schema.json"), "utf8")) as object,
  );
  const entry = { code: "no-zone", reason: REASON };
  expect(validate({ ignore: [entry, { ...entry, resource: "x.*", until: "2027-01-31" }] })).toBe(true);
  for (const wrong of [
    { code: "no-zone" },
    { ...entry, reason: " " },
    { ...entry, who: "me" },
    { ...entry, until: "soon" },
  ])
    expect(validate({ ignore: [wrong] })).toBe(false);
});
