import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type PlanJson, SPOKE1, SPOKE2, planOf } from "../../plan/__tests__/plan-of";
import { folderWithEngine } from "../../../__tests__/support/fake-engine";
import { runIn } from "../../../__tests__/support/programs";

const STACKS = "cdktf.out/stacks";

/** An engine that shows a state and a plan from files, and notes what it is asked, and the configuration that it plans. */
const ENGINE = `#!/bin/sh
echo "\${0##*/} $* in \${PWD##*/} with \${TF_DATA_DIR##*/}" >>"$LOG"
case $1 in
  plan)
    /bin/cp cdk.tf.json "$PLANNED"
    for argument; do
      case $argument in -out=*) printf 'the plan file' >"\${argument#-out=}" ;; esac
    done
    exit 2
    ;;
  show)
    case $4 in *tfplan) exec /bin/cat "$SHOWN_PLAN" ;; *) exec /bin/cat "$SHOWN_STATE" ;; esac
    ;;
  apply) [ -z "$APPLY_FAILS" ] || exit 1 ;;
esac
`;

const SPOKES = [SPOKE1, { ...SPOKE2, servedBy: ["switzerlandnorth"] }];
/** What has no part in a failover is left out: less is read sooner. */
const regional = (drained: string[] = [], more: object = {}) => ({
  hub: { bastion: false },
  testVms: false,
  spokes: SPOKES,
  ...more,
  registry: { regionalEndpoints: true, drained },
});

interface Planned {
  readonly terraform: { readonly backend: Record<string, object> };
  readonly resource: { readonly azurerm_private_dns_a_record: Record<string, Record<string, unknown>> };
}

/** A folder with settings and an engine that shows what is deployed, and a plan that leads to other settings. */
function place(
  deployed: object,
  then: object,
  settings: object = deployed,
  plan: PlanJson = planOf(deployed, then),
  values: object = plan.prior_state.values,
) {
  const files = { "state.json": { format_version: "1.0", values }, "plan.json": plan };
  const { directory, at, log, env } = folderWithEngine(ENGINE, { settings, files });
  const shown = { PLANNED: at("planned.json"), SHOWN_PLAN: at("plan.json"), SHOWN_STATE: at("state.json") };
  /** The configuration that was planned. */
  const configuration = () => JSON.parse(readFileSync(at("planned.json"), "utf8")) as Planned;
  return {
    run: (args: string[], more = {}) => runIn(directory, "failover", args, { ...env, ...shown, ...more }),
    log,
    configuration,
    /** The record sets in it, by name. */
    planned: () => configuration().resource.azurerm_private_dns_a_record,
    left: () =>
      existsSync(at(STACKS)) && readdirSync(at(STACKS)).some((name) => name.startsWith("private-registry-failover")),
  };
}

const SWEDEN_DOWN = () => place(regional(), regional(["swedencentral"]));
const ALL = ["swedencentral", "--auto-approve"];

test("an outage of one hub's region moves its networks, and none of the other hub", async () => {
  const two = (drained: string[] = []) => ({
    testVms: false,
    hubs: [
      { name: "hub", location: "northeurope", addressSpace: "10.12.0.0/16", bastion: false },
      { name: "alpine", location: "switzerlandnorth", addressSpace: "10.32.0.0/16", bastion: false },
    ],
    spokes: SPOKES,
    registry: { regionalEndpoints: true, drained },
  });
  const { run, planned } = place(two(), two(["switzerlandnorth"]));
  const { status, stdout } = await run(["switzerlandnorth", "--auto-approve"]);
  expect(status).toBe(0);
  expect([...stdout.matchAll(/│ (vnet-[\w-]+)/g)].map(([, network]) => network)).toEqual([
    "vnet-hub-alpine-dev",
    "vnet-spoke2-dev",
  ]);
  expect(Object.keys(planned())).toContain("hub-alpine_dns_login-server");
});

