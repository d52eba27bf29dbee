import { execFile, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isJson, isObject, type Json } from "../../packages/common/util";
import { WorkingDirectory, findEngine } from "../../src/engine/engine";
import { parseSettings } from "../../src/settings/load";
import { standalone, toHcl } from "../../src/synth/hcl";
import { stackInMemory } from "../../src/synth/stack-in-memory";
import { STACK_ID } from "../../src/terraform/stack-folder";
import * as arbitrary from "../support/arbitraries";
import { engineWithProviders, withDeployed } from "../support/engine";
import fc, { property } from "../support/fast-check";
import { PROJECT, runIn } from "../support/programs";
import { testUnless } from "../support/skips";

// Its own types would bring those of a browser along.
const { parse } = jest.requireActual<{ parse: (file: string, hcl: string) => Promise<Json> }>("@cdktn/hcl2json");

const EXAMPLES = join(PROJECT, "examples");

const cases: [name: string, settings: object][] = [
  ["the default", {}],
  ...readdirSync(EXAMPLES)
    .filter((file) => file.endsWith(".json"))
    .map((file): [string, object] => [
      file,
      (JSON.parse(readFileSync(join(EXAMPLES, file), "utf8")) as { privateRegistry: object }).privateRegistry,
    ]),
];

const noEngine = (() => {
  try {
    findEngine(process.env);
    return undefined;
  } catch {
    return "neither terraform nor tofu is here";
  }
})();

const stackOf = (settings: object) => stackInMemory(parseSettings(settings)).toTerraform();

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

/** The text of a line without what is in quotes, which can hold brackets, equals signs and templates. */
function plain(line: string): string {
  let shown = "";
  // What each bracket that is open belongs to: code, or a text with templates in it.
  const open: string[] = [];
  for (let i = 0; i < line.length; i++) {
    const [one = "", two = ""] = [line[i], line[i + 1]];
    const isText = open.at(-1) === '"';
    if (isText && one === "\\") i += 1;
    else if (isText && /^[$%]$/.test(one) && two === one) i += 1;
    else if (isText && /^[$%]$/.test(one) && two === "{") open.push(line[++i]!);
    else if (one === '"') {
      if (isText) open.pop();
      else open.push(one);
    } else if (open.length === 0) shown += one;
    else if (!isText && one === "{") open.push(one);
    else if (!isText && one === "}") open.pop();
  }
  return shown;
}

/** What `terraform fmt` would change in a text, by its rules for lines, indentation and equals signs; one line for each rule. */
function faultsOf(hcl: string): string[] {
  const faults = new Set<string>();
  const lines = hcl.split("\n");
  if (lines.pop() !== "" || /\n\n\n|[{[]\n\n|\n\n *[}\]]|\n\n$/.test(hcl)) faults.add("blank lines");
  let depth = 0;
  let group: { name: number; equals: number }[] = [];
  const endGroup = () => {
    const column = Math.max(...group.map(({ name }) => name)) + 1;
    if (group.some(({ equals }) => equals !== column)) faults.add("equals signs");
    group = [];
  };
  for (const line of lines) {
    const shown = plain(line);
    if (line.endsWith(" ")) faults.add(`space at the end: ${line}`);
    const change = shown.replace(/[^{[(]/g, "").length - shown.replace(/[^}\])]/g, "").length;
    const indent = "  ".repeat(depth + Math.min(change, 0));
    if (line !== "" && line.search(/\S/) !== indent.length) faults.add(`indentation: ${line}`);
    depth += change;
    // A value that goes on in the next lines is not aligned with others.
    const [, name, space, after] = /^ *("(?:[^"\\]|\\.)*"|[\w-]+)( *)=( *)\S/.exec(line) ?? [];
    if (name === undefined || change !== 0) endGroup();
    if (name !== undefined) group.push({ name: name.length, equals: name.length + space!.length });
    if (name !== undefined && after !== " ") faults.add(`equals sign: ${line}`);
    if (change !== 0) endGroup();
  }
  endGroup();
  return [...faults];
}

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

  property(
    "of any right settings is formatted",
    20,
    fc.property(fc.oneof(arbitrary.settings, arbitrary.mixedSettings), (settings) => {
      expect(faultsOf(toHcl(standalone(stackOf(settings))))).toEqual([]);
    }),
  );

  test("what terraform fmt would change is noticed", () => {
    const right = 'a {\n  b  = 1\n  cc = ["}"]\n  d = {\n    e = "{\\"["\n  }\n\n  f {}\n}\n';
    expect(faultsOf(right)).toEqual([]);
    for (const wrong of [
      right.replace("b  =", "b ="),
      right.replace("d = {", "d  = {"),
      right.replace("    e", "   e"),
      right.replace("\n\n", "\n\n\n"),
      right.replace("cc = [", "cc =  ["),
      right.replace("1\n", "1 \n"),
      `${right}\n`,
    ])
      expect([wrong, faultsOf(wrong)]).toEqual([wrong, [expect.any(String)]]);
  });

  testUnless(noEngine, "of the default and of every example is what terraform fmt writes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fmt-"));
    for (const [name, settings] of cases)
      writeFileSync(join(folder, `${name}.tf`), toHcl(standalone(stackOf(settings))));
    const tags = { for: "Größe 部署", "a.b": "a\\b", a_b: '"{"', "a-b": "👩💻" };
    writeFileSync(join(folder, "tags.tf"), toHcl(standalone(stackOf({ tags }))));
    const { status, stdout } = spawnSync(findEngine(process.env).command, ["fmt", "-check", "-diff"], {
      cwd: folder,
      encoding: "utf8",
    });
    await expect(Promise.resolve({ status, stdout })).resolves.toEqual({ status: 0, stdout: "" });
  });

  test("no kind of block is left out in silence", () => {
    expect(() => toHcl({ moved: [{ from: "a.b", to: "a.c" }] })).toThrow("moved");
  });

  test.each(cases)("of %s means what its JSON means", async (_, settings) => {
    const stack = standalone(stackOf(settings));
    expect(meaning(await parse("main.tf", toHcl(stack)))).toEqual(meaning(stack));
  });

  property(
    "of any right settings means what its JSON means",
    20,
    fc.asyncProperty(fc.oneof(arbitrary.settings, arbitrary.mixedSettings), async (settings) => {
      const stack = standalone(stackOf(settings));
      expect(meaning(await parse("main.tf", toHcl(stack)))).toEqual(meaning(stack));
    }),
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
      const command = `node --require ${join(PROJECT, "typescript.cjs")} ${join(PROJECT, "src/commands/main.ts")}`;
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
