import { type ChildProcess, execFile } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { scriptFor } from "../script";
import { which } from "../../../__tests__/support/skips";
import { type FakeSpoke, LOGIN_SERVER, type Region, RegistryFake, SPOKES, addressesIn } from "./registry-fake";

/** What a script printed and how it ended. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | string | null | undefined;
}

/** Commands that the scripts may use: those of the VM's image, and docker and jq from cloud-init. */
const COMMANDS =
  "base64 cat curl cut date docker getent grep gzip head jq mkdir mktemp rm sed sha256sum sleep sort tail tar timeout tr uname wc".split(
    " ",
  );

/** Why a script for VMs can't run on this operating system, or undefined if it can. */
export function wrongSystem(): string | undefined {
  return platform() === "linux"
    ? undefined
    : "the scripts need the commands of Linux, and all addresses of 127.0.0.0/8";
}

/** Why the scripts can't run on this machine, or undefined if they can. */
export function missingTools(): string | undefined {
  const system = wrongSystem();
  if (system !== undefined) return system;
  const missing = ["curl", "jq", "openssl", "timeout"].filter((command) => which(command) === undefined);
  if (missing.length > 0 && process.env.REQUIRE_TOOLS) throw new Error(`not installed: ${missing.join(", ")}`);
  return missing.length > 0 ? `${missing.join(", ")} not installed` : undefined;
}

/** Writes a script for VMs to a file. */
export function scriptFile(task: "probe" | "push"): string {
  const file = join(mkdtempSync(join(tmpdir(), "script-")), `${task}.sh`);
  writeFileSync(file, scriptFor(task));
  return file;
}

/** Shell code of the docker commands on a VM without problems. `$HERE` is the VM's folder. */
const DOCKER: Readonly<Record<string, string>> = {
  version: "echo 28.2.2",
  login: 'cat >"$HERE/password"; echo "{}" >"$DOCKER_CONFIG/config.json"; echo "Login Succeeded"',
  image: "exit 1",
  pull: 'echo "v1: Pulling from $2"; echo "Status: Downloaded newer image"',
  run: 'echo "hello from a fake"; echo "and a second line"',
  build: `${which("cp")!} -r "$4" "$HERE/built"; echo "Successfully built"`,
  rm: "exit 0",
};

/**
 * A VM in a spoke: a folder with fake commands, which comes first on the PATH.
 *
 * A fake getent resolves names. curl's configuration leads to the same addresses.
 */
export class VmFake {
  public readonly folder = mkdtempSync(join(tmpdir(), "vm-fake-"));
  private readonly bin = join(this.folder, "bin");
  private readonly temporary = join(this.folder, "tmp");
  private readonly curlOptions = join(this.folder, "curl.conf");
  private path = `${this.bin}:${process.env.PATH ?? ""}`;
  private readonly ways = new Map<string, string>();

  constructor(
    private readonly registry: RegistryFake,
    private readonly spoke: FakeSpoke,
    private readonly authority: string,
  ) {
    mkdirSync(this.bin);
    mkdirSync(this.temporary);
    for (const [host, address] of Object.entries(spoke.addresses)) this.lead(host, address);
    this.answerNames(Object.entries(spoke.addresses));
    const cases = Object.entries({ ...DOCKER, push: `echo "v1: digest: ${registry.tagged} size: 527"` });
    this.command("docker", [
      ...[`HERE='${this.folder}'`, 'echo "$*" >>"$HERE/docker.log"', 'case "$1" in'],
      ...[...cases.map(([command, body]) => `${command}) ${body} ;;`), "*) exit 64 ;;", "esac"],
    ]);
  }

  /** Makes curl connect to a host at this address. */
  public lead(host: string, address: string, port = this.registry.ports.get(address)!): void {
    this.ways.set(host, `connect-to = "${host}:443:${address}:${port}"`);
    writeFileSync(this.curlOptions, [`cacert = "${this.authority}"`, ...this.ways.values(), ""].join("\n"));
  }

  /** Adds a line to curl's configuration. */
  public curlOption(line: string): void {
    appendFileSync(this.curlOptions, `${line}\n`);
  }

  /** Makes the login server's name resolve to the address that the spoke's endpoint has for the one of a region. */
  public leadToRegion(region: Region): void {
    const addresses = addressesIn(this.spoke, region);
    this.lead(LOGIN_SERVER, addresses[LOGIN_SERVER]!);
    this.answerNames(Object.entries(addresses));
  }

