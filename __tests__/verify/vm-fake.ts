import { execFile } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { scriptFor } from "../../src/verify/script";
import { which } from "../support/skips";
import { type FakeSpoke, HOSTS, type RegistryFake } from "./registry-fake";

/** What a script printed and how it ended. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | string | null | undefined;
}

/** Commands that the scripts may use: those of the VM's image, and docker and jq from cloud-init. */
const COMMANDS = [
  ...[
    "base64",
    "cat",
    "curl",
    "cut",
    "date",
    "docker",
    "getent",
    "grep",
    "gzip",
    "head",
    "jq",
    "mkdir",
    "mktemp",
    "rm",
    "sed",
  ],
  ...["sha256sum", "sleep", "sort", "tail", "tar", "timeout", "tr", "uname", "wc"],
];

/** Why no script for a VM can run here, if so. */
export function wrongSystem(): string | undefined {
  return platform() === "linux"
    ? undefined
    : "the scripts need the commands of Linux, and all addresses of 127.0.0.0/8";
}

/** Why the scripts can't run here, if so. */
export function missingTools(): string | undefined {
  const system = wrongSystem();
  if (system !== undefined) return system;
  const missing = ["curl", "jq", "openssl", "timeout"].filter((command) => which(command) === undefined);
  if (missing.length > 0 && process.env.REQUIRE_TOOLS) throw new Error(`not installed: ${missing.join(", ")}`);
  return missing.length > 0 ? `${missing.join(", ")} not installed` : undefined;
}

/** A script for VMs, as a file. */
export function scriptFile(task: "probe" | "push"): string {
  const file = join(mkdtempSync(join(tmpdir(), "script-")), `${task}.sh`);
  writeFileSync(file, scriptFor(task));
  return file;
}

/** Runs shellcheck on a script; gives what it has to say. */
export function shellcheck(script: string): Promise<string> {
  return new Promise((resolve) => {
    execFile("shellcheck", ["--shell=sh", script], (_, stdout) => {
      resolve(stdout);
    });
  });
}

/** The docker commands of a VM where all goes well, as shell. `$HERE` is the VM's folder. */
const DOCKER: Readonly<Record<string, string>> = {
  version: "echo 28.2.2",
  login: 'cat >"$HERE/password"; echo "{}" >"$DOCKER_CONFIG/config.json"; echo "Login Succeeded"',
  image: "exit 1",
  pull: 'echo "v1: Pulling from $2"; echo "Status: Downloaded newer image"',
  run: 'echo "hello from a fake"; echo "and a second line"',
  build: 'cp -r "$4" "$HERE/built"; echo "Successfully built"',
  push: `echo "v1: digest: sha256:${"ab".repeat(32)} size: 527"`,
  rm: "exit 0",
};

/**
 * A VM in a spoke: a folder with the commands that are fake, put before the others on the PATH.
 *
 * Names are answered by a fake getent; curl is led to the same addresses by its own configuration.
 */
export class VmFake {
  public readonly folder = mkdtempSync(join(tmpdir(), "vm-fake-"));
  private readonly bin = join(this.folder, "bin");
  private readonly temporary = join(this.folder, "tmp");
  private path = `${this.bin}:${process.env.PATH ?? ""}`;
  private readonly ways = new Map<string, string>();

  constructor(
    private readonly registry: RegistryFake,
    spoke: FakeSpoke,
    private readonly authority: string,
  ) {
    mkdirSync(this.bin);
    mkdirSync(this.temporary);
    for (const host of HOSTS) this.lead(host, spoke.addresses[host]!);
    this.answerNames(Object.entries(spoke.addresses));
    this.docker({});
  }

  /** Has curl find a host at this address. */
  public lead(host: string, address: string, port = this.registry.port(address)): void {
    this.ways.set(host, `connect-to = "${host}:443:${address}:${port}"`);
    writeFileSync(this.curlOptions, [`cacert = "${this.authority}"`, ...this.ways.values(), ""].join("\n"));
  }

