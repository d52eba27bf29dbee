import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { PROJECT } from "../support/programs";
import { testUnless, which } from "../support/skips";

interface Job {
  readonly environment?: string;
  readonly permissions?: object;
  readonly steps: readonly { readonly run?: string }[];
}

const text = readFileSync(join(PROJECT, ".github", "workflows", "release.yml"), "utf8");
const { jobs } = parse(text) as { jobs: Record<string, Job> };
const { pack, ...publishing } = jobs;

test("what may publish runs no code but that of this repository's scripts, in an environment that is approved", () => {
  expect(pack!.permissions).toBeUndefined();
  expect(Object.values(publishing).map(({ environment }) => environment)).toEqual(["release", "release", "release"]);
  expect(Object.fromEntries(Object.entries(publishing).map(([name, { permissions }]) => [name, permissions]))).toEqual({
    npm: { "id-token": "write" },
    image: { contents: "read", packages: "write" },
    release: { contents: "write" },
  });
  const scripts = Object.values(publishing).flatMap(({ steps }) => steps.flatMap(({ run = "" }) => run));
  expect(scripts.filter((run) => /npm (ci|install|run|exec)|npx|\.ci\/(?!version)/.test(run))).toEqual([]);
});

test("no script has an expression in it, and no secret is stored", () => {
  const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = "" }) => run));
  expect(scripts.filter((run) => run.includes("${{"))).toEqual([]);
  expect(text).not.toContain("secrets.");
});

/** The script in a project whose app and packages have these versions, and these first parts of changelogs. */
function versionOf(tag: string, versions: readonly string[], headings = versions) {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  cpSync(join(PROJECT, ".ci", "version"), join(folder, ".ci", "version"));
  for (const [index, part] of [".", "packages/private-link-preview", "packages/azure-emulator"].entries()) {
    mkdirSync(join(folder, part), { recursive: true });
    writeFileSync(join(folder, part, "package.json"), JSON.stringify({ version: versions[index] }));
    writeFileSync(
      join(folder, part, "CHANGELOG.md"),
      `# Changelog\n\n## ${headings[index]!}\n\nNew.\n\n## 0.9.0\n\nOld.\n`,
    );
  }
  const { PATH } = process.env;
  const { status, stdout, stderr } = spawnSync(join(folder, ".ci", "version"), [tag], {
    encoding: "utf8",
    env: { PATH },
  });
  return [status, stdout.trim(), stderr.trim()];
}

testUnless(
  which("bash") ? undefined : "bash is not installed",
  "a tag is the version of all, and its notes are the changelog's",
  async () => {
    const same = ["1.2.0", "1.2.0", "1.2.0"];
    expect(versionOf("v1.2.0", same)).toEqual([0, "New.", ""]);
    const refusal = (part: string, found: string, first: string) =>
      `${part}: found version ${found} and "## ${first}" first in its changelog, allowed: 1.2.0 in both.`;
    expect(versionOf("v1.2.0", ["1.2.0", "1.2.0", "1.1.0"])).toEqual([
      1,
      "",
      refusal("packages/azure-emulator", "1.1.0", "1.1.0"),
    ]);
    expect(versionOf("v1.2.0", same, ["1.2.0", "Unreleased", "1.2.0"])).toEqual([
      1,
      "",
      refusal("packages/private-link-preview", "1.2.0", "Unreleased"),
    ]);
    expect(versionOf("1.2.0", same)[0]).toBe(1);
    return Promise.resolve();
  },
);
