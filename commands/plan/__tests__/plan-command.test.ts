import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { chosenParallelism } from "../../deploy/apply";
import { durationText } from "../../deploy/duration";
import { Engine } from "../../engine/engine";
import { parallelismFor } from "../../engine/parallelism";
import type { ResourceChange } from "../plan";
import { folderWithEngine } from "../../../__tests__/support/fake-engine";
import { runIn, spawnIn } from "../../../__tests__/support/programs";
import { type PlanJson, SPOKE1, planOf, removeFrom } from "./plan-of";

const STACK = "cdktf.out/stacks/private-registry";

/** An engine that answers with files: it shows one after another, and the last one again and again. */
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
    exit "\${PLAN_STATUS:-2}"
    ;;
  show)
    /bin/cat "$SHOWN"
    [ ! -f "$SHOWN.1" ] || /bin/mv "$SHOWN.1" "$SHOWN"
    [ ! -f "$SHOWN.2" ] || /bin/mv "$SHOWN.2" "$SHOWN.1"
    ;;
  apply)
    for file; do :; done
    /bin/cat "$file" >>"$LOG" && echo >>"$LOG"
    if [ -n "$STALE" ]; then
      echo '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Saved plan is stale","detail":"changed"}}'
      exit 1
    fi
    if [ -n "$DIAGNOSTICS" ] && [ ! -f "$LOG.imported" ]; then
      echo "$DIAGNOSTICS"
      exit 1
    fi
    echo '{"type":"apply_complete","hook":{"resource":{"addr":"a.b"}}}'
    ;;
  import) : >"$LOG.imported" ;;
  output) echo '{"login_server":{"value":"x.example"},"key":{"value":"secret","sensitive":true},"list":{"value":[1]}}' ;;