  /** Answers names with these addresses, and no others. */
  public answerNames(answers: readonly (readonly [host: string, address: string])[]): void {
    const folder = join(this.folder, "names");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [host, address] of answers) {
      // As the real one: a line for each kind of socket.
      const lines = ["STREAM", "DGRAM", "RAW"].map((kind) => `${address} ${kind} ${host}\n`);
      appendFileSync(join(folder, host), lines.join(""));
    }
    // Without further processes: a test may look up many names.
    const print = `while IFS= read -r line; do echo "$line"; done <'${folder}'/"$2"`;
    this.command("getent", [`[ -e '${folder}'/"$2" ] || exit 2`, print]);
  }

  /** Has docker's commands do something else. */
  public docker(commands: Readonly<Record<string, string>>): void {
    const cases = Object.entries({ ...DOCKER, ...commands }).map(([command, body]) => `${command}) ${body} ;;`);
    this.command("docker", [
      `HERE='${this.folder}'`,
      'echo "$*" >>"$HERE/docker.log"',
      'case "$1" in',
      ...cases,
      "*) exit 64 ;;",
      "esac",
    ]);
  }

  /** The docker commands that were given. */
  public get dockerCommands(): readonly string[] {
    return this.read("docker.log").split("\n").slice(0, -1);
  }

  /** Puts a command on the PATH. */
  public command(name: string, lines: readonly string[]): void {
    const file = join(this.bin, name);
    writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"));
    chmodSync(file, 0o755);
  }

  /** Leaves only the commands that the scripts may use, without these. */
  public onlyCommands(without: readonly string[] = []): void {
    for (const name of COMMANDS.filter((command) => !without.includes(command))) {
      const file = join(this.bin, name);
      if (!existsSync(file)) this.command(name, [`exec ${which(name)!} "$@"`]);
    }
    this.path = this.bin;
  }

  /** Has every command note its arguments and environment before it starts. */
  public record(): void {
    this.onlyCommands();
    const real = join(this.folder, "real");
    mkdirSync(real);
    const cat = which("cat")!;
    for (const name of readdirSync(this.bin)) {
      writeFileSync(join(real, name), readFileSync(join(this.bin, name)), { mode: 0o755 });
      this.command(name, [
        `{ printf '%s\\n' "${name}:" "$@"; ${cat} /proc/$$/environ; echo; } >>'${this.folder}/processes.log'`,
        `exec '${real}/${name}' "$@"`,
      ]);
    }
  }

  /** A file of the VM's folder; empty if there is none. */
  public read(name: string): string {
    const file = join(this.folder, name);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** What is in the folder for temporary files. */
  public get leftBehind(): readonly string[] {
    return readdirSync(this.temporary);
  }

  /** Runs a script by `sh`. */
  public run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
    return this.start(script, args, env).ended;
  }

  /** Starts a script by `sh`, to be ended by a signal. */
  public start(
    script: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): { signal: (signal: NodeJS.Signals) => void; ended: Promise<Run> } {
    let signal: (signal: NodeJS.Signals) => void = () => undefined;
    const ended = new Promise<Run>((resolve) => {
      const child = execFile(
        "/bin/sh",
        [script, ...args],
        {
          env: { ...this.environment, ...env },
        },
        (error, stdout, stderr) => {
          resolve({ stdout, stderr, exit: error ? (error.code ?? error.signal) : 0 });
        },
      );
      signal = (name) => void child.kill(name);
    });
    return { signal, ended };
  }

  /** What a script finds in its environment. */
  public get environment(): Readonly<Record<string, string>> {
    return {
      PATH: this.path,
      TMPDIR: this.temporary,
      PROBE_IMDS: this.registry.metadata,
      PROBE_CURL_OPTIONS: this.curlOptions,
      PROBE_RETRY_SECONDS: "0",
      PROBE_RETRY_LIMIT: "0",
    };
  }

  private get curlOptions(): string {
    return join(this.folder, "curl.conf");
  }
}

/** Runs what it is given side by side, but no more than these at once. */
export function sideBySide(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
