import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PROJECT = join(__dirname, "..", "..");

/** The TypeScript below a folder of the project, as seen from the project. */
function filesOf(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

test("the registry's DNS suffixes are spelled out in one file", () => {
  const sources = ["src", "packages/common", "packages/private-link-preview/lib", "packages/azure-emulator/lib"];
  const files = ["main.ts", ...sources.flatMap(filesOf)].filter((file) =>
    readFileSync(join(PROJECT, file), "utf8").includes("azurecr"),
  );
  expect(files).toEqual([join("packages", "common", "azure", "clouds.ts")]);
});

test("cdktf, its CLI and its bindings of the provider are named in one file, the bindings by deep paths", () => {
  const named = ["main.ts", ...["src", "commands", "bench", "__tests__"].flatMap(filesOf)].flatMap((file) => {
    const text = readFileSync(join(PROJECT, file), "utf8");
    const names = text.matchAll(/"(cdkt[fn](?:\/[^"]*)?|@cdkt[fn]\/provider-[^"]*)"/g);
    return [...names].map(([, name = ""]) => ({ file, name }));
  });
  expect([...new Set(named.map(({ file }) => file))]).toEqual([join("src", "terraform", "index.ts")]);
  expect(named.filter(({ name }) => name.endsWith("/provider-azurerm"))).toEqual([]);
});
