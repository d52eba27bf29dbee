import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type Server, type Socket, createServer } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { causeOf, failureText } from "../cause";
import { describeUnless } from "../../../__tests__/support/skips";
import {
  ALL_HOSTS,
  type Certificate,
  DATA_ENDPOINTS,
  DIGESTS,
  HOSTS,
  IMAGE,
  LOGIN_SERVER,
  REGIONAL_ENDPOINTS,
  REPOSITORY,
  type RegistryFake,
  SPOKES,
  makeCertificate,
  openssl,
  registryError,
} from "./registry-fake";
import { type Report, STEPS, goodReport, stepsTo } from "./reports";
import { RegistryForSuite, type Run, type VmFake, missingTools, scriptFile } from "./vm-fake";

const PROBE = scriptFile("probe");
const PUSH = scriptFile("push");
const ARGS = [LOGIN_SERVER, IMAGE, ...HOSTS.slice(1)];
const HELLO = join(__dirname, "..", "..", "..", "docker-hello");
const LOGIN = `login --username 00000000-0000-0000-0000-000000000000 --password-stdin ${LOGIN_SERVER}`;

const ms = expect.any(Number) as number;

/** The report, and what the probe said before it. */
function reportOf({ stdout, stderr, exit }: Run): Report & { said: string[] } {
  expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
  const said = stdout.trimEnd().split("\n");
  const last = said.pop()!;
  expect(Buffer.byteLength(last)).toBeLessThanOrEqual(3500);
  return { ...(JSON.parse(last) as Report), said };
}

