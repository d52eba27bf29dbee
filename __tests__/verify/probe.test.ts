import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Socket, createServer } from "node:net";
import { arch, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { CLOUD_INIT } from "../../src/constructs/test-vms/cloud-init";
import { causeOf, failureText } from "../../src/verify/cause";
import { CHECKS } from "../../src/verify/checks";
import { describeUnless, testUnless, which } from "../support/skips";
import { DebianRegistry } from "./debian-registry";
import {
  ALL_HOSTS,
  type Certificate,
  DATA_ENDPOINTS,
  type Fault,
  HOSTS,
  IMAGE,
  LOGIN_SERVER,
  type Part,
  REGIONAL_ENDPOINTS,
  REPOSITORY,
  RegistryFake,
  SPOKES,
  json,
  makeCertificate,
  registryError,
  sha256,
} from "./registry-fake";
import { type Run, VmFake, cleanUpAfterEach, missingTools, scriptFile, shellcheck, sideBySide } from "./vm-fake";

const PROBE = scriptFile("probe");
const ARGS = [LOGIN_SERVER, IMAGE, ...Object.values(DATA_ENDPOINTS)];
const STEPS = "tools challenge identity exchange token manifest blob download login pull run".split(" ");
const ARCHITECTURE = arch() === "arm64" ? "arm64" : "amd64";

interface Report {
  readonly v: 1;
  readonly machine: string;
  readonly ms: number;
  readonly clock: number;
  readonly hosts: readonly Readonly<Record<string, unknown>>[];
  readonly steps: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly failed: Readonly<Record<string, string>> | null;
  readonly notTried: readonly string[];
  readonly omitted?: readonly string[];
}

const UNAUTHORIZED = {
  reason: "http-401",
  code: "UNAUTHORIZED",
  detail: "authentication required, visit https://aka.ms/acr/authorization",
};

const CLOUD_INIT_WAIT = "progress: waiting for up to 120 s until cloud-init has installed docker and jq";

const ms = expect.any(Number) as number;
const text = expect.any(String) as string;

const answer =
  (status: number, body: unknown = {}): Fault =>
  (response) => {
    json(response, status, body);
  };
const error =
  (status: number, code: string, message: string): Fault =>
  (response) => {
    registryError(response, status, code, message);
  };
const redirect =
  (location: string): Fault =>
  (response) => {
    response.writeHead(307, { Location: location }).end();
  };
const page =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Fault =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };
const cut: Fault = (response) => response.destroy();
const breaksOff: Fault = (response) => {
  response.writeHead(200, { "Content-Length": 1000 }).write("a");
  setImmediate(() => response.destroy());
};

type Arrange = (fake: RegistryFake, vm: VmFake) => void;

const spoil =
  (part: Part, fault: Fault): Arrange =>
  (fake) => {
    fake.faults[part] = fault;
  };
const docker =
  (commands: Readonly<Record<string, string>>): Arrange =>
  (_, vm) => {
    vm.docker(commands);
  };
const says = (words: string): string => `echo '${words}' >&2; exit 1`;

