import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Script } from "node:vm";
import { parse } from "yaml";
import { FakeService } from "../support/fake-service";
import { PROJECT } from "../support/programs";
import { describeUnless } from "../support/skips";
import { pairsIn } from "./deploy-files";

const STEPS = join(PROJECT, "pipelines", "steps");
const EXAMPLE = join(PROJECT, "examples", "storage-and-vault");

const temporary = () => mkdtempSync(join(tmpdir(), "steps-"));

/**
 * Stands for Node.js: notes the arguments of the preview and writes what it would write, with a status of its own where
 * two files are compared. The counts in the JSON are taken with the real one.
 */
const NODE = `#!/bin/sh
if [ "$1" = -p ]; then exec '${process.execPath}' "$@"; fi
printf '<%s>' "$@" >>"$CALLS"
echo >>"$CALLS"
status=$STATUS
while [ $# -gt 0 ]; do
  case $1 in --format) form=$2 ;; --output) output=$2 ;; --compare) status=$COMPARED ;; esac
  shift
done
if [ "$status" -gt 1 ]; then echo "It failed." >&2; exit "$status"; fi
case $form in
  json) echo "$JSON" >"$output" ;;
  github) echo "::error::a finding" ;;
  "$LACKING") echo "The disk is full." >&2 ;;
  *) echo "$form" >"$output" ;;
esac
exit "$status"
`;

const JSON_OF_PREVIEW = JSON.stringify({
  counts: { networks: 2, answers: 4, reachable: 2, notReachable: 1, notKnown: 1, errors: 2, warnings: 3, ignored: 1 },
});

const bin = temporary();
writeFileSync(join(bin, "node"), NODE, { mode: 0o755 });
const { PATH = "" } = process.env;

/** The environment of a step in which that stands for Node.js. */
const withFake = (calls: string) => ({
  PATH: `${bin}:${PATH}`,
  ...{ CALLS: calls, JSON: JSON_OF_PREVIEW, STATUS: "0", COMPARED: "0", LACKING: "none" },
});

/** Each call of the preview: its arguments. */
const callsIn = (calls: string) =>
  readFileSync(calls, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.slice(1, -1).split("><"));

const noBash = process.platform === "win32" ? "the steps need bash" : undefined;

