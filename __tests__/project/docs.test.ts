import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { previewOf } from "../../packages/private-link-preview";
import { generatedDocs } from "../../commands/docs/docs-command";
import { parseSettings } from "../../src/settings/load";
import { PROJECT, runIn } from "../support/programs";
import { testUnless, which } from "../support/skips";
import { synthesize } from "../support/synth";

const read = (file: string) => readFileSync(join(PROJECT, file), "utf8");

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(PROJECT, "docs")).map((file) => `docs/${file}`),
  ...readdirSync(join(PROJECT, "packages")).map((name) => `packages/${name}/README.md`),
].filter((file) => file.endsWith(".md"));

/** All blocks: what stands after the opening fence, and the text. */
const BLOCKS = PAGES.flatMap((page) =>
  [...read(page).matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, info = "", text = ""]) => ({ page, info, text })),
);

/** A page without its fenced blocks. */
const proseOf = (page: string) => read(page).replace(/^```.*\n[^]*?^```$/gm, "");

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

/** What is wrong with a link that leads to this project. */
function brokenLink(page: string, link: string): string[] {
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(PROJECT, file))) return [`${link}: no such file`];
  if (anchor === undefined || statSync(join(PROJECT, file)).isDirectory()) return [];
  return anchorsOf(file).includes(anchor) ? [] : [`${link}: no such heading`];
}

test("every link within the project leads to a file, and to a heading in it", () => {
  const broken = PAGES.flatMap((page) =>
    [...proseOf(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)].flatMap(([, link = ""]) =>
      brokenLink(page, link).map((problem) => `${page}: ${problem}`),
    ),
  );
  expect(broken).toEqual([]);
});

/** What is missing at the start or the end of a page: what it is for, and where to go next. */
function missingIn(text: string): string[] {
  const [first = ""] = /^# .*\n\n([^]*?)\n\n/.exec(text)?.slice(1) ?? [];
  const isProse = /^(?:\[?[A-Z`]).{40,}$/s.test(first) && !/^(?:[-|>#]|\d+\.|```)/.test(first);
  const [, last = ""] = /\n## Next steps\n\n((?:- \[.+\]\(.+\).*\n)+)$/.exec(text) ?? [];
  return [...(isProse ? [] : ["what the page is for"]), ...(last === "" ? ["where to go next"] : [])];
}

test("every page of docs starts with what it is for, and ends with where to go next", () => {
  const pages = PAGES.filter((page) => page.startsWith("docs/"));
  expect(pages.flatMap((page) => missingIn(read(page)).map((missing) => `${page}: ${missing}`))).toEqual([]);
});

test("every command of npm run in the docs is there", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: object };
  const named = PAGES.flatMap((page) => [...read(page).matchAll(/npm run (?:--silent )?([a-z][\w-]*)/g)]);
  expect(named.map(([, name = ""]) => name).filter((name) => !(name in scripts))).toEqual([]);
});

test.each(Object.entries(generatedDocs()).map(([path, text]) => [relative(PROJECT, path), text]))(
  "%s is what npm run docs writes",
  (path, text) => {
    expect(read(path)).toEqual(text);
  },
);

describe("settings in the docs", () => {
  /** All that there are, as the reference lists them, without brackets. */
  const KEYS = new Set(
    [...read("docs/settings.md").matchAll(/^- `([^`]+)`/gm)].map(([, key = ""]) => key.replaceAll("[]", "")),
  );

  /** The settings in a block: below `context`, or in the form of the examples. */
  const settingsIn = (text: string) => {
    const json = JSON.parse(text) as { context?: { privateRegistry?: object }; privateRegistry?: object };
    return json.privateRegistry ?? json.context?.privateRegistry;
  };
  const blocks = BLOCKS.filter(({ info, text }) => info === "json" && text.includes("privateRegistry"));

  test.each(blocks)("those in a block of $page are accepted, and every answer is reachable", ({ text }) => {
    const settings = settingsIn(text);
    expect(settings).toBeDefined();
    const { answers } = previewOf(synthesize(parseSettings(settings)));
    expect(answers.filter(({ reachable, known }) => known && !reachable)).toEqual([]);
  });

  test("every key that a page names is one", () => {
    const unknown = PAGES.flatMap((page) =>
      [...proseOf(page).matchAll(/`((?:registry|hub|spokes|testVms|state)[.[][^`\s]*)`/g)]
        .filter(([, key = ""]) => !KEYS.has(key.replace(/\[\d*\]/g, "")))
        .map(([, key]) => `${page}: ${key}`),
    );
    expect(unknown).toEqual([]);
  });
});

