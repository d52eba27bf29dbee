import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../support/programs";

/** Words and phrases that are never right here, with what to say instead. The glossary is in CONTRIBUTING.md. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\banew\b/i, "again, or a new one"],
  [/\bso manieth\b/i, "nth"],
  [/\b(is|are|was|were|be) made again\b/i, "replaced"],
  [/\b(is|are|was|were|be) let go\b/i, "destroyed"],
  [/\blets nobody in\b/i, "refuses clients"],
  [/\breplica (more|less)\b/i, "a replica is added, a replica is removed"],
  [/\bspoke (more|less)\b/i, "a spoke is added, a spoke is removed"],
  [/\bknown once (it is )?applied\b/i, "(known after apply)"],
  [/\bsaid to be not known\b/i, "not known from this file"],
  [/\bone in all of Azure\b/i, "unique across Azure"],
  [/\blies? in the state\b/i, "is stored in the state"],
  [/\bmade key\b/i, "generated key"],
  [/\bwho resolves\b/i, "what each network's DNS returns"],
  [/\btells? everything wrong\b/i, "reports all errors together"],
  [/\bMISS\b/, "failed"],
  [/\bnot tried\b/i, "skipped"],
  [/\binWords\b/, "a name that says of what: answerText"],
];

/** Folders that are not of this project, or not of people. */
const LEFT_OUT = new Set(["node_modules", "cdktf.out", "coverage", ".git"]);

/** All text files below a folder, as seen from the project. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : filesBelow(path);
    return /\.(ts|cjs|mjs|md|sh|yml)$/.test(entry.name) && entry.name !== "words.test.ts" ? [path] : [];
  });
}

test("no file has a word that is never right", () => {
  const found = filesBelow(".").flatMap((file) => {
    const text = readFileSync(join(PROJECT, file), "utf8");
    return REFUSED.flatMap(([pattern, instead]) => {
      const match = pattern.exec(text);
      return match ? [`${file}:${text.slice(0, match.index).split("\n").length}: ${match[0]}: say ${instead}`] : [];
    });
  });
  expect(found).toEqual([]);
});

test("the glossary has each word once", () => {
  const contributing = readFileSync(join(PROJECT, "CONTRIBUTING.md"), "utf8");
  const [, glossary = ""] = contributing.split("## Glossary");
  const words = [...glossary.matchAll(/^- \*\*([^*]+)\*\*:/gm)].flatMap(([, word = ""]) => word.split(", "));
  expect(words.length).toBeGreaterThan(15);
  expect(words.filter((word, i) => words.indexOf(word) !== i)).toEqual([]);
});
