import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { FakeService } from "../support/fake-service";
import { PROJECT } from "../support/programs";
import { describeUnless } from "../support/skips";

const STEPS = join(PROJECT, "pipelines", "steps");
const EXAMPLE = join(PROJECT, "examples", "storage-and-vault");
const PREVIEW = join(PROJECT, "packages", "private-link-preview", "bin.js");

/** Runs the step that previews, and returns what it wrote. */
function preview(env: Record<string, string>, cwd = PROJECT) {
  const results = mkdtempSync(join(tmpdir(), "steps-"));
  const { status, stdout, stderr } = spawnSync("bash", [join(STEPS, "run.sh"), results], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, NO_COLOR: "1", PREVIEW, ...env },
  });
  const written = Object.fromEntries(
    readdirSync(results).map((name) => [name, readFileSync(join(results, name), "utf8")]),
  );
  const lines = (written.outputs ?? "").trim().split("\n");
  const outputs = Object.fromEntries(lines.map((line) => line.split("=") as [string, string]));
  return { status, stdout, stderr, written, outputs };
}

const noBash = process.platform === "win32" ? "the steps need bash" : undefined;

describeUnless(noBash, "the step that previews", () => {
  const folder = { WORKING_DIRECTORY: "examples/storage-and-vault", SOURCE: "." };

  test("writes every form of a plan without findings", () => {
    const { status, stdout, outputs, written } = preview({ ...folder, FILE: "plan.json", ANNOTATIONS: "true" });
    expect([status, stdout]).toEqual([0, "2 networks, 4 answers: 4 reachable, 0 not. 0 errors, 0 warnings.\n"]);
    expect(outputs).toMatchObject({ "exit-status": "0", errors: "0", warnings: "0", ignored: "0", answers: "4" });
    expect(Object.keys(written).sort()).toEqual([
      "comment.md",
      "junit.xml",
      "log",
      "outputs",
      "preview.html",
      "preview.json",
      "preview.md",
      "preview.sarif",
    ]);
    expect(written["junit.xml"]).toContain('tests="4" failures="0"');
    expect(written["comment.md"]).toEqual(written["preview.md"]);
  });

  test("finishes with a plan with findings too, and names the lines of its resources", () => {
    const env = { ...folder, FILE: "plan-with-findings.json", ANNOTATIONS: "true", PAGES: "https://example.com/f.md" };
    const { status, stdout, outputs, written } = preview(env);
    expect(status).toBe(0);
    expect(outputs).toMatchObject({ "exit-status": "1", errors: "3", unreachable: "2" });
    const line = readFileSync(join(EXAMPLE, "main.tf"), "utf8")
      .split("\n")
      .indexOf('resource "azurerm_virtual_network_peering" "app_to_data" {');
    expect(stdout).toContain(
      `::error file=examples/storage-and-vault/main.tf,line=${line + 1},title=one-sided-peering::vnet-shop-app is peered`,
    );
    expect(written["preview.sarif"]).toContain('"uri": "examples/storage-and-vault/main.tf"');
    expect(written["preview.md"]).toContain("(https://example.com/f.md#one-sided-peering)");
  });

  test("compared with an earlier plan, only new errors count, and the comment shows the difference", () => {
    const worse = preview({ ...folder, FILE: "plan-with-findings.json", PREVIOUS_FILE: "plan.json" });
    expect(worse.outputs).toMatchObject({ "exit-status": "1", errors: "3" });
    expect(worse.written["comment.md"]).toContain("2 answers change. 3 findings new (3 errors), 0 gone, 0 unchanged.");
    const same = preview({ ...folder, FILE: "plan-with-findings.json", PREVIOUS_FILE: "plan-with-findings.json" });
    expect(same.outputs).toMatchObject({ "exit-status": "0", errors: "3" });
  });

  test("reads the ignore file of the folder, or the one that is named", () => {
    const directory = mkdtempSync(join(tmpdir(), "steps-"));
    writeFileSync(join(directory, "plan.json"), readFileSync(join(EXAMPLE, "plan-with-findings.json")));
    const ignore = ["one-sided-peering", "unreachable-answer"].map((code) => ({ code, reason: "It is an example." }));
    writeFileSync(join(directory, "accepted.json"), JSON.stringify({ ignore }));
    const counted = preview({ WORKING_DIRECTORY: directory, FILE: "plan.json" });
    expect(counted.outputs).toMatchObject({ "exit-status": "1" });
    const named = preview({ WORKING_DIRECTORY: directory, FILE: "plan.json", IGNORE_FILE: "accepted.json" });
    expect(named.outputs).toMatchObject({ "exit-status": "0", errors: "0", ignored: "3" });
    writeFileSync(join(directory, ".private-link-preview.json"), JSON.stringify({ ignore }));
    expect(preview({ WORKING_DIRECTORY: directory, FILE: "plan.json" }).outputs).toMatchObject({ "exit-status": "0" });
  });

  test.each([
    ["a file that is not there", { FILE: "missing.json" }, 3],
    ["an ignore file that is not there", { FILE: "plan.json", IGNORE_FILE: "missing.json" }, 3],
    ["an earlier file that is not there", { FILE: "plan.json", PREVIOUS_FILE: "missing.json" }, 3],
  ])("fails for %s, and says why", (_, env, expected) => {
    const { status, stderr, outputs } = preview({ ...folder, ...env });
    expect([status, outputs["exit-status"]]).toEqual([expected, String(expected)]);
    expect(stderr).toContain("missing.json");
  });

  test("inputs are data: no shell runs them", () => {
    const { status, stderr } = preview(
      { WORKING_DIRECTORY: ".", FILE: "$(touch pwned)`touch pwned`; touch pwned" },
      mkdtempSync(join(tmpdir(), "steps-")),
    );
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining("There is no file ./$(touch pwned)`touch pwned`; touch pwned"),
    ]);
  });
});

