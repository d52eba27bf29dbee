import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeUnless, testUnless, which } from "../support/skips";
import {
  ALL_HOSTS,
  type Certificate,
  DATA_ENDPOINTS,
  type Fault,
  IMAGE,
  LOGIN_SERVER,
  type Part,
  RegistryFake,
  SPOKES,
  json,
  makeCertificate,
  registryError,
  sha256,
} from "./registry-fake";
import { type Run, VmFake, cleanUpAfterEach, missingTools, scriptFile, shellcheck } from "./vm-fake";

const ROOT = join(__dirname, "..", "..");
const PUSH = scriptFile("push");
const HELLO = join(ROOT, "docker-hello");
const STEPS = "tools context identity exchange login build push".split(" ");

testUnless(
  which("shellcheck") ? undefined : "shellcheck is not installed",
  "shellcheck finds nothing in the push script and in the hello",
  async () => {
    expect(await Promise.all([PUSH, join(HELLO, "hello.sh")].map(shellcheck))).toEqual(["", ""]);
  },
);

describeUnless(missingTools(), "the push", () => {
  const folder = mkdtempSync(join(tmpdir(), "push-test-"));
  const vms: VmFake[] = [];
  let certificate: Certificate;
  let fake: RegistryFake;
  let context: string;

  beforeAll(async () => {
    certificate = makeCertificate(folder, "registry", ALL_HOSTS);
    fake = await RegistryFake.start(certificate, certificate);
    context = spawnSync("tar", ["-czf", "-", "-C", HELLO, "."]).stdout.toString("base64");
  });

  cleanUpAfterEach(folder, vms, () => fake);

  function newVm(docker: Readonly<Record<string, string>> = {}): VmFake {
    const vm = new VmFake(fake, SPOKES.spoke1, certificate.cert);
    vm.docker(docker);
    vms.push(vm);
    return vm;
  }

  /** The last line, after the steps and what the script waits for. A failure comes with the VM's clock. */
  function resultOf({ stdout, stderr, exit }: Run, lastStep: string, waitsFor: readonly string[] = []): unknown {
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(3500);
    const lines = stdout.trimEnd().split("\n");
    const steps = STEPS.slice(0, STEPS.indexOf(lastStep) + 1);
    expect(lines.slice(0, -1).filter((line) => !line.startsWith("progress: "))).toEqual(
      steps.map((step) => `step: ${step}`),
    );
    for (const progress of waitsFor) expect(lines).toContain(`progress: ${progress}`);
    const { clock, ...result } = JSON.parse(lines.at(-1)!) as { clock?: number; error?: unknown };
    if (result.error === undefined) expect(clock).toBeUndefined();
    // Without jq, a failure is all that the script can report.
    else if (clock !== undefined) expect(Math.abs(Date.now() - clock)).toBeLessThan(60_000);
    return result;
  }

  test("builds the context and pushes it with the identity's token", async () => {
    const vm = newVm();
    const run = await vm.run(PUSH, [LOGIN_SERVER, IMAGE, context]);
    expect(resultOf(run, "push")).toEqual({
      v: 1,
      digest: fake.tagged,
      image: `${LOGIN_SERVER}/${IMAGE}`,
      dataEndpoint: DATA_ENDPOINTS.swedencentral,
    });
    expect(vm.dockerCommands).toEqual([
      "version",
      `login --username 00000000-0000-0000-0000-000000000000 --password-stdin ${LOGIN_SERVER}`,
      `build --tag ${LOGIN_SERVER}/${IMAGE} context`,
      `push ${LOGIN_SERVER}/${IMAGE}`,
    ]);
    expect(vm.read("password")).toBe(fake.secrets[1]);
    for (const file of ["Dockerfile", "hello.sh", ".dockerignore"]) {
      expect(vm.read(join("built", file))).toBe(readFileSync(join(HELLO, file), "utf8"));
    }
  });

  test("shows no token: not in its output, nor in the arguments or the environment of a process", async () => {
    const vm = newVm();
    vm.record();
    const run = await vm.run(PUSH, [LOGIN_SERVER, IMAGE, context]);
    expect(resultOf(run, "push")).toMatchObject({ v: 1 });
    const processes = vm.read("processes.log");
    for (const command of ["curl", "docker", "sed", "tar"]) expect(processes).toContain(`${command}:`);
    expect(fake.secrets).toHaveLength(4);
    for (const secret of fake.secrets) expect(run.stdout + run.stderr + processes).not.toContain(secret);
  });

  describe("after the push", () => {
    const pushed = async (vm: VmFake, env: NodeJS.ProcessEnv = {}) =>
      resultOf(await vm.run(PUSH, [LOGIN_SERVER, IMAGE, context], env), "push");

    test("finds the data endpoint of an image without an index", async () => {
      fake.tagged = sha256(fake.manifests.arm64);
      expect(await pushed(newVm())).toMatchObject({ dataEndpoint: DATA_ENDPOINTS.swedencentral });
    });

    test("finds the data endpoint of the region to which DNS leads the login server", async () => {
      const vm = newVm();
      vm.leadToRegion("switzerlandnorth");
      expect(await pushed(vm)).toMatchObject({ dataEndpoint: DATA_ENDPOINTS.switzerlandnorth });
    });

    const gives =
      (status: number, body: unknown): Fault =>
      (response) => {
        json(response, status, body);
      };

    test.each<[name: string, part: Part, fault: Fault]>([
      ["a token that is refused", "token", gives(401, {})],
      ["a replica without the image", "manifest", gives(404, { errors: [{ code: "MANIFEST_UNKNOWN" }] })],
      ["a manifest that is not JSON", "manifest", (response) => response.writeHead(200).end("{")],
      ["a manifest with an invalid digest", "manifest", gives(200, { config: { digest: 'sha256:"' } })],
      [
        "an index with an invalid digest",
        "manifest",
        gives(200, { manifests: [{ digest: "sha256:x", platform: { os: "linux" } }] }),
      ],
      [
        "another redirect than that of a blob",
        "blob",
        (response) => response.writeHead(302, { Location: `https://${DATA_ENDPOINTS.swedencentral}/` }).end(),
      ],
      ["a host that is not a name", "blob", (response) => response.writeHead(307, { Location: "https://a_b/" }).end()],
      ["a connection that is cut", "blob", (response) => response.destroy()],
    ])("succeeds without a data endpoint for %s", async (_, part, fault) => {
      fake.faults[part] = fault;
      expect(await pushed(newVm(), { PROBE_ROLE_LIMIT: "60", PROBE_RETRY_LIMIT: "60" })).toEqual({
        v: 1,
        digest: fake.tagged,
        image: `${LOGIN_SERVER}/${IMAGE}`,
      });
      expect(fake.seen.filter((request) => request.part === part)).toHaveLength(1);
    });

    test("succeeds without a data endpoint when its time is up", async () => {
      fake.faults.blob = () => undefined;
      const result = await pushed(newVm(), { PROBE_TIME_LIMIT: "4" });
      expect(result).toMatchObject({ digest: fake.tagged });
      expect(result).not.toHaveProperty("dataEndpoint");
    });
  });

  test("repeats what is refused while a new role takes effect, with new tokens", async () => {
    const vm = newVm({
      push: 'echo . >>"$HERE/pushes"; [ "$(wc -l <"$HERE/pushes")" -ge 3 ] || { echo unauthorized >&2; exit 1; }; echo "v1: digest: sha256:$(printf "%064d" 1)"',
    });
    let refusals = 2;
    fake.faults.exchange = (response, pass) => {
      refusals -= 1;
      if (refusals < 0) pass();
      else registryError(response, 401, "UNAUTHORIZED", "no role");
    };
    const { stdout } = await vm.run(PUSH, [LOGIN_SERVER, IMAGE, context], { PROBE_ROLE_LIMIT: "60" });
    const progress = "progress: waiting for up to 60 s until the VM's role takes effect";
    expect(stdout.split("\n").slice(0, -2)).toEqual(
      STEPS.flatMap((step) => [`step: ${step}`, ...(["exchange", "push"].includes(step) ? [progress] : [])]),
    );
    expect(stdout).toContain('{"v":1,"digest":"sha256:');
    expect(fake.seen.filter(({ part }) => part === "exchange")).toHaveLength(5);
    expect(vm.dockerCommands.map((command) => command.split(" ")[0])).toEqual(
      "version login build push login push login push".split(" "),
    );
  });

  test("says how often and for how long it was refused", async () => {
    fake.faults.exchange = (response) => {
      registryError(response, 403, "DENIED", "no role");
    };
    const { stdout } = await newVm().run(PUSH, [LOGIN_SERVER, IMAGE, context], {
      PROBE_ROLE_LIMIT: "1",
      PROBE_ROLE_SECONDS: "0.3",
    });
    const { error } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as { error: Record<string, unknown> };
    const tries = fake.seen.filter(({ part }) => part === "exchange").length;
    expect(tries).toBeGreaterThan(1);
    expect(error).toEqual({
      ...{ step: "exchange", reason: "http-403", code: "DENIED", detail: "no role" },
      ...{ retries: tries - 1, seconds: expect.any(Number) as number },
    });
  });

  test("waits for the docker daemon", async () => {
    const vm = newVm({ version: 'echo . >>"$HERE/asked"; [ "$(wc -l <"$HERE/asked")" -ge 3 ]' });
    const run = await vm.run(PUSH, [LOGIN_SERVER, IMAGE, context], { PROBE_RETRY_LIMIT: "60" });
    expect(resultOf(run, "push", ["waiting for up to 60 s until docker runs"])).toMatchObject({ v: 1 });
    expect(run.stdout.match(/until docker runs/g)).toHaveLength(1);
    expect(vm.dockerCommands.filter((command) => command === "version")).toHaveLength(3);
  });

  test("waits until cloud-init has installed the tools", async () => {
    const vm = newVm();
    vm.onlyCommands(["jq"]);
    vm.command("cloud-init", [`${which("ln")!} -s '${which("jq")!}' '${vm.folder}/bin/jq'`]);
    const run = await vm.run(PUSH, [LOGIN_SERVER, IMAGE, context]);
    const waitsFor = ["waiting for up to 300 s until cloud-init has installed docker and jq"];
    expect(resultOf(run, "push", waitsFor)).toMatchObject({ v: 1 });
  });

  test.each<[name: string, arrange: (vm: VmFake) => void, error: Readonly<Record<string, string>>]>([
    [
      "that jq is not installed",
      (vm) => {
        vm.onlyCommands(["jq"]);
      },
      { step: "tools", reason: "no-jq" },
    ],
    [
      "that cloud-init failed, and that docker could not be installed either",
      (vm) => {
        vm.onlyCommands();
        rmSync(join(vm.folder, "bin", "docker"));
        vm.command("cloud-init", ["exit 1"]);
        vm.command("apt-get", ["exit 100"]);
      },
      { step: "tools", reason: "cloud-init-failed" },
    ],
    [
      "that cloud-init is still running",
      (vm) => {
        vm.onlyCommands(["jq"]);
        vm.command("cloud-init", ["exit 124"]);
      },
      { step: "tools", reason: "cloud-init-running" },
    ],
    [
      "a certificate that is not trusted",
      (vm) => {
        const options = join(vm.folder, "curl.conf");
        writeFileSync(options, readFileSync(options, "utf8").replace(/^cacert.*$/m, ""));
      },
      { step: "exchange", reason: "curl-60-18" },
    ],
    [
      "the end of a long message, after which docker hints at its help",
      (vm) => {
        const message = `docker: Error ${"response: ".repeat(30)}exec: exec format error: unknown.`;
        vm.docker({ build: `echo '${message}' >&2; echo >&2; echo "Run 'docker run --help' for more" >&2; exit 1` });
      },
      {
        step: "build",
        reason: "exit-1",
        detail: `...${`${"response: ".repeat(30)}exec: exec format error: unknown.`.slice(-157)}`,
      },
    ],
    [
      "that docker is not installed",
      (vm) => {
        vm.onlyCommands();
        rmSync(join(vm.folder, "bin", "docker"));
      },
      { step: "tools", reason: "no-docker" },
    ],
    [
      "that the docker daemon is not running",
      (vm) => {
        vm.docker({ version: "exit 1" });
      },
      { step: "tools", reason: "no-daemon" },
    ],
    [
      "a VM without identity",
      () => {
        fake.faults.identity = (response) => {
          json(response, 400, { error: "invalid_request", error_description: "Identity not found" });
        };
      },
      { step: "identity", reason: "http-400", code: "invalid_request", detail: "Identity not found" },
    ],
    [
      "an exchange that is refused, without the token that the answer repeats",
      () => {
        fake.faults.exchange = (response) => {
          registryError(response, 403, "DENIED", `not ${fake.secrets.join(" ")} at https://a.test/?sig=abc`);
        };
      },
      { step: "exchange", reason: "http-403", code: "DENIED", detail: "not ... at https://a.test/?..." },
    ],
    [
      "a connection that is cut",
      () => {
        fake.faults.exchange = (response) => response.destroy();
      },
      { step: "exchange", reason: "curl-52" },
    ],
    [
      "a base image that can't be reached",
      (vm) => {
        vm.docker({ build: 'echo "Get https://mcr.test/v2/: i/o timeout" >&2; exit 1' });
      },
      { step: "build", reason: "exit-1", detail: "Get https://mcr.test/v2/: i/o timeout" },
    ],
    [
      "an identity that is not allowed to push",
      (vm) => {
        vm.docker({ push: 'echo "The push refers to"; echo "unauthorized: no push" >&2; exit 1' });
      },
      { step: "push", reason: "denied", detail: "unauthorized: no push" },
    ],
    [
      "a push without a digest in its output",
      (vm) => {
        vm.docker({ push: "exit 0" });
      },
      { step: "push", reason: "no-digest" },
    ],
  ])("reports %s", async (_, arrange, error) => {
    const vm = newVm();
    arrange(vm);
    expect(resultOf(await vm.run(PUSH, [LOGIN_SERVER, IMAGE, context]), error.step!)).toEqual({ v: 1, error });
  });

  test.each([
    ["not base64", "***", "bad-base64"],
    ["not an archive", "YWJj", "bad-archive"],
    [
      "without a Dockerfile",
      spawnSync("tar", ["-czf", "-", "-C", HELLO, "hello.sh"]).stdout.toString("base64"),
      "no-dockerfile",
    ],
  ])("reports a context that is %s", async (_, given, reason) => {
    const run = await newVm().run(PUSH, [LOGIN_SERVER, IMAGE, given]);
    expect(resultOf(run, "context")).toEqual({ v: 1, error: { step: "context", reason } });
  });

  test("ends when its time is up", async () => {
    fake.faults.identity = () => undefined;
    const run = await newVm().run(PUSH, [LOGIN_SERVER, IMAGE, context], { PROBE_TIME_LIMIT: "2" });
    expect(resultOf(run, "identity")).toEqual({ v: 1, error: { step: "identity", reason: "time-limit" } });
  });

  test("leaves nothing behind when a signal ends it", async () => {
    const vm = newVm();
    const asked = new Promise<void>((resolve) => {
      fake.faults.exchange = () => {
        resolve();
      };
    });
    const { signal, ended } = vm.start(PUSH, [LOGIN_SERVER, IMAGE, context]);
    await asked;
    signal("SIGTERM");
    expect(await ended).toMatchObject({ stderr: "", exit: 143 });
  });

  test.each([
    ["no arguments", []],
    ["an image without tag", [LOGIN_SERVER, "hello", "YWJj"]],
    ["a URL instead of a host name", [`https://${LOGIN_SERVER}`, IMAGE, "YWJj"]],
  ])("prints its usage for %s", async (_, args) => {
    expect(await newVm().run(PUSH, args)).toEqual({
      stdout: "",
      stderr: expect.stringContaining("usage: push.sh LOGIN_SERVER REPOSITORY:TAG") as string,
      exit: 2,
    });
  });

  test("the output of docker-hello says where the image comes from", () => {
    const { stdout } = spawnSync("/bin/sh", [join(HELLO, "hello.sh")], { encoding: "utf8" });
    expect(stdout).toMatch(/^hello from sample\/hello-world, built by docker-hello in this project, on \S+ \(\S+\)\n$/);
    const [base] = /^FROM .*$/m.exec(readFileSync(join(HELLO, "Dockerfile"), "utf8"))!;
    expect(base).toMatch(/^FROM mcr\.microsoft\.com\/.+:\d+\.\d+$/);
  });
});