/** Failures, each with the step that fails and what is reported. */
const FAILURES: readonly [name: string, step: string, arrange: Arrange, failed: Readonly<Record<string, string>>][] = [
  [
    "an address that the registry's firewall refuses",
    "challenge",
    spoil("challenge", error(403, "DENIED", "client with IP '4.3.2.1' is not allowed access.")),
    { reason: "http-403", code: "DENIED", detail: "client with IP '4.3.2.1' is not allowed access." },
  ],
  ["a registry that does not ask for a token", "challenge", spoil("challenge", answer(200)), { reason: "http-200" }],
  [
    "a challenge of another kind",
    "challenge",
    spoil("challenge", page(401, "", { "WWW-Authenticate": 'Basic realm="here"' })),
    { reason: "no-bearer" },
  ],
  ["a connection that is cut", "challenge", spoil("challenge", cut), { reason: "curl-52" }],
  [
    "a VM without identity",
    "identity",
    spoil("identity", answer(400, { error: "invalid_request", error_description: "Identity not found" })),
    { reason: "http-400", code: "invalid_request", detail: "Identity not found" },
  ],
  ["metadata without a token", "identity", spoil("identity", answer(200)), { reason: "no-token" }],
  ["metadata that is not JSON", "identity", spoil("identity", page(200, "<html>")), { reason: "no-token" }],
  [
    "an exchange that is refused",
    "exchange",
    spoil("exchange", error(403, "DENIED", "no access")),
    { reason: "http-403", code: "DENIED", detail: "no access" },
  ],
  ["a token that is refused, without JSON", "token", spoil("token", page(502, "<html>")), { reason: "http-502" }],
  [
    "a token that has expired",
    "manifest",
    (fake) => {
      fake.tokenLifetime = -1;
    },
    { ...UNAUTHORIZED, challenge: "invalid_token" },
  ],
  [
    "a scope that was not granted",
    "manifest",
    (fake) => {
      fake.mayPull = [];
    },
    { ...UNAUTHORIZED, challenge: "insufficient_scope" },
  ],
  [
    "an index without this platform",
    "manifest",
    spoil("manifest", answer(200, { manifests: [{ platform: { os: "windows", architecture: "amd64" } }] })),
    { reason: "no-platform" },
  ],
  ["a manifest that is not JSON", "manifest", spoil("manifest", page(200, "{")), { reason: "bad-manifest" }],
  [
    "a manifest without layers",
    "manifest",
    spoil("manifest", answer(200, { schemaVersion: 1 })),
    { reason: "no-layer" },
  ],
  [
    "a layer with an invalid digest",
    "manifest",
    spoil("manifest", answer(200, { layers: [{ size: 1, digest: 'sha256:"\noutput = "/tmp/x' }] })),
    { reason: "no-layer" },
  ],
  [
    "a manifest with another digest than the header has",
    "manifest",
    spoil("manifest", page(200, "{}", { "Docker-Content-Digest": sha256("else") })),
    { reason: "digest-mismatch" },
  ],
  ["a blob without a redirect", "blob", spoil("blob", answer(200)), { reason: "http-200" }],
  ["a redirect to nowhere", "blob", spoil("blob", page(307, "")), { reason: "bad-location" }],
  ["a redirect without TLS", "blob", spoil("blob", redirect("http://127.0.0.1/")), { reason: "bad-location" }],
  [
    "a redirect that changes curl's configuration",
    "blob",
    spoil("blob", redirect('https://a.test/"')),
    { reason: "bad-location" },
  ],
  ["a signature that is refused", "download", spoil("data", answer(403)), { reason: "http-403" }],
  [
    "a blob with the wrong content",
    "download",
    spoil("data", page(200, "something else")),
    { reason: "digest-mismatch" },
  ],
  ["a download that breaks off", "download", spoil("data", breaksOff), { reason: "curl-18" }],
  [
    "a docker daemon that is not running",
    "login",
    docker({ login: says("Cannot connect to the Docker daemon at unix:///run/docker.sock.") }),
    { reason: "no-daemon", detail: "Cannot connect to the Docker daemon at unix:///run/docker.sock." },
  ],
  [
    "a login that is refused",
    "login",
    docker({ login: says("login attempt failed with status: 401 Unauthorized") }),
    { reason: "denied", detail: "login attempt failed with status: 401 Unauthorized" },
  ],
  [
    "a blob that docker can't reach, without the signature in its URL",
    "pull",
    docker({ pull: says('Get "https://data.test/blob?sig=abc&se=1": i/o timeout') }),
    { reason: "exit-1", detail: 'Get "https://data.test/blob?...": i/o timeout' },
  ],
  [
    "a VM without docker",
    "login",
    (_, vm) => {
      vm.onlyCommands();
      rmSync(join(vm.folder, "bin", "docker"));
    },
    { reason: "no-docker" },
  ],
  [
    "an image for another processor architecture, and docker's hint at its help",
    "run",
    docker({
      run: `${says("docker: exec /hello.sh: exec format error").replace("exit 1", "")} echo "Run 'docker run --help' for more information" >&2; exit 126`,
    }),
    { reason: "exit-126", detail: "docker: exec /hello.sh: exec format error" },
  ],
  [
    "a disk that is full",
    "pull",
    docker({ pull: says(`failed to register layer: ${"write /a: ".repeat(30)}no space left on device`) }),
    { reason: "exit-1", detail: `...${`${"write /a: ".repeat(30)}no space left on device`.slice(-157)}` },
  ],
  ["a request that is throttled", "exchange", spoil("exchange", page(429, "")), { reason: "http-429" }],
  ["a container that fails", "run", docker({ run: 'echo "oh no"; exit 3' }), { reason: "exit-3" }],
];

function reportOf({ stdout, stderr, exit }: Run): Report {
  expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
  expect(stdout).toMatch(/^\{.*\}\n$/);
  expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(3501);
  return JSON.parse(stdout) as Report;
}

testUnless(
  which("shellcheck") ? undefined : "shellcheck is not installed",
  "shellcheck finds nothing in the probe",
  async () => {
    expect(await shellcheck(PROBE)).toBe("");
  },
);

