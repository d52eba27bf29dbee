import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { planOf } from "../plan/plan-of";
import { PROJECT } from "../support/programs";

/**
 * An engine that works until a signal ends it, in the step that $WORKS names. It then takes a moment to release the lock on
 * its state, as Terraform does; at a second one, or at HUP, it ends at once.
 */
const ENGINE = `#!/bin/sh
echo "$1 begins" >>"$LOG"
end() {
  echo "$2 got $1" >>"$LOG"
  trap 'echo ended at once >>"$LOG"; exit 1' INT TERM
  /bin/sleep 0.3
  [ -z "$STUBBORN" ] || while :; do /bin/sleep 0.1; done
  echo "$2 released the lock" >>"$LOG"
  exit 1
}
if [ "$1" = "$WORKS" ]; then
  trap "end INT $1" INT
  trap "end TERM $1" TERM
  echo "$1 works" >>"$LOG"
  while :; do /bin/sleep 0.1; done
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

interface Running {
  readonly child: ChildProcess;
  readonly log: () => string[];
  /** Waits until the log has a line. */
  readonly until: (line: string) => Promise<void>;
  /** Folders of plans that are left. */
  readonly left: () => string[];
  readonly stderr: () => string;
  /** Waits for the end, and gives the exit status. */
  readonly ended: Promise<number | null>;
}

function start(args: string[], works: string, env: Record<string, string> = {}): Running {
  const directory = mkdtempSync(join(tmpdir(), "signals-"));
  const at = (name: string) => join(directory, name);
  for (const folder of ["bin", "tmp"]) mkdirSync(at(folder));
  writeFileSync(at("bin/terraform"), ENGINE);
  chmodSync(at("bin/terraform"), 0o755);
  writeFileSync(at("log"), "");
  writeFileSync(at("shown.json"), JSON.stringify(planOf({}, { recordTtl: 60 })));
  writeFileSync(at("cdktf.json"), JSON.stringify({ context: { privateRegistry: { recordTtl: 60 } } }));
  const program = ["--require", join(PROJECT, "typescript.cjs"), join(PROJECT, "src/commands/main.ts")];
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: directory,
    env: {
      PATH: at("bin"),
      TMPDIR: at("tmp"),
      LOG: at("log"),
      SHOWN: at("shown.json"),
      WORKS: works,
      NO_COLOR: "1",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stdout.resume();
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const log = () => readFileSync(at("log"), "utf8").trim().split("\n");
  const ended = once(child, "close").then(([status]) => status as number | null);
  return {
    child,
    log,
    until: async (line) => {
      while (!log().includes(line)) {
        if (child.exitCode !== null) throw new Error(`It ended before "${line}": ${stderr}`);
        await delay(20);
      }
    },
    left: () => readdirSync(at("tmp")).filter((name) => name.startsWith("plan-")),
    stderr: () => stderr,
    ended,
  };
}

const STATUS = (signal: NodeJS.Signals) => 128 + constants.signals[signal];

test.each<[command: string, args: string[], works: string, signal: NodeJS.Signals]>([
  ["deploy", ["--auto-approve"], "apply", "SIGINT"],
  ["deploy", ["--auto-approve"], "apply", "SIGTERM"],
  ["deploy", ["--auto-approve"], "apply", "SIGHUP"],
  ["deploy", ["--auto-approve"], "plan", "SIGTERM"],
  ["plan", [], "plan", "SIGHUP"],
  ["destroy", ["--auto-approve"], "apply", "SIGTERM"],
])(
  "%s %p, while the engine is in %s: %s ends the engine, which releases its lock first",
  async (command, args, works, signal) => {
    const { child, until, ended, log, left, stderr } = start([command, ...args], works);
    await until(`${works} works`);
    expect(left()).toHaveLength(1);
    child.kill(signal);
    expect(await ended).toBe(STATUS(signal));
    expect(log().slice(-2)).toEqual([
      `${works} got ${signal === "SIGINT" ? "INT" : "TERM"}`,
      `${works} released the lock`,
    ]);
    expect(left()).toEqual([]);
    expect(stderr()).toMatch(/was interrupted in/);
    expect(stderr()).not.toMatch(/^ +at /m);
  },
);

test("Ctrl-C arrives twice, from the terminal and from npm, and is one Ctrl-C", async () => {
  const { child, until, ended, log } = start(["deploy", "--auto-approve"], "apply");
  await until("apply works");
  child.kill("SIGINT");
  child.kill("SIGINT");
  expect(await ended).toBe(STATUS("SIGINT"));
  expect(log().at(-1)).toBe("apply released the lock");
});

test("a pipeline that is cancelled sends INT and TERM, and the engine gets one of them", async () => {
  const { child, until, ended, log } = start(["deploy", "--auto-approve"], "apply");
  await until("apply works");
  child.kill("SIGINT");
  await until("apply got INT");
  child.kill("SIGTERM");
  expect(await ended).toBe(STATUS("SIGINT"));
  expect(log().at(-1)).toBe("apply released the lock");
});

test("a second Ctrl-C ends at once, and says what may be left", async () => {
  const { child, until, ended, left, stderr } = start(["deploy", "--auto-approve"], "apply", { STUBBORN: "1" });
  await until("apply works");
  child.kill("SIGINT");
  await until("apply got INT");
  // One within half a second is taken for the same key press.
  await delay(600);
  child.kill("SIGINT");
  expect(await ended).toBe(STATUS("SIGINT"));
  expect(left()).toEqual([]);
  expect(stderr()).toMatch(
    /\nEnded at once\.\n.*terraform apply: the state may still be locked, and may lack resources that were being created\. docs\/day-2\.md describes how to continue\.\n$/,
  );
  await until("ended at once").catch(() => undefined);
});

test("a signal before anything has begun ends the command with the status of the signal", async () => {
  const { child, ended } = start(["help"], "none");
  child.kill("SIGTERM");
  expect(await ended).not.toBe(0);
});

test("a Ctrl-C that npm passes on after the work has ended is still the same one", async () => {
  const script = `
    const { guarded, interruptedStatus } = require(${JSON.stringify(join(PROJECT, "src/engine/interruption"))});
    const turn = () => new Promise((resolve) => setTimeout(resolve, 20));
    const alive = setInterval(turn, 1000);
    (async () => {
      let stop;
      const stopped = new Promise((resolve) => (stop = resolve));
      const work = guarded({ stop }, () => stopped);
      process.kill(process.pid, "SIGINT");
      await work;
      process.kill(process.pid, "SIGINT");
      await turn();
      console.error("It has said all.");
      process.exitCode = interruptedStatus();
      clearInterval(alive);
    })();`;
  const child = spawn(process.execPath, ["--require", join(PROJECT, "typescript.cjs"), "--eval", script]);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  expect([status, stderr]).toEqual([130, expect.stringContaining("It has said all.")]);
});
