import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cdktfArguments } from "../../src/deploy/cdktf";
import { Engine } from "../../src/engine/engine";
import { parallelismFor } from "../../src/engine/parallelism";
import { CLI } from "../../src/terraform";
import { type Ended, runIn, spawnIn } from "../support/programs";
import { synthesize } from "../support/synth";
import { type PlanJson, planOf } from "./plan-of";

const STACK = "cdktf.out/stacks/private-registry";

/** An engine that answers with files, and notes what it is asked and by whom: a shell script, which starts at once. */
const ENGINE = `#!/bin/sh
echo "\${0##*/} $*" >>"$LOG"
case $1 in
  plan)
    [ -f cdk.tf.json ] || exit 9
    if [ -n "$PLAN_FAILS" ]; then
      echo '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"no login","detail":"az login"}}'
      exit 1
    fi
    echo '{"type":"refresh_complete","hook":{"resource":{"addr":"a.b"}}}'
    for argument; do
      case $argument in -out=*) printf 'the plan file' >"\${argument#-out=}" ;; esac
    done
    exit 2
    ;;
  show) exec /bin/cat "$SHOWN" ;;
esac
`;

/** A cdktf that notes what it is asked. It prints which engine it would run and the answer that it reads, or notes the engine. */
const CDKTF = `#!/bin/sh
echo "cdktf $*" >>"$LOG"
if [ -n "$UNATTENDED" ]; then
  echo "engine $TERRAFORM_BINARY_NAME" >>"$LOG"
  exit "\${CDKTF_STATUS:-0}"
fi
read -r answer
echo "engine $TERRAFORM_BINARY_NAME, answer $answer"
exit "\${CDKTF_STATUS:-0}"
`;

interface Place {
  readonly directory: string;
  /** What was asked of the programs, a line each. */
  readonly log: () => string[];
  /** Runs a command in this process. */
  readonly run: (command: string, args?: string[], env?: Record<string, string>) => Promise<Ended>;
  /** Runs a command in a process of its own, with standard input, for cdktf to read. */
  readonly spawn: (command: string, args?: string[], env?: Record<string, string>, input?: string) => Ended;
}

