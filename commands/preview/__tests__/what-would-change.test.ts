import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { costOfSettings } from "../../docs/costs-tables";
import { folder, runIn } from "../../../__tests__/support/programs";
import { schemaErrors } from "../../../__tests__/support/schemas";
import { exampleNetworks } from "../../../__tests__/support/settings-files";

const REPLICAS = { registry: { replicas: ["switzerlandnorth", "francecentral"] } };
const RESILIENCE = new Map(exampleNetworks).get("resilience-json")!;
const STACK = "cdktf.out/stacks/private-registry/cdk.tf.json";

const json = async (directory: string, args: readonly string[]) => {
  const { status, stdout } = await runIn(directory, "preview", [...args, "--json"]);
  const printed = JSON.parse(stdout) as { changes?: { host: string }[]; monthlyCost?: object };
  expect([status, schemaErrors(printed.changes ? "comparison" : "preview", printed)]).toEqual([0, []]);
  return printed;
};

describe("the settings, compared with other settings", () => {
  const directory = folder(REPLICAS);
  writeFileSync(join(directory, "before.json"), "{}");
  const compare = ["--compare", "before.json"];

  test("differ in answers and cost, in each format", async () => {
    const { changes, monthlyCost } = await json(directory, compare);
    expect(changes!.map(({ host }) => host)).toEqual(
      Array<string>(3).fill("xyzdfdacrdev.francecentral.data.azurecr.io"),
    );
    expect(monthlyCost).toEqual({ before: costOfSettings({}), after: costOfSettings(REPLICAS) });
    for (const format of ["table", "markdown"]) {
      const { stdout } = await runIn(directory, "preview", [...compare, "--format", format]);
      expect(stdout).toMatch(/\n\nAbout 327 USD a month at list prices, 51 more than before\. See docs\/costs\.md\.\n/);
    }
  });

  test("are drawn with what differs marked", async () => {
    const { status, stdout } = await runIn(directory, "diagram", compare);
    expect([status, stdout]).toEqual([0, expect.stringContaining("francecentral<br/>created")]);
  });

  test.each([
    [{ app: "x", language: "typescript" }, REPLICAS, 3],
    [{ context: { privateRegistry: REPLICAS } }, REPLICAS, 0],
    [{ privateRegistry: REPLICAS }, REPLICAS, 0],
  ])("are those of %j, as of --settings", async (other, { registry }, number) => {
    writeFileSync(join(directory, "other.json"), JSON.stringify(other));
    expect((await json(directory, ["--compare", "other.json"])).changes).toHaveLength(number);
    const { privateRegistry } = JSON.parse(
      (await runIn(directory, "synth", ["--settings", "other.json", "--print-settings"])).stdout,
    ) as { privateRegistry: typeof REPLICAS };
    expect(privateRegistry.registry.replicas).toHaveLength(number === 0 ? registry.replicas.length : 1);
  });

  test("are told from a stack", async () => {
    const { status, stderr } = await runIn(directory, "preview", ["--stack", "before.json"]);
    expect([status, stderr]).toEqual([2, "before.json has settings. Give it to --settings.\n"]);
  });

  test("have their errors reported, as in every command", async () => {
    writeFileSync(join(directory, "wrong.json"), JSON.stringify({ dns: "shared", regisry: {} }));
    expect(await runIn(directory, "preview", ["--compare", "wrong.json"])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/in the settings \(wrong\.json\):(.|\n)*regisry: found an unknown key/) as string,
    });
  });
});

test("only the cost of settings is known: not that of files", async () => {
  const directory = folder();
  const { stderr } = await runIn(directory, "synth");
  expect(stderr).toContain("Wrote");
  expect((await json(directory, [])).monthlyCost).toEqual({ after: costOfSettings({}) });
  expect((await json(directory, ["--compare", STACK])).monthlyCost).toEqual({ after: costOfSettings({}) });
  for (const args of [[], ["--compare", "cdktf.json"]])
    expect(await json(directory, ["--stack", STACK, ...args])).not.toHaveProperty("monthlyCost");
});

test("the fix of a finding is one of the settings wherever the network is made of them", async () => {
  const directory = folder(RESILIENCE);
  const { stdout } = await runIn(directory, "preview", ["--format", "markdown"]);
  expect(stdout).toContain("**How to fix it.** If that is not on purpose, remove the network's region from");
});

test("the printed settings give the same Terraform JSON, to the byte", async () => {
  const directory = folder(RESILIENCE);
  const stackOf = async (...args: string[]) => {
    expect((await runIn(directory, "synth", args)).status).toBe(0);
    return readFileSync(join(directory, STACK), "utf8");
  };
  const stack = await stackOf();
  const { status, stdout } = await runIn(directory, "synth", ["--print-settings"]);
  writeFileSync(join(directory, "printed.json"), stdout);
  expect([status, await stackOf("--settings", "printed.json")]).toEqual([0, stack]);
});
