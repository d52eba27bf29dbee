import { readFileSync, readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, posix } from "node:path";
import { againstTheOrder, filesBehind, filesInCircles, importsIn, sourceFiles } from "../rooms";
import { PROJECT } from "../../../__tests__/support/programs";

const files = sourceFiles(PROJECT);

test("imports lead one way, and each file is in a room", () => {
  expect(againstTheOrder(files)).toEqual([]);
  // A new file here belongs in the folder of its subject.
  expect(readdirSync(join(PROJECT, "src")).filter((name) => name.endsWith(".ts"))).toEqual([
    "limits.ts",
    "naming.ts",
    "outputs.ts",
    "place.ts",
    "rule-context.ts",
    "rules.ts",
    "schema.ts",
    "stack.ts",
  ]);
});

test("an import against the order is noticed, and so is a file in no room", () => {
  const text = 'import { command } from "../plan/plan-command";\n';
  expect(againstTheOrder([{ path: "commands/engine/engine.ts", text }])).toEqual([
    "commands/engine/engine.ts imports from commands/plan, which may import from commands/engine.",
  ]);
  expect(
    againstTheOrder([
      { path: "packages/azure-emulator/lib/a.ts", text: 'import "x";\nexport * from "../../../src/stack";' },
    ]),
  ).toHaveLength(1);
  expect(againstTheOrder([{ path: "commands/loose.ts", text: "" }])).toEqual(["commands/loose.ts is in no room."]);
});

test("imports are found: of the packages, of folders, and of the commands by name", () => {
  const found = importsIn(files).map(({ from, to }) => `${from.path} ${to.path}`);
  expect(found).toContain("src src/terraform");
  expect(found).toContain("commands/main.ts commands/verify");
  expect(found).toContain("commands/plan packages/private-link-preview");
  expect(found).toContain("commands/rehearse packages/azure-emulator");
});

test("no imports lead in a circle, types included", () => {
  expect(filesInCircles(files)).toEqual([]);
  const circle = ["a", "b", "c"].map((name, i, all) => ({
    path: `src/${name}.ts`,
    text: `import type { X } from "./${all[(i + 1) % 3]!}";`,
  }));
  expect(filesInCircles(circle)).toEqual(["src/a.ts", "src/b.ts", "src/c.ts"]);
});

/** What a package offers, by the file that its `exports` names. */
const ENTRIES = {
  "private-link-preview": ["index", "report"],
  "azure-emulator": ["index"],
} as const;

describe.each(Object.entries(ENTRIES))("%s", (name, entries) => {
  const folder = join(PROJECT, "packages", name);
  const { dependencies, exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    exports: Record<string, unknown>;
  };

  test("imports of other packages what it declares, and nothing else", () => {
    // The command loads the last one when it reads from Azure.
    const behind = [...entries, "lib/command", "lib/azure/index"].flatMap((entry) => [
      ...filesBehind(`packages/${name}/${entry}.ts`, files),
    ]);
    expect(
      behind.filter((path) => !path.startsWith(`packages/${name}/`) && !path.startsWith("packages/common/")),
    ).toEqual([]);
    const imported = files
      .filter(({ path }) => behind.includes(path))
      .flatMap(({ text }) => [...text.matchAll(/ from "([^"]+)"/g)].map(([, from = ""]) => from))
      .filter((from) => !from.startsWith(".") && !builtinModules.includes(from.replace("node:", "")))
      // Types of picocolors are in a file of their own.
      .map((from) => from.replace(/^((?:@[^/]+\/)?[^/]+).*$/, "$1"));
    expect([...new Set(imported)].sort()).toEqual(Object.keys(dependencies).sort());
  });

  test("offers what its README documents", () => {
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    const offered = entries.flatMap((entry) =>
      [
        ...files
          .find(({ path }) => path === `packages/${name}/${entry}.ts`)!
          .text.matchAll(/export (?:type )?\{([^}]*)\}/g),
      ]
        .flatMap(([, names = ""]) => names.split(","))
        .map((one) => one.replace(/\btype\b/, "").trim())
        .filter((one) => one !== ""),
    );
    expect(offered.length).toBeGreaterThan(5);
    expect(offered.filter((one) => !readme.includes(`\`${one}`))).toEqual([]);
    const code = Object.entries(exports).filter(([entry]) => !entry.endsWith(".json"));
    expect(code).toEqual(
      entries.map((entry) => [
        entry === "index" ? "." : `./${entry}`,
        { types: `./dist/${name}/${entry}.d.ts`, default: `./dist/${name}/${entry}.js` },
      ]),
    );
  });
});

describe("the example of", () => {
  const printed = (run: () => unknown): Promise<string> => {
    const lines = jest.spyOn(console, "log").mockImplementation(() => undefined);
    return Promise.resolve(run())
      .then(() => lines.mock.calls.map((words) => words.join(" ")).join("\n"))
      .finally(() => {
        lines.mockRestore();
      });
  };

  test("private-link-preview prints answers and findings of a plan", async () => {
    const plan = join(PROJECT, "examples/storage-and-vault/plan-with-findings.json");
    const argv = jest.replaceProperty(process, "argv", ["node", "answers.cjs", plan]);
    const text = await printed(() => jest.requireActual("../../../packages/private-link-preview/example/answers.cjs"));
    argv.restore();
    expect(text).toMatch(/^vnet-\S+ \S+\.core\.windows\.net \S+ (true|false)$/m);
    expect(text).toMatch(/^error [a-z-]+ ./m);
  });

  test("azure-emulator creates a resource group", async () => {
    const text = await printed(() => jest.requireActual("../../../packages/azure-emulator/example/group.cjs"));
    expect(text).toMatch(/^\/subscriptions\/\S+\/resourceGroups\/rg-example in swedencentral$/m);
    expect(text).toMatch(/^PUT 201$/m);
  });
});

test("the app takes of the packages only what they offer", () => {
  const offered = new Set([
    ...Object.entries(ENTRIES).flatMap(([name, entries]) => entries.map((entry) => `packages/${name}/${entry}`)),
    ...["azure", "azure-client", "text", "util"].map((folder) => `packages/common/${folder}/index`),
    // Without the Azure SDK.
    "packages/common/azure-client/errors",
  ]);
  const taken = files
    .filter(({ path }) => /^(src|commands)\//.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/ from "([^"]+)"/g)].map(([, from = ""]) => posix.join(dirname(path), from)),
    )
    .filter((path) => path.startsWith("packages/"));
  expect(taken.length).toBeGreaterThan(50);
  expect(taken.filter((path) => !offered.has(path) && !offered.has(`${path}/index`))).toEqual([]);
});