const comment = join(mkdtempSync(join(tmpdir(), "steps-")), "comment.md");
writeFileSync(comment, "### The preview\n");

/** Runs the step that comments against a server. */
async function commentOn(
  fake: FakeService,
  key: string,
  env: Record<string, string>,
): Promise<{ status: number; stdout: string }> {
  const child = spawn(process.execPath, [join(STEPS, "comment.cjs"), comment, key], {
    env: { PATH: process.env.PATH, ...env },
  });
  let stdout = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  const status = await new Promise<number>((resolve) =>
    child.on("close", (code) => {
      resolve(code ?? -1);
    }),
  );
  fake.close();
  return { status, stdout };
}

describe("the comment on GitHub", () => {
  const MARKER = "<!-- private-link-preview: plan.json -->";
  const on = async (fake: FakeService, key = "plan.json") =>
    commentOn(fake, key, {
      GITHUB_API_URL: fake.url,
      GITHUB_REPOSITORY: "owner/name",
      PULL_REQUEST: "7",
      GH_TOKEN: "secret",
    });

  test("is written once, with the job's token", async () => {
    const fake = await FakeService.start(() => ({ body: [] }));
    const { status, stdout } = await on(fake);
    expect([status, stdout]).toEqual([0, "The comment on the pull request is up to date.\n"]);
    expect(fake.asked.map(({ method, url, token }) => [method, url, token])).toEqual([
      ["GET", "/repos/owner/name/issues/7/comments?per_page=100&page=1", "Bearer secret"],
      ["POST", "/repos/owner/name/issues/7/comments", "Bearer secret"],
    ]);
    expect(fake.asked[1]!.body).toEqual({ body: `${MARKER}\n### The preview\n` });
  });

  test("is updated from then on, however many comments there are; that of a person is left alone", async () => {
    const [person, bot] = [{ type: "User" }, { type: "Bot" }];
    const first = Array.from({ length: 100 }, (_, id) => ({ id, user: person, body: `${MARKER}\nmine` }));
    const second = [
      { id: 200, user: bot, body: "<!-- private-link-preview: other.json -->" },
      { id: 201, user: bot, body: `${MARKER}\nold` },
    ];
    const fake = await FakeService.start((_, url) => ({ body: url.endsWith("page=1") ? first : second }));
    await on(fake);
    expect(fake.asked.map(({ method, url }) => `${method} ${url}`).slice(2)).toEqual([
      "PATCH /repos/owner/name/issues/comments/201",
    ]);
  });

  test("is left out with a warning where the token may not write it, as for forks", async () => {
    const fake = await FakeService.start((method) => (method === "GET" ? { body: [] } : { status: 403, body: {} }));
    const { status, stdout } = await on(fake);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^::warning::The token may not comment on the pull request \(POST 403\)/),
    ]);
  });

  test("fails where the service does", async () => {
    const { status } = await on(await FakeService.start(() => ({ status: 502, body: {} })));
    expect(status).toBe(3);
  });

  test("a key can't end the marker", async () => {
    const fake = await FakeService.start(() => ({ body: [] }));
    await on(fake, "a --> @team\n<b>");
    expect(fake.asked[1]!.body.body).toMatch(/^<!-- private-link-preview: a - -team-b- -->\n###/);
  });
});

