import Ajv from "ajv";
import { parse as parseJsonWithComments, type ParseError } from "jsonc-parser";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { PROJECT } from "../support/programs";

const read = (file: string) => readFileSync(join(PROJECT, file), "utf8");
const filesIn = (folder: string) => readdirSync(join(PROJECT, folder)).map((file) => `${folder}/${file}`);

const WORKFLOWS = filesIn(".github/workflows");
const YAML_FILES = [
  ...WORKFLOWS,
  "azure-pipelines.yml",
  ".pre-commit-config.yaml",
  "action.yml",
  "pipelines/private-link-preview.yml",
];
const CI_SCRIPTS = filesIn(".ci");
const STEP_SCRIPTS = filesIn("pipelines/steps").filter((file) => file.endsWith(".sh"));
const JSON_FILES = [...filesIn(".vscode"), ".devcontainer/devcontainer.json", "knip.json", ".prettierrc.json"];
const EXAMPLES = [...filesIn("examples"), ...filesIn("examples/changes")].filter((file) => file.endsWith(".json"));

const { scripts, engines } = JSON.parse(read("package.json")) as {
  scripts: Record<string, string>;
  engines: { node: string };
};
const devcontainer = JSON.parse(read(".devcontainer/devcontainer.json")) as {
  features: Record<string, { version: string }>;
  postCreateCommand: string;
};

test("the files of tools are JSON or YAML", () => {
  const errors: ParseError[] = [];
  for (const file of JSON_FILES)
    expect([file, parseJsonWithComments(read(file), errors), errors]).toMatchObject([file, {}, []]);
  for (const file of YAML_FILES) expect([file, parseYaml(read(file))]).toEqual([file, expect.any(Object)]);
});

test.each([...YAML_FILES, ...CI_SCRIPTS, ".devcontainer/devcontainer.json"])("%s runs scripts that exist", (file) => {
  const named = [...read(file).matchAll(/npm run (?:--silent )?([a-z][\w-]*)/g)].map(([, name = ""]) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  const own = [...read(file).matchAll(/(?<![\w/])\.ci\/[\w-]+/g)].map(([path]) => path);
  expect(own.filter((path) => !CI_SCRIPTS.includes(path))).toEqual([]);
});

// Windows knows no such permission.
(process.platform === "win32" ? test.skip : test)("the scripts may be executed", () => {
  const may = (file: string) => (statSync(join(PROJECT, file)).mode & 0o111) === 0o111;
  expect([...CI_SCRIPTS, ...STEP_SCRIPTS].filter((file) => !may(file))).toEqual([]);
});

/** The actions that a workflow uses, each with the comment beside it. */
function usesIn(workflow: string): string[] {
  const uses = [...workflow.matchAll(/uses: (\S+)(.*)$/gm)].map(([, action = "", comment = ""]) => action + comment);
  // This repository's own action is the one of the same commit.
  return uses.filter((action) => action !== "./");
}

/** The workflow that others copy, which is held to the same. */
const COPIED = "pipelines/deploy/github.yml";

describe.each([...WORKFLOWS, COPIED])("the workflow %s", (file) => {
  const text = read(file);
  const { permissions, jobs } = parseYaml(text) as {
    permissions: object;
    jobs: Record<string, { steps: { uses?: string; with?: object }[] }>;
  };
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test("may read the code, and nothing else", () => {
    expect(permissions).toEqual({ contents: "read" });
  });

  // A tag can be moved to other code, a hash can't.
  test("uses actions by the hash of a commit, with the version beside it", () => {
    const uses = usesIn(text);
    expect(uses.filter((action) => !/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d[\d.]*$/.test(action))).toEqual([]);
    // None is written in a way that the line above does not see.
    expect(steps.filter(({ uses }) => uses !== undefined && uses !== "./")).toHaveLength(uses.length);
    expect(uses.length).toBeGreaterThan(0);
  });

  // Every later step of a job, and what it runs, could read the token from the clone's configuration.
  test("leaves no token in a clone", () => {
    const checkouts = steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const checkout of checkouts) expect(checkout).toMatchObject({ with: { "persist-credentials": false } });
  });
});

