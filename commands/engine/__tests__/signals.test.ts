import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, watch, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { planOf } from "../../plan/__tests__/plan-of";
import { heardOnStderr, PROJECT } from "../../../__tests__/support/programs";

/**
 * An engine that works until a signal ends it, in the step that $WORKS names. It then takes a moment to release the lock on
 * its state, as Terraform does; at a second one, or at HUP, it ends at once.
 */
const ENGINE = `#!/bin/sh
end() {
  trap 'echo ended at once >>"$LOG"; kill $pid; exit 1' INT TERM
  echo "$2 got $1" >>"$LOG"
  [ -z "$STUBBORN" ] || wait $pid
  kill $pid
  /bin/sleep 0.2
  echo "$2 released the lock" >>"$LOG"
  echo '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"execution halted"}}'
  exit 1
}
if [ "$1" = "$WORKS" ]; then
  trap "end INT $1" INT
  trap "end TERM $1" TERM
  /bin/sleep 60 >/dev/null 2>&1 &
  pid=$!
  echo "$1 works" >>"$LOG"
  wait $pid
fi
case $1 in
  plan)
    for argument; do
      case $argument in -out=*) printf x >"\${argument#-out=}" ;; esac
    done
    exit 2
    ;;
  show) /bin/cat "$SHOWN" ;;
esac
`;

const statusOf = (signal: NodeJS.Signals) => 128 + os.constants.signals[signal];

/** A folder with the engine, which works in a step until a signal ends it. */
function folderWithEngine(works: string) {
  const directory = mkdtempSync(join(os.tmpdir(), "signals-"));
  const at = (name: string) => join(directory, name);
  for (const name of ["bin", "tmp"]) mkdirSync(at(name));
  writeFileSync(at("bin/terraform"), ENGINE, { mode: 0o755 });
  writeFileSync(at("log"), "");
  writeFileSync(at("shown.json"), JSON.stringify(planOf({}, { recordTtl: 60 })));
  const log = () => readFileSync(at("log"), "utf8").trim().split("\n");
  return {
    directory,
    log,
    env: { PATH: at("bin"), TMPDIR: at("tmp"), LOG: at("log"), SHOWN: at("shown.json"), WORKS: works },
    /** Waits until the log has a line. */
    until: (line: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!log().includes(line)) return;
          watcher.close();
          resolve();
        };
        const watcher = watch(at("log"), look);
        look();
      }),
    /** Folders of plans that are left. */
    left: () => readdirSync(at("tmp")).filter((name) => name.startsWith("private-registry-")),
  };
}

