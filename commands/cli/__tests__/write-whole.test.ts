import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError, writeNew, writeWhole } from "../../../packages/common/util";
import { PROJECT, folder } from "../../../__tests__/support/programs";

const temporary = () => mkdtempSync(join(tmpdir(), "write-"));

test("a file is replaced by a new one, with the mode that is asked for, and nothing is left beside it", () => {
  const directory = temporary();
  const file = join(directory, "out");
  writeFileSync(file, "old");
  writeWhole(file, "new", 0o600);
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(["out"]);
});

test("what a link leads to is written, and the link stays", () => {
  const directory = temporary();
  writeFileSync(join(directory, "target"), "old");
  symlinkSync("target", join(directory, "link"));
  writeWhole(join(directory, "link"), "new");
  expect(readFileSync(join(directory, "target"), "utf8")).toBe("new");
});

test("a device is written to, and not replaced", () => {
  writeWhole("/dev/null", "new");
  expect(statSync("/dev/null").isFile()).toBe(false);
});

test("a folder that does not exist is an error without a stack trace", () => {
  expect(writeWhole.bind(undefined, "/nowhere/out", "new")).toThrow(UserError);
});

test("a new file is written where there is none, and never over one that another program has created meanwhile", () => {
  const file = join(temporary(), "out");
  writeNew(file, "mine");
  expect(() => {
    writeNew(file, "other");
  }).toThrow(new UserError(`${file} exists, and nothing is written over it.`));
  expect(readFileSync(file, "utf8")).toBe("mine");
  expect(writeNew.bind(undefined, "/dev/full/out", "new")).toThrow(/^Can't write /);
});

// The shell limits the size of files, which fails in the same way as a full disk.
test("a synthesis that can't write leaves what was synthesized before, in a process of its own", () => {
  const directory = folder();
  writeFileSync(join(directory, "other.json"), JSON.stringify({ owner: "after" }));
  const stack = join(directory, "cdktf.out", "stacks", "private-registry");
  mkdirSync(stack, { recursive: true });
  writeFileSync(join(stack, "cdk.tf.json"), "before");
  const main = ["--require", join(PROJECT, "typescript.cjs"), join(PROJECT, "commands", "main.ts")];
  const program = [...main, "synth", "--settings", "other.json"];
  const synth = ["-c", 'ulimit -f 20; exec "$@"', "sh", process.execPath, ...program];
  const { PATH } = process.env;
  const { status, stderr } = spawnSync("sh", synth, { cwd: directory, env: { PATH }, encoding: "utf8" });
  expect([status, stderr]).toEqual([
    3,
    expect.stringMatching(/^Can't write to cdktf\.out: EFBIG: .*\. What was synthesized before is still there\.\n$/),
  ]);
  expect(readFileSync(join(stack, "cdk.tf.json"), "utf8")).toBe("before");
  expect(readdirSync(directory).sort()).toEqual(["cdktf.json", "cdktf.out", "other.json"]);
});
