import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../lib/command";
import { perSpoke, planOf, stateOf, synthesized, without } from "./terraform-fixtures";

const PACKAGE = join(__dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "private-link-preview-"));

/** A file with this content, as JSON unless it is text. */
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** Runs the command in this process. */
async function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const lines = { stdout: "", stderr: "" };
  const to = (stream: keyof typeof lines) => (text: unknown) => {
    lines[stream] += String(text).replace(/\n?$/, "\n");
    return true;
  };
  const spies = [
    jest.spyOn(console, "log").mockImplementation(to("stdout")),
    jest.spyOn(console, "error").mockImplementation(to("stderr")),
    jest.spyOn(process.stdout, "write").mockImplementation(to("stdout")),
    jest.spyOn(process.stderr, "write").mockImplementation(to("stderr")),
  ];
  try {
    return { status: await main(args), ...lines };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const withoutLink = without(perSpoke(), "azurerm_private_dns_zone_virtual_network_link.spoke2-to-spoke2");

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
    [[file("empty.json", "{}")], 3, /is not Terraform JSON\. Give /],
    [[file("broken.json", '{\n "a": }')], 3, /broken\.json is not JSON, at line 2, column 7: /],
    [
      [file("raw.tfstate", { version: 4, lineage: "x" })],
      3,
      /is a raw state file\. Give the output of: terraform show -json/,
    ],
  ])("refuses %p", async (args, exit, message) => {
    const { status, stdout, stderr } = await run(...args);
    expect({ status, stdout }).toEqual({ status: exit, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test("reads standard input, as a process of its own, and shows help and version", () => {
    const bin = (args: string[], input?: string) =>
      spawnSync(process.execPath, [join(PACKAGE, "bin.js"), ...args], { encoding: "utf8", ...(input && { input }) });
    const { status, stdout } = bin(["-"], JSON.stringify(stateOf(perSpoke())));
    expect([status, stdout]).toEqual([0, expect.stringContaining("9 reachable, 0 not.")]);
    expect(bin(["--help"]).stdout).toMatch(/^Usage: private-link-preview \[options\] <file>\n/);
    const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string };
    expect(bin(["--version"]).stdout).toBe(`${version}\n`);
    expect(bin(["--nonsense"]).status).toBe(2);
  });
});