describeUnless(noBash, "the step that previews", () => {
  /** Runs the step, and returns what it wrote and how it called the preview. */
  function preview(env: Record<string, string>) {
    const [results, cwd] = [temporary(), temporary()];
    writeFileSync(join(cwd, "ignored.json"), "{}");
    mkdirSync(join(cwd, "own"));
    writeFileSync(join(cwd, "own", ".private-link-preview.json"), "{}");
    const calls = join(temporary(), "calls");
    const { status, stdout, stderr } = spawnSync("bash", [join(STEPS, "run.sh"), results], {
      cwd,
      encoding: "utf8",
      env: { ...withFake(calls), PREVIEW: "preview.js", FILE: "plan.json", ...env },
    });
    const read = (name: string) => readFileSync(join(results, name), "utf8");
    const { "json-file": json, "sarif-file": sarif, "html-file": html, ...outputs } = pairsIn(read("outputs"));
    if (json !== undefined)
      expect([json, sarif, html]).toEqual(["json", "sarif", "html"].map((form) => join(results, `preview.${form}`)));
    const shortened = callsIn(calls).map((args) => args.join(" ").replace(`--output ${results}/`, "--output "));
    return { status, stdout, stderr, read, outputs, calls: shortened, left: readdirSync(cwd).sort() };
  }

  const counts = { errors: "2", warnings: "3", ignored: "1", answers: "4", unreachable: "1" };

  test("writes every form, and counts what is in the JSON", () => {
    const { status, stdout, outputs, read, calls } = preview({ STATUS: "1" });
    expect([status, stdout, outputs]).toEqual([0, "", { "exit-status": "1", ...counts }]);
    expect(calls).toEqual([
      "preview.js ./plan.json --format json --output preview.json",
      "preview.js ./plan.json --format sarif --output preview.sarif",
      "preview.js ./plan.json --format markdown --output preview.md",
      "preview.js ./plan.json --format junit --output junit.xml",
      "preview.js ./plan.json --format html --output preview.html",
    ]);
    expect(read("comment.md")).toBe("markdown\n");
  });

  test.each<[what: string, env: Record<string, string>, args: string]>([
    ["the folder that paths start at", { WORKING_DIRECTORY: "infra" }, "infra/plan.json"],
    ["a path from the root", { WORKING_DIRECTORY: "infra", FILE: "/plan.json" }, "/plan.json"],
    ["the source", { WORKING_DIRECTORY: "infra", SOURCE: "." }, "infra/plan.json --source infra/."],
    ["its ignore file", { WORKING_DIRECTORY: "own" }, "own/plan.json --ignore-file own/.private-link-preview.json"],
    ["an ignore file that is named", { IGNORE_FILE: "ignored.json" }, "./plan.json --ignore-file ./ignored.json"],
    ["one that is not there, too", { IGNORE_FILE: "missing.json" }, "./plan.json --ignore-file ./missing.json"],
    ["that unknown answers are errors", { STRICT: "true" }, "./plan.json --strict"],
    ["that they are not", { STRICT: "false" }, "./plan.json"],
    ["where the pages are", { PAGES: "https://example.com/f.md" }, "./plan.json --pages https://example.com/f.md"],
    // No shell runs what inputs hold.
    ["a file, whatever its name", { FILE: "$(touch a)`touch a`; touch a" }, "./$(touch a)`touch a`; touch a"],
  ])("tells the preview %s", (_, env, args) => {
    const { calls, left } = preview(env);
    expect(calls[0]).toBe(`preview.js ${args} --format json --output preview.json`);
    expect(calls.filter((call) => !call.startsWith(`preview.js ${args} --format `))).toEqual([]);
    expect(left).toEqual(["ignored.json", "own"]);
  });

  test("prints annotations where they are wanted", () => {
    expect(preview({ ANNOTATIONS: "true" }).stdout).toBe("::error::a finding\n");
    expect(preview({ ANNOTATIONS: "false" }).stdout).toBe("");
  });

  test("compared with an earlier file, the status and the comment are those of the comparison", () => {
    const { status, outputs, calls, read } = preview({ PREVIOUS_FILE: "before.json", STATUS: "1", COMPARED: "0" });
    expect([status, outputs]).toEqual([0, { "exit-status": "0", ...counts }]);
    expect(calls.at(-1)).toBe("preview.js ./plan.json --compare ./before.json --format markdown --output comment.md");
    expect(read("comment.md")).toBe("markdown\n");
    expect(preview({ PREVIOUS_FILE: "before.json", COMPARED: "1" }).outputs).toMatchObject({ "exit-status": "1" });
  });

  test.each<[what: string, env: Record<string, string>, status: number, says: string]>([
    ["the preview can't be made", { STATUS: "3" }, 3, "It failed."],
    ["it is asked for in a wrong way", { STATUS: "2" }, 2, "It failed."],
    ["there is nothing to compare with", { PREVIOUS_FILE: "missing.json", COMPARED: "3" }, 3, "It failed."],
    ["a form can't be written", { LACKING: "junit" }, 3, "The disk is full."],
  ])("fails where %s, and says why", (_, env, expected, says) => {
    const { status, stdout, stderr, outputs } = preview(env);
    expect([status, stdout + stderr]).toEqual([expected, expect.stringContaining(says)]);
    if (env.LACKING === undefined) expect(outputs["exit-status"]).toBe(String(expected));
  });
});

const comment = join(temporary(), "comment.md");
writeFileSync(comment, "### The preview\n");

const COMMENT = join(STEPS, "comment.cjs");
const code = new Script(`(function (require, process, console) { ${readFileSync(COMMENT, "utf8")} })`, {
  filename: COMMENT,
}).runInThisContext() as (...globals: unknown[]) => void;

/** Runs the step that comments against a server, in this process. */
async function commentOn(fake: FakeService, key: string, env: Record<string, string>) {
  const process = { argv: ["node", COMMENT, comment, key], env, exitCode: 0 };
  const stdout = await new Promise<string>((log) => {
    code(require, process, { log });
  });
  fake.close();
  return { status: process.exitCode, stdout };
}