describeUnless(missingTools(), "the script", () => {
  const suite = new RegistryForSuite();
  const { folder } = suite;
  const vmIn: typeof suite.vmIn = (...props) => suite.vmIn(...props);
  let fake: RegistryFake;
  let context: string;

  beforeAll(() => {
    fake = suite.registry;
    context = spawnSync("tar", ["-czf", "-", "-C", HELLO, "."]).stdout.toString("base64");
  });

  const probe = async (vm: VmFake, env: NodeJS.ProcessEnv = {}, args = ARGS) =>
    reportOf(await vm.run(PROBE, args, env));

  const showsNoToken = ({ stdout, stderr }: Run, vm: VmFake, commands: readonly string[]) => {
    const processes = vm.read("processes.log");
    for (const command of commands) expect(processes).toContain(`${command}:`);
    expect(fake.secrets.size).toBe(4);
    for (const secret of fake.secrets) expect(stdout + stderr + processes).not.toContain(secret);
  };

  test("of the probe follows a pull from the names to the output of the container, and no process shows a token", async () => {
    const vm = vmIn("spoke1");
    vm.record();
    const run = await vm.run(PROBE, ARGS);
    const { said, ...report } = reportOf(run);
    expect(report).toEqual(goodReport("spoke1", { ms }));
    expect(said).toEqual([]);
    expect(Object.keys(report.steps)).toEqual(STEPS);
    expect(vm.read("password")).toBe([...fake.secrets][1]);
    expect(vm.dockerCommands).toEqual([
      LOGIN,
      `image rm ${LOGIN_SERVER}/${IMAGE}`,
      `pull ${LOGIN_SERVER}/${IMAGE}`,
      expect.stringMatching(`^run --rm --pull never --network none --name probe-\\d+ ${LOGIN_SERVER}/${IMAGE}$`),
    ]);
    // The token is not sent to the data endpoint.
    expect(fake.seen.filter(({ url }) => url.includes("sig="))).toMatchObject([
      { address: SPOKES.spoke1.addresses[DATA_ENDPOINTS.swedencentral], authorization: undefined },
    ]);
    showsNoToken(run, vm, ["curl", "docker", "jq", "sha256sum", "timeout"]);
    expect(vm.read("processes.log")).toContain("DOCKER_CONFIG=");
  });

  test("of the probe asks each region where there are regional endpoints, and waits until one has the image", async () => {
    const vm = vmIn("spoke1");
    vm.leadToRegion("switzerlandnorth");
    const address = SPOKES.spoke1.addresses[REGIONAL_ENDPOINTS.swedencentral];
    let lacking = 2;
    fake.faults.manifest = (answer) =>
      fake.seen.at(-1)!.address !== address || lacking-- <= 0
        ? answer()
        : registryError(404, "MANIFEST_UNKNOWN", "not here yet");
    const settings = { PROBE_STEPS: STEPS.slice(0, 7).join(" "), PROBE_DIGEST: fake.tagged, PROBE_RETRY_LIMIT: "60" };
    const { said, ...report } = await probe(vm, settings, [LOGIN_SERVER, IMAGE, ...ALL_HOSTS.slice(1)]);
    const good = goodReport("spoke1", { ms, ledTo: "switzerlandnorth" });
    const tagged = fake.tagged.slice("sha256:".length, 19);
    expect(report).toEqual({ ...good, steps: stepsTo("blob", good.steps), regions: [tagged, tagged] });
    expect(said).toEqual([`progress: waiting for up to 60 s until ${REGIONAL_ENDPOINTS.swedencentral} has the image`]);
  });

  test("of the probe waits for roles and for the replica, and accepts an image without an index", async () => {
    fake.tag(DIGESTS.arm64);
    let refusals = 2;
    fake.faults.exchange = (answer) => (refusals-- <= 0 ? answer() : registryError(401, "UNAUTHORIZED", "no role"));
    fake.exchangesWithoutRole = 1;
    const codes = ["MANIFEST_UNKNOWN", "BLOB_UNKNOWN"];
    fake.faults.manifest = fake.faults.blob = (answer, { url }) => {
      const given = answer();
      const here = codes[0]?.startsWith("BLOB") === url.includes("/blobs/") && given?.status !== 401;
      return here && codes.length > 0 ? registryError(404, codes.shift()!, "not known here") : given;
    };
    const { said, steps, failed } = await probe(vmIn("spoke1"), { PROBE_RETRY_LIMIT: "60", PROBE_ROLE_LIMIT: "60" });
    expect(failed).toBeNull();
    expect(steps).toMatchObject({ exchange: { retries: 2 }, blob: { status: 307, retries: 1 } });
    expect(steps.manifest).toMatchObject({ status: 200, digest: fake.tagged, retries: 2 });
    expect(steps.manifest).not.toHaveProperty("platform");
    const forRole = "progress: waiting for up to 60 s until the VM's role takes effect";
    const forReplica = "progress: waiting for up to 60 s until the replica has the image";
    expect(said).toEqual([forRole, forRole, forReplica, forReplica]);
  });

  describe("of the probe tells why there is no TLS", () => {
    /** A certificate of the registry's names for the second day of a year. */
    function certificateOf(year: number): Certificate {
      const { key, cert } = makeCertificate(folder, String(year), ALL_HOSTS);
      const [config = "", request = "", database = ""] = ["cnf", "csr", "db"].map((name) => join(folder, name));
      writeFileSync(database, "");
      const options = [
        ...["[ca]", "default_ca = here", "[here]", `database = ${database}`, `new_certs_dir = ${folder}`],
        ...["default_md = sha256", "policy = any", "rand_serial = yes", "[any]", "commonName = supplied"],
        ...["[names]", `subjectAltName = ${ALL_HOSTS.map((host) => `DNS:${host}`).join(",")}`, ""],
      ];
      writeFileSync(config, options.join("\n"));
      const days = ["-startdate", `${year}0101000000Z`, "-enddate", `${year}0102000000Z`];
      openssl("req", "-new", "-key", key, "-subj", `/CN=${year}`, "-out", request);
      openssl(
        ...["ca", "-batch", "-selfsign", "-notext", "-config", config, "-keyfile", key, "-in", request],
        ...["-out", cert, "-extensions", "names", ...days],
      );
      return { key, cert };
    }

    const servers: Server[] = [];
    const sockets: Socket[] = [];
    /** Starts a server that is none of TLS unless it has a certificate, and returns its port. */
    async function serve(listen: (socket: Socket) => void, presented?: Certificate): Promise<number> {
      const onSocket = (socket: Socket) => {
        sockets.push(socket);
        socket.on("error", () => undefined);
        listen(socket);
      };
      const tls = presented && { cert: readFileSync(presented.cert), key: readFileSync(presented.key) };
      const server = (tls ? createTlsServer(tls, onSocket) : createServer(onSocket)).listen(0, "127.10.0.9");
      servers.push(server);
      await once(server, "listening");
      return (server.address() as { port: number }).port;
    }

    afterEach(() => {
      for (const socket of sockets.splice(0)) socket.destroy();
      for (const server of servers.splice(0)) server.close();
    });

    test("to each of many hosts, of which the login server ends it", async () => {
      const unknown = makeCertificate(folder, "unknown", [LOGIN_SERVER]);
      const other = makeCertificate(folder, "other", ["other.azurecr.io"]);
      const [expired, early] = [certificateOf(2020), certificateOf(2099)];
      const trusted = [other, expired, early].map(({ cert }) => readFileSync(cert, "utf8"));
      writeFileSync(join(folder, "trusted.pem"), [...trusted, fake.certificate].join(""));
      const vm = vmIn("spoke1", join(folder, "trusted.pem"));
      const found: [host: string, tls: RegExp, words?: RegExp][] = [];
      const presenting = [
        [unknown, LOGIN_SERVER, /^curl-60-18$/, /is not trusted \(curl 60\)/],
        [other, "other.data.azurecr.io", /^curl-60-[01]$/, /is for another name \(curl 60\)/],
        [expired, DATA_ENDPOINTS.swedencentral, /^curl-60-10$/, /has expired \(curl 60\)/],
        [early, DATA_ENDPOINTS.switzerlandnorth, /^curl-60-9$/, /is not valid yet \(curl 60\)/],
      ] as const;
      for (const [presented, ...expected] of presenting) {
        vm.lead(expected[0], "127.10.0.9", await serve(() => undefined, presented));
        found.push([...expected]);
      }
      const refused = await serve(() => undefined);
      servers.pop()!.close();
      const answers: [name: string, port: number, tls: RegExp][] = [
        ["refused", refused, /^curl-7$/],
        ["silent", await serve(() => undefined), /^curl-28$/],
        ["closes", await serve((socket) => socket.destroy()), /^curl-(35|56)$/],
        ["plain", await serve((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")), /^curl-35$/],
      ];
      for (const [name, port, tls] of answers) {
        vm.lead(`${name}.data.azurecr.io`, "127.10.0.9", port);
        found.push([`${name}.data.azurecr.io`, tls]);
      }
      vm.lead("good.azurecr.io", SPOKES.spoke1.addresses[LOGIN_SERVER]!);
      found.push(["good.azurecr.io", /^ok$/]);
      // These lines come after those of the script, and end the wait for a server that says nothing sooner.
      vm.curlOption("connect-timeout = 2");
      vm.answerNames(found.map(([host]) => [host, "127.10.0.9"]));
      const [login, ...others] = found.map(([host]) => host);
      const { hosts, failed, notTried } = await probe(vm, {}, [login!, IMAGE, ...others]);
      expect(hosts.map(({ host, tls }) => [host, tls])).toEqual(
        found.map(([host, tls]) => [host, expect.stringMatching(tls) as string]),
      );
      expect(failed).toEqual({ step: "challenge", reason: "curl-60-18" });
      expect(notTried).toEqual(STEPS.slice(2));
      for (const [index, [, , words = /./]] of found.entries()) {
        const failure = { step: "challenge", reason: String(hosts[index]!.tls) };
        expect(failureText(failure, causeOf(failure, {}))).toMatch(words);
      }
    });

    test("or no answer, when its time is up before the first step", async () => {
      const port = await serve(() => undefined);
      const vm = vmIn("spoke1");
      for (const host of HOSTS) vm.lead(host, "127.10.0.9", port);
      const { hosts, failed, notTried } = await probe(vm, { PROBE_TIME_LIMIT: "1.5" });
      expect(hosts.map(({ host }) => host)).toEqual(HOSTS);
      expect(failed).toEqual({ step: "tools", reason: "time-limit" });
      expect(notTried).toEqual(STEPS.slice(1));
    });
  });

  test("of the probe reports addresses once and sorted, hosts that do not resolve, and answers that are cut", async () => {
    const vm = vmIn("spoke1");
    vm.answerNames(["127.11.0.4", "127.10.0.5", "127.11.0.4"].map((address) => [HOSTS[1]!, address]));
    fake.faults.challenge = () => undefined;
    const { hosts, failed } = await probe(vm);
    expect(hosts).toMatchObject([
      { addresses: [], tls: "not-resolved" },
      { addresses: ["127.10.0.5", "127.11.0.4"], tls: "ok" },
      { addresses: [], tls: "not-resolved" },
    ]);
    expect(failed).toEqual({ step: "challenge", reason: "curl-52" });
  });

  test("of the probe stays short where answers are long, contain unusual characters, and repeat a token", async () => {
    const long = '\\"\u0001\té'.repeat(200);
    const parameters = `realm="https://${"r".repeat(3000)}",service="${"s".repeat(3000)}"`;
    const headers = { "WWW-Authenticate": `Bearer ${parameters}` };
    fake.faults.challenge = () => ({ status: 401, headers, text: long });
    fake.faults.token = () => registryError(400, long, `${[...fake.secrets].join(" ")} ${long}`);
    const run = await vmIn("spoke1").run(PROBE, ARGS.slice(0, 2));
    const { failed, steps, notTried } = reportOf(run);
    expect(failed).toMatchObject({ step: "token", reason: "http-400" });
    expect(Object.keys(steps)).toEqual(STEPS.slice(0, 5));
    expect(notTried).toEqual(STEPS.slice(5));
    expect(fake.secrets.size).toBe(2);
    for (const secret of fake.secrets) expect(run.stdout).not.toContain(secret.slice(0, 20));
  });

  test("of the probe reports without jq that jq is not installed", async () => {
    const vm = vmIn("spoke1");
    vm.onlyCommands(["jq"]);
    const report = await probe(vm, {}, ARGS.slice(0, 2));
    expect(report).toMatchObject({ v: 1, hosts: [], steps: {}, failed: { step: "tools", reason: "no-jq" } });
  });

  test("of the push builds the context and pushes it, and shows no token", async () => {
    const vm = vmIn("spoke1");
    vm.leadToRegion("switzerlandnorth");
    vm.record();
    const run = await vm.run(PUSH, [LOGIN_SERVER, IMAGE, context]);
    const lines = run.stdout.trimEnd().split("\n");
    const pushed = { v: 1, digest: fake.tagged, image: `${LOGIN_SERVER}/${IMAGE}` };
    const stdout = { ...pushed, dataEndpoint: DATA_ENDPOINTS.switzerlandnorth };
    expect({ ...run, stdout: JSON.parse(lines.pop()!) as unknown }).toEqual({ stdout, stderr: "", exit: 0 });
    expect(lines).toEqual("tools context identity exchange login build push".split(" ").map((step) => `step: ${step}`));
    expect(vm.dockerCommands).toEqual([
      ...["version", LOGIN, `build --tag ${LOGIN_SERVER}/${IMAGE} context`, `push ${LOGIN_SERVER}/${IMAGE}`],
    ]);
    expect(vm.read("password")).toBe([...fake.secrets][1]);
    for (const file of ["Dockerfile", "hello.sh", ".dockerignore"])
      expect(vm.read(join("built", file))).toBe(readFileSync(join(HELLO, file), "utf8"));
    showsNoToken(run, vm, ["curl", "docker", "sed", "tar"]);
  });

  test("of the push stops at the step that failed, and says why when its time is up", async () => {
    fake.faults.exchange = () => new Promise(() => undefined);
    const { stdout } = await vmIn("spoke1").run(PUSH, [LOGIN_SERVER, IMAGE, context], { PROBE_TIME_LIMIT: "2" });
    const [last = "", ...steps] = stdout.trimEnd().split("\n").reverse();
    expect(steps.reverse()).toEqual(["step: tools", "step: context", "step: identity", "step: exchange"]);
    expect(JSON.parse(last)).toEqual({ v: 1, error: { step: "exchange", reason: "time-limit" }, clock: ms });
  });

  test.each(["probe", "push"])("of the %s leaves nothing behind when a signal ends it", async (name) => {
    const vm = vmIn("spoke1");
    const reached = new Promise<void>((resolve) => {
      fake.faults.exchange = () =>
        new Promise(() => {
          resolve();
        });
    });
    const [script, args] = name === "probe" ? [PROBE, ARGS] : [PUSH, [LOGIN_SERVER, IMAGE, context]];
    const { child, ended } = vm.start(script, args);
    await reached;
    expect(vm.leftBehind).toHaveLength(1);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ stderr: "", exit: 143 });
    expect(vm.leftBehind).toEqual([]);
  });

  test.each([
    ["probe", "no arguments", []],
    ["probe", "no image", [LOGIN_SERVER]],
    ["probe", "an image without tag", [LOGIN_SERVER, REPOSITORY]],
    ["probe", "a URL instead of a host name", [`https://${LOGIN_SERVER}`, IMAGE]],
    ["probe", "an image that changes curl's configuration", [LOGIN_SERVER, 'a"b:v1']],
    ["probe", "another host that is not a host name", [LOGIN_SERVER, IMAGE, "a b"]],
    ["push", "no arguments", []],
    ["push", "an image without tag", [LOGIN_SERVER, "hello", "YWJj"]],
    ["push", "a URL instead of a host name", [`https://${LOGIN_SERVER}`, IMAGE, "YWJj"]],
  ])("of the %s prints its usage for %s", async (name, _, args) => {
    const script = name === "probe" ? PROBE : PUSH;
    expect(await vmIn("spoke1").run(script, args)).toEqual({
      stdout: "",
      stderr: expect.stringContaining(`usage: ${name}.sh LOGIN_SERVER REPOSITORY:TAG`) as string,
      exit: 2,
    });
  });

  test("of the image says where the image comes from", () => {
    const { stdout } = spawnSync("/bin/sh", [join(HELLO, "hello.sh")], { encoding: "utf8" });
    expect(stdout).toMatch(/^hello from sample\/hello-world, built by docker-hello in this project, on \S+ \(\S+\)\n$/);
  });
});
