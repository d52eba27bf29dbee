import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { Files, run } from "./command-support";
import { zoneLink } from "./addresses";
import { planOf, stateOf, synthesized, without } from "./forms";
import { perSpoke } from "./networks";

const PACKAGE = join(__dirname, "..");
const files = new Files();
const file = (name: string, content: unknown) => files.write(name, content);

const withoutLink = without(perSpoke(), zoneLink("spoke2", "spoke2"));

describe("private-link-preview", () => {
  test.each([
    ["a plan", planOf(perSpoke())],
    ["a state", stateOf(perSpoke())],
    ["synthesized JSON", synthesized(perSpoke())],
  ])("tells %s apart by its content, and shows the answers", async (name, content) => {
    const { status, stdout, stderr } = await run(file(`${name}.json`, content));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/3 networks, 9 answers: 9 reachable, 0 not\. 0 errors, 0 warnings\.\n$/);
  });

  test("exits with 1 if a finding is an error, and with 0 if that is ignored on purpose", async () => {
    const path = file("wrong.json", synthesized(withoutLink));
    const wrong = await run(path, "--json");
    expect(wrong.status).toBe(1);
    expect((JSON.parse(wrong.stdout) as { findings: object[] }).findings).toEqual([
      expect.objectContaining({ code: "no-zone", severity: "error", page: "private-link-preview/findings.md#no-zone" }),
    ]);
    const ignored = await run(path, "--ignore", "no-zone");
    expect(ignored.status).toBe(0);
    expect(ignored.stdout).toContain("error (ignored) no-zone");
    expect(ignored.stdout).toMatch(/0 errors, 0 warnings, 1 ignored\.\n$/);
    expect((await run(path, "--ignore", "no-record")).status).toBe(1);
  });

  test.each([
    [[], 2, /^error: missing required argument 'file'\n/],
    [["--nonsense"], 2, /^error: unknown option '--nonsense'\n/],
    [["x.json", "--ignore", "nonsense"], 2, /^--ignore: found "nonsense", allowed: answer-not-known, /],
    [["missing.json"], 3, /^There is no file missing\.json\./],
    [["--save", "azure.json"], 2, /^--save: found it without --azure, allowed: both together$/m],
    [
      [file("own.json", "{}"), "--azure", "--save", file("own.json", "{}")],
      2,
      /^--save: found .*own\.json, which is another file of this command, allowed: a file of its own$/m,
    ],
    [["--azure", "--save", "a.json", "--compare", "./a.json"], 2, /^--save: found a\.json, which is another file/],
    [[file("empty.json", "{}")], 3, /is not Terraform JSON\. Give /],
    [[file("broken.json", '{\n "a": }')], 3, /broken\.json is not JSON, at line 2, column 7: /],
    [
      [file("raw.tfstate", { version: 4, lineage: "x" })],
      3,
      /is a raw state file\. Give the output of: terraform show -json/,
    ],
    ...(
      [
        ["errored", { errored: true }, /ended with an error/],
        ["targeted", { complete: false }, /is of some resources alone/],
        ["deferred", { deferred_changes: [{}] }, /defers 1 change to a later one/],
        ["newer", { format_version: "2.0" }, /has format version "2\.0"/],
        ["of no version", { format_version: undefined }, /has no format version/],
      ] as const
    ).map(
      ([name, extra, message]) => [[file(`${name}.json`, { ...planOf(perSpoke()), ...extra })], 3, message] as const,
    ),
    ...(
      [
        ["compressed.json", Buffer.from([0x1f, 0x8b, 8]), /is compressed\. Decompress it first: gunzip/],
        [
          "plan.tfplan",
          Buffer.from("PK\u0003\u0004"),
          /is a plan file.* Give the output of: terraform show -json PLANFILE/,
        ],
        [
          "events.json",
          '{"@level":"info","@message":"x"}\n{"@level":"info"}',
          /is a log of events, of terraform plan -json/,
        ],
        ["shown.txt", "# azurerm_subnet.a:\nresource", /is text for people/],
        [
          "log.json",
          'Initializing\n{\n  "a": 1\n}\ndone\n',
          /JSON, which is from line 2 to line 4\. Give the JSON alone/,
        ],
        ["log-of-one-line.json", 'Initializing\n$ show {"a": {}}\ndone\n', /which is from line 2 to line 2\. Give/],
        ["times.json", "2026-01-01T00:00:00Z {\n2026-01-01T00:00:01Z }\n", /has the times of a log before its lines/],
        ["colours.txt", "\u001b[1m# azurerm_subnet.a:\u001b[0m\nresource", /is text for people/],
        ["main.tf", 'resource "azurerm_subnet" "a" {\n}\n', /is a configuration in Terraform's language/],
        ["nothing.json", "\n", /nothing\.json is empty/],
        ["schema.json", { format_version: "1.0", provider_schemas: {} }, /is the output of terraform providers schema/],
        ["newer-state.json", { ...stateOf(perSpoke()), format_version: "2.0" }, /has format version "2\.0"/],
        ["encrypted.tfstate", { serial: 1, encrypted_data: "x", encryption_version: "v0" }, /is encrypted by OpenTofu/],
      ] as const
    ).map(([name, content, message]) => [[file(name, content)], 3, message] as const),
  ] as const)("refuses %p", async (args, exit, message) => {
    const { status, stdout, stderr } = await run(...args);
    expect({ status, stdout }).toEqual({ status: exit, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test("refuses a file that is too large, before it is read", async () => {
    const path = file("large.json", "{}");
    truncateSync(path, 501 * 2 ** 20);
    const { status, stderr } = await run(path);
    expect([status, stderr]).toEqual([3, expect.stringMatching(/^Can't read .*: it has more than 500 MiB\n$/)]);
  });

  test.each([
    ["utf16le", "\uFEFF"],
    ["utf16le", ""],
    ["utf16be", "\uFEFF"],
    ["utf16be", ""],
    ["utf8", "\uFEFF"],
  ] as const)("reads %s with the mark %j, as PowerShell writes it", async (order, mark) => {
    const text = mark + JSON.stringify(stateOf(perSpoke()));
    const bytes = order === "utf8" ? Buffer.from(text) : Buffer.from(text, "utf16le");
    const { status, stderr } = await run(file(`${order}.json`, order === "utf16be" ? bytes.swap16() : bytes));
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("writes its output to a file whole, and says on standard error what there is", async () => {
    const path = file("right.json", synthesized(perSpoke()));
    const { status, stdout, stderr } = await files.run(path, "--output", "table.txt");
    expect([status, stdout, stderr]).toEqual([
      0,
      "",
      expect.stringMatching(/^Wrote table\.txt\. 3 networks, 9 answers: /),
    ]);
    expect(readFileSync(join(files.folder, "table.txt"), "utf8")).toMatch(
      /9 reachable, 0 not\. 0 errors, 0 warnings\.\n$/,
    );
  });

  test("writes nothing if there is an error", async () => {
    const { status, stdout } = await files.run("missing.json", "--json", "--output", "none.json");
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toEqual({ version: 1, error: { message: "There is no file missing.json." } });
    expect(existsSync(join(files.folder, "none.json"))).toBe(false);
    const elsewhere = await files.run(file("right.json", synthesized(perSpoke())), "--output", "no/such/folder.txt");
    expect([elsewhere.status, elsewhere.stderr]).toEqual([
      3,
      expect.stringMatching(/^Can't write no\/such\/folder\.txt: /),
    ]);
  });

  test.each([
    [["--format", "table", "--json"], "Give one of --json and --format table, not both."],
    [["--format", "sarif", "--compare", "x"], "--compare: found --format sarif, allowed: table, json, markdown"],
    [
      ["--format", "xml"],
      /^error: option '--format <format>' argument 'xml' is invalid\. Allowed choices are table, json, /,
    ],
  ])("refuses %p as wrong options", async (args, message) => {
    const { status, stderr } = await run(file("right.json", synthesized(perSpoke())), ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("shows help and version", async () => {
    const help = await run("--help");
    expect([help.status, help.stdout]).toEqual([
      0,
      expect.stringMatching(/^Usage: private-link-preview \[options\] \[file\.\.\.\]\n/),
    ]);
    const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string };
    expect((await run("--version")).stdout).toBe(`${version}\n`);
  });

  test("reads standard input, as a process of its own, and ends with its exit status", () => {
    const input = JSON.stringify(stateOf(withoutLink));
    const { status, stdout } = spawnSync(process.execPath, [join(PACKAGE, "bin.js"), "-"], { encoding: "utf8", input });
    expect([status, stdout]).toEqual([1, expect.stringContaining("6 reachable, 3 not.")]);
  });

  test("takes a reader that ends early for no error", () => {
    // The reader ends before the command writes.
    const { stdout, stderr } = spawnSync(
      "bash",
      ["--norc", "-c", `{ "$0" "$1" --help; echo "status $?" >&2; } | true`, process.execPath, join(PACKAGE, "bin.js")],
      { encoding: "utf8", env: { PATH: process.env.PATH } },
    );
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "status 0\n" });
  });
});
