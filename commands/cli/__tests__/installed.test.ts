import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../../../__tests__/support/programs";

const { scripts } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

// Every script starts in one of two ways, as the last test says, and the program of the package in another.
test.each([
  ["synth", "no"],
  ["test", "no"],
  ["bin.js", "only the packages'"],
])("%s with %s dependencies says to install them, and nothing else", (name, which) => {
  // The files that the scripts load first.
  const cwd = mkdtempSync(join(tmpdir(), "not-installed-"));
  for (const file of ["main.ts", "bin.js", "installed.cjs", "typescript.cjs"])
    cpSync(join(PROJECT, file), join(cwd, file));
  if (which !== "no") {
    mkdirSync(join(cwd, "node_modules"));
    writeFileSync(join(cwd, "node_modules", ".package-lock.json"), "{}");
  }
  const { PATH, SYSTEMROOT } = process.env;
  const { status, stdout, stderr } = spawnSync(scripts[name] ?? "node bin.js synth", {
    cwd,
    env: { PATH, ...(SYSTEMROOT && { SYSTEMROOT }) },
    shell: true,
    encoding: "utf8",
  });
  expect({ status, stdout, stderr }).toEqual({ status: 3, stdout: "", stderr: "Run npm ci first.\n" });
});

test("every script looks for the dependencies first", () => {
  const looks = /^node (--require \.\/typescript\.cjs |installed\.cjs && )/;
  expect(Object.entries(scripts).filter(([, script]) => !looks.test(script))).toEqual([]);
});