esac
`;

/** A folder with settings and a terraform (or a tofu) on the PATH; the engine shows what it is given, one after another. */
function place(shown: object | readonly object[], settings: object = {}, engines?: string[]) {
  const files = Object.fromEntries([shown].flat().map((one, i) => [i === 0 ? "shown.json" : `shown.json.${i}`, one]));
  const folder = folderWithEngine(ENGINE, { settings, files, ...(engines && { engines }) });
  const { directory, at } = folder;
  const variables = { ...folder.env, SHOWN: at("shown.json") };
  return {
    ...folder,
    /** Runs a command in this process. */
    run: (command: string, args: string[] = [], env: Record<string, string> = {}) =>
      runIn(directory, command, args, { ...variables, ...env }),
    /** Runs a command in a process of its own, with standard input. */
    spawn: (command: string, args: string[], input: string) =>
      spawnIn(directory, ["commands/main.ts", command, ...args], variables, input),
    /** Plan files, and folders for them, that a run has left. */
    left: () => readdirSync(at("tmp")).filter((name) => name.startsWith("private-registry-")),
  };
}

/** Errors of an engine, a line of JSON each. */
function diagnosticLines(errors: readonly { summary: string; address: string }[]): string {
  const diagnostics = errors.map((error) => ({ severity: "error", detail: "", ...error }));
  return diagnostics.map((diagnostic) => JSON.stringify({ type: "diagnostic", diagnostic })).join("\n");
}

/** One network with an endpoint: what can be small in a test of a command is read sooner. */
const SMALL = { hub: { bastion: false }, registry: { replicas: [] }, spokes: [SPOKE1], testVms: false };
const TTL = { ...SMALL, recordTtl: 60 };
const TTL_LINE = "~ 4 record sets are updated in place: ttl: 10 → 60.";

const CONTOSO = { ...SMALL, registry: { replicas: [], namePrefix: "contoso" } };
const LOSING: [PlanJson, object] = [planOf(SMALL, CONTOSO), CONTOSO];

/** A folder with a plan in a file, for which a command needs no engine and no settings. */
const planned = (plan: object) => place(plan, { nonsense: 1 }, []);
const FILE = ["--file", "shown.json"];

describe("plan", () => {
  test("synthesizes, plans in the stack's folder and shows the changes; progress goes to stderr, and no file is left", async () => {
    const { run, log, at, left } = place(planOf(SMALL, TTL), TTL);
    const { status, stdout, stderr } = await run("plan");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${TTL_LINE}\n\n0 to add, 4 to change, 0 to replace, 0 to destroy. 0 errors, 0 warnings.\n\nAbout 59 USD a month at list prices. See docs/costs.md.\n`,
    });
    expect(stderr).toMatch(/terraform init and plan in .*private-registry\n$/);
    expect(log().map((line) => line.replace(/-out=\S+|\S+\.tfplan/, "FILE"))).toEqual([
      "terraform init -input=false -no-color",
      "terraform plan -json -input=false -detailed-exitcode FILE",
      "terraform show -json -no-color FILE",
    ]);
    expect(existsSync(at(`${STACK}/cdk.tf.json`))).toBe(true);
    expect(left()).toEqual([]);
  });

  test("keeps the plan file where asked to, readable by its owner only", async () => {
    const { run, at } = place(planOf(SMALL, SMALL), SMALL);
    writeFileSync(at("kept.tfplan"), "old");
    chmodSync(at("kept.tfplan"), 0o644);
    expect((await run("plan", ["--out", "kept.tfplan"])).status).toBe(0);
    expect(readFileSync(at("kept.tfplan"), "utf8")).toBe("the plan file");
    expect(statSync(at("kept.tfplan")).mode & 0o777).toBe(0o600);
  });

  test("reads a plan from a file or standard input, without an engine and without settings", async () => {
    const { run, spawn, at } = planned(planOf(SMALL, TTL));
    const { status, stdout } = await run("plan", FILE);
    expect([status, stdout.split("\n")[0]]).toEqual([0, TTL_LINE]);
    expect(spawn("plan", ["--file", "-"], JSON.stringify(planOf(SMALL, TTL))).stdout).toBe(stdout);
    expect(existsSync(at("cdktf.out"))).toBe(false);
  });

  test("exits 1 for a plan that changes anything, where that is asked for, to find drift", async () => {
    const [drifted, same] = [planned(planOf(SMALL, TTL)), planned(planOf(SMALL, SMALL))];
    expect((await drifted.run("plan", [...FILE, "--fail-on-changes"])).status).toBe(1);
    expect((await same.run("plan", [...FILE, "--fail-on-changes"])).status).toBe(0);
  });

  test("is shown in the format that is asked for", async () => {
    const { run } = planned(planOf(SMALL, TTL));
    const as = (...args: string[]) => run("plan", [...FILE, ...args]);
    const json = (await as("--format", "json")).stdout;
    const report = JSON.parse(json) as { answers: object[] };
    expect(Object.keys(report)).toEqual(["version", "changes", "findings", "counts", "answers", "monthlyCost"]);
    expect(report).toMatchObject({
      counts: { add: 0, change: 4, replace: 0, destroy: 0 },
      findings: [],
      changes: [{ kind: "updated", effect: "updated", text: TTL_LINE.slice(2) }],
    });
    expect(report.answers).toHaveLength(4);
    expect((await as("--json")).stdout).toBe(json);
    expect((await as("--format", "text")).stdout).toBe((await as()).stdout);
    expect((await as("--format", "mermaid")).stdout).toMatch(/^flowchart LR\n/);
    expect((await as("--format", "markdown")).stdout).toMatch(/^### ✅ What the deployment changes\n/);
    expect(await as("--json", "--format", "markdown")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Give one of --json and --format markdown, not both.") as string,
    });
    expect((await as("--format", "yaml")).status).toBe(2);
  });

  test("exits 1 if the registry would be lost, and 0 if that is ignored on purpose, and shown as ignored", async () => {
    const { run } = planned(LOSING[0]);
    expect(await run("plan", [...FILE, "--ignore", "vm-restarts"])).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^error registry-lost$[^]* 1 error, 0 warnings\.$/m) as string,
    });
    expect(await run("plan", [...FILE, "--ignore", "vm-restarts", "--ignore", "registry-lost"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^error \(ignored\) registry-lost$[^]* 0 errors, 0 warnings, 1 ignored\.$/m,
      ) as string,
    });
  });

  test("reads the file of ignored findings, which a deployment does not", async () => {
    const { run, at } = place(...LOSING);
    const entry = { code: "registry-lost", reason: "It is empty." };
    const ignore = [entry, { ...entry, code: "no-zone" }];
    writeFileSync(at(".private-link-preview.json"), JSON.stringify({ ignore }));
    const { status, stdout } = await run("plan", FILE);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^error \(ignored\) registry-lost$[^]*^ {2}Ignored: It is empty\.$/m);
    expect(stdout).toMatch(/^warning \.private-link-preview\.json: ignore\[1\] \(no-zone\) matches no finding\./m);
    const json = JSON.parse((await run("plan", [...FILE, "--json"])).stdout) as Record<string, unknown>;
    expect(json.notices).toHaveLength(1);
    expect(json.findings).toContainEqual(expect.objectContaining({ ignored: true, reason: "It is empty." }));
    expect((await run("deploy", ["--auto-approve"])).status).toBe(1);
  });

  test("knows the codes that can be ignored: its own and the preview's", async () => {
    const { run, log } = place(planOf(SMALL, SMALL));
    const { status, stderr } = await run("plan", ["--ignore", "registry-lots"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^--ignore: found "registry-lots", allowed: .*no-zone, .*registry-lost, /);
    expect(log()).toEqual([]);
    expect((await run("plan", [...FILE, "--ignore", "no-zone"])).status).toBe(0);
  });

  test.each(
    Object.entries<
      [message: RegExp, args: string[], engines?: string[], env?: Record<string, string>, status?: number]
    >({
      "no engine": [/^Neither terraform nor tofu is on the PATH\. .*\n$/, [], []],
      "two sources": [/^Give one of --file and --out, not both\.\n$/, [...FILE, "--out", "x"], [], {}, 2],
      "no plan": [/^cdktf\.json is not a plan\. .*\n$/, ["--file", "cdktf.json"], []],
      "no file": [/^There is no file missing\.json\.\n$/, ["--file", "missing.json"], []],
      "bad settings": [
        /^1 error in the settings/,
        [],
        ["terraform"],
        { CDKTF_CONTEXT_JSON: '{"privateRegistry":{"recordTtl":0}}' },
        2,
      ],
      "what the engine says": [
        /\n.*terraform plan failed in .*:\n1 error:\n {2}no login\n {4}az login\n$/,
        [],
        ["terraform"],
        { PLAN_FAILS: "1" },
      ],
    }),
  )("reports %s without a stack trace", async (_, [message, args, engines, env = {}, expected = 3]) => {
    const { run, left } = place(planOf(SMALL, SMALL), SMALL, engines);
    const { status, stdout, stderr } = await run("plan", args, env);
    expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
    expect(stderr).toMatch(message);
    expect(left()).toEqual([]);
  });
});

