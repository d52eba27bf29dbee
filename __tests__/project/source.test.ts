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

test("the examples use the versions of the providers that the stack requires, and Renovate finds these", () => {
  const versions = readFileSync(join(PROJECT, "src", "terraform", "provider-versions.json"), "utf8");
  const pinned = readdirSync(join(PROJECT, "examples"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".tf"))
    .flatMap((file) => [
      ...readFileSync(join(PROJECT, "examples", file), "utf8").matchAll(/^ +version\s*= "(\d[\d.]*)"/gm),
    ]);
  expect(new Set(pinned.map(([, version]) => version))).toEqual(new Set([/"4": "([^"]+)"/.exec(versions)![1]]));
  const { customManagers } = JSON.parse(readFileSync(join(PROJECT, "renovate.json"), "utf8")) as {
    customManagers: { matchStrings: string[] }[];
  };
  const found = customManagers.flatMap(({ matchStrings }) =>
    matchStrings.flatMap((match) =>
      [...versions.matchAll(new RegExp(match, "g"))].map(({ groups }) => groups!.currentValue),
    ),
  );
  expect(found.sort()).toEqual(versions.match(/\d+\.\d+\.\d+/g)!.sort());
});