test("the networks that a region serves are led to the next region, by their record sets alone", async () => {
  const { run, log, planned, left } = SWEDEN_DOWN();
  const { status, stdout } = await run(ALL);
  expect(stdout).toMatchInlineSnapshot(`
    "┌─────────────────┬───────────────┬──────────────────┬───────────────────────┐
    │ Virtual network │ Served by     │ Then by          │ Address               │
    │ vnet-hub-dev    │ swedencentral │ switzerlandnorth │ 10.10.0.6 → 10.10.0.8 │
    │ vnet-spoke1-dev │ swedencentral │ switzerlandnorth │ 10.10.0.6 → 10.10.0.8 │
    └─────────────────┴───────────────┴──────────────────┴───────────────────────┘

    2 record sets of the login server will be updated in place. Nothing else changes.

    Note: vnet-hub-dev reaches the registry through pep-spoke1-dev, which is in the region that fails. If the network of the region is down too, it needs an endpoint of its own: hub.endpoint.

    Applied. Clients that have looked the name up may keep the old answer for up to 10 seconds, the TTL of the records. Connections that are open stay where they are.
    To make it last, set "drained": ["swedencentral"] under registry in the settings. Otherwise the next deployment leads the names back again.
    To go back: npm run failover -- --back swedencentral
    "
  `);
  expect(status).toBe(0);
  expect(log()).toEqual([
    expect.stringMatching(/^terraform init -input=false -no-color in private-registry-failover-\w+ with $/),
    expect.stringMatching(/^terraform show -json -no-color in private-registry-failover-\w+ with $/),
    expect.stringMatching(
      /^terraform plan .* -refresh=false -target=azurerm_private_dns_a_record\.hub_dns_login-server -target=azurerm_private_dns_a_record\.spoke1_dns_login-server in /,
    ),
    expect.stringMatching(/^terraform show .*\/failover\.tfplan in /),
    expect.stringMatching(/^terraform apply .*\/failover\.tfplan in /),
  ]);
  // Values of the state, and no reference to any other resource.
  expect(planned()["spoke1_dns_login-server"]).toEqual({
    name: "xyzdfdacrdev",
    zone_name: "privatelink.azurecr.io",
    resource_group_name: "rg-spoke1-swedencentral-dev",
    ttl: 10,
    tags: { environment: "dev", owner: "n/a", version: "latest" },
    records: [expect.stringMatching(/^10\.10\.0\.\d+$/)],
  });
  expect(left()).toBe(false);
});

test("each failover plans and applies in a folder of its own, as two may run at once", async () => {
  const { run, log } = SWEDEN_DOWN();
  await run(ALL);
  await run(ALL);
  const applied = log().filter((line) => line.startsWith("terraform apply"));
  expect(new Set(applied).size).toBe(2);
});

test("back again: the networks that prefer the region", async () => {
  const { run, planned } = place(regional(["swedencentral"]), regional());
  const { status, stdout } = await run(["--back", "Sweden Central", "--auto-approve"]);
  expect(stdout).toMatchInlineSnapshot(`
    "┌─────────────────┬──────────────────┬───────────────┬───────────────────────┐
    │ Virtual network │ Served by        │ Then by       │ Address               │
    │ vnet-hub-dev    │ switzerlandnorth │ swedencentral │ 10.10.0.8 → 10.10.0.6 │
    │ vnet-spoke1-dev │ switzerlandnorth │ swedencentral │ 10.10.0.8 → 10.10.0.6 │
    └─────────────────┴──────────────────┴───────────────┴───────────────────────┘

    2 record sets of the login server will be updated in place. Nothing else changes.

    Applied. Clients that have looked the name up may keep the old answer for up to 10 seconds, the TTL of the records. Connections that are open stay where they are.
    To make it last, set "drained": [] under registry in the settings. Otherwise the next deployment leads the names away again.
    To lead them away: npm run failover -- swedencentral
    "
  `);
  expect(status).toBe(0);
  expect(planned()["spoke2_dns_login-server"]).toMatchObject({ records: [expect.stringContaining("${")] });
});

test("the settings may say so already, and then nothing has to be set", async () => {
  const { run } = place(regional(), regional(["swedencentral"]), regional(["swedencentral"]));
  const { stdout } = await run(ALL);
  expect(stdout).toContain('The settings say the same already ("drained": ["swedencentral"] under registry)');
});