describe("the comment on GitHub", () => {
  const MARKER = "<!-- private-link-preview: plan.json -->";
  const envOf = (fake: FakeService) => ({
    GITHUB_API_URL: fake.url,
    GITHUB_GRAPHQL_URL: `${fake.url}/graphql`,
    GITHUB_REPOSITORY: "owner/name",
    PULL_REQUEST: "7",
    GH_TOKEN: "secret",
  });
  const on = (fake: FakeService, key = "plan.json", env = {}) => commentOn(fake, key, { ...envOf(fake), ...env });
  const bot = { login: "github-actions[bot]" };
  /** GitHub with these comments, by page. */
  const gitHub = (pages: readonly object[][] = [], write = {}) =>
    FakeService.start((method, url) => {
      if (url === "/graphql") return { body: { data: { viewer: bot } } };
      return method === "GET" ? { body: pages[Number(url.at(-1)) - 1] ?? [] } : { body: {}, ...write };
    });

  test("is written once, with the job's token, by a process of its own", async () => {
    const fake = await gitHub();
    const args = [COMMENT, comment, "plan.json"];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: envOf(fake) });
    fake.close();
    expect(stdout).toBe("The comment on the pull request is up to date.\n");
    expect(fake.asked.map(({ method, url, token }) => [method, url, token])).toEqual([
      ["POST", "/graphql", "Bearer secret"],
      ["GET", "/repos/owner/name/issues/7/comments?per_page=100&page=1", "Bearer secret"],
      ["POST", "/repos/owner/name/issues/7/comments", "Bearer secret"],
    ]);
    expect(fake.asked[2]!.body).toEqual({ body: `${MARKER}\n### The preview\n` });
  });

  test("is updated from then on, however many comments there are; those of others are left alone", async () => {
    const others = [{ login: "person" }, { login: "other[bot]" }, null];
    const first = Array.from({ length: 100 }, (_, id) => ({ id, user: others[id % 3], body: `${MARKER}\nmine` }));
    const second = [
      { id: 200, user: bot, body: "<!-- private-link-preview: other.json -->" },
      { id: 201, user: bot, body: `${MARKER}\nold` },
    ];
    const fake = await gitHub([first, second]);
    await on(fake);
    expect(fake.asked.map(({ method, url }) => `${method} ${url}`).slice(3)).toEqual([
      "PATCH /repos/owner/name/issues/comments/201",
    ]);
  });

  test.each([
    ["fails", "error", 3, {}],
    ["fails for a branch of the repository", "error", 3, { HEAD_REPOSITORY: "owner/name" }],
    ["is left out with a warning for a fork", "warning", 0, { HEAD_REPOSITORY: "other/name" }],
  ])("%s where the token may not write it", async (_, level, exit, env) => {
    const { status, stdout } = await on(await gitHub([], { status: 403 }), "plan.json", env);
    const said = new RegExp(`^::${level}::The token may not comment on the pull request \\(POST 403\\)`);
    expect([status, stdout]).toEqual([exit, expect.stringMatching(said)]);
  });

  test("fails where the service does", async () => {
    const { status } = await on(await FakeService.start(() => ({ status: 502, body: {} })));
    expect(status).toBe(3);
  });

  test("a key can't end the marker", async () => {
    const fake = await gitHub();
    await on(fake, "a --> @team\n<b>");
    expect(fake.asked[2]!.body.body).toMatch(/^<!-- private-link-preview: a - -team-b- -->\n###/);
  });
});

describe("the comment in Azure DevOps", () => {
  const on = async (fake: FakeService, env = {}) =>
    commentOn(fake, "plan", {
      SYSTEM_COLLECTIONURI: `${fake.url}/org/`,
      SYSTEM_TEAMPROJECTID: "project",
      BUILD_REPOSITORY_ID: "repository",
      SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
      SYSTEM_ACCESSTOKEN: "secret",
      ...env,
    });
  const threads = "/org/project/_apis/git/repositories/repository/pullRequests/7/threads";
  /** A thread of somebody, which begins as the tool's own do. */
  const threadOf = (author: string, id: number) => ({
    id,
    comments: [{ id: 1, author: { id: author }, content: "<!-- private-link-preview: plan -->\nold" }],
  });
  const azureDevOps = (value: object[], write = {}) =>
    FakeService.start((method, url) => {
      if (url === "/org/_apis/connectionData?api-version=7.1-preview.1")
        return { body: { authenticatedUser: { id: "build" } } };
      return method === "GET" ? { body: { value } } : { body: {}, ...write };
    });

  test("is a thread of its own, which does not keep the pull request open; that of a person is left alone", async () => {
    const fake = await azureDevOps([threadOf("person", 1), { id: 2, comments: [] }, { id: 3 }]);
    expect((await on(fake)).status).toBe(0);
    expect(fake.asked.map(({ method, url }) => `${method} ${url}`).slice(1)).toEqual([
      `GET ${threads}?api-version=7.1`,
      `POST ${threads}?api-version=7.1`,
    ]);
    expect(fake.asked[2]!.body).toMatchObject({
      status: "closed",
      comments: [{ content: "<!-- private-link-preview: plan -->\n### The preview\n" }],
    });
  });

  test("is updated from then on", async () => {
    const fake = await azureDevOps([
      threadOf("person", 4),
      { ...threadOf("build", 5), isDeleted: true },
      threadOf("build", 6),
    ]);
    await on(fake);
    expect(fake.asked[2]).toMatchObject({ method: "PATCH", url: `${threads}/6/comments/1?api-version=7.1` });
  });

  test.each([
    ["False", "error", 3],
    ["True", "warning", 0],
  ])("of a fork, %s, that may not be written: %s", async (SYSTEM_PULLREQUEST_ISFORK, level, exit) => {
    const { status, stdout } = await on(await azureDevOps([], { status: 403 }), { SYSTEM_PULLREQUEST_ISFORK });
    expect([status, stdout]).toEqual([
      exit,
      expect.stringContaining(`##vso[task.logissue type=${level}]The token may not`),
    ]);
  });
});