/**
 * The lines of `sh` blocks whose commands need no account and no engine: these are run as they stand, in this process. Those
 * of the pages with a walk work on what the lines before them write, and have a test of their own.
 */
const runnable = BLOCKS.filter(({ info, page }) => info === "sh" && !/(existing|environments)\.md$/.test(page))
  .flatMap(({ text }) => text.replaceAll("\\\n", "").split("\n"))
  .filter((line) => /^([A-Z_]+=.*)?npm run (--silent )?(synth|preview|diagram|help)\b/.test(line));

/** A variable in front of a command: its name, and its value as a word, in quotes, or the content of a file. */
const VARIABLE = /([A-Z_]+)=(?:"\$\(cat (\S+)\)"|'([^']*)'|(\S+)) /g;

const COMMAND_LINE =
  /^(?<variables>.*)npm run (?:--silent )?(?<name>\w+)(?: -- (?<options>[-\w ./]+?))?(?: \| jq '(?<query>[^']*)')?$/;

describe("commands in the docs", () => {
  test.each([...new Set(runnable)])("%s", async (line) => {
    const { variables = "", name = "", options, query } = COMMAND_LINE.exec(line)!.groups!;
    expect(variables.replace(VARIABLE, "")).toBe("");
    const env: Record<string, string> = { CDKTF_OUTDIR: mkdtempSync(join(tmpdir(), "docs-")) };
    for (const [, variable = "", file, quoted, word = ""] of variables.matchAll(VARIABLE))
      env[variable] = file === undefined ? (quoted ?? word) : read(file);
    const ended = await runIn(PROJECT, name, options?.split(" "), env);
    expect(ended).toMatchObject({ status: 0 });
    if (query === undefined || which("jq") === undefined) return;
    const asked = spawnSync("jq", [query], { input: ended.stdout, encoding: "utf8" });
    expect(asked).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("shell commands in the docs", () => {
  const COMMAND = /^(npm|npx|terraform|tofu|az|docker|getent|curl|cat|sudo|git|node) /m;

  /** `text` is for commands that a test must not run, and for output, which starts with no command. */
  const isShell = ({ info, text }: (typeof BLOCKS)[number]) =>
    info === "sh" || (info === "text" && COMMAND.exec(text)?.index === 0);

  /** Parses each text as the body of a function, which bash does not run. */
  const PARSE = 'for text in "$@"; do eval "f() { :\n$text\n}" || printf "%s\n" "$text"; done';

  const texts = BLOCKS.filter(isShell).map(({ text }) => text);

  testUnless(which("bash") ? undefined : "bash is not installed", "bash parses them all", async () => {
    const options = { encoding: "utf8", env: { PATH: process.env.PATH } } as const;
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", PARSE, "bash", ...texts], options);
    await expect(Promise.resolve(stdout + stderr)).resolves.toBe("");
  });

  test("none has backticks that bash would run, as in a query of az", () => {
    expect(texts.filter((text) => text.replace(/'[^']*'/g, "").includes("`"))).toEqual([]);
  });

  test("they are told apart from output", () => {
    const shell = BLOCKS.filter(isShell).map(({ info, page }) => `${page} ${info}`);
    expect(shell).toEqual(expect.arrayContaining(["README.md sh", "CONTRIBUTING.md text"]));
    const others = BLOCKS.filter((block) => block.info === "text" && !isShell(block));
    expect(others.flatMap(({ text }) => COMMAND.exec(text) ?? [])).toEqual([]);
  });
});

test("a deployment takes the same time on every page", () => {
  const [figure] = /about \d+ minutes/.exec(read("docs/deploy.md"))!;
  for (const page of ["README.md", "docs/rehearsal.md", "commands/deploy/duration.ts"])
    expect(read(page)).toContain(figure);
});