/** What was asked of the engine that can change something. */
const changing = (log: string[]) =>
  log.filter((line) => /^\w+ (apply|plan|import)|^the plan/.test(line)).map(withoutFolders);

function withoutFolders(line: string): string {
  return line.replace(/-out=\S+/, "-out=FILE").replace(/\S+\/private-registry-plan-\w+\/plan\.tfplan/, "FILE");
}

const PLAN_LINE = "terraform plan -json -input=false -detailed-exitcode -out=FILE";
const APPLY_LINE = "terraform apply -json -input=false -parallelism=12 FILE";
const APPLIED = [`${PLAN_LINE} -parallelism=12`, APPLY_LINE, "the plan file"];

describe("deploy", () => {
  const changed = () => place(planOf(SMALL, TTL), TTL);

  test("shows the answers and the changes, and applies the plan that it has shown", async () => {
    const { run, log, left } = changed();
    const { status, stdout } = await run("deploy", ["--auto-approve"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /2 networks, 4 answers: 4 reachable[^]*~ 4 record sets are updated in place[^]*Applied in \d+ s: 0 resources added, 4 changed, 0 replaced, 0 destroyed\.\nlogin_server = x\.example\n\nTo check it from a VM of your own .*: npm run verify -- --vm VM_ID\n$/,
    );
    expect(stdout).not.toContain("secret");
    expect(changing(log())).toEqual(APPLIED);
    expect(left()).toEqual([]);
  });

  test("says how long it may take, once it is approved", async () => {
    const { run } = place(planOf(null, SMALL), SMALL);
    const six =
      "Deploying takes about six minutes, most of it for the registry, its replicas and the private endpoints.\n";
    expect((await run("deploy", ["--auto-approve"])).stderr).toContain(six);
    expect((await run("deploy")).stderr).not.toContain("Deploying");
  });

  test("applies nothing without approval, which needs a terminal or an option", async () => {
    const { run, log } = changed();
    const { status, stderr } = await run("deploy");
    expect(status).toBe(3);
    expect(stderr).toMatch(/\nNothing was applied: there is no terminal to ask on\. Add --auto-approve\.\n$/);
    expect(changing(log())).toEqual(APPLIED.slice(0, 1));
  });

  test("applies nothing, and asks nothing, where nothing changes", async () => {
    const { run, log } = place(planOf(SMALL, SMALL), SMALL);
    const { status, stdout } = await run("deploy", [], { PLAN_STATUS: "0" });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^No changes\. The network matches the settings\.$/m)]);
    expect(changing(log())).toEqual(APPLIED.slice(0, 1));
  });

  test("applies a plan that was made before, and makes none", async () => {
    const { run, log, at } = changed();
    writeFileSync(at("reviewed.tfplan"), "the plan that was reviewed");
    const { status } = await run("deploy", ["--plan", "reviewed.tfplan", "--auto-approve"]);
    expect(status).toBe(0);
    expect(log().slice(1)).toEqual([
      // A copy: whatever is written to that file meanwhile, what was shown is applied.
      expect.stringMatching(/^terraform show -json -no-color \/.*\/private-registry-plan-\w+\/plan\.tfplan$/),
      expect.stringMatching(/^terraform apply .* \/.*\/private-registry-plan-\w+\/plan\.tfplan$/),
      "the plan that was reviewed",
      "terraform output -json -no-color",
    ]);
    expect(readFileSync(at("reviewed.tfplan"), "utf8")).toBe("the plan that was reviewed");
  });

  test("refuses a plan that was made before the state has changed", async () => {
    const { run, at } = changed();
    writeFileSync(at("reviewed.tfplan"), "the plan that was reviewed");
    const { status, stderr } = await run("deploy", ["--plan", "reviewed.tfplan", "--auto-approve"], { STALE: "1" });
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /\nNothing was applied: the state has changed since the plan was made\. Make a new plan, and review it again\.\n$/,
    );
  });

  test("checks a plan that was made before like any other", async () => {
    const [plan, settings] = LOSING;
    const { run, log, at } = place(plan, settings);
    writeFileSync(at("reviewed.tfplan"), "x");
    const args = ["--plan", "reviewed.tfplan", "--auto-approve"];
    expect(await run("deploy", args)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^error registry-lost$/m) as string,
    });
    // It takes two plans, of which one was made.
    const { status, stderr } = await run("deploy", [...args, "--replace-registry", "xyzdfdacrdev"]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining("the plan replaces xyzdfdacrdev, which takes two plans"),
    ]);
    expect(log().filter((line) => line.includes(" apply "))).toEqual([]);
  });

  test("closes a registry that networks use by its public name only where each of them is named, by a plan in a file too", async () => {
    const open = { ...SMALL, registry: { replicas: [], publicAccess: true } };
    const plan = planOf(open, SMALL);
    const { resources } = plan.prior_state.values.root_module;
    const linkOf = ({ address }: { address: string }) => address.endsWith(".spoke1_zone-link");
    resources.splice(resources.findIndex(linkOf), 1);
    const { run, log, at } = place(plan, SMALL);
    writeFileSync(at("reviewed.tfplan"), "x");
    const named = ["--disconnect-network", "vnet-spoke1-dev"];
    for (const args of [[], ["--plan", "reviewed.tfplan"]]) {
      const refused = await run("deploy", ["--auto-approve", ...args]);
      expect(refused).toMatchObject({
        status: 1,
        stdout: expect.stringMatching(/^error public-access-closes$/m) as string,
      });
      expect(refused.stderr).toMatch(/Nothing was applied\. The errors above say why, and how to fix them\.\n$/);
      expect(
        await run("deploy", ["--auto-approve", ...args, ...named, "--disconnect-network", "vnet-other"]),
      ).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("--disconnect-network: found vnet-other, allowed: vnet-spoke1-dev") as string,
      });
      expect((await run("deploy", ["--auto-approve", ...args, ...named])).status).toBe(0);
    }
    expect(log().filter((line) => line.includes(" apply "))).toHaveLength(2);
  });

  test("uses the engine that the user picked, with the parallelism that they ask for", async () => {
    const { run, log } = place(planOf(SMALL, TTL), TTL, ["terraform", "mine"]);
    const env = { TERRAFORM_BINARY_NAME: "mine" };
    for (const option of ["--parallelism", "--terraform-parallelism"])
      await run("deploy", ["--auto-approve", option, "5", "--skip-provider-lock"], env);
    expect(
      log()
        .filter((line) => line.includes(" apply "))
        .map(withoutFolders),
    ).toEqual(Array(2).fill("mine apply -json -input=false -parallelism=5 FILE"));
  });

  test("makes a local state private before it is written again", async () => {
    const { run, at, directory } = changed();
    for (const file of ["terraform.private-registry.tfstate", "terraform.private-registry.tfstate.backup"]) {
      writeFileSync(at(file), "{}");
      chmodSync(at(file), 0o644);
    }
    await run("deploy", ["--auto-approve"]);
    const modes = readdirSync(directory)
      .filter((name) => name.includes("tfstate"))
      .map((name) => statSync(at(name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

  const exists = [
    ["azurerm_resource_group.rg", "/subscriptions/s/resourceGroups/rg"],
    ["azurerm_container_registry.registry", "/subscriptions/s/resourceGroups/rg/providers/x/registries/r"],
  ].map(([address = "", id]) => ({
    summary: `A resource with the ID "${id}" already exists - to be managed via Terraform this resource needs to be imported`,
    address,
  }));

  test("imports what an interrupted deployment has left, where it is asked to, and plans again", async () => {
    const DIAGNOSTICS = diagnosticLines(exists);
    const asked = changed();
    const { status, stderr } = await asked.run("deploy", ["--auto-approve", "--import-existing"], { DIAGNOSTICS });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Importing azurerm_resource_group\.rg: \/subscriptions\/s\/resourceGroups\/rg$/m);
    expect(changing(asked.log())).toEqual([
      ...APPLIED,
      `terraform import -input=false -no-color ${exists[0]!.address} /subscriptions/s/resourceGroups/rg`,
      `terraform import -input=false -no-color ${exists[1]!.address} /subscriptions/s/resourceGroups/rg/providers/x/registries/r`,
      ...APPLIED,
    ]);
    const unasked = changed();
    const failed = await unasked.run("deploy", ["--auto-approve"], { DIAGNOSTICS });
    expect(failed.status).toBe(3);
    expect(failed.stderr).toMatch(
      /azurerm_resource_group\.rg and azurerm_container_registry\.registry exist in Azure, and not in the state\. If an interrupted deployment of yours has created them, import them and continue: npm run deploy -- --import-existing\n$/,
    );
    expect(changing(unasked.log())).toEqual(APPLIED);
  });

  test("says that resources may have been lost track of, and what the next deployment does", async () => {
    const DIAGNOSTICS = diagnosticLines([{ summary: "creating Resource Group: context canceled", address: "a.b" }]);
    const { run } = changed();
    const { status, stderr } = await run("deploy", ["--auto-approve", "--import-existing"], { DIAGNOSTICS });
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/Resources that were being created may exist in Azure[^]*--import-existing\n$/),
    ]);
  });

  test("imports nothing beside a plan that was reviewed", async () => {
    const { status, stderr } = await changed().run("deploy", ["--plan", "x", "--import-existing"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("cannot be used with option '--plan <file>'")]);
  });

  test("applies nothing if the registry would be lost", async () => {
    const { run, log } = place(...LOSING);
    const { status, stdout, stderr } = await run("deploy", ["--auto-approve"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^error registry-lost$/m);
    expect(stderr).toMatch(/\nNothing was applied\. The errors above say why, and how to fix them\.\n$/);
    expect(changing(log())).toEqual(APPLIED.slice(0, 1));
  });

  test.each<[string, boolean]>([
    ["xyzdfdacrdev", true],
    ["XYZDFDACRDEV", false],
  ])("loses a registry only if it is named exactly: %s", async (name, lost) => {
    const [plan, settings] = LOSING;
    // The registry is destroyed by a plan of its own, and then created by another.
    const { run, log } = place([plan, planOf(SMALL, null), planOf(null, settings)], settings);
    const { status } = await run("deploy", ["--replace-registry", name, "--auto-approve"]);
    expect(status).toBe(lost ? 0 : 1);
    // What is lost is destroyed first: its name is taken until then.
    expect(changing(log())).toEqual(
      lost
        ? [
            APPLIED[0],
            `${PLAN_LINE} -destroy -parallelism=12 -target=azurerm_container_registry.registry`,
            APPLY_LINE,
            "the plan file",
            ...APPLIED,
          ]
        : APPLIED.slice(0, 1),
    );
  });

  test("stops if a registry would be replaced although it was destroyed first", async () => {
    const [plan, settings] = LOSING;
    const { run } = place([plan, planOf(SMALL, null), plan], settings);
    const { status, stderr } = await run("deploy", ["--replace-registry", "xyzdfdacrdev", "--auto-approve"]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining("Nothing more was applied: the plan replaces a registry"),
    ]);
  });

  test("applies nothing if the network would not work", async () => {
    // A network that loses its link to a zone gets no answer any more.
    const plan = planOf(SMALL, SMALL);
    removeFrom(plan, "azurerm_private_dns_zone_virtual_network_link.spoke1_zone-link");
    const { run, log } = place(plan, SMALL);
    expect((await run("deploy", ["--replace-registry", "xyzdfdacrdev", "--auto-approve"])).status).toBe(1);
    expect(changing(log())).toEqual(APPLIED.slice(0, 1));
  });
});