const ACTION = readFileSync(join(PROJECT, "action.yml"), "utf8");
/** What the tests look at in the action. */
const action = parse(ACTION) as {
  inputs: Record<string, { default?: string }>;
  outputs: Record<string, { value: string }>;
  runs: { steps: { name: string; if?: string; run?: string; uses?: string; env?: Record<string, string> }[] };
};

/** Runs the steps of the action as GitHub does, but for the installation, in the folder of the example. */
function runAction(given: Record<string, string>, own: Record<string, string>) {
  const { inputs, runs } = action;
  const temp = mkdtempSync(join(tmpdir(), "action-"));
  const packages = join(temp, "private-link-preview", "packages");
  mkdirSync(packages, { recursive: true });
  symlinkSync(join(PROJECT, "packages", "private-link-preview"), join(packages, "private-link-preview"));
  const [output, summary] = [join(temp, "output"), join(temp, "summary")];
  for (const file of [output, summary]) writeFileSync(file, "");
  const outputs = () => pairsIn(readFileSync(output, "utf8"));
  const value = (name: string): string => {
    const [kind, key] = [name.split(".")[0], name.split(".").at(-1)!];
    if (kind === "inputs") return given[key] ?? inputs[key]?.default ?? "";
    if (kind === "steps") return outputs()[key] ?? "";
    const others = {
      "github.action_path": PROJECT,
      "github.server_url": "https://example.com",
      "github.action_repository": "owner/name",
      "runner.temp": temp,
    };
    return new Map(Object.entries(others)).get(name) ?? "";
  };
  const evaluate = (text: string) =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, names: string) => names.split(" || ").map(value).find(Boolean) ?? "");
  const isWanted = (condition: string) =>
    condition.split(" && ").every((one) => {
      const [, name = "", wanted] = /^([\w.-]+)(?: == '(.*)')?$/.exec(one) ?? [];
      return wanted === undefined ? value(name) !== "" : value(name) === wanted;
    });
  const ran: string[] = [];
  const printed: string[] = [];
  let status = 0;
  for (const { name, if: condition, run, uses, env = {} } of runs.steps) {
    if (status !== 0 || name.startsWith("Install") || (condition !== undefined && !isWanted(condition))) continue;
    ran.push(uses ?? name);
    if (run === undefined) continue;
    const step = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
      cwd: EXAMPLE,
      encoding: "utf8",
      env: {
        PATH,
        NO_COLOR: "1",
        ...own,
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...Object.fromEntries(Object.entries(env).map(([key, text]) => [key, evaluate(text)])),
      },
    });
    status = step.status ?? -1;
    printed.push(step.stdout, step.stderr);
  }
  return { status, ran, outputs: outputs(), summary: readFileSync(summary, "utf8"), printed: printed.join("") };
}

