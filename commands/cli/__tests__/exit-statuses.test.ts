import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fqdn, perSpoke, stateOf } from "../../../packages/private-link-preview/__tests__/terraform-fixtures";
import type { Verification } from "../../verify/verify";
import { planOf } from "../../plan/__tests__/plan-of";
import { runIn } from "../../../__tests__/support/programs";
import { DEFINITIONS, schemaErrors } from "../../../__tests__/support/schemas";

// What needs VMs is left out: what the checks and the push found is given.
let verification: Verification;
jest.mock("../../verify/verify", () => ({
  ...jest.requireActual<object>("../../verify/verify"),
  verify: () => Promise.resolve(verification),
  // No VM was served by the other region, and one lacks the image.
  waitForReplicas: () => Promise.resolve([{ region: null, arrived: false, seenFrom: ["one"] }]),
}));
jest.mock("../../verify/push", () => ({
  ...jest.requireActual<object>("../../verify/push"),
  push: () => Promise.resolve({ image: "x.azurecr.io/a:b", digest: "sha256:0", region: "uksouth", servedBy: "azure" }),
  pushedText: () => "Pushed",
}));
const checked = (status: "passed" | "failed"): Verification => ({
  spokes: [{ spoke: "one", machine: "vm-one", addresses: ["10.0.0.4"], checks: [{ what: "TLS", status, found: "" }] }],
  checks: [{ what: "from here", status: "passed", found: "refused", ms: 3 }],
  replicas: [{ region: "uksouth", arrived: null, seenFrom: ["one"] }],
});

/** An engine that plans and shows what files say, and does everything else at once. */
const ENGINE = `#!/bin/sh
case $1 in
  plan) for argument; do case $argument in -out=*) : >"\${argument#-out=}" ;; esac; done; exit "\${PLAN_STATUS:-2}" ;;
  show) for argument; do case $argument in *.tfplan) exec /bin/cat "$SHOWN_PLAN" ;; esac; done; exec /bin/cat "$SHOWN_STATE" ;;
  apply) [ -z "$APPLY_FAILS" ] || exit 1 ;;
  output) echo '{}' ;;
  providers) echo '├── provider[registry.terraform.io/hashicorp/azurerm]' ;;
esac
`;

