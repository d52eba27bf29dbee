import { execFile, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isJson, isObject, type Json } from "../../../packages/common/util";
import { WorkingDirectory, findEngine } from "../../engine/engine";
import { parseSettings } from "../../../src/settings/load";
import { standalone, toHcl } from "../hcl";
import { stackInMemory } from "../stack-in-memory";
import { STACK_ID } from "../../../src/terraform/stack-files";
import { mixedSettings } from "../../../__tests__/support/arbitraries";
import { engineWithProviders, withDeployed } from "../../../__tests__/support/engine";
import fc, { property } from "../../../__tests__/support/fast-check";
import { PROJECT, runIn } from "../../../__tests__/support/programs";
import { everyType, exampleNetworks } from "../../../__tests__/support/settings-files";
import { testUnless } from "../../../__tests__/support/skips";

// Its own types would bring those of a browser along.
const { parse } = jest.requireActual<{ parse: (file: string, hcl: string) => Promise<Json> }>("@cdktn/hcl2json");

const cases = [["the default", {}], ...exampleNetworks] as const;

const noEngine = (() => {
  try {
    findEngine(process.env);
    return undefined;
  } catch {
    return "neither terraform nor tofu is here";
  }
})();

const stackOf = (settings: object) => stackInMemory(parseSettings(settings)).toTerraform();

const withEveryType = everyType.map(([name, settings]) => [name, standalone(stackOf(settings))] as const);

/**
 * What both languages mean: one block is as good as a list of one, null and a list of no blocks as nothing, and a
 * reference has no braces.
 */
function meaning(value: unknown, name = ""): unknown {
  if (Array.isArray(value) && value.length === 1 && isJson(value[0])) return meaning(value[0], name);
  if (Array.isArray(value)) return value.map((element) => meaning(element, name));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, member]) => member !== null && !(key === "georeplications" && isEmpty(member)))
        .map(([key, member]) => [key, meaning(member, key)]),
    );
  }
  const isReference = ["depends_on", "ignore_changes", "provider", "to"].includes(name);
  return isReference && typeof value === "string" ? value.replace(/^\$\{(.*)\}$/, "$1") : value;
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;

describe("HCL", () => {
  test("has blocks where Terraform wants blocks, objects where it wants objects, references without quotes", () => {
    const hcl = toHcl({
      terraform: { backend: { azurerm: { key: "k" } }, required_providers: { azurerm: { version: "1.2.3" } } },
      provider: { azurerm: [{ features: [{}] }, { alias: "other", features: [{}] }] },
      resource: {
        azurerm_x: {
          "a-b": {
            provider: "azurerm.other",
            count: 1,
            on: true,
            nothing: null,
            names: ["${azurerm_y.c.id}", "d"],
            none: [],
            georeplications: [],
            tags: { "e f": 'a "quoted" back\\slash' },
            rule: [{ name: "one" }, { name: "two" }],
            lifecycle: {
              ignore_changes: ["tags"],
              precondition: [
                { condition: '${contains(["x"], "}")}', error_message: 'has: ${join(", ", ["x"])}\n$${no}' },
              ],
            },
            depends_on: ["azurerm_y.c"],
          },
        },
      },
      output: { list: { value: [{ a: 1 }], sensitive: true } },
    });
    expect(hcl).toMatchInlineSnapshot(`
      "terraform {
        backend "azurerm" {
          key = "k"
        }

        required_providers {
          azurerm = {
            version = "1.2.3"
          }
        }
      }

      provider "azurerm" {
        features {}
      }

      provider "azurerm" {
        alias = "other"

        features {}
      }

      resource "azurerm_x" "a-b" {
        provider = azurerm.other
        count    = 1
        on       = true
        names    = [azurerm_y.c.id, "d"]
        none     = []
        tags = {
          "e f" = "a \\"quoted\\" back\\\\slash"
        }

        rule {
          name = "one"
        }

        rule {
          name = "two"
        }

        lifecycle {
          ignore_changes = [tags]

          precondition {
            condition     = contains(["x"], "}")
            error_message = "has: \${join(", ", ["x"])}\\n$\${no}"
          }
        }

        depends_on = [azurerm_y.c]
      }

      output "list" {
        value = [
          {
            a = 1
          },
        ]
        sensitive = true
      }
      "
    `);
  });

  testUnless(noEngine, "of every type of resource is what terraform fmt writes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fmt-"));
    for (const [name, stack] of withEveryType) writeFileSync(join(folder, `${name}.tf`), toHcl(stack));
    const { status, stdout } = spawnSync(findEngine(process.env).command, ["fmt", "-check", "-diff"], {
      cwd: folder,
      encoding: "utf8",
    });
    await expect(Promise.resolve({ status, stdout })).resolves.toEqual({ status: 0, stdout: "" });
  });

  test("no kind of block is left out in silence", () => {
    expect(() => toHcl({ moved: [{ from: "a.b", to: "a.c" }] })).toThrow("moved");
  });

  const expectSameMeaning = async (stack: Json) => {
    expect(meaning(await parse("main.tf", toHcl(stack)))).toEqual(meaning(stack));
  };

  test.each(withEveryType)("of %s means what its JSON means", (_, stack) => expectSameMeaning(stack));

  property(
    "of any right settings means what its JSON means",
    3,
    fc.asyncProperty(mixedSettings, (settings) => expectSameMeaning(standalone(stackOf(settings)))),
  );

  property(
    "of any text and any object means what its JSON means",
    40,
    fc.asyncProperty(
      fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ stringUnit: "grapheme" }), {
        noNullPrototype: true,
      }),
      (value) => {
        // A template has a meaning of its own. Terraform normalizes all texts.
        const text = JSON.stringify(value)
          .replace(/[$%](?=[$%]*\{)/g, "-")
          .normalize();
        return expectSameMeaning({ output: { any: { value: JSON.parse(text) as unknown } } });
      },
    ),
  );
});

