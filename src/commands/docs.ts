import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cdktfJsonSchema, settingsReference } from "../settings/reference";

const DOCS = join(__dirname, "..", "..", "docs");
const START = "<!-- What follows is written by `npm run docs`, from the schema in src/settings/schema.ts. -->";

/** The files of the docs that are written from the code, by path, with the text that they should have. */
export function generatedDocs(): Record<string, string> {
  const settings = join(DOCS, "settings.md");
  const [byHand] = readFileSync(settings, "utf8").split(START);
  return {
    [settings]: `${byHand ?? ""}${START}\n\n${settingsReference()}\n`,
    [join(DOCS, "cdktf.schema.json")]: `${JSON.stringify(cdktfJsonSchema(), null, 2)}\n`,
  };
}

if (require.main === module) {
  for (const [path, text] of Object.entries(generatedDocs())) writeFileSync(path, text);
}
