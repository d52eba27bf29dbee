import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColors } from "picocolors";
import { CLOUDS, registryHosts } from "../../packages/common/azure";
import { JSON_VERSION } from "../../packages/common/util";
import type { Deployment } from "../../src/verify/deployment";
import { EndpointConnections } from "../../src/verify/endpoint-connection";
import { ResourceManager } from "../../src/verify/run-command/resource-manager";
import { push, pushedText } from "../../src/verify/push";
import { ByVariables } from "../../src/verify/run-command/sign-in";
import { ownVms } from "../../src/verify/own-vms";
import { haveArrived, replicasText } from "../../src/verify/replicas";
import { type RunScriptProps, VmScripts } from "../../src/verify/run-command/vm-scripts";
import { type Verification, type VerifyProps, verify, waitForReplicas } from "../../src/verify/verify";
import { verificationText } from "../../src/verify/verify-text";
import { schemaErrors } from "../support/schemas";
import { describeUnless, which } from "../support/skips";
import { EmulatedVms } from "./emulated-vms";
import {
  ALL_HOSTS,
  CLIENT_ID,
  DATA_ENDPOINTS,
  HOSTS,
  IMAGE,
  LOGIN_SERVER,
  REGIONAL_ENDPOINTS,
  RegistryFake,
  SPOKES,
  makeCertificate,
  registryError,
  sha256,
} from "./registry-fake";
import { VmFake, missingTools } from "./vm-fake";

/** What the image prints, without the machine. */
const PRINTED = "hello from sample/hello-world, built by docker-hello in this project";

const HELLO = join(__dirname, "..", "..", "docker-hello");
const WAITS = { poll: 0.02, busyPoll: 0, busy: 10, agent: 10, answer: 10, cleanUp: 10, retry: 0, still: 30 };
const ENDPOINT = (spoke: string) =>
  `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pep-${spoke}-dev`;

type Spoke = keyof typeof SPOKES;
type Region = keyof typeof REGIONAL_ENDPOINTS;

type Spokes = Pick<Verification, "spokes">;

const hostsOf = (regional: boolean) =>
  registryHosts("hello", Object.keys(DATA_ENDPOINTS), { ...CLOUDS.public, registrySuffix: "azurecr.test" }, regional);