/** A folder with settings, a terraform (or a tofu) and a cdktf on the PATH; the engine shows what it is given. */
function place(shown: object, settings: object = {}, engines: string[] = ["terraform"]): Place {
  const directory = mkdtempSync(join(tmpdir(), "plan-command-"));
  const [bin, temporary, log] = [join(directory, "bin"), join(directory, "tmp"), join(directory, "log")];
  mkdirSync(bin);
  mkdirSync(temporary);
  writeFileSync(log, "");
  for (const [name, body] of [[CLI, CDKTF], ...engines.map((engine) => [engine, ENGINE])] as [string, string][]) {
    writeFileSync(join(bin, name), body);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(join(directory, "shown.json"), JSON.stringify(shown));
  writeFileSync(join(directory, "cdktf.json"), JSON.stringify({ context: { privateRegistry: settings } }));
  const variables = { PATH: bin, TMPDIR: temporary, LOG: log, SHOWN: join(directory, "shown.json") };
  return {
    directory,
    log: () => readFileSync(log, "utf8").split("\n").filter(Boolean),
    run: (command, args = [], env = {}) => runIn(directory, command, args, { ...variables, ...env }),
    spawn: (command, args = [], env = {}, input = "") =>
      spawnIn(directory, ["src/commands/main.ts", command, ...args], { ...variables, ...env }, input),
  };
}

/** Plan files, and folders for them, that a run has left. */
function leftIn(directory: string): string[] {
  return readdirSync(join(directory, "tmp")).filter((name) => name.startsWith("plan-"));
}

const LOSING: [PlanJson, object] = [
  planOf({}, { registry: { namePrefix: "contoso" } }),
  { registry: { namePrefix: "contoso" } },
];

describe("plan", () => {
  test("synthesizes, plans in the stack's folder and shows the changes; progress goes to stderr, and no file is left", async () => {
    const { run, log, directory } = place(planOf({}, { recordTtl: 60 }), { recordTtl: 60 });
    const { status, stdout, stderr } = await run("plan");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout:
        "~ 9 record sets are updated in place: ttl: 10 → 60.\n\n0 to add, 9 to change, 0 to replace, 0 to destroy. 0 errors, 0 warnings.\n",
    });
    expect(stderr).toMatch(/terraform init and plan in .*private-registry\n$/);
    expect(log().map((line) => line.replace(/-out=\S+|\S+\.tfplan/, "FILE"))).toEqual([
      "terraform init -input=false -no-color",
      "terraform plan -json -input=false -detailed-exitcode FILE",
      "terraform show -json -no-color FILE",
    ]);
    expect(existsSync(join(directory, STACK, "cdk.tf.json"))).toBe(true);
    expect(leftIn(directory)).toEqual([]);
  });

  test("prints everything as one JSON object", async () => {
    const { status, stdout } = await place(planOf({}, { recordTtl: 60 }), { recordTtl: 60 }).run("plan", ["--json"]);
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as { changes: object[]; answers: object[] };
    expect(Object.keys(report)).toEqual(["changes", "findings", "counts", "answers"]);
    expect(report).toMatchObject({ counts: { add: 0, change: 9, replace: 0, destroy: 0 }, findings: [] });
    expect(report.changes).toEqual([
      expect.objectContaining({
        kind: "updated",
        effect: "updated",
        text: "9 record sets are updated in place: ttl: 10 → 60.",
      }),
    ]);
    expect(report.answers).toHaveLength(9);
  });

  test("keeps the plan file where asked to, readable by its owner only", async () => {
    const { run, directory } = place(planOf({}, {}));
    writeFileSync(join(directory, "kept.tfplan"), "old");
    chmodSync(join(directory, "kept.tfplan"), 0o644);
    expect((await run("plan", ["--out", "kept.tfplan"])).status).toBe(0);
    expect(readFileSync(join(directory, "kept.tfplan"), "utf8")).toBe("the plan file");
    expect(statSync(join(directory, "kept.tfplan")).mode & 0o777).toBe(0o600);
  });

  test("reads a plan from a file or standard input, without an engine and without settings", async () => {
    const plan = planOf({}, { recordTtl: 60 });
    const { run, spawn, directory, log } = place(plan, { nonsense: 1 }, []);
    const fromFile = await run("plan", ["--file", "shown.json"]);
    expect(fromFile.status).toBe(0);
    expect(fromFile.stdout).toMatch(/^~ 9 record sets are updated in place/);
    expect(spawn("plan", ["--file", "-"], {}, JSON.stringify(plan)).stdout).toBe(fromFile.stdout);
    expect(log()).toEqual([]);
    expect(existsSync(join(directory, "cdktf.out"))).toBe(false);
  });

  test("exits 1 if the registry would be lost", async () => {
    const { status, stdout } = await place(...LOSING).run("plan");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^error registry-lost$/m);
    expect(stdout).toMatch(/ 1 error, 0 warnings\.\n$/);
  });

  test("exits 0 if all errors are ignored on purpose, and shows them as ignored", async () => {
    const args = ["--ignore", "vm-restarts", "--ignore", "registry-lost"];
    const { status, stdout } = await place(...LOSING).run("plan", args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^error \(ignored\) registry-lost$/m);
    expect(stdout).toMatch(/ 0 errors, 0 warnings, 1 ignored\.\n$/);
    expect((await place(...LOSING).run("plan", ["--ignore", "vm-restarts"])).status).toBe(1);
  });

  test("knows the codes that can be ignored: its own and the preview's", async () => {
    const { run, log } = place(planOf({}, {}));
    const { status, stderr } = await run("plan", ["--ignore", "registry-lots"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^--ignore: found "registry-lots", allowed: .*no-zone, .*registry-lost, /);
    expect(log()).toEqual([]);
    expect((await run("plan", ["--ignore", "no-zone"])).status).toBe(0);
  });

  test.each<[string, string[], string[], Record<string, string>, RegExp, number?]>([
    [
      "bad settings",
      [],
      ["terraform"],
      { CDKTF_CONTEXT_JSON: '{"privateRegistry":{"recordTtl":0}}' },
      /^1 error in the settings/,
    ],
    ["no engine", [], [], {}, /^Neither terraform nor tofu is on the PATH\. .*\n$/],
    ["two sources", ["--file", "shown.json", "--out", "x"], [], {}, /^Give one of --file and --out, not both\.\n$/, 2],
    ["no plan", ["--file", "cdktf.json"], [], {}, /^cdktf\.json is not a plan\. .*\n$/],
    ["no file", ["--file", "missing.json"], [], {}, /^Can't read missing\.json: .*\n$/],
    [
      "what the engine says",
      [],
      ["terraform"],
      { PLAN_FAILS: "1" },
      /\n.*terraform plan failed in .*:\n1 error:\n {2}no login\n {4}az login\n$/,
    ],
  ])("reports %s without a stack trace", async (_, args, engines, env, message, expected = 1) => {
    const { run, directory } = place(planOf({}, {}), {}, engines);
    const { status, stdout, stderr } = await run("plan", args, env);
    expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
    expect(stderr).toMatch(message);
    expect(leftIn(directory)).toEqual([]);
  });
});

