import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { locked } from "../lock";
import { inOwnFolder } from "../own-folder";
import { heardOnStderr } from "../../../__tests__/support/programs";

jest.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

const ENDED = 2 ** 22 + 1; // More than Linux gives to a process.
const owner = (pid: number, host = hostname()) =>
  JSON.stringify({ command: "deploy", pid, host, since: "2026-11-29 18:05" });

let folder: string;
let said: { text: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  said = heardOnStderr();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe("a lock", () => {
  const file = () => join(folder, ".cdktf.out.lock");
  const take = () => locked(file(), { what: "cdktf.out" }, () => readFileSync(file(), "utf8"));

  test("names this process while it works, and is gone afterwards, also after an error", async () => {
    expect(JSON.parse(await take())).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(locked(file(), { what: "x" }, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    expect(existsSync(file())).toBe(false);
  });

  test.each([
    ["a process that runs", owner(process.ppid), `deploy (process ${process.ppid} on ${hostname()}, since `],
    ["a process of another machine or container", owner(ENDED, "elsewhere"), "(process 4194305 on elsewhere, since"],
    ["a process that has not written who it is yet", "", "it has just begun. "],
  ])("is respected: of %s", async (_, content, who) => {
    writeFileSync(file(), content);
    await expect(take()).rejects.toThrow(who);
    await expect(take()).rejects.toThrow(/^Another command is at work on cdktf\.out: .* Wait until it has ended\./);
    expect(readFileSync(file(), "utf8")).toBe(content);
  });

  test.each([
    ["has ended", ENDED],
    ["had the number of this process before", process.pid],
  ])("is taken over from a process that %s, in one line", async (_, pid) => {
    writeFileSync(file(), owner(pid));
    expect(JSON.parse(await take())).toMatchObject({ pid: process.pid });
    expect(said.text).toBe(
      `Took over from deploy (process ${pid} on ${hostname()}, since 2026-11-29 18:05 UTC), which was ended before it was done.\n`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("can be waited for", async () => {
    writeFileSync(file(), owner(process.ppid));
    const work = locked(file(), { what: "x", waits: true }, () => "done");
    writeFileSync(file(), owner(ENDED));
    expect(await work).toBe("done");
  });

  test("that can't be written is told", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(locked(join(folder, "file", "lock"), { what: "x" }, () => 0)).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});

test("a folder of its own is deleted afterwards, with those that ended processes have left, and no others", async () => {
  for (const [name, content] of Object.entries({ ended: owner(ENDED), runs: owner(process.ppid), none: undefined })) {
    mkdirSync(join(folder, `plan-${name}`));
    if (content) writeFileSync(join(folder, `plan-${name}`, ".owner.json"), content);
  }
  mkdirSync(join(folder, "plan-engine"));
  writeFileSync(join(folder, "plan-engine", ".owner.json"), owner(ENDED));
  writeFileSync(join(folder, "plan-engine", ".engine.json"), owner(process.ppid));
  const during = await inOwnFolder(join(folder, "plan-"), () => readdirSync(folder).length);
  expect(during).toBe(4);
  expect(readdirSync(folder).sort()).toEqual(["plan-engine", "plan-none", "plan-runs"]);
  expect(said.text).toMatch(/^Deleted .*\/plan-ended, which deploy \(process 4194305 on .*\) has left\.\n$/);
});
