import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createColors } from "picocolors";
import { deployerRole } from "../azure/deployer-role";
import { diagram } from "../preview/diagram";
import { type Lock, licences } from "./licences";
import { previewText } from "private-link-preview/text";
import { parseSettings } from "../settings/load";
import { cdktfJsonSchema, settingsReference } from "../settings/reference";
import { stackInMemory } from "../synth/stack-in-memory";
import { COMMANDS } from "../cli/catalogue";
import { type Command, EXIT } from "../cli/command";
import { withoutOptions } from "../cli/program";

const PROJECT = join(__dirname, "..", "..");
const SETTINGS_FOLLOW =
  "<!-- What follows is written by `npm run docs`, from the schema in src/settings/schema.ts. -->";
const LICENCES_FOLLOW = "<!-- What follows is written by `npm run docs`, from package-lock.json. -->";

/** The files of the docs that are written from the code, in whole or in part: path and the text that each should have. */
export function generatedDocs(): Record<string, string> {
  const readme = join(PROJECT, "README.md");
  const commands = join(PROJECT, "docs", "commands.md");
  const settings = join(PROJECT, "docs", "settings.md");
  const thirdParty = join(PROJECT, "docs", "licences.md");
  const lock = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8")) as Lock;
  const { preview } = stackInMemory(parseSettings({}));
  return {
    [readme]: withBlocks(withCommands(readFileSync(readme, "utf8")), {
      mermaid: diagram(preview),
      "text preview": `${previewText(preview, createColors(false))}\n`,
    }),
    [commands]: withCommands(readFileSync(commands, "utf8")),
    [settings]: withEnd(readFileSync(settings, "utf8"), SETTINGS_FOLLOW, settingsReference()),
    [join(PROJECT, "docs", "cdktf.schema.json")]: `${JSON.stringify(cdktfJsonSchema(), null, 2)}\n`,
    [thirdParty]: withEnd(readFileSync(thirdParty, "utf8"), LICENCES_FOLLOW, licences(lock)),
    [join(PROJECT, "docs", "deployer-role.json")]: `${JSON.stringify(deployerRole(), null, 2)}\n`,
  };
}

/** A Markdown text with another end, after a line that says that it follows. */
function withEnd(markdown: string, line: string, end: string): string {
  const [byHand = "", generated] = markdown.split(line);
  if (generated === undefined) throw new Error(`a page of the docs lacks the line: ${line}`);
  return `${byHand}${line}\n\n${end}\n`;
}

/** A Markdown text with other contents in its fenced blocks, by what stands after the opening fence. */
function withBlocks(markdown: string, blocks: Record<string, string>): string {
  return Object.entries(blocks).reduce(
    (text, [info, content]) =>
      text.replace(
        new RegExp(`(\`\`\`${info}\n)[^]*?(\`\`\`)`),
        (_, open: string, close: string) => open + content + close,
      ),
    markdown,
  );
}

/** A Markdown text with the table of commands, if it has a place for it. */
function withCommands(markdown: string): string {
  const rows = [...COMMANDS].map(([name, summary]) => [`\`npm run ${name}\``, summary]);
  return markdown.replace(
    /(<!-- Commands, by `npm run docs`. -->\n\n)[^]*?(\n\n<!-- End of commands. -->)/,
    (_, before: string, after: string) => before + alignedTable([["Command", "What it does"], ...rows]) + after,
  );
}

/** A Markdown table as prettier writes it. */
function alignedTable([head = [], ...body]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

/** `npm run docs`: writes the generated parts of the docs. */
export const command: Command = (args) => {
  withoutOptions("docs", args);
  for (const [path, text] of Object.entries(generatedDocs())) writeFileSync(path, text);
  return EXIT.done;
};