describeUnless(missingTools(), "the probe", () => {
  const folder = mkdtempSync(join(tmpdir(), "probe-test-"));
  const vms: VmFake[] = [];
  let certificate: Certificate;
  let signer: Certificate;
  let fake: RegistryFake;

  beforeAll(async () => {
    certificate = makeCertificate(folder, "registry", [...ALL_HOSTS, "*.data.azurecr.test"]);
    signer = makeCertificate(folder, "signer", ["signer.test"]);
    fake = await RegistryFake.start(certificate, signer);
  });

  cleanUpAfterEach(folder, vms, () => fake);

  function vmIn(spoke: keyof typeof SPOKES, authority = certificate.cert): VmFake {
    const vm = new VmFake(fake, SPOKES[spoke], authority);
    vms.push(vm);
    return vm;
  }

  /** A certificate of the login server for a time, in OpenSSL's notation. */
  function certificateFor(name: string, from: string, to: string): Certificate {
    const { key, cert } = makeCertificate(folder, name, [LOGIN_SERVER]);
    const [config, request, database] = ["cnf", "csr", "db"].map((ending) => join(folder, `${name}.${ending}`));
    writeFileSync(database!, "");
    writeFileSync(
      config!,
      [
        ...["[ca]", "default_ca = here", "[here]", `database = ${database!}`, `new_certs_dir = ${folder}`],
        ...["default_md = sha256", "policy = any", "rand_serial = yes", "[any]", "commonName = supplied"],
        ...["[names]", `subjectAltName = DNS:${LOGIN_SERVER}`, ""],
      ].join("\n"),
    );
    const openssl = (...args: string[]) => {
      const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
    };
    openssl("req", "-new", "-key", key, "-subj", `/CN=${name}`, "-out", request!);
    openssl(
      ...["ca", "-batch", "-selfsign", "-notext", "-config", config!, "-keyfile", key, "-in", request!, "-out", cert],
      ...["-extensions", "names", "-startdate", from, "-enddate", to],
    );
    return { key, cert };
  }

  const probe = async (vm: VmFake, env: NodeJS.ProcessEnv = {}, args = ARGS): Promise<Report> =>
    reportOf(await vm.run(PROBE, args, env));

  /** Runs a probe that says what it waits for, and separates these lines from its report. */
  async function probeThatWaits(vm: VmFake, env: NodeJS.ProcessEnv): Promise<{ said: string[]; report: Report }> {
    const { stdout, ...run } = await vm.run(PROBE, ARGS, env);
    const said = stdout.split("\n").filter((line) => line.startsWith("progress: "));
    return { said, report: reportOf({ ...run, stdout: stdout.replace(/^(progress: .*\n)*/, "") }) };
  }

  /** The result of a probe with a registry of its own. */
  interface Outcome {
    readonly report: Report;
    readonly fake: RegistryFake;
    readonly password: string;
    readonly dockerCommands: readonly string[];
  }

  async function outcomeOf(arrange: Arrange, spoke: keyof typeof SPOKES, args = ARGS): Promise<Outcome> {
    const own = await RegistryFake.start(certificate, signer, [SPOKES[spoke]]);
    const vm = new VmFake(own, SPOKES[spoke], certificate.cert);
    try {
      arrange(own, vm);
      const report = reportOf(await vm.run(PROBE, args));
      expect(vm.leftBehind).toEqual([]);
      return { report, fake: own, password: vm.read("password"), dockerCommands: vm.dockerCommands };
    } finally {
      await own.stop();
      rmSync(vm.folder, { recursive: true });
    }
  }

  describe.each(["spoke1", "spoke2"] as const)("in %s, where all is well", (spoke) => {
    const { addresses, region } = SPOKES[spoke];
    let all: Outcome;

    beforeAll(async () => {
      all = await outcomeOf(() => undefined, spoke);
    });

    test("follows a pull from the names to the output of the container", () => {
      const { report, fake } = all;
      expect(report).toEqual({
        v: 1,
        machine: hostname(),
        ms,
        clock: ms,
        hosts: HOSTS.map((host) => ({ host, addresses: [addresses[host]], dnsMs: ms, tls: "ok", tlsMs: ms })),
        steps: {
          tools: { ms },
          challenge: {
            ms,
            status: 401,
            address: addresses[LOGIN_SERVER],
            scheme: "Bearer",
            realm: `https://${LOGIN_SERVER}/oauth2/token`,
            service: LOGIN_SERVER,
          },
          identity: { ms, status: 200, address: "127.0.0.1" },
          exchange: { ms, status: 200, address: addresses[LOGIN_SERVER] },
          token: { ms, status: 200, address: addresses[LOGIN_SERVER] },
          manifest: {
            ms,
            status: 200,
            address: addresses[LOGIN_SERVER],
            digest: sha256(fake.index),
            platform: `linux/${ARCHITECTURE}`,
            platformDigest: sha256(fake.manifests[ARCHITECTURE]),
          },
          blob: {
            ms,
            status: 307,
            address: addresses[LOGIN_SERVER],
            digest: sha256(fake.layer),
            host: DATA_ENDPOINTS[region],
            known: true,
            addresses: [addresses[DATA_ENDPOINTS[region]]],
          },
          download: { ms, status: 200, address: addresses[DATA_ENDPOINTS[region]], bytes: fake.layer.length },
          login: { ms },
          pull: { ms },
          run: { ms, output: "hello from a fake" },
        },
        failed: null,
        notTried: [],
      });
      expect(Object.keys(report.steps)).toEqual(STEPS);
    });

    test("passes the refresh token to docker on standard input, and pulls before it runs the image", () => {
      const [, refreshToken] = all.fake.secrets;
      expect(all.password).toBe(refreshToken);
      expect(all.dockerCommands).toEqual([
        `login --username 00000000-0000-0000-0000-000000000000 --password-stdin ${LOGIN_SERVER}`,
        `image rm ${LOGIN_SERVER}/${IMAGE}`,
        `pull ${LOGIN_SERVER}/${IMAGE}`,
        expect.stringMatching(
          new RegExp(`^run --rm --pull never --network none --name probe-\\d+ ${LOGIN_SERVER}/${IMAGE}$`),
        ),
      ]);
    });

    test("does not send the token to the data endpoint", () => {
      const asked = all.fake.seen.filter(({ part }) => part === "data");
      expect(asked.map(({ address }) => address)).toEqual([addresses[DATA_ENDPOINTS[region]]]);
      expect(asked.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    });
  });

  test("accepts an image without an index", async () => {
    fake.tagged = sha256(fake.manifests.arm64);
    const { steps, failed } = await probe(vmIn("spoke1"));
    expect(failed).toBeNull();
    expect(steps.manifest).toEqual({ ms, status: 200, address: text, digest: fake.tagged });
  });

  test("repeats a request if the replica does not have the image yet", async () => {
    const codes = ["NAME_UNKNOWN", "MANIFEST_UNKNOWN", "BLOB_UNKNOWN"];
    fake.faults.manifest = fake.faults.blob = (response, pass, { url }) => {
      const code = codes[0]?.startsWith("BLOB") === url!.includes("/blobs/") ? codes.shift() : undefined;
      if (code === undefined) pass();
      else registryError(response, 404, code, "not known here");
    };
    const { said, report } = await probeThatWaits(vmIn("spoke1"), { PROBE_RETRY_LIMIT: "60" });
    expect(report.failed).toBeNull();
    expect(report.steps).toMatchObject({ manifest: { status: 200, retries: 2 }, blob: { status: 307, retries: 1 } });
    // Once for the manifest, and once for the blob.
    expect(said).toEqual(Array(2).fill("progress: waiting for up to 60 s until the replica has the image"));
  });

  test("reports an image that the replica still does not have after the last attempt", async () => {
    fake.tagged = sha256("nothing");
    const { report } = await probeThatWaits(vmIn("spoke1"), { PROBE_RETRY_LIMIT: "2", PROBE_RETRY_SECONDS: "0.3" });
    const { steps, failed, notTried } = report;
    expect(failed).toEqual({
      step: "manifest",
      reason: "http-404",
      code: "MANIFEST_UNKNOWN",
      detail: 'manifest tagged by "v1" is not found',
    });
    expect(steps.manifest!.retries).toBeGreaterThan(0);
    expect(notTried).toEqual(["blob", "download", "login", "pull", "run"]);
  });

  test("waits as long as the table of checks says, and has the time to", () => {
    const seconds = (pattern: RegExp) => Number(pattern.exec(readFileSync(PROBE, "utf8"))![1]);
    const forReplica = seconds(/PROBE_RETRY_LIMIT:-(\d+)/);
    expect(CHECKS.manifest.takes).toContain(`repeated for up to ${forReplica} seconds`);
    const forRole = seconds(/PROBE_ROLE_LIMIT:-(\d+)/);
    expect(forRole + forReplica).toBeLessThan(seconds(/prepare "\$1" "\$2" (\d+)/));
  });

  describe("while a new role takes effect", () => {
    const refused = (times: number, message = "no role"): Fault => {
      let left = times;
      return (response, pass) => {
        left -= 1;
        if (left < 0) pass();
        else registryError(response, left % 2 ? 401 : 403, "DENIED", message);
      };
    };
    /** Runs the probe, which says once that it waits. */
    async function waiting(vm: VmFake): Promise<Report> {
      const { said, report } = await probeThatWaits(vm, { PROBE_ROLE_LIMIT: "60" });
      expect(said).toEqual(["progress: waiting for up to 60 s until the VM's role takes effect"]);
      return report;
    }
    const asked = (part: Part) => fake.seen.filter((request) => request.part === part).length;

    test("repeats the exchange, and counts the tries", async () => {
      fake.faults.exchange = refused(3);
      const { steps, failed } = await waiting(vmIn("spoke1"));
      expect(failed).toBeNull();
      expect(steps.exchange).toEqual({ ms, status: 200, address: text, retries: 3 });
      expect([asked("identity"), asked("exchange"), asked("token")]).toEqual([1, 4, 1]);
    });

    test("repeats a request whose token lacks the permission with new tokens", async () => {
      fake.exchangesWithoutRole = 2;
      const { steps, failed } = await waiting(vmIn("spoke1"));
      expect(failed).toBeNull();
      expect(steps.manifest).toMatchObject({ status: 200, retries: 2 });
      expect([asked("exchange"), asked("token"), asked("blob")]).toEqual([3, 3, 1]);
    });

    test("repeats a pull that is denied, after a new login", async () => {
      const vm = vmIn("spoke1");
      vm.docker({
        pull: 'echo . >>"$HERE/pulls"; [ "$(wc -l <"$HERE/pulls")" -ge 3 ] || { echo denied >&2; exit 1; }',
      });
      const { steps, failed } = await waiting(vm);
      expect(failed).toBeNull();
      expect(steps.pull).toMatchObject({ retries: 2 });
      expect(vm.dockerCommands.map((command) => command.split(" ")[0])).toEqual(
        "login image pull login image pull login image pull run".split(" "),
      );
    });

    test("reports why a later try failed, and nothing of an earlier one", async () => {
      const first = refused(1);
      fake.faults.token = (response, _, request) => {
        first(
          response,
          () => {
            json(response, 502, {});
          },
          request,
        );
      };
      const { steps, failed, notTried } = await waiting(vmIn("spoke1"));
      expect(failed).toEqual({ step: "token", reason: "http-502" });
      expect(steps.token).toMatchObject({ retries: 1 });
      expect(notTried[0]).toBe("manifest");
    });

    test("ends after its limit, and counts the tries", async () => {
      fake.faults.exchange = refused(Infinity);
      const { report } = await probeThatWaits(vmIn("spoke1"), { PROBE_ROLE_LIMIT: "1", PROBE_ROLE_SECONDS: "0.3" });
      const { steps, failed } = report;
      expect(failed).toMatchObject({ step: "exchange", code: "DENIED", detail: "no role" });
      expect(steps.exchange!.retries).toBeGreaterThan(0);
      expect(steps.exchange!.retries).toBe(asked("exchange") - 1);
    });

    test.each([
      "client with IP '4.3.2.1' is not allowed access.",
      "The operation is disallowed on this registry, repository or image.",
    ])("does not repeat what a role does not change: %s", async (message) => {
      fake.faults.exchange = refused(1, message);
      const { failed } = await probe(vmIn("spoke1"), { PROBE_ROLE_LIMIT: "60" });
      expect(failed).toMatchObject({ step: "exchange", reason: "http-403" });
      expect(asked("exchange")).toBe(1);
    });
  });

  describe("reports", () => {
    const outcomes = new Map<string, Promise<Outcome>>();

    beforeAll(async () => {
      const start = sideBySide(4);
      for (const [name, , arrange] of FAILURES) {
        const outcome = start(() => outcomeOf(arrange, "spoke1", [LOGIN_SERVER, IMAGE]));
        outcomes.set(name, outcome);
      }
      await Promise.allSettled(outcomes.values());
    }, 60_000);

    test.each(FAILURES)("%s", async (name, step, _, failed) => {
      const { report, dockerCommands } = await outcomes.get(name)!;
      expect(report.failed).toEqual({ step, ...failed });
      expect(Object.keys(report.steps)).toEqual(STEPS.slice(0, STEPS.indexOf(step) + 1));
      expect(report.notTried).toEqual(STEPS.slice(STEPS.indexOf(step) + 1));
      // The container may keep running when the docker command that started it has ended.
      const removed = dockerCommands.filter((command) => /^rm --force probe-\d+$/.test(command));
      expect(removed).toHaveLength(step === "run" ? 1 : 0);
    });
  });

  describe("with regional endpoints", () => {
    const EVERY = [LOGIN_SERVER, IMAGE, ...ALL_HOSTS.slice(1)];
    const { addresses } = SPOKES.spoke1;

    test("asks the login server of each region too", async () => {
      fake.faults.challenge = answer(200);
      const { hosts } = await probe(vmIn("spoke1"), {}, EVERY);
      expect(hosts).toEqual(
        ALL_HOSTS.map((host) => ({ host, addresses: [addresses[host]], dnsMs: ms, tls: "ok", tlsMs: ms })),
      );
    });

    test("is redirected to the region to which DNS leads the login server", async () => {
      const vm = vmIn("spoke1");
      vm.leadToRegion("switzerlandnorth");
      const { steps, failed } = await probe(vm, {}, EVERY);
      expect(failed).toBeNull();
      expect(steps.manifest!.address).toBe(addresses[REGIONAL_ENDPOINTS.switzerlandnorth]);
      expect(steps.blob).toMatchObject({ host: DATA_ENDPOINTS.switzerlandnorth, known: true });
    });

    test("does not take the login server of a region for a data endpoint", async () => {
      fake.faults.blob = redirect(`https://${REGIONAL_ENDPOINTS.swedencentral}/store/${sha256(fake.layer)}`);
      const { steps } = await probe(vmIn("spoke1"), {}, EVERY);
      expect(steps.blob).toMatchObject({ host: REGIONAL_ENDPOINTS.swedencentral, known: false });
    });
  });

  test("reports a location that is not one of the data endpoints", async () => {
    fake.faults.blob = redirect(`https://${DATA_ENDPOINTS.switzerlandnorth}/store/${sha256(fake.layer)}`);
    const run = await vmIn("spoke1").run(PROBE, ARGS.slice(0, 3));
    const { steps, failed } = reportOf(run);
    expect(failed).toBeNull();
    expect(steps.blob).toMatchObject({ host: DATA_ENDPOINTS.switzerlandnorth, known: false });
  });

  test("reports a host that does not resolve, and stops if it is the login server", async () => {
    const vm = vmIn("spoke1");
    vm.answerNames([[HOSTS[1]!, "127.10.0.5"]]);
    fake.faults.challenge = cut;
    const { hosts, failed } = await probe(vm);
    expect(hosts).toMatchObject([
      { addresses: [], tls: "not-resolved" },
      { addresses: ["127.10.0.5"], tls: "ok" },
      { addresses: [], tls: "not-resolved" },
    ]);
    expect(failed!.step).toBe("challenge");
  });

  test("reports every address of a host once, sorted", async () => {
    const vm = vmIn("spoke1");
    fake.faults.challenge = answer(200);
    const answers = ["127.11.0.4", "127.10.0.4", "127.11.0.4"].map((address) => [LOGIN_SERVER, address] as const);
    vm.answerNames(answers);
    const { hosts } = await probe(vm);
    expect(hosts[0]!.addresses).toEqual(["127.10.0.4", "127.11.0.4"]);
  });

  test("reports a refused connection", async () => {
    const closed = createServer().listen(0, "127.10.0.9");
    await once(closed, "listening");
    const { port } = closed.address() as { port: number };
    closed.close();
    const vm = vmIn("spoke1");
    vm.lead(DATA_ENDPOINTS.swedencentral, "127.10.0.9", port);
    const { hosts, failed, notTried } = await probe(vm);
    expect(hosts.map(({ tls }) => tls)).toEqual(["ok", "curl-7", "ok"]);
    expect(failed).toEqual({ step: "download", reason: "curl-7" });
    expect(notTried).toEqual(["login", "pull", "run"]);
  });

  test("reports a certificate that is not trusted", async () => {
    const { hosts, failed } = await probe(vmIn("spoke1", signer.cert));
    // OpenSSL's code for a certificate that signs itself.
    expect(hosts.map(({ tls }) => tls)).toEqual(["curl-60-18", "curl-60-18", "curl-60-18"]);
    expect(failed).toEqual({ step: "challenge", reason: "curl-60-18" });
  });

  test.each<[name: string, reason: RegExp, words: RegExp, create: () => Certificate]>([
    [
      "for another name",
      /^curl-60-[01]$/,
      /is for another name \(curl 60\)/,
      () => makeCertificate(folder, "other", ["other.azurecr.test"]),
    ],
    [
      "that has expired",
      /^curl-60-10$/,
      /has expired \(curl 60\)/,
      () => certificateFor("expired", "20200101000000Z", "20200102000000Z"),
    ],
    [
      "that is not valid yet",
      /^curl-60-9$/,
      /is not valid yet \(curl 60\)/,
      () => certificateFor("early", "20990101000000Z", "20990102000000Z"),
    ],
  ])("tells a certificate %s from others", async (_, reason, words, create) => {
    const presented = create();
    const address = "127.10.0.8";
    await fake.listen(LOGIN_SERVER, address, presented);
    const trusted = join(folder, "trusted.pem");
    writeFileSync(trusted, readFileSync(certificate.cert, "utf8") + readFileSync(presented.cert, "utf8"));
    const vm = vmIn("spoke1", trusted);
    vm.lead(LOGIN_SERVER, address);
    const { hosts, failed } = await probe(vm);
    expect(hosts[0]!.tls).toMatch(reason);
    expect(hosts[1]!.tls).toBe("ok");
    expect(failed).toEqual({ step: "challenge", reason: hosts[0]!.tls });
    const failure = { step: "challenge", reason: failed!.reason! };
    expect(failureText(failure, causeOf(failure, {}))).toMatch(words);
  });

  test.each<[name: string, listen: (socket: Socket) => void, reason: RegExp]>([
    ["an endpoint that does not answer TLS", () => undefined, /^curl-28$/],
    ["an endpoint that closes the connection", (socket) => socket.destroy(), /^curl-(35|56)$/],
    ["a server without TLS", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), /^curl-35$/],
  ])("reports %s", async (_, listen, reason) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      listen(socket);
    }).listen(0, "127.10.0.9");
    await once(server, "listening");
    const vm = vmIn("spoke1");
    vm.lead(LOGIN_SERVER, "127.10.0.9", (server.address() as { port: number }).port);
    const { hosts, failed } = await probe(vm, {}, [LOGIN_SERVER, IMAGE]);
    for (const socket of sockets) socket.destroy();
    server.close();
    expect(hosts[0]!.tls).toMatch(reason);
    expect(failed!.reason).toMatch(reason);
  });

  test("ends with a report when its time is up", async () => {
    fake.faults.challenge = () => undefined;
    const { failed, notTried } = await probe(vmIn("spoke1"), { PROBE_TIME_LIMIT: "3" });
    expect(failed).toEqual({ step: "challenge", reason: "time-limit" });
    expect(notTried).toEqual(STEPS.slice(2));
  });

  test("ends with a report when its time is up before the first step", async () => {
    // The login server accepts TLS, but does not answer a request. The data endpoints send nothing at all.
    fake.faults.root = () => undefined;
    const silent = createServer().listen(0, "127.10.0.9");
    await once(silent, "listening");
    const { port } = silent.address() as { port: number };
    const vm = vmIn("spoke1");
    for (const host of Object.values(DATA_ENDPOINTS)) vm.lead(host, "127.10.0.9", port);
    const { hosts, failed, notTried } = await probe(vm, { PROBE_TIME_LIMIT: "1.5" });
    silent.close();
    expect(hosts.map(({ tls }) => tls)).toEqual(["ok", "time-limit", "time-limit"]);
    expect(failed).toEqual({ step: "tools", reason: "time-limit" });
    expect(notTried).toEqual(STEPS.slice(1));
  });

  test("leaves nothing behind when a signal ends it", async () => {
    const vm = vmIn("spoke1");
    const asked = new Promise<void>((resolve) => {
      fake.faults.exchange = () => {
        resolve();
      };
    });
    const { signal, ended } = vm.start(PROBE, ARGS);
    await asked;
    expect(vm.leftBehind).toHaveLength(1);
    signal("SIGTERM");
    expect(await ended).toEqual({ stdout: "", stderr: "", exit: 143 });
    expect(vm.leftBehind).toEqual([]);
  });

  test("waits until cloud-init has installed the tools", async () => {
    const vm = vmIn("spoke1");
    vm.onlyCommands(["jq"]);
    vm.command("cloud-init", [`ln -s '${which("jq")!}' '${vm.folder}/bin/jq'`]);
    vm.command("ln", [`exec ${which("ln")!} "$@"`]);
    fake.faults.challenge = answer(200);
    const { said, report } = await probeThatWaits(vm, {});
    expect(report.failed).toEqual({ step: "challenge", reason: "http-200" });
    expect(said).toEqual([CLOUD_INIT_WAIT]);
  });

  test("installs the tools if cloud-init could not", async () => {
    const vm = vmIn("spoke1");
    vm.onlyCommands(["jq"]);
    vm.command("cloud-init", ["exit 1"]);
    vm.command("apt-get", [
      `[ "$DEBIAN_FRONTEND" = noninteractive ] && echo "$*" >>'${vm.folder}/apt.log'`,
      `case $1 in install) ${which("ln")!} -s '${which("jq")!}' '${vm.folder}/bin/jq' ;; *) exit 1 ;; esac`,
    ]);
    fake.faults.challenge = answer(200);
    const { said, report } = await probeThatWaits(vm, {});
    expect(report.failed).toEqual({ step: "challenge", reason: "http-200" });
    expect(said).toEqual([CLOUD_INIT_WAIT, "progress: installing docker and jq, which cloud-init did not"]);
    const [update, install = "", ...rest] = vm.read("apt.log").split("\n");
    expect([update, rest]).toEqual(["update", [""]]);
    const packages = /packages:\n([^]*)/.exec(Buffer.from(CLOUD_INIT, "base64").toString())![1]!;
    expect(install).toMatch(/^install --yes /);
    expect(install.split(" ").slice(-2)).toEqual(packages.match(/[\w.]+/g));
  });

  test("installs nothing while cloud-init is running", async () => {
    const vm = vmIn("spoke1");
    vm.onlyCommands(["jq"]);
    vm.command("cloud-init", ["exit 124"]);
    vm.command("apt-get", [`echo "$*" >>'${vm.folder}/apt.log'`]);
    const { said, report } = await probeThatWaits(vm, {});
    expect(report.failed).toMatchObject({ step: "tools", reason: "cloud-init-running" });
    expect(said).toEqual([CLOUD_INIT_WAIT]);
    expect(vm.read("apt.log")).toBe("");
  });

  test.each([
    ["that cloud-init failed", 1, "cloud-init-failed"],
    ["that it is done, with errors", 2, "cloud-init-failed"],
    ["that it is done, without the tools", 0, "no-jq"],
  ])("reports %s, if the tools can't be installed either", async (_, exit, reason) => {
    const vm = vmIn("spoke1");
    vm.onlyCommands(["jq"]);
    vm.command("cloud-init", [`exit ${exit}`]);
    vm.command("apt-get", ["exit 100"]);
    const { report } = await probeThatWaits(vm, {});
    expect(report).toMatchObject({ hosts: [], failed: { step: "tools", reason } });
  });

  test("reports what cloud-init did where only docker is missing", async () => {
    const vm = vmIn("spoke1");
    vm.onlyCommands();
    rmSync(join(vm.folder, "bin", "docker"));
    vm.command("cloud-init", ["exit 124"]);
    const { report } = await probeThatWaits(vm, {});
    expect(report.failed).toEqual({ step: "login", reason: "cloud-init-running" });
  });

  test("reports that jq is not installed, without jq", async () => {
    const vm = vmIn("spoke1");
    vm.onlyCommands(["jq"]);
    const report = await probe(vm);
    expect(report).toMatchObject({ v: 1, hosts: [], steps: {}, failed: { step: "tools", reason: "no-jq" } });
  });

  describe("keeps its report short", () => {
    const many = Array.from({ length: 60 }, (_, i) => `hello-of-a-long-region-${i}.data.azurecr.test`);

    function vmWithMany(addresses: number): VmFake {
      const vm = vmIn("spoke1");
      const each = Array.from({ length: addresses }, (_, j) => j + 100);
      vm.answerNames(
        [LOGIN_SERVER, ...many].flatMap((host, i) => each.map((j) => [host, `10.100.${j}.${100 + i}`] as const)),
      );
      return vm;
    }

    test("with 60 data endpoints, and contains all addresses", async () => {
      const vm = vmWithMany(1);
      // This curl reaches every host without a request, because 61 real requests take seconds.
      vm.command("curl", [`case $3 in host*) printf '200\\n\\n0.1\\n\\n' ;; *) exec ${which("curl")!} "$@" ;; esac`]);
      const run = await vm.run(PROBE, [LOGIN_SERVER, IMAGE, ...many]);
      const { hosts, omitted, failed } = reportOf(run);
      expect(failed).toBeNull();
      expect(omitted).toEqual(["host", "ms", "ok"]);
      expect(hosts).toEqual([LOGIN_SERVER, ...many].map((_, i) => ({ addresses: [`10.100.100.${100 + i}`] })));
    });

    test("with 60 data endpoints that have 20 addresses each and all fail, and lists what was left out", async () => {
      const vm = vmWithMany(20);
      vm.command("curl", ["exit 60"]);
      const { hosts, omitted } = reportOf(await vm.run(PROBE, [LOGIN_SERVER, IMAGE, ...many]));
      expect(omitted).toEqual(["host", "ms", "ok", "status", "addresses", "hosts"]);
      expect(hosts).toHaveLength(40);
      expect(hosts[39]).toEqual({ addresses: ["10.100.100.139"], more: 19, tls: "curl-60-" });
    });

    test("if answers are long, contain unusual characters, and repeat a token", async () => {
      const long = '\\"\u0001\té'.repeat(200);
      fake.faults.challenge = (response) => {
        const parameters = `realm="https://${"r".repeat(3000)}",service="${"s".repeat(3000)}"`;
        response.writeHead(401, { "WWW-Authenticate": `Bearer ${parameters}` }).end(long);
      };
      fake.faults.token = (response) => {
        registryError(response, 400, long, `${fake.secrets.join(" ")} ${long}`);
      };
      const run = await vmIn("spoke1").run(PROBE, ARGS);
      expect(reportOf(run)).toMatchObject({ failed: { step: "token", reason: "http-400" } });
      expect(fake.secrets).toHaveLength(2);
      for (const secret of fake.secrets) expect(run.stdout).not.toContain(secret.slice(0, 20));
    });
  });

  test("shows no token: not in its output, nor in the arguments or the environment of a process", async () => {
    const vm = vmIn("spoke1");
    vm.record();
    const run = await vm.run(PROBE, ARGS);
    expect(reportOf(run).failed).toBeNull();
    const processes = vm.read("processes.log");
    for (const command of ["curl", "docker", "jq", "sha256sum", "timeout"]) expect(processes).toContain(`${command}:`);
    expect(processes).toContain("DOCKER_CONFIG=");
    expect(fake.secrets).toHaveLength(4);
    for (const secret of fake.secrets) expect(run.stdout + run.stderr + processes).not.toContain(secret);
  });

  test.each([
    ["no arguments", []],
    ["no image", [LOGIN_SERVER]],
    ["an image without tag", [LOGIN_SERVER, REPOSITORY]],
    ["a URL instead of a host name", [`https://${LOGIN_SERVER}`, IMAGE]],
    ["an image that changes curl's configuration", [LOGIN_SERVER, 'a"b:v1']],
    ["another host that is not a host name", [LOGIN_SERVER, IMAGE, "a b"]],
  ])("prints its usage for %s", async (_, args) => {
    expect(await vmIn("spoke1").run(PROBE, args)).toEqual({
      stdout: "",
      stderr: expect.stringContaining("usage: probe.sh LOGIN_SERVER REPOSITORY:TAG") as string,
      exit: 2,
    });
  });

  const noRegistry = which("docker-registry") ? undefined : "Debian's docker-registry is not installed";
  testUnless(noRegistry, "pulls a manifest and a blob from Docker's own registry", async () => {
    const vm = vmIn("spoke1");
    const registry = await DebianRegistry.start(folder, signer, `https://${DATA_ENDPOINTS.swedencentral}`);
    try {
      await registry.push(fake);
      fake.upstream = registry.address;
      fake.store = (path) => registry.stored(path);
      const [{ steps, failed }, unknown] = await Promise.all([
        probe(vm),
        vm.run(PROBE, [LOGIN_SERVER, `${REPOSITORY}:v2`]).then(reportOf),
      ]);
      expect(failed).toBeNull();
      expect(unknown.failed).toMatchObject({ step: "manifest", reason: "http-404", code: "MANIFEST_UNKNOWN" });
      expect(steps).toMatchObject({
        challenge: { status: 401, scheme: "Bearer", service: LOGIN_SERVER },
        manifest: { digest: sha256(fake.index), platformDigest: sha256(fake.manifests[ARCHITECTURE]) },
        blob: { status: 307, host: DATA_ENDPOINTS.swedencentral, known: true },
        download: { bytes: fake.layer.length },
      });
      fake.mayPull = [];
      expect((await probe(vm)).failed).toMatchObject({
        step: "manifest",
        code: "UNAUTHORIZED",
        challenge: "insufficient_scope",
      });
    } finally {
      await registry.stop();
    }
  });
});