describeUnless(missingTools(), "two spokes, a registry and Azure on loopback", () => {
  let folder: string;
  let azure: EmulatedVms;
  let registry: RegistryFake;
  let vms: Record<Spoke, VmFake>;
  let deployment: Deployment;
  let props: VerifyProps;
  let scripts: OnFakeVms;
  let progress: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "verify-"));
    registry = await RegistryFake.start(
      makeCertificate(folder, "registry", ALL_HOSTS),
      makeCertificate(folder, "signer", ["signer"]),
    );
  });

  afterAll(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    azure = await EmulatedVms.start();
    registry.reset();
    progress = [];
    const names = Object.keys(SPOKES) as Spoke[];
    vms = Object.fromEntries(
      names.map((name) => [name, new VmFake(registry, SPOKES[name], join(folder, "registry.pem"))]),
    ) as typeof vms;
    deployment = {
      cloud: "public",
      loginServer: LOGIN_SERVER,
      hosts: hostsOf(false),
      vms: names.map((spoke) => ({
        spoke,
        id: azure.vm(`vm-${spoke}-dev`),
        virtualNetwork: `vnet-${spoke}-dev`,
        region: SPOKES[spoke].region,
        mayPush: spoke === "spoke1",
        endpointId: ENDPOINT(spoke),
        expected: Object.fromEntries(
          Object.entries(SPOKES[spoke].addresses).map(([host, address]) => [host, [address]]),
        ),
        servedBy: "azure",
      })),
      networks: [],
    };
    for (const spoke of names) azure.endpointConnection(ENDPOINT(spoke), "Approved");
    const resourceManager = {
      endpoint: azure.endpoint,
      scope: `${azure.endpoint}/.default`,
      authority: azure.endpoint,
    };
    const options = { resourceManager, ca: azure.ca };
    scripts = new OnFakeVms(azure.credential, { ...options, waits: WAITS });
    scripts.vms = Object.fromEntries(deployment.vms.map(({ id, spoke }) => [id, vms[spoke as Spoke]]));
    props = {
      deployment,
      scripts,
      connections: new EndpointConnections(new ResourceManager(azure.credential, options)),
      image: IMAGE,
      start: false,
      signal: new AbortController().signal,
      onProgress: (spoke, state) => progress.push(`${spoke}: ${state}`),
      ask: () => Promise.resolve(403),
    };
  });

  afterEach(async () => {
    await azure.close();
    for (const { folder } of Object.values(vms)) rmSync(folder, { recursive: true });
  });

  let good: Promise<{ verification: Verification; secrets: readonly string[] }> | undefined;

  /** The result for a good deployment, which is verified once for all tests. */
  const verifyGood = () =>
    (good ??= verify(props).then((verification) => ({ verification, secrets: [...registry.secrets] })));

  /** Has every probe end after names and TLS, where a test needs no more. */
  const endEarly = () => {
    registry.faults.challenge = (response) => {
      registryError(response, 503, "UNAVAILABLE", "not now");
    };
  };

  /** A deployment with regional endpoints, in which DNS leads each spoke to a region. The VMs resolve accordingly. */
  function leading(regions: Record<Spoke, Region>): Deployment {
    const led = deployment.vms.map((vm) => {
      const region = regions[vm.spoke as Spoke];
      vms[vm.spoke as Spoke].leadToRegion(region);
      const address = vm.expected[REGIONAL_ENDPOINTS[region]]!;
      return { ...vm, servedBy: region, expected: { ...vm.expected, [LOGIN_SERVER]: address } };
    });
    return { ...deployment, hosts: hostsOf(true), vms: led };
  }

  const regionsIn = ({ spokes }: Verification) =>
    spokes.map(({ checks }) => checks.find(({ what }) => what === "region")!.found);

  const failing = ({ spokes }: Spokes) =>
    spokes.flatMap(({ spoke, checks }) =>
      checks.filter(({ status }) => status === "failed").map(({ what, found }) => `${spoke} ${what}: ${found}`),
    );

  /** The checks that were skipped, and the one that each follows from. */
  const following = ({ spokes }: Spokes) =>
    spokes.flatMap(({ spoke, checks }) =>
      checks.flatMap(({ what, status, followsFrom }) =>
        status === "skipped" ? `${spoke} ${what} < ${followsFrom ?? "nothing"}` : [],
      ),
    );

  test("every check of a good deployment passes, in each spoke", async () => {
    const { verification } = await verifyGood();
    const { spokes, checks } = verification;
    expect(schemaErrors("verify", { version: JSON_VERSION, ...verification })).toEqual([]);
    const all = [...spokes.flatMap((spoke) => spoke.checks), ...checks];
    expect(all.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(spokes.map(({ spoke, machine }) => `${spoke} ${machine}`)).toEqual([
      "spoke1 vm-spoke1-dev",
      "spoke2 vm-spoke2-dev",
    ]);
    const blobs = spokes.map((spoke) => spoke.checks.find(({ what }) => what === "blob")!.found);
    expect(blobs).toEqual([
      `307 to ${DATA_ENDPOINTS.swedencentral}, at ${SPOKES.spoke1.addresses[DATA_ENDPOINTS.swedencentral]!}`,
      `307 to ${DATA_ENDPOINTS.switzerlandnorth}, at ${SPOKES.spoke2.addresses[DATA_ENDPOINTS.switzerlandnorth]!}`,
    ]);
    expect(azure.commands).toEqual([]);
  });

  test("every check passes where DNS leads the spokes to regions, the other one's too", async () => {
    const regional = leading({ spoke1: "switzerlandnorth", spoke2: "switzerlandnorth" });
    const verification = await verify({ ...props, deployment: regional });
    expect(failing(verification)).toEqual([]);
    expect(regionsIn(verification)).toEqual(Array(2).fill("served by switzerlandnorth, as DNS promises"));
    for (const { checks } of verification.spokes)
      expect(checks.find(({ what }) => what === "names")!.found).toBe("5 names, each with the address in the state");
  });

  test("a region that does not serve although DNS leads to it fails", async () => {
    const regional = leading({ spoke1: "swedencentral", spoke2: "switzerlandnorth" });
    registry.faults.blob = (response) => {
      const location = `https://${DATA_ENDPOINTS.swedencentral}/store/${sha256(registry.layer)}`;
      response.writeHead(307, { Location: location }).end();
    };
    expect(failing(await verify({ ...props, deployment: regional }))).toEqual([
      "spoke2 region: served by swedencentral, but DNS leads the login server to switzerlandnorth",
    ]);
  });

  test("the login server of a region that does not answer fails, and the advice leads back to Azure's choice", async () => {
    const regional = leading({ spoke1: "swedencentral", spoke2: "switzerlandnorth" });
    vms.spoke2.lead(LOGIN_SERVER, "127.11.0.99", 9);
    const verification = await verify({ ...props, deployment: regional });
    expect(failing(verification)).toEqual([
      `spoke2 TLS: no TLS to ${LOGIN_SERVER}: there is no route to the address, or nothing there accepts the connection (curl 7)`,
    ]);
    expect(verification.spokes[1]!.checks.find(({ what }) => what === "TLS")!.advice).toContain(
      'regional endpoint of switzerlandnorth, which may not answer for the registry\'s own name. In that case, set "servedBy": "azure"',
    );
    expect(following(verification)).toEqual(
      ["challenge", "tokens", "manifest", "blob", "region", "download", "docker run"].map(
        (what) => `spoke2 ${what} < TLS`,
      ),
    );
  });

  test("the tables fit 100 columns and contain no secret", async () => {
    const { verification, secrets } = await verifyGood();
    const text = verificationText(verification, createColors(false));
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).toMatch(/\n2 spokes, 23 checks: 23 passed, 0 failed, 0 skipped\.$/);
  });

  test("the README shows the current output, except for the times, with the names of a real registry", async () => {
    const masked = (text: string) => text.replace(/\d+ ms +/g, "N ms ").replace(/sha256:\w+ linux\/\w+ +/, "DIGEST ");
    const real = (found: string) =>
      found
        .replace("hello.swedencentral.data.azurecr.test", "xyzdfdacrdev.swedencentral.data.azurecr.io")
        .replace("127.10.", "10.10.")
        .replace("hello from a fake", `${PRINTED}, on 5f1c2a9be0d4 (x86_64)`);
    const { verification } = await verifyGood();
    const [spoke] = verification.spokes;
    const checks = spoke!.checks.map((check) => ({ ...check, found: real(check.found) }));
    const shown = { spokes: [{ ...spoke!, checks }], checks: [] };
    const [first = ""] = verificationText(shown, createColors(false)).split("\n\n");
    const readme = readFileSync(join(__dirname, "..", "..", "README.md"), "utf8");
    expect(masked(readme)).toContain(masked(first));
    expect(readFileSync(join(__dirname, "..", "..", "docker-hello", "hello.sh"), "utf8")).toContain(PRINTED);
    expect(readme).not.toMatch(/azurecr\.test|127\.\d/);
  });

  test("a spoke that resolves the other's addresses fails, the other passes, and the two are compared", async () => {
    vms.spoke2.answerNames(Object.entries(SPOKES.spoke1.addresses));
    const verification = await verify(props);
    expect(failing(verification)).toEqual([
      `spoke2 names: ${LOGIN_SERVER} resolves to 127.10.0.4: the address belongs to spoke1; 2 more names also failed`,
    ]);
    expect(following(verification)).toEqual(["spoke2 blob < names"]);
    expect(verification.checks).toContainEqual(
      expect.objectContaining({
        status: "skipped",
        found:
          "follows from names: spoke1 and spoke2 both resolve the login server to 127.10.0.4, where the names of spoke2 are wrong",
      }),
    );
  });

  test("an answer of public DNS is distinguished from a wrong private zone", async () => {
    vms.spoke1.answerNames(HOSTS.map((host) => [host, "20.1.2.3"]));
    endEarly();
    expect(failing(await verify(props))).toContainEqual(
      expect.stringMatching(
        /^spoke1 names: .* resolves to 20\.1\.2\.3: the address is from public DNS; 2 more names also failed$/,
      ),
    );
  });

  test("a refused token names the role that is needed", async () => {
    registry.faults.exchange = (response) => {
      registryError(response, 403, "DENIED", "not allowed");
    };
    const { spokes } = await verify(props);
    expect(spokes[0]!.checks.find(({ what }) => what === "tokens")).toMatchObject({
      status: "failed",
      found: "exchange: the VM's identity is not allowed to do this (HTTP status 403), DENIED, not allowed",
      advice: expect.stringContaining("AcrPull") as unknown,
    });
  });

  test("a disconnected endpoint fails, and is named", async () => {
    azure.endpointConnection(ENDPOINT("spoke2"), "Disconnected");
    expect(failing(await verify(props))).toEqual(["spoke2 endpoint: the connection of pep-spoke2-dev is Disconnected"]);
  });

  test("a registry that answers from outside fails", async () => {
    endEarly();
    const { checks } = await verify({ ...props, ask: () => Promise.resolve(401) });
    expect(checks[0]).toMatchObject({
      status: "failed",
      found: expect.stringContaining("can be reached from outside the network") as unknown,
    });
  });

  test("a VM that is not running fails, and the other VMs are checked nevertheless", async () => {
    azure.change("vm-spoke1-dev", { power: "deallocated" });
    const { spokes } = await verify(props);
    expect(spokes[0]!.checks.find(({ what }) => what === "VM")).toMatchObject({
      status: "failed",
      found: "The VM of spoke1 is deallocated",
      advice: "Test VMs shut down every day on a schedule. To start it, add: -- --start",
    });
    expect(following({ spokes })).toEqual(
      ["names", "TLS", "challenge", "tokens", "manifest", "blob", "region", "download", "docker run"].map(
        (what) => `spoke1 ${what} < VM`,
      ),
    );
    expect(spokes[1]!.checks.filter(({ status }) => status !== "passed")).toEqual([]);
  });

  test("a VM that is not running is started with --start", async () => {
    azure.change("vm-spoke1-dev", { power: "deallocated" });
    const only = { ...deployment, vms: deployment.vms.slice(0, 1) };
    const { spokes } = await verify({ ...props, deployment: only, start: true });
    expect(spokes[0]!.checks.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(progress).toContain("spoke1: starting the VM");
  });

  test("an interruption leaves nothing on the VMs", async () => {
    const interrupted = new AbortController();
    const onProgress = (_: string, state: string) => {
      if (state === "running the script") interrupted.abort(new Error("interrupted"));
    };
    registry.faults.challenge = () => undefined; // Never answers.
    await expect(verify({ ...props, signal: interrupted.signal, onProgress })).rejects.toThrow("interrupted");
    expect(azure.scriptsRun).toBe(false);
  });

  test("the image is built and pushed on the VM that is allowed to push", async () => {
    const pushed = await push(HELLO, props);
    expect(schemaErrors("push-hello", { version: JSON_VERSION, ...pushed })).toEqual([]);
    expect(pushed).toEqual({
      image: `${LOGIN_SERVER}/${IMAGE}`,
      digest: sha256(registry.index),
      region: "swedencentral",
      servedBy: "azure",
    });
    expect(pushedText(pushed)).toBe(`Pushed ${LOGIN_SERVER}/${IMAGE} to swedencentral\n${sha256(registry.index)}`);
    expect(vms.spoke1.dockerCommands.join("\n")).toMatch(new RegExp(`push ${LOGIN_SERVER}/${IMAGE}`));
    expect(vms.spoke2.dockerCommands).toEqual([]);
    expect(vms.spoke1.read("built/Dockerfile")).toMatch(/^FROM mcr\.microsoft\.com\//m);
  });

  test("a push to the region to which DNS leads says so, whether the region answers afterwards or not", async () => {
    const regional = leading({ spoke1: "switzerlandnorth", spoke2: "switzerlandnorth" });
    const pushed = await push(HELLO, { ...props, deployment: regional });
    expect(pushed).toMatchObject({ region: "switzerlandnorth", servedBy: "switzerlandnorth" });
    expect(pushedText(pushed)).toMatch(/ to switzerlandnorth\nsha256:\w+$/);
    registry.faults.blob = (response) => response.writeHead(503).end();
    expect(await push(HELLO, { ...props, deployment: regional })).toEqual(pushed);
  });

  test("a push that another region took than the one to which DNS leads says so", async () => {
    const [vm, other] = deployment.vms;
    const promised = { ...deployment, vms: [{ ...vm!, servedBy: "switzerlandnorth" }, other!] };
    const pushed = await push(HELLO, { ...props, deployment: promised });
    expect(pushed).toMatchObject({ region: "swedencentral", servedBy: "switzerlandnorth" });
    expect(pushedText(pushed)).toMatch(
      / to swedencentral, although DNS leads the login server to switzerlandnorth\nsha256:\w+$/,
    );
  });

  test.each(["azure", null])(
    "a push names no region if neither the registry nor DNS (%s) shows it",
    async (servedBy) => {
      registry.faults.blob = (response) => response.writeHead(503).end();
      const [vm, other] = deployment.vms;
      const pushed = await push(HELLO, {
        ...props,
        deployment: { ...deployment, vms: [{ ...vm!, servedBy }, other!] },
      });
      expect(pushed).toMatchObject({ region: null, servedBy });
      expect(pushedText(pushed)).toMatch(new RegExp(`^Pushed ${LOGIN_SERVER}/${IMAGE}\n`));
    },
  );

  const fails = (words: string) => `echo '${words}' >&2; exit 1`;

  test.each<[name: string, docker: Record<string, string>, message: RegExp]>([
    [
      "is refused",
      { push: fails("denied: requested access to the resource is denied") },
      /^The image was not pushed: push: the VM's identity is not allowed .*\. Check that .* AcrPush/,
    ],
    [
      "reaches the public address",
      {
        push: fails(
          "denied: client with IP 4.3.2.1 is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
        ),
      },
      /push: the request reached the public address .* grant access\. Check on the VM .* getent ahostsv4 hello\.azurecr\.test/,
    ],
    [
      "can't download the base image",
      { build: fails("Get https://mcr.test/v2/: dial tcp: lookup mcr.test: no such host") },
      /build: the base image of the Dockerfile can't be downloaded .* mcr\.microsoft\.com/,
    ],
    ["fills the disk", { build: fails("write /x: no space left on device") }, /build: no space is left .* df -h/],
    [
      "builds for another architecture",
      { build: fails("exec /bin/sh: exec format error") },
      /build: the image is for another processor architecture .* --platform linux\/amd64/,
    ],
    [
      "finds a certificate that docker refuses",
      { push: fails("tls: failed to verify certificate: x509: certificate signed by unknown authority") },
      /push: Docker does not accept the certificate .* systemctl restart docker/,
    ],
    ["finds docker stopped", { version: "exit 1" }, /tools: Docker is not running\. .* systemctl start docker/],
    ["is throttled", { push: fails("toomanyrequests: too many requests") }, /push: the registry limits the number/],
    [
      "finds the registry failing",
      { push: fails("received unexpected HTTP status: 500 Internal Server Error") },
      /push: the registry has an internal error .* check-health --name hello/,
    ],
    ["breaks off", { push: fails("write tcp 10.0.0.1:1: write: broken pipe") }, /push: the connection broke off/],
    ["times out", { push: fails("dial tcp 10.0.0.1:443: i/o timeout") }, /push: the connection timed out .* approved/],
    ["fails for another reason", { push: fails("oh no.") }, /push: Docker failed \(exit status 1\), oh no\. Docker's/],
  ])("a push that %s says why, and what to do", async (_, docker, message) => {
    vms.spoke1.docker(docker);
    const error = await push(HELLO, props).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).toMatch(message);
    if (!message.source.includes("AcrPush")) expect((error as Error).message).not.toMatch(/AcrPush|\.\./);
    expect((error as Error).message).not.toMatch(/\b(curl|http|exit)-\d/);
  });

  test.each<[name: string, arrange: () => void, message: RegExp]>([
    [
      "has no connection",
      () => {
        vms.spoke1.lead(LOGIN_SERVER, "127.10.0.99", 9);
      },
      /: exchange: there is no route to the address, .*\(curl 7\)\. Check that the connection .* approved/,
    ],
    [
      "is refused as public",
      () => {
        registry.faults.exchange = (response) => {
          registryError(response, 403, "DENIED", "client with IP '4.3.2.1' is not allowed access.");
        };
      },
      /: exchange: the request reached the public address .*\(HTTP status 403\)/,
    ],
    [
      "finds a certificate that is not trusted",
      () => {
        const environment = vms.spoke1.environment.PROBE_CURL_OPTIONS!;
        writeFileSync(environment, readFileSync(environment, "utf8").replace(/registry\.pem/, "signer.pem"));
      },
      /: exchange: the certificate is not trusted \(curl 60\)\. A firewall that inspects TLS/,
    ],
    [
      "is throttled",
      () => {
        registry.faults.exchange = (response) => {
          registryError(response, 429, "TOOMANYREQUESTS", "slow down");
        };
      },
      /: exchange: the registry limits the number of requests \(HTTP status 429\)/,
    ],
    [
      "has no identity",
      () => {
        registry.faults.identity = (response) => response.writeHead(400).end("{}");
      },
      /: identity: the VM has no managed identity \(HTTP status 400\)/,
    ],
    [
      "has a wrong clock",
      () => {
        vms.spoke1.command("date", [`[ "$1" = +%s%3N ] && exec ${which("date")!} --date="-1 hour" "$1"; exit 64`]);
        registry.faults.exchange = (response) => {
          registryError(response, 401, "UNAUTHORIZED", "AAD access token is not valid yet");
        };
      },
      /: exchange: the clock of the VM is wrong: it is 60 minutes behind .* timedatectl/,
    ],
    [
      "waits for cloud-init in vain",
      () => {
        vms.spoke1.onlyCommands(["jq"]);
        vms.spoke1.command("cloud-init", ["exit 124"]);
      },
      /: tools: cloud-init is still running: .* again in a few minutes/,
    ],
    [
      "finds that cloud-init failed",
      () => {
        vms.spoke1.onlyCommands(["docker"]);
        rmSync(join(vms.spoke1.folder, "bin", "docker"));
        vms.spoke1.command("cloud-init", ["exit 1"]);
      },
      /: tools: cloud-init failed, .*cloud-init-output\.log/,
    ],
  ])("a push that %s says why, and does not advise AcrPush", async (_, arrange, message) => {
    arrange();
    const error = await push(HELLO, props).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toMatch(/AcrPush|\b(curl|http|exit)-\d/);
  });

  test("a push without a result shows the script's output, and how to go on", async () => {
    const { scripts } = props;
    jest.spyOn(scripts, "run").mockResolvedValue({ stdout: "oh", stderr: "", exitCode: 1 });
    await expect(push(HELLO, props)).rejects.toThrow(
      "The image was not pushed: the script returned no report: oh. To find out why, run the script by hand in a bastion session",
    );
  });

  test("a wrong clock is found by the clock in the report", async () => {
    vms.spoke1.command("date", [`exec ${which("date")!} --date="-1 hour" "$@"`]);
    registry.faults.exchange = (response) => {
      registryError(response, 401, "UNAUTHORIZED", "AAD access token is not valid yet");
    };
    expect(failing(await verify(props))).toEqual([
      expect.stringMatching(/^spoke1 tokens: exchange: the clock of the VM is wrong: it is 60 minutes behind/),
      expect.stringMatching(/^spoke2 tokens: exchange: the VM's identity is not allowed/),
    ]);
  });

  test("a VM on which cloud-init is still running leads, the waiting is shown, and the other VM is checked", async () => {
    vms.spoke1.onlyCommands(["jq"]);
    vms.spoke1.command("cloud-init", ["sleep 0.3; exit 124"]);
    const verification = await verify(props);
    expect(failing(verification)).toEqual([expect.stringMatching(/^spoke1 VM: tools: cloud-init is still running/)]);
    expect(following(verification)).toHaveLength(9);
    expect(progress).toContain("spoke1: waiting for up to 120 s until cloud-init has installed docker and jq");
  });

  test("a sign-in that fails is the cause of both the VM's and the endpoint's check", async () => {
    const refused = {
      getToken: () => Promise.reject(Object.assign(new Error("AADSTS7000215: no"), { name: "AuthenticationError" })),
    };
    const credential = new ByVariables(refused, ["ARM_TENANT_ID", "ARM_CLIENT_ID", "ARM_CLIENT_SECRET"]);
    const resourceManager = { endpoint: azure.endpoint, scope: "x", authority: azure.endpoint };
    const options = { resourceManager, ca: azure.ca };
    const connections = new EndpointConnections(new ResourceManager(credential, options));
    const verification = await verify({ ...props, connections, scripts: new VmScripts(credential, options) });
    expect(failing(verification)).toEqual(
      ["spoke1", "spoke2"].map(
        (spoke) =>
          `${spoke} VM: The sign-in to Azure with ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET failed: AADSTS7000215: no`,
      ),
    );
    const { advice } = verification.spokes[0]!.checks[0]!;
    expect(advice).toMatch(/^Check the values of these variables, .* unset them first\.$/);
    expect(following(verification)[0]).toBe("spoke1 endpoint < VM");
  });

  describe("on VMs of the user", () => {
    /** A VM in a network that exists without this project, and that resolves as spoke1 does. */
    function own(name = "vm-own", osType = "Linux") {
      const { vm, network } = azure.vmIn("vnet-company", name, osType);
      const [spoke1] = deployment.vms;
      const networks = [
        { ...spoke1!, spoke: "vnet-company", virtualNetwork: "vnet-company", networkId: network, addressSpace: [] },
      ];
      const known: Deployment = { ...deployment, vms: [], networks };
      const arm = new ResourceManager(azure.credential, {
        resourceManager: { endpoint: azure.endpoint, scope: `${azure.endpoint}/.default`, authority: azure.endpoint },
        ca: azure.ca,
      });
      const find = (ids = [vm], among = known) => ownVms(ids, among, arm, props.signal);
      const check = async (more: Partial<VerifyProps> = {}) => {
        scripts.vms = { ...scripts.vms, [vm]: vms.spoke1 };
        return verify({ ...props, deployment: { ...known, vms: await find() }, ...more });
      };
      return { vm, known, find, check };
    }

    test("one is found by its network interface, and judged, without test VMs", async () => {
      const { vm, find, check } = own();
      expect(await find([vm, vm.toUpperCase()])).toMatchObject([{ id: vm, spoke: "vnet-company", own: true }]);
      const { spokes, checks, replicas } = await check();
      expect(spokes).toMatchObject([{ spoke: "vnet-company", machine: "vm-own", addresses: ["127.10.0.4"] }]);
      expect(failing({ spokes })).toEqual([]);
      expect(spokes[0]!.checks.find(({ what }) => what === "docker run")!.status).toBe("passed");
      // Nothing is known of the region that served no machine, and nothing is removed from somebody else's machine.
      expect(replicas.map(({ region, arrived }) => [region, arrived])).toEqual([
        ["swedencentral", true],
        ["switzerlandnorth", null],
      ]);
      expect(checks.find(({ what }) => what === "replicas")).toMatchObject({
        status: "skipped",
        found: "arrived in swedencentral; not known of switzerlandnorth, of which no network got an answer",
      });
      expect(vms.spoke1.dockerCommands.join("\n")).not.toContain("image rm");
    });

    test("without Docker the checks before it pass, and that one is skipped", async () => {
      vms.spoke1.onlyCommands();
      rmSync(join(vms.spoke1.folder, "bin", "docker"));
      const { spokes } = await own().check();
      expect(spokes[0]!.checks.filter(({ status }) => status !== "passed")).toEqual([
        {
          what: "docker run",
          status: "skipped",
          found: "Docker is not installed on the VM; the checks before this one do the same pull without it",
        },
      ]);
    });

    test.each(["jq", "curl"])("without %s it says so, and installs nothing", async (tool) => {
      vms.spoke1.onlyCommands([tool]);
      rmSync(join(vms.spoke1.folder, "bin", tool), { force: true });
      vms.spoke1.command("apt-get", ['echo installed >>"$0.log"']);
      const { spokes } = await own().check();
      expect(failing({ spokes })).toEqual([
        `vnet-company VM: tools: ${tool} is not installed, and nothing is installed on a machine that this project did not create`,
      ]);
      expect(spokes[0]!.checks.find(({ what }) => what === "VM")!.advice).toContain(`Install ${tool} on the VM`);
      expect(following({ spokes }).every((line) => line.endsWith(" < VM"))).toBe(true);
      expect(vms.spoke1.read("bin/apt-get.log")).toBe("");
    });

    test("with several identities it has to be said which one signs in", async () => {
      registry.identities = [CLIENT_ID, "other"];
      const { check } = own();
      const { spokes } = await check();
      expect(failing({ spokes })).toEqual([
        expect.stringMatching(
          /^vnet-company tokens: identity: the VM has several managed identities \(HTTP status 400\)/,
        ),
      ]);
      expect(failing(await check({ identity: CLIENT_ID }))).toEqual([]);
    });

    test("without an identity it says how to see it", async () => {
      registry.faults.identity = (response) => response.writeHead(400).end("{}");
      const { spokes } = await own().check();
      expect(spokes[0]!.checks.find(({ what }) => what === "tokens")!.advice).toContain("az vm identity show");
    });

    test.each<[name: string, message: RegExp, find: () => Promise<unknown>]>([
      [
        "in a network that the state does not have",
        /^VM vm-far is in the network \/subs.*\/vnet-far, which is not one .* resolve the registry: vnet-company\. Give a VM/,
        () => own().find([azure.vmIn("vnet-far", "vm-far").vm]),
      ],
      ["with Windows", /^VM vm-own runs Windows\. The script is for Linux\./, () => own("vm-own", "Windows").find()],
      [
        "that is not there",
        /^Azure did not return .*\/vm-none: HTTP status 404\. Check the ID, .*role Reader/,
        () => own().find([azure.id("vm-none")]),
      ],
      ["whose id is something else", /^--vm: found "vm1", allowed: the ID of a VM/, () => own().find(["vm1"])],
      [
        "whose interface would lead a token elsewhere",
        /^Azure did not return @attacker\.example\/: it is not an ID\./,
        () => {
          const { vm, known } = own();
          const networkProfile = { networkInterfaces: [{ id: "@attacker.example/" }] };
          const get = () => Promise.resolve({ status: 200, body: { properties: { networkProfile } } });
          return ownVms([vm], known, { get }, props.signal);
        },
      ],
    ])("one %s is refused", async (_, message, find) => {
      await expect(find()).rejects.toThrow(message);
    });
  });

  describe("in which replicas an image has arrived", () => {
    const leadsHome = { spoke1: "swedencentral", spoke2: "switzerlandnorth" } as const;
    const withWaits = (limit: string) => {
      for (const { settings } of Object.values(vms)) Object.assign(settings, { PROBE_RETRY_LIMIT: limit });
    };

    /** Has a region answer that it does not know the image, for some requests. */
    const lacking = (region: Region, times: number) => {
      const at = Object.values(SPOKES).map(({ addresses }) => addresses[REGIONAL_ENDPOINTS[region]]);
      registry.faults.manifest = (response, pass, { socket, url }) => {
        if (!at.includes(socket.localAddress) || !url!.endsWith("/v1") || times-- <= 0) pass();
        else registryError(response, 404, "MANIFEST_UNKNOWN", "not here yet");
      };
    };

    test("is known of every region by its own login server, from any network", async () => {
      const regional = { ...leading(leadsHome), vms: leading(leadsHome).vms.slice(0, 1) };
      const { replicas, checks } = await verify({ ...props, deployment: regional });
      expect(replicas).toEqual([
        { region: "swedencentral", arrived: true, seenFrom: ["spoke1"] },
        { region: "switzerlandnorth", arrived: true, seenFrom: ["spoke1"] },
      ]);
      expect(checks[1]).toEqual({
        what: "replicas",
        status: "passed",
        found: "arrived in swedencentral and switzerlandnorth: all 2 regions",
      });
    });

    test("a region that lacks it fails, with what to do, although no network is served by it", async () => {
      lacking("switzerlandnorth", Infinity);
      const regional = { ...leading(leadsHome), vms: leading(leadsHome).vms.slice(0, 1) };
      const { checks, spokes } = await verify({ ...props, deployment: regional });
      expect(failing({ spokes })).toEqual([]);
      expect(checks[1]).toMatchObject({
        status: "failed",
        found: "arrived in swedencentral; not in switzerlandnorth",
        advice: expect.stringContaining("az acr replication list --registry hello") as unknown,
      });
    });

    test("a region that lacks it follows from the manifest of the network that it serves", async () => {
      lacking("switzerlandnorth", Infinity);
      const { checks } = await verify({ ...props, deployment: leading(leadsHome) });
      expect(checks[1]).toMatchObject({ status: "skipped", followsFrom: "manifest" });
    });

    test("is waited for in every region, by one VM, with progress", async () => {
      const regional = leading(leadsHome);
      lacking("switzerlandnorth", 2);
      withWaits("30");
      const replicas = await waitForReplicas({ ...props, deployment: regional }, registry.tagged, 30);
      expect(replicas.map(({ arrived }) => arrived)).toEqual([true, true]);
      expect(haveArrived(replicas, regional)).toBe(true);
      expect(progress.filter((line) => line.startsWith("spoke2"))).toEqual([]);
      expect(vms.spoke1.dockerCommands).toEqual([]);
    });

    test("without regional endpoints each network waits for the replica that Azure chose, and what is missing is named", async () => {
      registry.faults.manifest = (response, pass, { socket }) => {
        if (socket.localAddress !== SPOKES.spoke2.addresses[LOGIN_SERVER]) pass();
        else registryError(response, 404, "MANIFEST_UNKNOWN", "not here yet");
      };
      const replicas = await waitForReplicas(props, registry.tagged, 1);
      expect(replicasText(replicas)).toBe(
        "arrived in swedencentral; not in the region that Azure chose for spoke2; not known of switzerlandnorth, of which no network got an answer",
      );
      expect(haveArrived(replicas, deployment)).toBe(false);
    });

    test("an older image under the same tag has not arrived", async () => {
      const replicas = await waitForReplicas(props, sha256("another image"), 1);
      expect(replicas.map(({ arrived }) => arrived)).toEqual([null, null, false, false]);
    });

    test("a VM that can't be asked leaves it unknown, and says why", async () => {
      azure.change("vm-spoke2-dev", { power: "deallocated" });
      const replicas = await waitForReplicas(props, registry.tagged, 1);
      expect(replicasText(replicas)).toMatch(/^arrived in swedencentral; .*; not known for spoke2$/);
      expect(haveArrived(replicas, deployment)).toBe(false);
      expect(progress).toContainEqual(expect.stringMatching(/^spoke2: The VM of spoke2 is deallocated\. /));
    });
  });

  test("a push and a probe that a missing role refuses say how often and for how long it was tried", async () => {
    for (const { settings } of Object.values(vms))
      Object.assign(settings, { PROBE_ROLE_LIMIT: "1", PROBE_ROLE_SECONDS: "0.3" });
    registry.faults.exchange = (response) => {
      registryError(response, 403, "DENIED", "not allowed");
    };
    await expect(push(HELLO, props)).rejects.toThrow(
      /: exchange: .* not allowed to do this \(HTTP status 403\), DENIED, not allowed, after \d+ tries in \d s\. .*AcrPush .* up to ten minutes/,
    );
    expect(failing(await verify(props))).toEqual([
      expect.stringMatching(/^spoke1 tokens: .*, after \d+ tries in \d s$/),
      expect.stringMatching(/^spoke2 tokens: .*, after \d+ tries in \d s$/),
    ]);
  });

  test("without a VM that is allowed to push there is no push", async () => {
    const nobody = { ...deployment, vms: deployment.vms.map((vm) => ({ ...vm, mayPush: false })) };
    await expect(push("docker-hello", { ...props, deployment: nobody })).rejects.toThrow(
      /^No test VM is allowed to push\./,
    );
  });
});

/** Runs scripts through the emulated Azure, each in the environment of the VM's fake. */
class OnFakeVms extends VmScripts {
  public vms: Record<string, VmFake> = {};

  public override run(props: RunScriptProps): ReturnType<VmScripts["run"]> {
    const environment = Object.entries(this.vms[props.vmId]!.environment).map(
      ([name, value]) => `export ${name}='${value}'`,
    );
    return super.run({ ...props, script: [...environment, props.script].join("\n") });
  }
}
