import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS, DEVELOPMENT } from "../catalogue";
import { PROJECT, folder, runIn } from "../../../__tests__/support/programs";
import { testUnless, which } from "../../../__tests__/support/skips";

/** A folder that is not the project's, with settings whose only spoke is called elsewhere. */
function elsewhere(): string {
  const directory = mkdtempSync(join(tmpdir(), "elsewhere-"));
  const spoke = { name: "elsewhere", location: "uksouth", addressSpace: "10.1.0.0/16" };
  writeFileSync(join(directory, "settings.json"), JSON.stringify({ spokes: [spoke] }));
  return directory;
}

/** Runs a program in a folder, without what npm has set for these tests. */
function runFrom(directory: string, program: string, args: readonly string[]) {
  const { PATH, HOME, SYSTEMROOT } = process.env;
  const env = { PATH, HOME, ...(SYSTEMROOT && { SYSTEMROOT }), NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: directory, env, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("the bin", () => {
  const BIN = join(PROJECT, "bin.js");
  /** Runs a command in this process, as the bin does in a process of its own. */
  const bin = (name?: string, ...args: string[]) => runIn(PROJECT, name, args, { PRIVATE_REGISTRY_FOLDER: tmpdir() });

  test("runs a command from any folder, with paths as seen from there, in a process of its own", () => {
    const args = [BIN, "preview", "--settings", "settings.json", "--json"];
    const { status, stdout } = runFrom(elsewhere(), process.execPath, args);
    expect(status).toBe(0);
    expect(stdout).toContain("vnet-elsewhere-dev");
  });

  test("lists by purpose, with examples, the commands that are not for development of this project", () => {
    const file = join(mkdtempSync(join(tmpdir(), "loaded-")), "loaded.cjs");
    const loaded =
      "Object.keys(require.cache).filter((file) => /cdktf|arm-compute|src.(plan|verify)/.test(file)).length";
    writeFileSync(file, `process.on("exit", () => console.error(${loaded}))`);
    const { status, stdout, stderr } = runFrom(tmpdir(), process.execPath, ["--require", file, BIN, "--help"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^With an Azure account\n {2}adopt /m);
    const listed = [...stdout.matchAll(/^ {2}([a-z][\w-]*) {2,}[A-Z]/gm)].map(([, name]) => name);
    expect(listed).toEqual([...COMMANDS.keys()].filter((name) => !DEVELOPMENT.has(name)));
    expect(stdout).toContain(" npx private-registry plan --out reviewed.tfplan\n");
    // It loads only the code of the command that runs.
    expect(stderr).toBe("0\n");
  });

  test("shows its version, and the usage of a command as it is called here", async () => {
    expect((await bin("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { stdout } = await bin("diagram", "--help");
    expect(stdout).toMatch(/^Usage: npx private-registry diagram \[options\]\n/);
    expect(stdout).toContain("\nExample:\n  npx private-registry diagram --svg network.svg\n");
  });

  test("without a command it shows them all, and that is wrong usage", async () => {
    const { status, stdout } = await bin();
    expect(status).toBe(2);
    expect(stdout).toContain("  preview ");
  });
});

describe("paths in options", () => {
  /** What npm sets for a script that it runs in the project's folder while the user is elsewhere. */
  const npm = (name: string, directory: string) => ({ npm_lifecycle_event: name, INIT_CWD: directory });

  test("of a script start where npm was called", async () => {
    const directory = elsewhere();
    const project = folder();
    const settings = ["--settings", "settings.json"];
    const run = (name: string, ...args: string[]) => runIn(project, name, args, npm(name, directory));
    expect((await run("preview", ...settings, "--output", "out.txt")).status).toBe(0);
    expect((await run("diagram", ...settings, "--svg", "out.svg")).status).toBe(0);
    expect(["out.txt", "out.svg"].filter((file) => !existsSync(join(directory, file)))).toEqual([]);
    // What is written by default stays in the project.
    expect((await run("synth", ...settings)).stderr).toMatch(/^Wrote cdktf\.out.* from .*settings\.json\.\n/);
    expect(existsSync(join(project, "cdktf.out"))).toBe(true);
  });

  test("are shown in full in an error, since the command runs in another folder", async () => {
    const directory = elsewhere();
    const { status, stderr } = await runIn(folder(), "plan", ["--file", "no.json"], npm("plan", directory));
    expect({ status, stderr }).toEqual({ status: 3, stderr: `There is no file ${join(directory, "no.json")}.\n` });
  });

  test("that are repeated are all meant so, and - stays standard input", async () => {
    const directory = elsewhere();
    mkdirSync(join(directory, "to"));
    copyFileSync(join(directory, "settings.json"), join(directory, "to", "settings.json"));
    const args = ["--to", "to/settings.json", "--to", "to/none.json"];
    const { stderr } = await runIn(folder(), "rehearse", args, npm("rehearse", directory));
    expect(stderr).toBe(`There is no file ${join(directory, "to", "none.json")}.\n`);
    const args2 = ["--stack", "-", "--state", "x"];
    expect((await runIn(folder(), "preview", args2, npm("preview", directory))).stderr).toMatch(/^Give one of/);
  });

  test("of a command that another script calls start where that script runs", async () => {
    const env = { npm_lifecycle_event: "test", INIT_CWD: elsewhere() };
    const { status } = await runIn(folder(), "preview", ["--settings", "settings.json"], env);
    expect(status).toBe(3);
  });
});

describe("options without two hyphens before them", () => {
  const npm = (variables: Record<string, string>) => ({ npm_lifecycle_event: "preview", ...variables });

  test.each([
    [{ npm_config_json: "true" }, [], "npm run preview -- --json"],
    [{ npm_config_ignore_file: "true" }, ["x.json"], "npm run preview -- --ignore-file x.json"],
    [{ npm_config_state: "true" }, ["my state.json"], 'npm run preview -- --state "my state.json"'],
    [{ npm_config_state: "s.json", npm_config_json: "true" }, [], "npm run preview -- --json --state s.json"],
    [{ npm_config_output: "true", npm_config_state: "true" }, ["a", "b"], "--output <file> --state <file> a b"],
  ])("are refused, with the right command line: %p %p", async (variables, args, line) => {
    const { status, stdout, stderr } = await runIn(folder(), "preview", args, npm(variables));
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(line);
  });

  test("are none where npm did not get them on its command line, or where the command got them too", async () => {
    const directory = folder();
    const npmrc = join(directory, "npmrc");
    writeFileSync(npmrc, "# settings\nfund=false\njson = true\n");
    const passes = async (env: Record<string, string>, ...args: string[]) => {
      expect((await runIn(directory, "preview", args, env)).status).toBe(0);
    };
    await passes(npm({ npm_config_json: "true", npm_config_userconfig: npmrc }));
    await passes(npm({ npm_config_json: "true" }), "--json");
    await passes(npm({ npm_config_json: "", npm_config_version: "true", npm_config_fund: "true" }));
    // Another script, such as npm test --json, calls the command.
    await passes({ npm_lifecycle_event: "test", npm_config_json: "true" });
  });

  const command = which("npm");
  const reason = process.platform === "win32" || !command ? "npm is not a program of its own" : undefined;

  testUnless(reason, "are noticed as npm itself hands them on", async () => {
    const directory = elsewhere();
    const npmRun = (...args: string[]) => runFrom(directory, command!, ["--prefix", PROJECT, "run", ...args]);
    const wrong = npmRun("preview", "--json");
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain("npm run preview -- --json");
    // Where npm was called, it has said too.
    const right = Promise.resolve(npmRun("--silent", "preview", "--", "--json", "--stack", "none.json"));
    const stderr = `There is no file ${join(directory, "none.json")}.\n`;
    await expect(right).resolves.toMatchObject({ status: 3, stderr });
  });
});
