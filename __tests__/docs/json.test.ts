import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "private-link-preview/util";
import { PROJECT } from "../support/programs";
import { COMMANDS, DEFINITIONS } from "../support/schemas";

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
const OTHERS = ["failure", "rehearse-dir", "version", "addresses", "cost"];

test.each(DEFINITIONS.filter((name) => !OTHERS.includes(name)))("docs/commands.md describes the JSON of %s", (name) => {
  expect(about(name)).not.toBe("");
  const members = membersIn((COMMANDS.definitions as Record<string, unknown>)[name]);
  const untold = members.filter((member) => !UNTOLD.includes(member) && !about(name).includes(`\`${member}\``));
  expect([members.length > 0, untold]).toEqual([true, []]);
});
