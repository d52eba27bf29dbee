import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { UserError } from "../../../packages/common/util";
import { EngineError, type EngineEvent, WorkingDirectory, findEngine } from "../engine";
import { candidates } from "../find-engine";
import { keepTainted } from "../left-behind";

const folder = () => realpathSync(mkdtempSync(join(tmpdir(), "engine-")));

/** Puts a program into a folder: a script of sh. */
function program(directory: string, name: string, script: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** Commands that print lines. */
const say = (...lines: (string | object)[]) =>
  lines.map((line) => `printf '%s\\n' '${typeof line === "string" ? line : JSON.stringify(line)}'`).join("\n");

/** Commands that report errors, or warnings, and fail. */
const failWith = (...diagnostics: object[]) =>
  `${say(...diagnostics.map((one) => ({ type: "diagnostic", diagnostic: { severity: "error", detail: "", ...one } })))}\nexit 1`;

function workingDirectory(script: string, env: NodeJS.ProcessEnv = {}) {
  const directory = folder();
  program(directory, "terraform", script);
  const events: EngineEvent[] = [];
  const engine = findEngine({ PATH: directory, ...env });
  const working = new WorkingDirectory({ engine, folder: directory, onEvent: (event) => events.push(event) });
  return { working, directory, events };
}

async function failure(promise: Promise<unknown>): Promise<EngineError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof EngineError)) throw new Error(`not an EngineError: ${String(error)}`);
  return error;
}

describe("which engine", () => {
  test("terraform before tofu, wherever they stand on the PATH", () => {
    const [first, second] = [folder(), folder()];
    program(first, "tofu", "");
    program(second, "terraform", "");
    expect(findEngine({ PATH: [first, second].join(delimiter) }).command).toBe(join(second, "terraform"));
  });

  test("tofu where there is no terraform; what can't be run, and folders, don't count", () => {
    const directory = folder();
    mkdirSync(join(directory, "terraform"));
    program(directory, "tofu", "");
    expect(findEngine({ PATH: directory }).command).toBe(join(directory, "tofu"));
    chmodSync(join(directory, "tofu"), 0o644);
    expect(() => findEngine({ PATH: directory })).toThrow(UserError);
  });

  test("the one that TERRAFORM_BINARY_NAME names, by name or by path", () => {
    const directory = folder();
    program(directory, "terraform", "");
    const mine = program(directory, "mine", "");
    expect(findEngine({ PATH: directory, TERRAFORM_BINARY_NAME: "mine" }).command).toBe(mine);
    expect(findEngine({ PATH: "", TERRAFORM_BINARY_NAME: mine }).command).toBe(mine);
  });

  test.each([
    [{}, /^Neither terraform nor tofu is on the PATH\. Install .*1\.5 or newer; TERRAFORM_BINARY_NAME picks one\.$/],
    [{ TERRAFORM_BINARY_NAME: "mine" }, /^TERRAFORM_BINARY_NAME is "mine", and there is no such program\. /],
  ])("none is told in one line: %p", (env, message) => {
    const find = () => findEngine({ PATH: folder(), ...env });
    expect(find).toThrow(UserError);
    expect(find).toThrow(message);
    expect(find).not.toThrow(/\n/);
  });

  test("on Windows, with the extensions of PATHEXT that start without a shell", () => {
    const env = { Path: "C:\\tools;D:\\more", PATHEXT: ".COM;.EXE;.BAT" };
    const programs = ["C:\\tools\\tofu", "D:\\more\\tofu"].flatMap((path) => [`${path}.COM`, `${path}.EXE`]);
    expect(candidates("tofu", env, "win32")).toEqual(programs);
    expect(candidates("D:\\mine\\terraform.exe", env, "win32")).toEqual(["D:\\mine\\terraform.exe"]);
  });

  test.each([
    ["Terraform v1.11.4\non linux_amd64", { product: "Terraform", version: "1.11.4" }],
    ["OpenTofu v1.10.0-rc1\non linux_amd64", { product: "OpenTofu", version: "1.10.0-rc1" }],
  ])("says what it is and its version: %p", (said, expected) => {
    const directory = folder();
    program(directory, "tofu", `[ "$1" = version ] && ${say(said)}`);
    const { product, version } = findEngine({ PATH: directory });
    expect({ product, version }).toEqual(expected);
  });

  test("what is neither is refused once its version is asked for", () => {
    const directory = folder();
    program(directory, "tofu", say("tofu the cat"));
    expect(() => findEngine({ PATH: directory }).version).toThrow(/tofu is neither Terraform nor OpenTofu\.$/);
  });
});