describe("deploy", () => {
  test("shows the answers and the changes, then runs cdktf deploy in the same terminal, with the arguments that it was given", () => {
    const { spawn, log } = place(planOf({}, { recordTtl: 60 }), { recordTtl: 60 });
    const { status, stdout } = spawn("deploy", ["--auto-approve", "--skip-provider-lock"], {}, "yes");
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /3 networks, 9 answers: 9 reachable[^]*~ 9 record sets are updated in place[^]*engine terraform, answer yes\n$/,
    );
    expect(log().at(-1)).toBe(
      "cdktf deploy --skip-synth private-registry --terraform-parallelism 14 --auto-approve --skip-provider-lock",
    );
  });

  test("has the exit status of cdktf", async () => {
    const { run } = place(planOf({}, {}));
    expect((await run("deploy", [], { UNATTENDED: "1", CDKTF_STATUS: "7" })).status).toBe(7);
  });

  test("has cdktf run OpenTofu where there is no terraform, and what the user picked if anything", async () => {
    const tofu = place(planOf({}, {}), {}, ["tofu"]);
    await tofu.run("deploy", [], { UNATTENDED: "1" });
    expect(tofu.log()).toEqual(expect.arrayContaining([expect.stringMatching(/^tofu init /), "engine tofu"]));
    const mine = place(planOf({}, {}), {}, ["terraform", "mine"]);
    await mine.run("deploy", [], { UNATTENDED: "1", TERRAFORM_BINARY_NAME: "mine" });
    expect(mine.log()).toEqual(expect.arrayContaining([expect.stringMatching(/^mine init /), "engine mine"]));
  });

  test.each<[string[], Record<string, string>, string[]]>([
    [["--terraform-parallelism", "5"], {}, ["--terraform-parallelism", "5"]],
    [["--terraform-parallelism=5"], {}, ["--terraform-parallelism=5"]],
    [[], { TF_CLI_ARGS_apply: "-parallelism=5" }, []],
    [[], { TF_CLI_ARGS_plan: "-refresh=false" }, ["--terraform-parallelism", "14"]],
  ])("leaves the user's own parallelism: %p %p", (args, env, expected) => {
    const engine = new Engine("terraform", env);
    expect(cdktfArguments({ verb: "deploy", engine, parallelism: 14, args })).toEqual([
      "deploy",
      "--skip-synth",
      "private-registry",
      ...expected,
    ]);
  });

  test("applies nothing if the registry would be lost", async () => {
    const { run, log } = place(...LOSING);
    const { status, stdout, stderr } = await run("deploy", ["--auto-approve"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^error registry-lost$/m);
    expect(stderr).toMatch(/\nNothing was applied\. The errors above say why, and how to fix them\.\n$/);
    expect(log().filter((line) => line.startsWith("cdktf "))).toEqual([]);
  });

  test.each<[string, boolean]>([
    ["xyzdfdacrdev", true],
    ["XYZDFDACRDEV", false],
  ])("loses a registry only if it is named exactly: %s", async (name, lost) => {
    const { run, log } = place(...LOSING);
    const { status } = await run("deploy", ["--replace-registry", name, "--auto-approve"], { UNATTENDED: "1" });
    expect(status).toBe(lost ? 0 : 1);
    const changing = log().filter((line) => /^cdktf |^terraform apply /.test(line));
    // What is lost is destroyed first: its name is taken until then.
    expect(changing).toEqual(
      lost
        ? [
            "terraform apply -destroy -auto-approve -json -input=false -parallelism=14 -target=azurerm_container_registry.registry",
            "cdktf deploy --skip-synth private-registry --terraform-parallelism 14 --auto-approve",
          ]
        : [],
    );
  });

  test("applies nothing if the network would not work", async () => {
    // A network that loses its link to a zone gets no answer any more.
    const plan = planOf({}, {});
    const { resources } = plan.planned_values.root_module;
    resources.splice(
      resources.findIndex(({ address }) => address.endsWith("spoke2_zone-link")),
      1,
    );
    const { run, log } = place(plan);
    expect((await run("deploy", ["--replace-registry", "xyzdfdacrdev"])).status).toBe(1);
    expect(log().filter((line) => line.startsWith("cdktf "))).toEqual([]);
  });
});

describe("destroy", () => {
  test("shows how much is destroyed, with the registry by name, then runs cdktf destroy", () => {
    const { prior_state: state } = planOf({}, {});
    const { spawn, log } = place({ format_version: "1.0", ...state });
    const { status, stdout } = spawn("destroy", ["--auto-approve"], {}, "yes");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout:
        "56 resources will be destroyed, among them the registry xyzdfdacrdev, with all its images.\n\nengine terraform, answer yes\n",
    });
    expect(log()).toEqual([
      "terraform init -input=false -no-color",
      "terraform show -json -no-color",
      "cdktf destroy --skip-synth private-registry --terraform-parallelism 14 --auto-approve",
    ]);
  });

  test("says that nothing is deployed", async () => {
    const { stdout } = await place({ format_version: "1.0" }).run("destroy", [], { UNATTENDED: "1" });
    expect(stdout).toMatch(/^Nothing is deployed: the state is empty\.\n/);
  });
});

test.each(["plan", "deploy", "destroy"])("%s explains itself, and does nothing", async (command) => {
  const { run, log } = place({});
  const { status, stdout } = await run(command, ["--help"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: npm run ${command} -- \\[options`));
  expect(log()).toEqual([]);
});

test("Terraform gets a place for each peering to wait in, up to a limit", () => {
  const spokes = (number: number) =>
    Array.from({ length: number }, (_, i) => ({ name: `s${i}`, location: "uksouth", addressSpace: `10.${i}.0.0/16` }));
  const json = (number: number) => synthesize({ hub: { addressSpace: "10.255.0.0/16" }, spokes: spokes(number) });
  expect([json(2), json(20), json(70), {}, null].map(parallelismFor)).toEqual([14, 50, 128, 10, 10]);
});