const regional = (drained: string[] = []) => ({
  registry: { regionalEndpoints: true, drained },
  spokes: [
    { name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" },
    { name: "spoke2", location: "switzerlandnorth", addressSpace: "10.11.0.0/16" },
  ],
});

/** A folder with an engine, and with files: plans and states, good and bad. */
const directory = mkdtempSync(join(tmpdir(), "statuses-"));
const at = (name: string) => join(directory, name);
const write = (name: string, value: unknown) => {
  writeFileSync(at(name), typeof value === "string" ? value : JSON.stringify(value));
};
const VM = "/subscriptions/s/resourceGroups/rg-test/providers/Microsoft.Compute/virtualMachines/vm1";

beforeAll(() => {
  for (const folder of ["bin", "configuration", "deployed/stacks/private-registry/.terraform"])
    mkdirSync(at(folder), { recursive: true });
  write("empty-state.json", { format_version: "1.0" });
  write("bin/terraform", ENGINE);
  chmodSync(at("bin/terraform"), 0o755);
  write("cdktf.json", {});
  write("configuration/main.tf", 'provider "azurerm" {\n  features {}\n}\n');
  write("wrong-settings.json", { dns: "none" });
  write("regional.json", regional());
  write("external.json", { ...regional(), dns: "external" });
  write("plan.json", planOf({}, { recordTtl: 60 }));
  write("creating.json", planOf(null, {}));
  write("losing.json", planOf({}, { registry: { namePrefix: "contoso" } }));
  const state = { format_version: "1.0", values: planOf({}, {}).prior_state.values };
  write("state.json", state);
  const { root_module: root } = state.values;
  const unlinked = root.resources.filter(({ type }) => type !== "azurerm_private_dns_zone_virtual_network_link");
  write("wrong-state.json", { ...state, values: { root_module: { resources: unlinked } } });
  write("moving.json", planOf(regional(), regional(["swedencentral"])));
  write("regional-state.json", { ...state, values: planOf(regional(), {}).prior_state.values });
  const records = { outputs: { dns_records: { value: [RECORD] } }, root_module: {} };
  write("records.json", { format_version: "1.0", values: records });
  const vms = stateOf(perSpoke()) as { values: object };
  const spoke1 = { id: VM, virtual_network: "vnet-spoke1", may_push: true };
  const outputs = { login_server: { value: fqdn("login") }, test_vms: { value: { spoke1 } } };
  write("vms.json", { ...vms, values: { ...vms.values, outputs } });
});

const RECORD = {
  network: "spoke1",
  virtual_network: "vnet-spoke1-dev",
  virtual_network_id: "/subscriptions/x",
  zone: "privatelink.azurecr.io",
  name: "images",
  type: "A",
  ttl: 10,
  addresses: ["10.10.0.4"],
  fqdn: "images.azurecr.io",
  private_endpoint: "pep-spoke1-dev",
};

const OK = { SHOWN_PLAN: "plan.json", SHOWN_STATE: "state.json" };
const MOVING = { SHOWN_PLAN: "moving.json", SHOWN_STATE: "regional-state.json" };
const DEPLOYED = { ...OK, CDKTF_OUTDIR: "deployed" };
const DEPLOYED_WRONG = { ...DEPLOYED, SHOWN_STATE: "wrong-state.json" };
const NO_ENGINE = { PATH: "" };

type Case = [
  situation: string,
  name: string,
  args: string,
  status: number,
  env?: Record<string, string>,
  definition?: string,
];

const WITH_SETTINGS = ["synth", "preview", "diagram", "hcl", "plan", "deploy", "destroy", "rehearse"];
const WITH_ENGINE = ["plan", "deploy", "destroy", "rehearse", "rehearse --dir configuration", "failover uksouth"];

const CASES: readonly Case[] = [
  ...[...WITH_SETTINGS, "failover uksouth"].flatMap((name): readonly Case[] => [
    ["with wrong settings", name, "--settings wrong-settings.json", 2, OK],
    ["with settings that are not there", name, "--settings no.json", 3, OK],
  ]),
  ...WITH_ENGINE.map((name): Case => ["without an engine", name, "", 3, NO_ENGINE]),
  ["without networks", "adopt", "--json", 2, {}, "failure"],
  ["over a file that exists", "adopt", "--hub x --spokes y --output plan.json", 2],
  ["for an unknown cloud", "adopt", "--hub x --spokes y --cloud z", 2],
  ["for what is not an ID", "adopt", "--hub x --spokes y", 2],
  ["of a state that has some", "dns-records", "--json --state records.json", 0, {}, "dns-records"],
  ["to a file of another form", "dns-records", "--state records.json --output x.txt", 2],
  ["of a state that has none", "dns-records", "--json --state state.json", 3, {}, "failure"],
  ["where nothing is deployed", "dns-records", "", 3, OK],
  ["of the settings", "preview", "--json", 0, {}, "preview"],
  ["of what is deployed", "preview", "--json --deployed", 0, DEPLOYED, "preview"],
  ["of what is deployed, with an error", "preview", "--json --deployed", 1, DEPLOYED_WRONG, "preview"],
  ["of an empty state", "preview", "--json --deployed", 3, { ...DEPLOYED, SHOWN_STATE: "empty-state.json" }, "failure"],
  ["of what is deployed without an engine", "preview", "--json --deployed", 3, { ...DEPLOYED, PATH: "" }, "failure"],
  ["where nothing is deployed", "preview", "--json --deployed", 3, OK, "failure"],
  ["of what is deployed, and of a file", "preview", "--json --deployed --state x", 2, DEPLOYED, "failure"],
  ["of an environment", "preview", "--json --deployed --settings regional.json", 0, DEPLOYED, "preview"],
  ["where others write the records", "failover uksouth", "--settings external.json", 2, MOVING],
  ["of what is deployed", "diagram", "--deployed", 0, DEPLOYED],
  ["where nothing is deployed", "diagram", "--deployed", 3, OK],
  ["of a state with an error", "preview", "--json --state wrong-state.json", 1, {}, "preview"],
  ["with an unknown format", "preview", "--format nonsense", 2],
  ["of two files", "preview", "--json --state state.json --stack x.json", 2, {}, "failure"],
  ["into a folder that is not there", "preview", "--output no/x.txt", 3],
  ["into a folder that is not there", "diagram", "--svg no/x.svg", 3],
  ["as JSON", "hcl", "--json", 0],
  ["with wrong settings, as JSON", "hcl", "--json --settings wrong-settings.json", 2, {}, "failure"],
  ["of a plan", "plan", "--json --file plan.json", 0, {}, "plan"],
  ["made with the engine", "plan", "--json", 0, OK, "plan"],
  ["that loses a registry", "plan", "--json --file losing.json", 1, {}, "plan"],
  ["of a file, and of settings", "plan", "--json --file plan.json --settings x.json", 2, {}, "failure"],
  ["where the engine fails", "plan", "--json", 3, { ...OK, PLAN_STATUS: "1" }, "failure"],
  ["approved", "deploy", "--auto-approve", 0, OK],
  ["of a plan with an error", "deploy", "--auto-approve", 1, { ...OK, SHOWN_PLAN: "losing.json" }],
  ["without a terminal to ask on", "deploy", "", 3, OK],
  ["where the engine fails", "deploy", "--auto-approve", 3, { ...OK, APPLY_FAILS: "1" }],
  ["approved", "destroy", "--auto-approve", 0, OK],
  ["without a terminal to ask on", "destroy", "", 3, OK],
  ["approved", "failover", "swedencentral --auto-approve --json --settings regional.json", 0, MOVING, "failover"],
  ["to a region without the registry", "failover", "uksouth --json --settings regional.json", 2, MOVING, "failure"],
  ["without a terminal to ask on", "failover", "swedencentral --json --settings regional.json", 3, MOVING, "failure"],
  ["with checks that passed", "verify", "--json --state vms.json", 0, {}, "verify"],
  ["with a check that failed", "verify", "--json --state vms.json --image failed:v1", 1, {}, "verify"],
  ["with a Job", "verify", "--job --state vms.json", 0],
  ["with a log that is not there", "verify", "--json --read no.log --state vms.json", 3, {}, "failure"],
  ["with a log without a report", "verify", "--json --read cdktf.json --state vms.json", 3, {}, "failure"],
  ["with the id of something else", "verify", "--json --vm x --state vms.json", 2, {}, "failure"],
  ["that waits for all replicas", "push-hello", "--json --wait --state vms.json", 1, {}, "push-hello"],
  ["that waits without end", "push-hello", "--json --wait 9999 --state vms.json", 2, {}, "failure"],
  ["with a wrong image", "verify", "--json --image nonsense", 2, {}, "failure"],
  ["where an image was pushed", "push-hello", "--json --state vms.json", 0, {}, "push-hello"],
  ["with a wrong image", "push-hello", "--json --image nonsense", 2, {}, "failure"],
  ["where nothing is deployed", "push-hello", "--json", 3, {}, "failure"],
  ["into a folder that is not there", "emulator", "--certificate no/azure.pem", 3],
];

const ON_LINUX: readonly Case[] = [
  ["with a step that fails", "rehearse", "--json", 1, { ...OK, SHOWN_PLAN: "creating.json" }, "rehearse"],
  ["of a folder", "rehearse", "--json --dir configuration", 0, OK, "rehearse-dir"],
  ["of a folder with an error", "rehearse", "--json --dir configuration", 1, DEPLOYED_WRONG, "rehearse-dir"],
  ["of a folder that is not there", "rehearse", "--json --dir no", 3, OK, "failure"],
  ["of a folder, and of settings", "rehearse", "--json --dir configuration --from x.json", 2, OK, "failure"],
];

async function tryOut(...[, name, args, status, env = {}, definition]: Case) {
  verification = checked(args.includes("failed") ? "failed" : "passed");
  const [command = "", ...more] = name.split(" ");
  const all = [...more, ...args.split(" ")].filter((arg) => arg !== "");
  const paths = Object.entries(env).map(([key, value]): [string, string] => [
    key,
    key.startsWith("SHOWN") ? at(value) : value,
  ]);
  const ended = await runIn(directory, command, all, { PATH: at("bin"), ...Object.fromEntries(paths) });
  expect([ended.status, ended.status === status ? "" : ended.stderr]).toEqual([status, ""]);
  if (definition !== undefined) expect(schemaErrors(definition, JSON.parse(ended.stdout))).toEqual([]);
  // What can't be done, or was asked for in a wrong way, is said on standard error.
  if (status > 1) expect(ended.stderr).not.toBe("");
}

test.each(CASES)("%s: %s %s ends with status %i", tryOut);

(process.platform === "linux" ? test : test.skip).each(ON_LINUX)("%s: %s %s ends with status %i", tryOut);

test.each([
  ["verify", "--state vms.json", "Checking on 1 test VM. The script is ended after 15 minutes; "],
  ["push-hello", "--state vms.json", "on a test VM. The script is ended after 20 minutes; "],
  ...(process.platform === "linux"
    ? [
        ["rehearse", "", "about five minutes"],
        ["rehearse", "--dir configuration", "1 to 15 minutes"],
      ]
    : []),
  ["destroy", "--destroy-registry azurerm_container_registry.registry", "three minutes or more"],
  ["destroy", "--auto-approve", "Nothing was applied: there is no terminal to ask on. Add --destroy-registry azurerm"],
  ["destroy", "--destroy-registry other", "--destroy-registry: found other, allowed: azurerm_container_registry"],
])("%s %s says at its start how long it may take", async (name, args, says) => {
  const env = { PATH: at("bin"), SHOWN_PLAN: at("creating.json"), SHOWN_STATE: at("state.json") };
  const all = args.split(" ").filter((arg) => arg !== "");
  verification = checked("passed");
  expect((await runIn(directory, name, all, env)).stderr).toContain(says);
});

test("every definition of the schema is tried out", () => {
  const tried = new Set([...CASES, ...ON_LINUX].map(([, , , , , definition]) => definition));
  const parts = ["version", "addresses", "counts", "checks", "cost", "replicas"];
  // It needs an Azure: existing/adopt.test.ts tries it.
  tried.add("adopt");
  expect(DEFINITIONS.filter((name) => !parts.includes(name) && !tried.has(name))).toEqual([]);
});