test("one version of an action is one commit in all workflows and in the action, and the copied workflow has the same", () => {
  const uses = new Set([...WORKFLOWS, "action.yml"].flatMap((file) => usesIn(read(file))));
  const versions = [...uses].map((action) => /^([\w-]+\/[\w./-]+)@[0-9a-f]{40} # (v\d[\d.]*)$/.exec(action)!.slice(1));
  expect(new Set(versions.map(String)).size).toBe(uses.size);
  const others = usesIn(read(COPIED)).filter((action) => !uses.has(action));
  expect(others.filter((action) => !action.startsWith("azure/login@"))).toEqual([]);
});

describe("one version of Node.js and of OpenTofu", () => {
  const node = read(".nvmrc").trim();
  const feature = (name: string) =>
    Object.entries(devcontainer.features).find(([id]) => new RegExp(`/${name}:\\d+$`).test(id))?.[1].version;
  const majors = [...engines.node.matchAll(/(\d+)(?:\.\d+)*/g)].map(([, major]) => major!);

  test("the development container's are the project's", () => {
    expect(feature("node")).toBe(node);
    expect(feature("opentofu")).toBe(read(".opentofu-version").trim());
    expect(devcontainer.postCreateCommand).toBe("npm ci");
  });

  test.each([".github/workflows/checks.yml", "azure-pipelines.yml"])(
    "%s tests on every Node.js that package.json allows",
    (file) => {
      const tested = [...read(file).matchAll(/\bnode: (\d+)/g)].map(([, major]) => major);
      expect(new Set([node, ...tested])).toEqual(new Set(majors));
    },
  );
});

test("each change of the default is rehearsed", () => {
  const workflow = read(".github/workflows/rehearsal.yml");
  const { jobs } = parseYaml(workflow) as { jobs: { changes: { strategy: { matrix: { change: string[] } } } } };
  const named = [...workflow.matchAll(/examples\/changes\/([a-z-]+)\.json/g)].map(([, change]) => change!);
  const changes = filesIn("examples/changes").map((file) => file.replace(/^.*\/(.*)\.json$/, "$1"));
  expect([...new Set([...named, ...jobs.changes.strategy.matrix.change])].sort()).toEqual(changes.sort());
});

describe("the JSON Schemas", () => {
  // Each format stands beside a pattern that says the same.
  const validate = new Ajv({ formats: { cidrv4: true, ipv4: true, uuid: true } })
    .addSchema(JSON.parse(read("docs/cdktf.schema.json")) as object, "cdktf.schema.json")
    .compile(JSON.parse(read("docs/context.schema.json")) as object);

  test("accept the examples, and refuse a key that is not known", () => {
    for (const file of EXAMPLES) {
      void validate(JSON.parse(read(file)));
      expect([file, validate.errors]).toEqual([file, null]);
    }
    expect(validate({ privateRegistry: { dns: "shared" } })).toBe(true);
    expect(validate({ privateRegistry: { spoke: [] } })).toBe(false);
  });

  test("are where the editor looks for them", () => {
    const settings = JSON.parse(read(".vscode/settings.json")) as { "json.schemas": { url: string }[] };
    const urls = settings["json.schemas"].map(({ url }) => url);
    expect(urls.filter((url) => !filesIn("docs").includes(url.replace("./", "")))).toEqual([]);
    expect(urls).toHaveLength(2);
  });
});

test("what the editor launches is there", () => {
  const { configurations } = JSON.parse(read(".vscode/launch.json")) as { configurations: { program: string }[] };
  for (const { program } of configurations) {
    expect(statSync(program.replace("${workspaceFolder}", PROJECT)).isFile()).toBe(true);
  }
});