describe("what stands alone", () => {
  test("has no notes of cdktf, and no path out of its folder", () => {
    const text = JSON.stringify(standalone(stackOf({})));
    expect(text).not.toContain('"//"');
    expect(text).not.toContain("..");
  });

  test("keeps its state in the blob where it was", () => {
    const state = { resourceGroup: "rg", storageAccount: "account", container: "state" };
    expect(standalone(stackOf({ state }))).toHaveProperty("terraform.backend.azurerm.storage_account_name", "account");
  });

  test.each([
    ["as HCL", [], /^terraform \{\n/],
    ["as JSON", ["--json"], /^\{\n {2}"terraform"/],
  ])("is written by npm run hcl %s", async (_, args, start) => {
    const { status, stdout, stderr } = await runIn(PROJECT, "hcl", args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(start);
    expect(stdout).toContain("azurerm_container_registry");
  });
});

const found = engineWithProviders();
const reason = "lacking" in found ? found.lacking : undefined;

(reason === undefined ? describe : describe.skip)(`with an engine${reason ? ` (skipped: ${reason})` : ""}`, () => {
  jest.setTimeout(300_000);

  const languages: [language: string, file: string, write: (stack: Json) => string][] = [
    ["JSON", "main.tf.json", (stack) => JSON.stringify(stack)],
    ["HCL", "main.tf", toHcl],
  ];

  test.each(cases.flatMap(([name, settings]) => languages.map((language) => [name, ...language, settings] as const)))(
    "%s is valid %s",
    async (_name, _language, file, write, settings) => {
      const folder = mkdtempSync(join(tmpdir(), "leaving-"));
      // A local state: init would ask for the blob.
      writeFileSync(join(folder, file), write(standalone(stackOf({ ...settings, state: undefined }))));
      const engine = findEngine(process.env);
      await new WorkingDirectory({ engine, folder }).init();
      const { status, stdout } = spawnSync(engine.command, ["validate", "-no-color"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect([status, stdout.trim()]).toEqual([0, "Success! The configuration is valid."]);
    },
  );

  const SMALL = {
    hub: { location: "northeurope", addressSpace: "10.12.0.0/16", bastion: false },
    registry: { replicas: [] },
    spokes: [{ name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" }],
    testVms: false,
  };

  test("to what was deployed as synthesized, the same as JSON and as HCL changes nothing", async () => {
    const stack = stackOf(SMALL);
    await withDeployed(stack, async ({ engine, project }) => {
      for (const [language, file, write] of languages) {
        const folder = join(project, language);
        mkdirSync(folder);
        writeFileSync(join(folder, file), write(standalone(stack)));
        copyFileSync(join(project, `terraform.${STACK_ID}.tfstate`), join(folder, "terraform.tfstate"));
        const plain = new WorkingDirectory({ engine, folder });
        await plain.init();
        expect([language, await plain.plan({ out: "plan" })]).toEqual([language, false]);
      }
    });
  });

  test.each([
    ["HCL", (steps: string) => steps],
    ["JSON", (steps: string) => steps.replace(/hcl > (\S+)\/main\.tf$/m, "hcl -- --json > $1/main.tf.json")],
  ])("the steps of the page move a deployed project with its state to %s, and nothing changes", async (_, choose) => {
    const page = readFileSync(join(PROJECT, "docs", "leaving.md"), "utf8");
    const [, steps = ""] = /^## To plain Terraform$[^]*?^```sh\n([^]*?)^```$/m.exec(page) ?? [];
    await withDeployed(stackOf(SMALL), async ({ engine, project }) => {
      // A project below, for the page makes a folder beside it.
      const clone = join(project, "clone");
      mkdirSync(clone);
      copyFileSync(join(project, `terraform.${STACK_ID}.tfstate`), join(clone, `terraform.${STACK_ID}.tfstate`));
      writeFileSync(join(clone, "cdktf.json"), JSON.stringify({ context: { privateRegistry: SMALL } }));
      const command = `node --require ${join(PROJECT, "typescript.cjs")} ${join(PROJECT, "commands/main.ts")}`;
      writeFileSync(join(clone, "package.json"), JSON.stringify({ scripts: { hcl: `${command} hcl` } }));
      const script = choose(steps).replaceAll(/^terraform\b/gm, engine.command);
      // The emulated Azure is in this process, so the steps must not block it.
      const { stdout, stderr } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
        cwd: clone,
        env: { ...engine.env, NO_COLOR: "1", TF_CLI_ARGS: "-no-color" },
      });
      expect(stderr).toBe("");
      expect(stdout).toContain("Success! The configuration is valid.");
      expect(stdout).toContain("No changes. Your infrastructure matches the configuration.");
    });
  });
});