describe("destroy", () => {
  const everything = () => place(planOf(SMALL, null), SMALL);

  test("shows how much is destroyed, with the registry by name, and applies the plan that says so", async () => {
    const { run, log } = everything();
    const { status, stdout } = await run("destroy", ["--destroy-registry", "xyzdfdacrdev"]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^23 resources will be destroyed, among them the registry xyzdfdacrdev, with all its images\.\n\nDestroyed 23 resources in \d+ s\.\n$/,
      ),
    ]);
    expect(changing(log())).toEqual([`${PLAN_LINE} -destroy -parallelism=12`, APPLY_LINE, "the plan file"]);
  });

  test.each([[[]], [["--auto-approve"]]])("destroys no registry that is not named: %j", async (args) => {
    const { run, log } = everything();
    expect((await run("destroy", args)).status).toBe(3);
    expect(log().filter((line) => line.includes(" apply "))).toEqual([]);
  });

  test("says that nothing is deployed", async () => {
    const { stdout } = await place(planOf(null, null), SMALL).run("destroy");
    expect(stdout).toBe("Nothing is deployed: the state is empty.\n");
  });
});

test.each(["plan", "deploy", "destroy"])("%s explains itself, and does nothing", async (command) => {
  const { run, log } = place({});
  const { status, stdout } = await run(command, ["--help"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: npm run ${command} -- \\[options`));
  expect(log()).toEqual([]);
});

test.each<[what: string, types: Record<string, number>, effect: ResourceChange["effect"], says: RegExp]>([
  [
    "a bastion",
    { bastion_host: 1, public_ip: 1, container_registry: 1 },
    "created",
    /^Deploying takes about 12 min.* bastion\.$/,
  ],
  [
    "a registry",
    { container_registry: 1, private_endpoint: 2, bastion_host: 2 },
    "created",
    /^Deploying takes about six minutes, /,
  ],
  [
    "48 peerings",
    { virtual_network_peering: 48, bastion_host: 1, public_ip: 1 },
    "created",
    /^Deploying takes about 12 min.* bastion\.$/,
  ],
  [
    "80 peerings",
    { virtual_network_peering: 80, bastion_host: 1 },
    "created",
    /^Deploying takes about 20 minutes: 80 peerings are created, one at a time\.$/,
  ],
  [
    "an endpoint",
    { private_endpoint: 1 },
    "created",
    /^Deploying takes a few minutes: each private endpoint takes one to two\.$/,
  ],
  ["an endpoint that is replaced", { private_endpoint: 1 }, "replaced", /: each private endpoint takes one to two\.$/],
  [
    "a replica",
    { container_registry: 1 },
    "updated",
    /^Deploying takes a few minutes: each replica that is added takes one to three\.$/,
  ],
  ["records", { private_dns_a_record: 9 }, "updated", /^$/],
])("a deployment of %s takes as long as it says", (_, types, effect, says) => {
  const changes = Object.entries(types).flatMap(([type, count]) =>
    Array<ResourceChange>(count).fill({ type: `azurerm_${type}`, effect } as ResourceChange),
  );
  expect(durationText(changes)).toMatch(says);
});

test.each<[option: number | undefined, env: NodeJS.ProcessEnv, peerings: number, expected: number | undefined]>([
  [undefined, {}, 0, 10],
  [undefined, {}, 4, 14],
  [undefined, {}, 40, 50],
  [undefined, {}, 140, 128],
  [undefined, { TF_CLI_ARGS_plan: "-refresh=false" }, 4, 14],
  [undefined, { TF_CLI_ARGS_apply: "-parallelism=5" }, 4, undefined],
  [5, { TF_CLI_ARGS: "-parallelism=7" }, 4, 5],
])(
  "the parallelism is that of the option %p, of the variables %p, or of %d peerings: %p",
  (option, env, peerings, expected) => {
    const named = Object.fromEntries(Array.from({ length: peerings }, (_, i) => [`p${i}`, {}]));
    const json = { resource: { azurerm_virtual_network_peering: named } };
    const prepared = { engine: new Engine("terraform", env), stack: { toTerraform: () => json } };
    expect(chosenParallelism(option === undefined ? {} : { parallelism: option }, prepared).parallelism).toBe(expected);
  },
);

test.each([[{}], [null]])("a stack without peerings, %p, has the engine's own parallelism", (json) => {
  expect(parallelismFor(json)).toBe(10);
});
