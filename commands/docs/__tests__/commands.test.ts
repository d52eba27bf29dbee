import { main as emulator } from "../../../packages/azure-emulator/lib/command";
import { isObject } from "../../../packages/common/util";
import { main as preview } from "../../../packages/private-link-preview/lib/command";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandName, COMMANDS, NEEDS } from "../../cli/catalogue";
import { folder, PROJECT, runIn } from "../../../__tests__/support/programs";
import { COMMANDS_SCHEMA, DEFINITIONS } from "../../../__tests__/support/schemas";

/** Options that every command has, or that are described elsewhere. */
const COMMON = ["--help", "--version"];

/** What a command prints for `--help`. */
async function helpOf(command: (args: readonly string[]) => Promise<number>): Promise<string> {
  let text = "";
  const spy = jest.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await command(["--help"]);
    return text;
  } finally {
    spy.mockRestore();
  }
}

test.each([
  ["docs/preview.md", async () => (await runIn(folder(), "preview", ["--help"])).stdout],
  ["docs/plan.md", async () => (await runIn(folder(), "plan", ["--help"])).stdout],
  ["docs/rehearsal.md", async () => (await runIn(folder(), "rehearse", ["--help"])).stdout],
  ["packages/private-link-preview/README.md", () => helpOf(preview)],
  ["packages/azure-emulator/README.md", () => helpOf(emulator)],
])("%s has a line for each option of its command, and for no other", async (page, help) => {
  const optionsIn = (text: string, row: RegExp) =>
    [...text.matchAll(row)].map(([, option = ""]) => option).filter((option) => !COMMON.includes(option));
  const inHelp = optionsIn(await help(), /^ {2}(--[\w-]+)/gm);
  const inPage = optionsIn(readFileSync(join(PROJECT, page), "utf8"), /^[|-] `(?:-- )?(--[\w-]+)/gm);
  expect(inHelp.length).toBeGreaterThan(0);
  expect(inPage.sort()).toEqual(inHelp.sort());
});

/** Arguments without which a command asks for more. */
const ARGUMENTS: Partial<Record<CommandName, string[]>> = { failover: ["swedencentral"] };

/** Commands that are programs of their own, that work on this project alone, or that only ask Azure. */
const OTHERS = ["adopt", "emulator", "test", "fuzz", "lint", "format", "docs", "bench"];

const names = [...COMMANDS.keys()].filter((name) => !OTHERS.includes(name)) as CommandName[];

test.each(names)("%s needs an engine if docs/commands.md says so, and none otherwise", async (name) => {
  const directory = folder();
  // From a folder in which something was deployed.
  mkdirSync(join(directory, "cdktf.out", "stacks", "private-registry", ".terraform"), { recursive: true });
  const PATH = mkdtempSync(join(tmpdir(), "no-engine-"));
  const { status, stderr } = await runIn(directory, name, ARGUMENTS[name], { PATH });
  if (NEEDS[name]?.engine) expect([status, stderr]).toEqual([3, expect.stringContaining("Neither terraform nor tofu")]);
  else expect(status).toBe(0);
});

const page = readFileSync(join(PROJECT, "docs", "commands.md"), "utf8");
const section = page.slice(page.indexOf("## JSON of the commands"), page.indexOf("## Environment variables"));

/** What the page says of a definition of docs/commands.schema.json: the command's row, or the text below the table. */
function about(definition: string): string {
  if (definition === "checks") return section.slice(section.indexOf("\nA check of"));
  const command = { counts: "plan", replicas: "verify" }[definition] ?? definition;
  return section.split("\n").find((line) => line.startsWith(`| \`${command}\``)) ?? "";
}

/** The members of all objects in a schema. */
function membersIn(schema: unknown): string[] {
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === "properties" && isObject(value) ? [...Object.keys(value), ...membersIn(value)] : membersIn(value),
  );
}

/** What the page says once for all commands, and what says enough itself. */
const UNTOLD = ["version", "name", "address", "location"];

/** Definitions of what is not in the table: errors, rehearsals of folders, and parts of others. */
const NOT_IN_TABLE = ["failure", "rehearse-dir", "version", "addresses"];

test.each(DEFINITIONS.filter((name) => !NOT_IN_TABLE.includes(name)))(
  "docs/commands.md describes the JSON of %s",
  (name) => {
    expect(about(name)).not.toBe("");
    const members = membersIn((COMMANDS_SCHEMA.definitions as Record<string, unknown>)[name]);
    const untold = members.filter((member) => !UNTOLD.includes(member) && !about(name).includes(`\`${member}\``));
    expect([members.length > 0, untold]).toEqual([true, []]);
  },
);