test("a network without another region is led to the one that Azure chooses", async () => {
  const { run } = place(regional(), regional(["switzerlandnorth"]));
  const { stdout } = await run(["switzerlandnorth", "--auto-approve"]);
  expect(stdout).toMatch(/vnet-spoke2-dev +│ switzerlandnorth +│ Azure's choice/);
});

test("a remote state is found by its backend, from a folder in which nothing was initialised", async () => {
  const state = { resourceGroup: "rg", storageAccount: "account", container: "state" };
  const { run, configuration, log } = place(regional(), regional(["swedencentral"]), regional([], { state }));
  expect(await run(ALL)).toMatchObject({ status: 0 });
  const azurerm = { storage_account_name: "account", use_azuread_auth: true };
  expect(configuration().terraform.backend).toMatchObject({ azurerm });
  expect(log()[0]).toMatch(/^terraform init /);
});

test("what moves, as JSON", async () => {
  const { run } = SWEDEN_DOWN();
  const { stdout } = await run([...ALL, "--json"]);
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    region: "swedencentral",
    back: false,
    moves: ["hub", "spoke1"].map((part) => ({
      record: `azurerm_private_dns_a_record.${part}_dns_login-server`,
      networks: [`vnet-${part}-dev`],
      from: "swedencentral",
      to: "switzerlandnorth",
      fromAddress: expect.stringMatching(/^10\.10\.0\.\d+$/) as string,
      toAddress: expect.stringMatching(/^10\.10\.0\.\d+$/) as string,
      ttl: 10,
      endpoint: { name: "pep-spoke1-dev", location: "swedencentral" },
      endpointFails: part === "hub",
    })),
  });
});

test.each([
  [
    "no login server leads to it any more",
    regional(["swedencentral"]),
    ["swedencentral"],
    /^Nothing to do: no login server leads to swedencentral\.\n$/,
  ],
  [
    "all that prefer it are there",
    regional(),
    ["--back", "swedencentral"],
    /^Nothing to do: every network that prefers swedencentral is led there already\.\n$/,
  ],
])("nothing is planned where %s", async (_, deployed, args, text) => {
  const { run, log } = place(deployed, deployed);
  const { status, stdout } = await run(args);
  expect([status, stdout]).toEqual([0, expect.stringMatching(text)]);
  expect(log().filter((line) => /terraform (plan|apply)/.test(line))).toEqual([]);
});

describe("nothing is applied", () => {
  const OLDER = regional([], { spokes: [SPOKES[1]!], hub: { bastion: false, servedBy: "azure" } });
  const [before, after] = [regional(), regional(["swedencentral"])];

  test.each(
    Object.entries<[() => ReturnType<typeof place>, string[], RegExp]>({
      "if nothing is deployed": [
        () => place(regional(), {}, regional(), planOf({}, {}), {}),
        ALL,
        /^Nothing is deployed: the Terraform state has no registry\.$/m,
      ],
      "if regional endpoints are off": [
        () => place({}, {}),
        ALL,
        /^The regional endpoints of xyzdfdacrdev are off, so Azure chooses .* set registry\.regionalEndpoints to true and deploy\.$/m,
      ],
      "if the registry is not in the region": [
        SWEDEN_DOWN,
        ["westeurope", "--auto-approve"],
        /^xyzdfdacrdev is not in westeurope\. Its regions: swedencentral, switzerlandnorth\.$/m,
      ],
      "if there is no such region": [
        SWEDEN_DOWN,
        ["mars"],
        /^mars is not a region of the Azure public cloud\. The registry's regions in the settings: swedencentral, switz/m,
      ],
      "if the settings lack a network that is deployed": [
        () => place(before, after, OLDER),
        ALL,
        /^The settings have no vnet-spoke1-dev, which is deployed\. Use the settings of the last deployment\.$/m,
      ],
      "if the plan would change anything else": [
        () => place(before, after, before, planOf(before, { ...after, owner: "others" })),
        ALL,
        /^Nothing was applied: the plan does not change the records alone\. It would also change azurerm_/m,
      ],
      "if the plan does not change a record": [
        () => place(before, before),
        ALL,
        /and not change azurerm_private_dns_a_record\.hub_dns_login-server and azurerm_private_dns_a_record\.spoke1_dns_login-server\.$/m,
      ],
      "if nobody can be asked": [
        SWEDEN_DOWN,
        ["swedencentral"],
        /^Nothing was applied: there is no terminal to ask on\. Add --auto-approve\.$/m,
      ],
    }),
  )("%s", async (_, [where, args, message]) => {
    const { run, log, left } = where();
    const { status, stderr } = await run(args);
    // A region that the registry does not have is a wrong argument.
    expect(status).toBe(/westeurope|mars/.test(args[0]!) ? 2 : 3);
    expect(log().length > 0).toBe(args[0] !== "mars");
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(log().filter((line) => line.includes("terraform apply"))).toEqual([]);
    expect(left()).toBe(false);
  });
});

test("an apply that fails is told, and its folder is gone", async () => {
  const { run, left } = SWEDEN_DOWN();
  const { status, stderr } = await run(ALL, { APPLY_FAILS: "yes" });
  expect([status, stderr]).toEqual([3, expect.stringContaining("apply failed")]);
  expect(left()).toBe(false);
});