describeUnless(noBash, "the action, step by step", () => {
  test("previews a plan with findings in every form, compared with an earlier one, and fails after it has shown them", () => {
    const { status, ran, printed, summary, outputs } = runAction(
      { file: "plan-with-findings.json", "previous-file": "plan.json", "upload-sarif": "true" },
      {},
    );
    expect(status).toBe(1);
    expect(ran).toEqual(["Preview", expect.stringMatching(/^github\/codeql-action\/upload-sarif@/), "Result"]);
    expect(outputs).toMatchObject({ "exit-status": "1", errors: "3", warnings: "0", answers: "4", unreachable: "2" });
    const line = readFileSync(join(EXAMPLE, "main.tf"), "utf8")
      .split("\n")
      .indexOf('resource "azurerm_virtual_network_peering" "app_to_data" {');
    expect(printed).toContain(`::error file=main.tf,line=${line + 1},title=one-sided-peering::vnet-shop-app is peered`);
    expect(summary).toMatch(/^### ❌ DNS of private endpoints: `plan-with-findings\.json`\n/);
    expect(summary).toMatch(/\(https:\/\/example\.com\/\S+findings\.md#one-sided-peering\)/);
    const written = (name: string) => readFileSync(join(outputs.results!, name), "utf8");
    expect(written("preview.sarif")).toContain('"uri": "main.tf"');
    expect(written("preview.html")).toMatch(/^<!doctype html>/);
    expect(written("junit.xml")).toContain('tests="4" failures="2"');
    expect(written("comment.md")).toContain(
      "2 answers change. 1 peering changes. 3 findings new (3 errors), 0 gone, 0 unchanged.",
    );
  });

  /** A run in which another program stands for Node.js. */
  const withStatus = (STATUS: string, given: Record<string, string> = {}) => {
    const calls = join(temporary(), "calls");
    return { ...runAction({ file: "plan.json", ...given }, { ...withFake(calls), STATUS }), calls: callsIn(calls) };
  };

  test("passes without findings, and adds the preview to the summary of the job", () => {
    const { status, ran, summary, printed, calls } = withStatus("0");
    expect([status, ran, summary]).toEqual([0, ["Preview", "Result"], "markdown\n"]);
    expect(printed).toContain("::error::a finding");
    expect(calls[0]!.slice(1, -4).join(" ")).toMatch(/^\.\/plan\.json --source \.\/\. --pages https:/);
  });

  test("gives the preview its inputs", () => {
    const given = { "working-directory": "infra", "ignore-file": "i.json", strict: "true", "previous-file": "p.json" };
    const { calls } = withStatus("0", given);
    expect(calls[0]!.join(" ")).toMatch(/ infra\/plan\.json --ignore-file infra\/i\.json --strict --source infra\/\. /);
    expect(calls.at(-1)!.join(" ")).toContain(" --compare infra/p.json ");
  });

  test("goes on where it is told to, and says nothing in the log where it is not wanted", () => {
    const quietly = { fail: "false", annotations: "false", summary: "false" };
    const { status, ran, printed, summary } = withStatus("1", quietly);
    expect([status, ran, summary, printed]).toEqual([0, ["Preview"], "", ""]);
  });

  test("fails where there is nothing to preview, whatever it is told", () => {
    const { status, outputs, printed } = withStatus("3", { fail: "false" });
    expect([status, outputs["exit-status"]]).toEqual([3, "3"]);
    expect(printed).toContain("It failed.");
  });
});

describe("the action", () => {
  test("uses every input, and puts none into a script", () => {
    const used = [...ACTION.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name!);
    expect([...new Set(used)].sort()).toEqual(Object.keys(action.inputs).sort());
    const scripts = action.runs.steps.flatMap(({ run }) => run ?? []);
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  });

  test("has the outputs that the step writes", () => {
    const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, value]);
    expect(outputs).toEqual(outputs.map(([name]) => [name, `\${{ steps.preview.outputs.${name} }}`]));
    const script = readFileSync(join(STEPS, "run.sh"), "utf8");
    for (const name of Object.keys(action.outputs)) expect(script).toMatch(new RegExp(`\\b${name}[=:]`));
  });

  test.each(["action.yml", "pipelines/private-link-preview.yml"])(
    "%s runs steps that exist, with all that they need",
    (file) => {
      const content = readFileSync(join(PROJECT, file), "utf8");
      const named = [...content.matchAll(/(?:pipelines\/steps|\$STEPS)\/([\w.-]+\.\w+)/g)].map(([, name]) => name!);
      expect([...new Set(named)].sort()).toEqual(readdirSync(STEPS).sort());
      const variables = ["PREVIEW", "FILE", "PREVIOUS_FILE", "SOURCE", "IGNORE_FILE", "STRICT"];
      for (const variable of [...variables, "SYSTEM_ACCESSTOKEN|GH_TOKEN"])
        expect(content).toMatch(new RegExp(`^ +(${variable}): `, "m"));
    },
  );
});
