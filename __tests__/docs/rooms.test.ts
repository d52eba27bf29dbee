import { readFileSync, readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { againstTheOrder, importsIn, sourceFiles } from "../../src/docs/rooms";
import { PROJECT } from "../support/programs";

const files = sourceFiles(PROJECT);

test("imports lead one way, and each file is in a room", () => {
  expect(againstTheOrder(files)).toEqual([]);
  expect(readdirSync(join(PROJECT, "src")).filter((name) => name.endsWith(".ts"))).toEqual(["stack.ts"]);
});

test("an import against the order is noticed, and so is a file in no room", () => {
  const text = 'import { command } from "../plan/plan-command";\n';
  expect(againstTheOrder([{ path: "src/engine/engine.ts", text }])).toEqual([
    "src/engine/engine.ts imports from src/plan, which may import from src/engine.",
  ]);
  expect(
    againstTheOrder([
      { path: "packages/azure-emulator/lib/a.ts", text: 'import "x";\nexport * from "../../../src/stack";' },
    ]),
  ).toHaveLength(1);
  expect(againstTheOrder([{ path: "src/loose.ts", text: "" }])).toEqual(["src/loose.ts is in no room."]);
});

test("imports are found: of the packages, of folders, and of the commands by name", () => {
  const found = importsIn(files).map(({ from, to }) => `${from.path} ${to.path}`);
  expect(found).toContain("src/stack.ts src/terraform");
  expect(found).toContain("src/commands src/verify");
  expect(found).toContain("src/plan packages/private-link-preview");
  expect(found).toContain("src/rehearse packages/azure-emulator");
});

test.each(["private-link-preview", "azure-emulator"])("%s imports nothing but itself and what it declares", (name) => {
  const folder = join(PROJECT, "packages", name);
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const imported = files
    .filter(({ path }) => path.startsWith(`packages/${name}/`))
    .flatMap(({ text }) => [...text.matchAll(/ from "([^"]+)"/g)].map(([, from = ""]) => from))
    .filter((from) => !from.startsWith(".") && !builtinModules.includes(from.replace("node:", "")));
  // Types of picocolors are in a file of their own.
  const packages = imported.map((from) => from.replace(/^((?:@[^/]+\/)?[^/]+).*$/, "$1"));
  expect([...new Set(packages)].sort()).toEqual(Object.keys(dependencies).sort());
});

test("the app takes of the packages only what they offer", () => {
  const entries = [
    "private-link-preview",
    "private-link-preview/report",
    "private-link-preview/text",
    "private-link-preview/util",
    "azure-emulator",
  ];
  const imported = files
    .filter(({ path }) => path.startsWith("src/"))
    .flatMap(({ text }) => [...text.matchAll(/ from "((?:private-link-preview|azure-emulator)[^"]*)"/g)])
    .map(([, from]) => from!);
  expect(imported.filter((from) => !entries.includes(from))).toEqual([]);
});