describe("in a folder", () => {
  test("runs there, with the environment given and nobody to ask", async () => {
    const { working, directory } = workingDirectory('echo "$* $MINE $TF_IN_AUTOMATION" >ran', { MINE: "mine" });
    await working.init();
    expect(readFileSync(join(directory, "ran"), "utf8")).toBe("init -input=false -no-color mine 1\n");
  });

  test("a registry whose creation did not finish is kept, and no other", async () => {
    const { working, directory } = workingDirectory('echo "$*" >>ran');
    const replaced = (address: string, action_reason: string) => ({
      type: "azurerm_container_registry",
      address,
      action_reason,
    });
    const changes = [replaced("a.b", "replace_because_tainted"), replaced("a.c", "replace_because_cannot_update")];
    expect(await keepTainted({ resource_changes: changes }, working)).toEqual(["a.b"]);
    expect(readFileSync(join(directory, "ran"), "utf8")).toBe("untaint -no-color a.b\n");
  });

  test("providers that are locked in another version than the configuration pins are upgraded", async () => {
    const locked =
      "Error: locked provider a/b 4.55.0 does not match\n│ configured version constraint 4.81.0; must use terraform\n│ init -upgrade to allow";
    const { working, directory } = workingDirectory(
      `echo "$*" >>ran; case $* in *-upgrade*) ;; *) ${say(locked)} >&2; exit 1 ;; esac`,
    );
    await working.init();
    expect(readFileSync(join(directory, "ran"), "utf8")).toMatch(/^init .*-no-color\ninit .* -upgrade\n$/);
  });

  test.each([
    [0, false],
    [2, true],
  ])("a plan that ends with %i has changes: %p", async (status, changes) => {
    const { working } = workingDirectory(`exit ${status}`);
    expect(await working.plan({ out: "a.tfplan" })).toBe(changes);
  });

  test("a plan takes its options", async () => {
    const { working, directory } = workingDirectory('echo "$*" >args');
    await working.plan({ out: "a.tfplan", destroy: true, parallelism: 30 });
    expect(readFileSync(join(directory, "args"), "utf8")).toBe(
      "plan -json -input=false -detailed-exitcode -out=a.tfplan -destroy -parallelism=30\n",
    );
  });

  test("shows a plan or the state, however long", async () => {
    const script = 'echo "{ \\"of\\": \\"$*\\", \\"long\\": \\"$(/bin/cat long)\\" }"';
    const { working, directory } = workingDirectory(script);
    writeFileSync(join(directory, "long"), "x".repeat(5_000_000));
    const shown = (await working.show("a.tfplan")) as { of: string; long: string };
    expect([shown.of, shown.long.length]).toEqual(["show -json -no-color a.tfplan", 5_000_000]);
    expect(((await working.show()) as { of: string }).of).toBe("show -json -no-color");
  });

  test("tells each resource's start, progress and end", async () => {
    const resource = { addr: "azurerm_subnet.a" };
    const said = [
      { type: "version", terraform: "1.11.4" },
      { type: "apply_start", hook: { resource, action: "create" } },
      { type: "apply_progress", hook: { resource, action: "create", elapsed_seconds: 10 } },
      { type: "apply_complete", hook: { resource, action: "create", elapsed_seconds: 12 } },
      { type: "change_summary", changes: { add: 1 } },
    ];
    const { working, events } = workingDirectory(say(...said));
    await working.apply("a.tfplan", { parallelism: 20 });
    expect(events).toEqual([
      { type: "apply_start", address: "azurerm_subnet.a", action: "create" },
      { type: "apply_progress", address: "azurerm_subnet.a", action: "create" },
      { type: "apply_complete", address: "azurerm_subnet.a", action: "create" },
    ]);
  });

  test("a failure holds every error, with its resource, and no stack", async () => {
    const { working, events } = workingDirectory(
      failWith(
        { severity: "warning", summary: "old" },
        { summary: "no room", detail: "in a\n\nat all", address: "azurerm_subnet.a" },
        { summary: "no login" },
      ),
    );
    const error = await failure(working.destroy());
    expect(error.message.split("\n").slice(1)).toEqual([
      "2 errors:",
      "  azurerm_subnet.a: no room",
      "    in a",
      "    at all",
      "  no login",
    ]);
    expect(error.message).toMatch(/terraform apply failed in /);
    expect(error.diagnostics).toHaveLength(3);
    expect(events).toEqual([]);
  });

  // Of synthesized JSON, the beginning of its one line is shown.
  test.each([
    ["main.tf", 7, 'output "a"', "  value = local.b[0]", 'main.tf:7, in output "a": value = local.b[0]'],
    ["cdk.tf.json", 1, "resource", `{${"x".repeat(30000)}}`, "cdk.tf.json:1, in resource: {xxx"],
  ])("a failure without a resource holds the place in %s", async (filename, line, context, code, place) => {
    const where = { range: { filename, start: { line } }, snippet: { context, code } };
    const { working } = workingDirectory(failWith({ summary: "Invalid", ...where }));
    const { message } = await failure(working.apply("plan"));
    expect(message).toContain(`Invalid\n    ${place}`);
    expect(message.length).toBeLessThan(400);
  });

  test("a provider that crashed is reported once, with the reason", async () => {
    const trace =
      "Stack trace:\npanic: nil pointer\ngoroutine 1\nexample.com/terraform-provider-azurerm/internal/services/network.Read(0x1)\n";
    const gone = ["a.a", "b.b", "c.c"].map((address) => ({ summary: "Plugin did not respond", address }));
    const failing = failWith(...gone, { summary: "Something else", address: "d.d" });
    const { working } = workingDirectory(`${say(trace)} >&2\n${failing}`);
    const { message } = await failure(working.apply("plan"));
    expect(message).toMatch(/2 errors:\n {2}a\.a: Plugin did not respond\n {2}d\.d: Something else/);
    expect(message).toMatch(/A provider crashed:\n {2}panic: nil pointer\n {4}example\.com.*network\.Read\(0x1\)$/);
  });

  test("a failure without diagnostics holds what was said", async () => {
    const { working } = workingDirectory(`${say("Initializing")}\n${say("no such provider")} >&2\nexit 1`);
    const { message } = await failure(working.init());
    expect(message).toMatch(/terraform init failed in .*:\nno such provider\nInitializing$/);
  });

  test("providers that can't be downloaded are one error, with the reason and what to do", async () => {
    const block = (name: string) =>
      `Error: Failed to query available provider packages\n\nCould not retrieve the list of available versions for provider ${name}:\ncould not connect to registry.terraform.io: failed to request\ndiscovery document: Get "https://x": dial tcp: no such host\n\nTo see which modules are currently depending on ${name}`;
    const { working } = workingDirectory(`${say(`${block("a")}\n\n${block("b")}`)} >&2\nexit 1`);
    const { message } = await failure(working.init());
    expect(message).toMatch(
      / can't download providers from registry\.terraform\.io: Get \S+ dial tcp: no such host\nCheck/,
    );
  });

  test("a state that could be stored nowhere is kept in a file that only its owner reads", async () => {
    const state = { version: 4, resources: [] };
    const dump = { "@message": "Emergency state dump", type: "log", state };
    const { working } = workingDirectory(`${say(dump)}\n${failWith({ summary: "Failed to save state" })}`);
    const { message } = await failure(working.apply("plan"));
    const [, file = ""] = /It is in (\S+), with all secrets in it\. .* state push \1$/.exec(message) ?? [];
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(state);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  const NO_LOGIN = "Run: az login. A pipeline signs in with ARM_TENANT_ID";
  test.each([
    ["unable to build authorizer: could not configure AzureCli Authorizer: launching Azure CLI: no az", NO_LOGIN],
    ["Error: ERROR: Please run 'az login' to setup account.", NO_LOGIN],
    ["`subscription_id` is a required provider property when performing a plan/apply operation", NO_LOGIN],
    ["Error building ARM Config: obtain subscription() from Azure CLI: parsing json result", NO_LOGIN],
    ["DefaultAzureCredential: failed to acquire a token.\nAttempted credentials: EnvironmentCredential", NO_LOGIN],
    [
      "Could not retrieve the list of available versions for provider a/b: cannot search /m: lstat /m: no such file\n\nTo see which modules",
      "can't get the provider a/b: cannot search /m: lstat /m: no such file\nCheck provider_installation",
    ],
  ])("what to do is said where the engine says: %s", async (said, then) => {
    const { working } = workingDirectory(failWith({ summary: said.replaceAll("'", "").replaceAll("\n", " ") }));
    expect((await failure(working.plan({ out: "plan" }))).message).toContain(then);
  });

  test("a folder that is not there is told", async () => {
    const { directory } = workingDirectory("");
    const working = new WorkingDirectory({ engine: findEngine({ PATH: directory }), folder: join(directory, "none") });
    expect((await failure(working.init())).message).toMatch(/^Can't run .*terraform in .*none: /);
  });
});