  /** Makes getent resolve these names, and no others. */
  public answerNames(answers: readonly (readonly [host: string, address: string])[]): void {
    const folder = join(this.folder, "names");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [host, address] of answers) {
      // As the real getent, a line for each type of socket.
      const lines = ["STREAM", "DGRAM", "RAW"].map((kind) => `${address} ${kind} ${host}\n`);
      appendFileSync(join(folder, host), lines.join(""));
    }
    // Without further processes, because a test can look up many names.
    const print = `while IFS= read -r line; do echo "$line"; done <'${folder}'/"$2"`;
    this.command("getent", [`[ -e '${folder}'/"$2" ] || exit 2`, print]);
  }

  /** The docker commands that were run. */
  public get dockerCommands(): readonly string[] {
    return this.read("docker.log").split("\n").slice(0, -1);
  }

  /** Puts a command on the PATH. */
  public command(name: string, lines: readonly string[]): void {
    const file = join(this.bin, name);
    writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"));
    chmodSync(file, 0o755);
  }

  /** Removes every command that the scripts are not supposed to use, and these. */
  public onlyCommands(without: readonly string[] = []): void {
    for (const name of COMMANDS.filter((command) => !without.includes(command))) {
      const file = join(this.bin, name);
      if (!existsSync(file)) symlinkSync(which(name)!, file);
    }
    this.path = this.bin;
  }

  /** Makes every command record its arguments and environment before it starts. */
  public record(): void {
    this.onlyCommands();
    const real = join(this.folder, "real");
    renameSync(this.bin, real);
    mkdirSync(this.bin);
    const cat = which("cat")!;
    for (const name of readdirSync(real))
      this.command(name, [
        `{ printf '%s\\n' "${name}:" "$@"; ${cat} /proc/$$/environ; echo; } >>'${this.folder}/processes.log'`,
        `exec '${real}/${name}' "$@"`,
      ]);
  }

  /** The content of a file in the VM's folder. Empty if the file does not exist. */
  public read(name: string): string {
    const file = join(this.folder, name);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Names in the folder for temporary files. */
  public get leftBehind(): readonly string[] {
    return readdirSync(this.temporary);
  }

  /** Runs a script with `sh`. */
  public run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
    return this.start(script, args, env).ended;
  }

  /** Starts a script with `sh`, which can be ended by a signal. */
  public start(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    let child!: ChildProcess;
    const ended = new Promise<Run>((resolve) => {
      const options = { env: { ...this.environment, ...env } };
      child = execFile("/bin/sh", [script, ...args], options, (error, stdout, stderr) => {
        resolve({ stdout, stderr, exit: error ? (error.code ?? error.signal) : 0 });
      });
    });
    return { child, ended };
  }

  /** The environment of a script. */
  public get environment(): Readonly<Record<string, string>> {
    return {
      PATH: this.path,
      TMPDIR: this.temporary,
      PROBE_IMDS: this.registry.metadata,
      PROBE_CURL_OPTIONS: this.curlOptions,
      PROBE_RETRY_SECONDS: "0",
      PROBE_RETRY_LIMIT: "0",
      PROBE_ROLE_SECONDS: "0",
      PROBE_ROLE_LIMIT: "0",
    };
  }
}

/** A registry for the tests of a suite, which is reset after each, and VMs on which no script may leave a file behind. */
export class RegistryForSuite {
  public readonly folder = mkdtempSync(join(tmpdir(), "registry-"));
  /** File with the certificates of the registry. */
  public readonly certificate = join(this.folder, "registry.pem");
  public registry!: RegistryFake;
  private readonly vms: VmFake[] = [];

  constructor() {
    beforeAll(async () => {
      this.registry = await RegistryFake.start();
      writeFileSync(this.certificate, this.registry.certificate);
    });

    afterEach(() => {
      this.registry.reset();
      for (const vm of this.vms.splice(0)) {
        expect(vm.leftBehind).toEqual([]);
        rmSync(vm.folder, { recursive: true });
      }
    });

    afterAll(async () => {
      await this.registry.stop();
      rmSync(this.folder, { recursive: true });
    });
  }

  /** A VM in a spoke, which trusts the registry's certificate or the ones in a file. */
  public vmIn(spoke: keyof typeof SPOKES, authority = this.certificate): VmFake {
    const vm = new VmFake(this.registry, SPOKES[spoke], authority);
    this.vms.push(vm);
    return vm;
  }
}