describe("the comment in Azure DevOps", () => {
  const on = async (fake: FakeService) =>
    commentOn(fake, "plan", {
      SYSTEM_COLLECTIONURI: `${fake.url}/org/`,
      SYSTEM_TEAMPROJECTID: "project",
      BUILD_REPOSITORY_ID: "repository",
      SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
      SYSTEM_ACCESSTOKEN: "secret",
    });
  const threads = "/org/project/_apis/git/repositories/repository/pullRequests/7/threads";

  test("is a thread of its own, which does not keep the pull request open", async () => {
    const fake = await FakeService.start(() => ({
      body: { value: [{ id: 1, comments: [{ id: 1, content: "a person's" }] }] },
    }));
    expect((await on(fake)).status).toBe(0);
    expect(fake.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${threads}?api-version=7.1`,
      `POST ${threads}?api-version=7.1`,
    ]);
    expect(fake.asked[1]!.body).toMatchObject({
      status: "closed",
      comments: [{ content: "<!-- private-link-preview: plan -->\n### The preview\n" }],
    });
  });

  test("is updated from then on", async () => {
    const own = { id: 5, comments: [{ id: 1, content: "<!-- private-link-preview: plan -->\nold" }] };
    const fake = await FakeService.start(() => ({ body: { value: [own] } }));
    await on(fake);
    expect(fake.asked[1]).toMatchObject({ method: "PATCH", url: `${threads}/5/comments/1?api-version=7.1` });
  });
});

/** What the tests look at in the action. */
interface Action {
  readonly inputs: Record<string, { readonly description: string; readonly default?: string }>;
  readonly outputs: Record<string, { readonly value: string }>;
  readonly runs: { readonly steps: readonly ActionStep[] };
}
interface ActionStep {
  readonly name: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Record<string, string>;
}

/** Runs the steps of the action as GitHub does, but for the installation, in the folder of the example. */
function runAction(given: Record<string, string>) {
  const { inputs, runs } = parse(readFileSync(join(PROJECT, "action.yml"), "utf8")) as Action;
  const temp = mkdtempSync(join(tmpdir(), "action-"));
  const packages = join(temp, "private-link-preview", "packages");
  mkdirSync(packages, { recursive: true });
  symlinkSync(join(PROJECT, "packages", "private-link-preview"), join(packages, "private-link-preview"));
  const [output, summary] = [join(temp, "output"), join(temp, "summary")];
  for (const file of [output, summary]) writeFileSync(file, "");
  const outputs = () =>
    Object.fromEntries(
      readFileSync(output, "utf8")
        .split("\n")
        .map((line) => line.split("=") as [string, string]),
    );
  const value = (name: string): string => {
    const [kind, key] = [name.split(".")[0], name.split(".").at(-1)!];
    if (kind === "inputs") return given[key] ?? inputs[key]?.default ?? "";
    if (kind === "steps") return outputs()[key] ?? "";
    return (
      { "github.action_path": PROJECT, "runner.temp": temp, "github.server_url": "https://example.com" }[name] ?? ""
    );
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
        PATH: process.env.PATH,
        NO_COLOR: "1",
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
  test("passes for a plan without findings, and adds it to the summary of the job", () => {
    const { status, ran, outputs, summary } = runAction({ file: "plan.json" });
    expect([status, ran]).toEqual([0, ["Preview", "Result"]]);
    expect(outputs).toMatchObject({ "exit-status": "0", errors: "0" });
    expect(summary).toMatch(/^### ✅ DNS of private endpoints: `plan\.json`\n/);
  });

  test("fails for a plan with findings, after it has shown them", () => {
    const { status, ran, printed, summary, outputs } = runAction({
      file: "plan-with-findings.json",
      "upload-sarif": "true",
    });
    expect(status).toBe(1);
    expect(ran).toEqual(["Preview", expect.stringMatching(/^github\/codeql-action\/upload-sarif@/), "Result"]);
    expect(printed).toMatch(/^::error file=main\.tf,line=\d+,title=one-sided-peering::/m);
    expect(summary).toMatch(/^### ❌ /);
    expect(readFileSync(outputs["sarif-file"]!, "utf8")).toContain('"uri": "main.tf"');
    expect(readFileSync(outputs["html-file"]!, "utf8")).toMatch(/^<!doctype html>/);
  });

  test("goes on where it is told to, and says nothing in the log where it is not wanted", () => {
    const given = { file: "plan-with-findings.json", fail: "false", annotations: "false", summary: "false" };
    const { status, ran, printed, summary } = runAction(given);
    expect([status, ran, summary]).toEqual([0, ["Preview"], ""]);
    expect(printed).not.toContain("::error");
  });

  test("fails where there is nothing to preview, whatever it is told", () => {
    const { status, outputs, printed } = runAction({ file: "missing.json", fail: "false" });
    expect([status, outputs["exit-status"]]).toEqual([3, "3"]);
    expect(printed).toContain("There is no file ./missing.json.");
  });
});

describe("the action", () => {
  const text = readFileSync(join(PROJECT, "action.yml"), "utf8");
  const action = parse(text) as Action;

  test("uses every input, and puts none into a script", () => {
    const used = [...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name!);
    expect([...new Set(used)].sort()).toEqual(Object.keys(action.inputs).sort());
    const scripts = action.runs.steps.flatMap(({ run }) => run ?? []);
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  });

  test("uses other actions by the hash of a commit, with the version beside it", () => {
    const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, name]) => name!);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((name) => !/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d[\d.]*$/.test(name))).toEqual([]);
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
      for (const variable of [
        "PREVIEW",
        "FILE",
        "PREVIOUS_FILE",
        "SOURCE",
        "IGNORE_FILE",
        "STRICT",
        "SYSTEM_ACCESSTOKEN|GH_TOKEN",
      ])
        expect(content).toMatch(new RegExp(`^ +(${variable}): `, "m"));
    },
  );
});
