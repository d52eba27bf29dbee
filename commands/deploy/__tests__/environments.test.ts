import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runIn } from "../../../__tests__/support/programs";

const STATE = { resourceGroup: "rg", storageAccount: "account", container: "state" };
const settings = (environment: string, more: object = {}) =>
  JSON.stringify({ privateRegistry: { environment, ...more } });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "environments-"));
  mkdirSync(join(folder, "bin"));
  write("cdktf.json", "{}");
  write("dev.json", settings("dev"));
  write("prod.json", settings("prod"));
  write("remote.json", settings("prod", { state: STATE }));
  write("key.json", settings("prod", { state: { ...STATE, key: "mine.tfstate" } }));
});

function write(name: string, text: string, mode = 0o644): void {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
}

/** Puts an engine on the PATH that does what a script says. */
function engine(script: string): Record<string, string> {
  write("bin/terraform", `#!/bin/sh\nif [ "$1" = version ]; then echo "Terraform v1.11.4"; exit; fi\n${script}`, 0o755);
  return { PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}` };
}

function backendIn(output: string) {
  const text = readFileSync(join(folder, output, "stacks", "private-registry", "cdk.tf.json"), "utf8");
  return (JSON.parse(text) as { terraform: { backend: Record<string, Record<string, string>> } }).terraform.backend;
}

test.each([
  ["dev.json", "cdktf.out", "local", "path", "terraform.private-registry.tfstate"],
  ["prod.json", "cdktf.out.prod", "local", "path", "terraform.private-registry.prod.tfstate"],
  ["remote.json", "cdktf.out.prod", "azurerm", "key", "private-registry.prod.tfstate"],
  ["key.json", "cdktf.out.prod", "azurerm", "key", "mine.tfstate"],
])("%s is synthesized into %s, with a state of its own", async (file, output, kind, attribute, value) => {
  expect(await runIn(folder, "synth", ["--settings", file])).toMatchObject({ status: 0 });
  expect(backendIn(output)[kind]![attribute]).toMatch(new RegExp(`(^|/)${value.replaceAll(".", "\\.")}$`));
});

test("settings in CDKTF_CONTEXT_JSON are written where the cdktf CLI looks, and have the blob of their environment", async () => {
  const CDKTF_CONTEXT_JSON = settings("prod", { state: STATE });
  expect(await runIn(folder, "synth", [], { CDKTF_CONTEXT_JSON })).toMatchObject({ status: 0 });
  expect(backendIn("cdktf.out").azurerm!.key).toBe("private-registry.prod.tfstate");
});

test("the environment of cdktf.json is the one that has the plain names, whatever it is called", async () => {
  write("cdktf.json", JSON.stringify({ context: { privateRegistry: { environment: "prod" } } }));
  await runIn(folder, "synth", ["--settings", "prod.json"]);
  await runIn(folder, "synth", ["--settings", "dev.json"]);
  expect(backendIn("cdktf.out").local!.path).toMatch(/terraform\.private-registry\.tfstate$/);
  expect(backendIn("cdktf.out.dev").local!.path).toMatch(/terraform\.private-registry\.dev\.tfstate$/);
});

test.each([
  ["prod.json", "Environment prod (prod.json), state terraform.private-registry.prod.tfstate."],
  ["remote.json", "Environment prod (remote.json), state private-registry.prod.tfstate in account/state."],
])("a command on %s says which environment it is about", async (file, line) => {
  const { stderr } = await runIn(folder, "plan", ["--settings", file], engine("exit 1"));
  expect(stderr.split("\n")).toContain(line);
});

test("a state that an environment has in the file of all is not left behind", async () => {
  const state = { outputs: { registry_name: { value: "xyzdfdacrprod" } }, resources: [] };
  write("terraform.private-registry.tfstate", JSON.stringify(state));
  const { status, stderr } = await runIn(folder, "plan", ["--settings", "prod.json"], engine("exit 1"));
  expect(status).toBe(3);
  expect(stderr).toContain(
    "Give it a file of its own: mv terraform.private-registry.tfstate terraform.private-registry.prod.tfstate",
  );
});

const LOCKED = (message: string) => `
cat >&2 <<'END'
Error: Error acquiring the state lock
Error message: ${message}
Lock Info:
  ID:        11111111-2222-3333-4444-555555555555
  Path:      state
  Operation: OperationTypeApply
  Who:       ada@laptop
  Version:   1.11.4
  Created:   2026-11-26 22:10:11.123456 +0000 UTC
END
exit 1`;

test.each([
  ["state blob is already locked", /^If it no longer runs, .* -chdir=.* force-unlock 11111111-2222-3333-4444-5{12}$/m],
  ["resource temporarily unavailable", /^The lock ends with the process that holds it, on this machine\.$/m],
])("a locked state says who holds it: %s", async (message, then) => {
  const { status, stderr } = await runIn(folder, "plan", [], engine(LOCKED(message)));
  expect(status).toBe(3);
  expect(stderr).toContain(
    "The state is locked: ada@laptop holds it since 2026-11-26 22:10:11 +0000 UTC (OperationTypeApply). Wait until that has ended.",
  );
  expect(stderr).toMatch(then);
});

test("resources in subscriptions that the settings no longer name are told with what to set", async () => {
  const said = (id: string) =>
    `To work with azurerm_private_endpoint.two_endpoint (orphan) its original provider configuration at provider["example.invalid/hashicorp/azurerm"].subscription_${id} is\nrequired, but it has been removed.`;
  const [one, two] = ["0000000e", "0000000f"].map((start) => `${start}-0000-0000-0000-000000000000`);
  const all = [one!, two!, one!].map(said).join("\n");
  const { status, stderr } = await runIn(folder, "plan", [], engine(`cat >&2 <<'END'\n${all}\nEND\nexit 1`));
  expect(status).toBe(3);
  expect(stderr).toContain(`  "formerSubscriptions": ["${one}","${two}"]`);
});

test("a state that is not moved yet is told with the command that moves it", async () => {
  const env = engine('echo "Error: Backend configuration changed" >&2; exit 1');
  const { status, stderr } = await runIn(folder, "plan", ["--settings", "remote.json"], env);
  const stack = "cdktf\\.out\\.prod/stacks/private-registry";
  expect(status).toBe(3);
  expect(stderr).toMatch(
    new RegExp(
      `another place than before. To move it there, run: \\S*terraform -chdir=\\S*${stack} init -migrate-state\\.`,
    ),
  );
});

test("on another machine, a remote state is read after the folder is initialized", async () => {
  const env = engine(`
case "$1" in
  init) mkdir -p .terraform; touch .terraform/terraform.tfstate ;;
  show) [ -f .terraform/terraform.tfstate ] || exit 1; echo '{"format_version":"1.0"}' ;;
esac`);
  const { status, stderr } = await runIn(folder, "preview", ["--deployed", "--settings", "remote.json"], env);
  expect([status, stderr]).toEqual([3, expect.stringContaining("Nothing is deployed: the Terraform state is empty.")]);
  expect(stderr).toContain("Initializing ");
});