describe("in this process", () => {
  let printed: { text: string };
  beforeEach(() => {
    printed = heardOnStderr();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM").removeAllListeners("SIGHUP");
  });

  /** The modules, loaded again, for a process in which no signal has come yet. */
  function freshModules() {
    jest.resetModules();
    return {
      ...jest.requireActual<typeof import("../engine")>("../engine"),
      ...jest.requireActual<typeof import("../interruption")>("../interruption"),
      ...jest.requireActual<typeof import("../../plan/with-plan")>("../../plan/with-plan"),
      ...jest.requireActual<typeof import("../../cli/run")>("../../cli/run"),
    };
  }

  const send = (signal: NodeJS.Signals) => process.emit(signal, signal);

  /** Plans and applies, as commands do, and waits until the engine works in a step. */
  async function started(works: string, more: NodeJS.ProcessEnv = {}) {
    const { directory, env, until, ...folder } = folderWithEngine(works);
    // Jest's process.env is not the one that Node asks for the folder.
    jest.spyOn(os, "tmpdir").mockReturnValue(env.TMPDIR);
    const { Engine, WorkingDirectory, withPlan, statusOf } = freshModules();
    const engine = new Engine(join(env.PATH, "terraform"), { ...env, ...more });
    const place = { folder: directory, output: directory, file: "", lockFile: "", stateFile: "", stateKey: "" };
    const ended = statusOf(async () => {
      await withPlan({ engine, files: place }, {}, ({ planFile }) =>
        new WorkingDirectory({ engine, folder: directory }).apply(planFile),
      );
      return 0;
    });
    await until(`${works} works`);
    return { ended, until, ...folder };
  }

  test.each<[works: string, signal: NodeJS.Signals, got: string]>([
    ["apply", "SIGINT", "INT"],
    ["apply", "SIGTERM", "TERM"],
    ["apply", "SIGHUP", "TERM"],
    ["plan", "SIGTERM", "TERM"],
  ])("while the engine is in %s, %s ends the engine, which releases its lock first", async (works, signal, got) => {
    const { ended, log, left } = await started(works);
    expect(left()).toHaveLength(works === "apply" ? 2 : 1);
    send(signal);
    expect(await ended).toBe(statusOf(signal));
    expect(log().slice(-2)).toEqual([`${works} got ${got}`, `${works} released the lock`]);
    expect(left()).toEqual([]);
    const ending = `terraform ${works} was interrupted in .*:\n1 error:\n  execution halted\n$`;
    expect(printed.text).toMatch(new RegExp(`^${signal}: waiting .*[^]*${ending}`, "m"));
    expect(printed.text).not.toMatch(/^ +at /m);
  });

  test("a pipeline that is cancelled sends INT and TERM, and the engine gets one of them", async () => {
    const { ended, until, log } = await started("apply");
    send("SIGINT");
    await until("apply got INT");
    send("SIGTERM");
    expect(await ended).toBe(statusOf("SIGINT"));
    expect(log().at(-1)).toBe("apply released the lock");
  });

  test("a second Ctrl-C ends at once, and says what may be left; one within half a second is the same keypress", async () => {
    const exit = jest.spyOn(process, "exit").mockImplementation();
    const { ended, until, left } = await started("apply", { STUBBORN: "1" });
    let now = 10_000;
    jest.spyOn(performance, "now").mockImplementation(() => now);
    send("SIGINT");
    await until("apply got INT");
    now += 499;
    send("SIGINT");
    expect(exit).not.toHaveBeenCalled();
    now += 1;
    send("SIGINT");
    expect(exit.mock.calls).toEqual([[statusOf("SIGINT")]]);
    expect(left()).toEqual([]);
    expect(printed.text).toMatch(
      /\nEnded at once\.\n.*terraform apply: the state may still be locked, and may lack resources that were being created\. docs\/day-2\.md describes how to continue\.\n$/,
    );
    await until("ended at once");
    await ended;
  });

  test("a Ctrl-C that npm passes on after the work has ended is still the same one", async () => {
    const { guarded, interruptedStatus } = freshModules();
    let stop = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    const work = guarded({ stop }, () => stopped);
    expect(send("SIGINT")).toBe(true);
    await work;
    // Node ends a process at a signal that nothing listens to.
    expect(send("SIGINT")).toBe(true);
    expect(interruptedStatus()).toBe(statusOf("SIGINT"));
    await expect(guarded({}, () => undefined)).rejects.toThrow("Interrupted by SIGINT.");
  });

  test("a signal is left to Node before and after work that none has interrupted", async () => {
    const { guarded } = freshModules();
    expect(send("SIGINT")).toBe(false);
    await guarded({}, () => undefined);
    expect(send("SIGINT")).toBe(false);
  });
});

describe("in a process of its own", () => {
  /** Starts a command, and waits until the engine works in a step. */
  async function started(args: string[], works: string) {
    const { directory, env, until, ...folder } = folderWithEngine(works);
    writeFileSync(join(directory, "cdktf.json"), JSON.stringify({ context: { privateRegistry: { recordTtl: 60 } } }));
    const program = ["--require", join(PROJECT, "typescript.cjs"), join(PROJECT, "commands/main.ts")];
    const child = spawn(process.execPath, [...program, ...args], {
      cwd: directory,
      env: { ...env, NO_COLOR: "1" },
      stdio: ["ignore", "ignore", "pipe"],
      // A group of its own, which gets a signal as a terminal's foreground group would.
      detached: true,
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = once(child, "close").then(([status]) => status as number | null);
    const early = ended.then(() => {
      throw new Error(`It ended before the engine worked: ${stderr}`);
    });
    await Promise.race([until(`${works} works`), early]);
    early.catch(() => undefined);
    return { child, ended, stderr: () => stderr, ...folder };
  }

  test("Ctrl-C arrives twice, from the terminal and from npm, and reaches the engine of a deployment once", async () => {
    const { child, ended, log, left, stderr } = await started(["deploy", "--auto-approve"], "apply");
    process.kill(-child.pid!, "SIGINT");
    child.kill("SIGINT");
    expect(await ended).toBe(statusOf("SIGINT"));
    expect(log().slice(-2)).toEqual(["apply got INT", "apply released the lock"]);
    expect(left()).toEqual([]);
    expect(stderr()).toMatch(/terraform apply was interrupted in .*:\n1 error:\n {2}execution halted\n$/);
  });

  test("a terminal that closes ends a plan, whose engine releases its lock first", async () => {
    const { child, ended, log, left } = await started(["plan"], "plan");
    child.stderr.destroy();
    child.kill("SIGHUP");
    expect(await ended).toBe(statusOf("SIGHUP"));
    expect(log().slice(-2)).toEqual(["plan got TERM", "plan released the lock"]);
    expect(left()).toEqual([]);
  });
});
