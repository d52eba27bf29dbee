import { Command } from "commander";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createColors } from "picocolors";
import { diagram } from "../report/diagram";
import { previewText } from "../report/preview-table";
import { parseSettings } from "../settings/load";
import { cdktfJsonSchema, settingsReference } from "../settings/reference";
import { stackInMemory } from "../stack-in-memory";

const PROJECT = join(__dirname, "..", "..");
const GENERATED = "<!-- What follows is written by `npm run docs`, from the schema in src/settings/schema.ts. -->";

/** The files of the docs that are written from the code, in whole or in part: path and the text that each should have. */
export function generatedDocs(): Record<string, string> {
  const readme = join(PROJECT, "README.md");
  const settings = join(PROJECT, "docs", "settings.md");
  const { resolution } = stackInMemory(parseSettings({}));
  const [byHand = "", generated] = readFileSync(settings, "utf8").split(GENERATED);
  if (generated === undefined) throw new Error(`${settings} lacks the line: ${GENERATED}`);
  return {
    [readme]: withBlocks(readFileSync(readme, "utf8"), {
      mermaid: diagram(resolution),
      "text preview": `${previewText(resolution, createColors(false))}\n`,
    }),
    [settings]: `${byHand}${GENERATED}\n\n${settingsReference()}\n`,
    [join(PROJECT, "docs", "cdktf.schema.json")]: `${JSON.stringify(cdktfJsonSchema(), null, 2)}\n`,
  };
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

if (require.main === module) {
  new Command("npm run docs --")
    .description("Writes the settings reference, its JSON Schema, and the README's diagram and preview.")
    .helpOption("--help", "show this")
    .parse();
  for (const [path, text] of Object.entries(generatedDocs())) writeFileSync(path, text);
}
