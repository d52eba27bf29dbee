import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createColors } from "picocolors";
import { ByVariables, ResourceManager } from "../../../packages/common/azure-client";
import { JSON_VERSION } from "../../../packages/common/util";
import type { Check } from "../checks";
import type { DeployedVm, Deployment } from "../deployment";
import { EndpointConnections } from "../endpoint-connection";
import { ownVms } from "../own-vms";
import { push, pushedText } from "../push";
import { haveArrived, replicasText } from "../replicas";
import { AzureError, vmFacts, vmOf } from "../run-command/errors";
import { type PowerState, type RunScriptProps, type ScriptResult, VmScripts } from "../run-command/vm-scripts";
import { type Verification, type VerifyProps, verify, waitForReplicas } from "../verify";
import { verificationText } from "../verify-text";
import { schemaErrors } from "../../../__tests__/support/schemas";
import { describeUnless } from "../../../__tests__/support/skips";
import { EmulatedVms } from "./emulated-vms";
import { CLIENT_ID, DATA_ENDPOINTS, DIGESTS, IMAGE, LOGIN_SERVER, type Region, SPOKES } from "./registry-fake";
import { registryError, sha256 } from "./registry-fake";
import { type Report, type Spoke, failedAt, goodReport, hostsOf, stateOfNetwork, withoutDocker } from "./reports";
import { RegistryForSuite, type VmFake, missingTools } from "./vm-fake";

/** What the image prints, without the machine. */
const PRINTED = "hello from sample/hello-world, built by docker-hello in this project";

const HELLO = join(__dirname, "..", "..", "..", "docker-hello");
const GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-test/providers";
const VM_ID = (name: string) => `${GROUP}/Microsoft.Compute/virtualMachines/${name}`;
const ENDPOINT = (spoke: string) => `${GROUP}/Microsoft.Network/privateEndpoints/pep-${spoke}-dev`;

type Spokes = Pick<Verification, "spokes">;

const SPOKE_NAMES = Object.keys(SPOKES) as Spoke[];

const deployedVm = (spoke: Spoke, ledTo?: Region): DeployedVm => ({
  ...{ spoke, id: VM_ID(`vm-${spoke}-dev`), virtualNetwork: `vnet-${spoke}-dev` },
  ...{ mayPush: spoke === "spoke1", endpointId: ENDPOINT(spoke), ...stateOfNetwork(spoke, ledTo) },
});

const DEPLOYMENT: Deployment = {
  ...{ cloud: "public", loginServer: LOGIN_SERVER, hosts: hostsOf(false), networks: [] },
  vms: SPOKE_NAMES.map((spoke) => deployedVm(spoke)),
};

/** The deployment with regional endpoints, in which DNS leads each spoke to a region. */
const leading = (spoke1: Region, spoke2: Region): Deployment => ({
  ...{ ...DEPLOYMENT, hosts: hostsOf(true) },
  vms: [deployedVm("spoke1", spoke1), deployedVm("spoke2", spoke2)],
});

const check = ({ spokes: [spoke] }: Spokes, what: string) => spoke!.checks.find((one) => one.what === what)!;

const checksOf = ({ spokes }: Spokes, wanted: Check["status"]) =>
  spokes.flatMap(({ spoke, checks }) =>
    checks.filter(({ status }) => status === wanted).map((one) => ({ ...one, of: `${spoke} ${one.what}` })),
  );

const failing = (verification: Spokes) => checksOf(verification, "failed").map(({ of, found }) => `${of}: ${found}`);

/** The checks that were skipped, and the one that each follows from. */
const following = (verification: Spokes) =>
  checksOf(verification, "skipped").map(({ of, followsFrom }) => `${of} < ${followsFrom ?? "nothing"}`);

const CHECKS_OF_REPORT = "names, TLS, challenge, tokens, manifest, blob, region, download, docker run".split(", ");

/** What a script on a VM does: it prints something, or does not return a result. */
type Script = (props: RunScriptProps) => Promise<string> | string;

/** VMs on which scripts do what a test decides, without being run. By default they report that all is well. */
class FakeVms implements Pick<VmScripts, "run" | "powerState" | "start"> {
  public readonly scripts: Record<string, Script> = {};
  public readonly power: Record<string, PowerState> = {};
  public readonly asked: RunScriptProps[] = [];
  public readonly started: string[] = [];

  constructor() {
    for (const { id, spoke } of DEPLOYMENT.vms) this.reports(id, goodReport(spoke as Spoke));
  }

  public reports(id: string, report: Report): void {
    this.scripts[id] = () => `${JSON.stringify(report)}\n`;
  }

  public async run(props: RunScriptProps): Promise<ScriptResult> {
    this.asked.push(props);
    return { stdout: await this.scripts[props.vmId]!(props), stderr: "", exitCode: 0 };
  }

  public powerState(id: string): Promise<PowerState> {
    return Promise.resolve(this.power[id] ?? "running");
  }

  public start(id: string, _: AbortSignal, onProgress: (state: string) => void): Promise<void> {
    onProgress("starting the VM");
    this.started.push(id);
    return Promise.resolve();
  }
}

const [VM1, VM2] = DEPLOYMENT.vms.map(({ id }) => id) as [string, string];
let vms: FakeVms;
let statuses: Record<string, string | number>;
let props: VerifyProps;
let progress: string[];

beforeEach(() => {
  vms = new FakeVms();
  progress = [];
  statuses = Object.fromEntries(SPOKE_NAMES.map((spoke) => [ENDPOINT(spoke), "Approved"]));
  props = {
    deployment: DEPLOYMENT,
    scripts: vms,
    connections: { status: (id) => Promise.resolve(statuses[id]!) },
    image: IMAGE,
    start: false,
    signal: new AbortController().signal,
    onProgress: (spoke, state) => progress.push(`${spoke}: ${state}`),
    ask: () => Promise.resolve(403),
  };
});

describe("the checks of a deployment", () => {
  test("fit 100 columns as a table, and are counted", async () => {
    const text = verificationText(await verify(props), createColors(false));
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toMatch(/\n2 spokes, 23 checks: 23 passed, 0 failed, 0 skipped\.$/);
  });

  test("are what the page shows, except for the times, with the names of a real registry", async () => {
    const masked = (text: string) => text.replace(/\d+ ms +/g, "N ms ").replace(/sha256:\w+ linux\/\w+ +/, "DIGEST ");
    const real = (found: string) =>
      found
        .replace("hello.swedencentral.data.azurecr.io", "xyzdfdacrdev.swedencentral.data.azurecr.io")
        .replace("127.10.", "10.10.")
        .replace("hello from a fake", `${PRINTED}, on 5f1c2a9be0d4 (x86_64)`);
    const [spoke] = (await verify(props)).spokes;
    const checks = spoke!.checks.map((check) => ({
      ...check,
      found: real(check.found),
      ...(check.ms !== undefined && { ms: 15 }),
    }));
    const shown = { spokes: [{ ...spoke!, checks }], checks: [] };
    const [first = ""] = verificationText(shown, createColors(false)).split("\n\n");
    const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "verify.md"), "utf8");
    expect(masked(page)).toContain(masked(first));
    expect(readFileSync(join(HELLO, "hello.sh"), "utf8")).toContain(PRINTED);
    expect(page).not.toMatch(/hello\.azurecr|127\.\d/);
  });

  test("fail for a spoke that resolves the other's addresses, pass for the other, and the two are compared", async () => {
    const { hosts } = goodReport("spoke1");
    const report = goodReport("spoke2");
    const blob = { ...report.steps.blob, addresses: hosts[2]!.addresses };
    vms.reports(VM2, { ...report, hosts, steps: { ...report.steps, blob } });
    const verification = await verify(props);
    expect(failing(verification)).toEqual([
      `spoke2 names: ${LOGIN_SERVER} resolves to 127.10.0.4: the address belongs to spoke1; 2 more names also failed`,
    ]);
    expect(following(verification)).toEqual(["spoke2 blob < names"]);
    expect(verification.checks.at(-1)).toMatchObject({
      status: "skipped",
      found:
        "follows from names: spoke1 and spoke2 both resolve the login server to 127.10.0.4, where the names of spoke2 are wrong",
    });
  });

  test("fail for an endpoint that is not connected, and name it", async () => {
    statuses[ENDPOINT("spoke2")] = "Disconnected";
    expect(failing(await verify(props))).toEqual(["spoke2 endpoint: the connection of pep-spoke2-dev is Disconnected"]);
  });

  const connection = (status: string) => ({ properties: { privateLinkServiceConnectionState: { status } } });
  test.each<[name: string, properties: object, status: string]>([
    ["a connection", { privateLinkServiceConnections: [connection("Approved")] }, "Approved"],
    ["a connection that others approve", { manualPrivateLinkServiceConnections: [connection("Pending")] }, "Pending"],
    ["no connection", {}, "Disconnected"],
  ])("read the status of an endpoint with %s from Azure's answer", async (_, properties, status) => {
    const connections = new EndpointConnections({ get: () => Promise.resolve({ status: 200, body: { properties } }) });
    expect(await connections.status(ENDPOINT("spoke1"), props.signal)).toBe(status);
  });

  test("skip an endpoint that Azure does not return", async () => {
    const connections = new EndpointConnections({ get: () => Promise.resolve({ status: 404, body: {} }) });
    const found = "Azure did not return pep-spoke1-dev: HTTP status 404";
    expect(check(await verify({ ...props, connections }), "endpoint")).toMatchObject({ status: "skipped", found });
  });

  test("fail if the registry answers from outside", async () => {
    const { checks } = await verify({ ...props, ask: () => Promise.resolve(401) });
    expect(checks[0]!.status).toBe("failed");
    expect(checks[0]!.found).toContain("can be reached from outside the network");
  });

  test("pass if the registry answers from outside and public access is on", async () => {
    const deployment = { ...props.deployment, publicAccess: "enabled" as const };
    const { checks } = await verify({ ...props, deployment, ask: () => Promise.resolve(401) });
    expect(checks[0]).toMatchObject({ what: "from here", status: "passed" });
  });

  test("fail for a VM that is not running, and the other VMs are checked nevertheless", async () => {
    vms.power[VM1] = "deallocated";
    const { spokes } = await verify(props);
    expect(spokes[0]!.checks.find(({ what }) => what === "VM")).toMatchObject({
      status: "failed",
      found: "The VM of spoke1 is deallocated",
      advice: "Test VMs shut down every day on a schedule. To start it, add: -- --start",
    });
    expect(following({ spokes })).toEqual(CHECKS_OF_REPORT.map((what) => `spoke1 ${what} < VM`));
    expect(spokes[1]!.checks.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(vms.asked.map(({ vmId }) => vmId)).toEqual([VM2]);
  });

  test("come from a VM that was started with --start", async () => {
    vms.power[VM1] = "deallocated";
    expect(failing(await verify({ ...props, start: true }))).toEqual([]);
    expect(vms.started).toEqual([VM1]);
    expect(progress).toEqual(["spoke1: starting the VM"]);
  });

  test("fail for a VM without a report, with the end of the script's output", async () => {
    vms.scripts[VM1] = () => "oh";
    expect(failing(await verify(props))).toEqual([expect.stringMatching(/^spoke1 VM: .* returned no report: oh$/)]);
  });

  test("name a wrong clock, by the clock in the report", async () => {
    const report = failedAt(goodReport("spoke1"), "exchange", { reason: "http-401", code: "UNAUTHORIZED" });
    vms.reports(VM1, { ...report, clock: Date.now() - 3_600_000 });
    vms.reports(VM2, { ...report, hosts: goodReport("spoke2").hosts });
    expect(failing(await verify(props))).toEqual([
      expect.stringMatching(/^spoke1 tokens: exchange: the clock of the VM is wrong: it is 60 minutes behind/),
      expect.stringMatching(/^spoke2 tokens: exchange: the VM's identity is not allowed/),
    ]);
  });

  test("follow from a VM on which cloud-init is still running, and what it waits for is shown", async () => {
    vms.scripts[VM1] = ({ onProgress }) => {
      onProgress!("waiting for up to 120 s until cloud-init has installed docker and jq");
      const report = failedAt(goodReport("spoke1"), "tools", { reason: "cloud-init-running" });
      return JSON.stringify({ ...report, hosts: [] });
    };
    const verification = await verify(props);
    expect(failing(verification)).toEqual([expect.stringMatching(/^spoke1 VM: tools: cloud-init is still running/)]);
    expect(following(verification)).toEqual(CHECKS_OF_REPORT.map((what) => `spoke1 ${what} < VM`));
    expect(progress).toContain("spoke1: waiting for up to 120 s until cloud-init has installed docker and jq");
  });

  test("name a sign-in that fails as the cause of both the VM's and the endpoint's check", async () => {
    const refusal = Object.assign(new Error("AADSTS7000215: no"), { name: "AuthenticationError" });
    const credential = new ByVariables({ getToken: () => Promise.reject(refusal) }, ["ARM_CLIENT_SECRET"]);
    const endpoint = "https://127.0.0.1:1";
    const options = { resourceManager: { endpoint, scope: "x", authority: endpoint } };
    const connections = new EndpointConnections(new ResourceManager(credential, options));
    const verification = await verify({ ...props, connections, scripts: new VmScripts(credential, options) });
    const found = "The sign-in to Azure with ARM_CLIENT_SECRET failed: AADSTS7000215: no";
    expect(failing(verification)).toEqual([`spoke1 VM: ${found}`, `spoke2 VM: ${found}`]);
    expect(check(verification, "VM").advice).toMatch(/^Check the values of these variables, .* unset them first\.$/);
    expect(following(verification)[0]).toBe("spoke1 endpoint < VM");
  });
});

describe("an interruption", () => {
  /** Interrupts once both scripts run. On each VM, the script then fails in its own way. */
  async function interrupt(ends: (vmId: string, reason: Error) => Error): Promise<unknown> {
    const interrupted = new AbortController();
    const { signal } = interrupted;
    for (const id of [VM1, VM2])
      vms.scripts[id] = () =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            reject(ends(id, signal.reason as Error));
          });
          if (vms.asked.length === 2) interrupted.abort(new Error("interrupted"));
        });
    return verify({ ...props, signal });
  }

  test("is waited for on every VM, and ends with its reason", async () => {
    await expect(interrupt((_, reason) => reason)).rejects.toThrow("interrupted");
  });

  test("names every VM on which a script is left", async () => {
    const left = (id: string) => new AzureError("left running", { ...vmFacts(vmOf(id)), seconds: 900, command: "c" });
    await expect(interrupt(left)).rejects.toThrow(
      /^The script on VM vm-spoke1-dev .* was not ended, .* --vm-name vm-spoke1-dev [^]*\nThe script on VM vm-spoke2-dev /,
    );
  });
});

describe("a push", () => {
  const DIGEST = sha256("pushed");
  const prints = (result: object) => {
    vms.scripts[VM1] = () => `step: tools\n${JSON.stringify({ v: 1, ...result })}\n`;
  };
  const message = async () => {
    const error = await push(HELLO, props).then(String, (thrown: unknown) => thrown);
    return (error as Error).message;
  };

  test("is made by the VM that is allowed to, and says where the image is", async () => {
    prints({ digest: DIGEST, dataEndpoint: DATA_ENDPOINTS.swedencentral });
    const pushed = await push(HELLO, props);
    expect(schemaErrors("push-hello", { version: JSON_VERSION, ...pushed })).toEqual([]);
    const image = `${LOGIN_SERVER}/${IMAGE}`;
    expect(pushed).toEqual({ image, digest: DIGEST, region: "swedencentral", servedBy: "azure" });
    expect(pushedText(pushed)).toBe(`Pushed ${image} to swedencentral\n${DIGEST}`);
    expect(vms.asked.map(({ vmId }) => vmId)).toEqual([VM1]);
  });

  const [HERE, THERE] = ["swedencentral", "switzerlandnorth"] as const;

  test.each<[name: string, region: string | null, answers: Region | undefined, found: string | null, text: RegExp]>([
    ["the region to which DNS leads", THERE, THERE, THERE, / to switzerlandnorth\nsha256:\w+$/],
    ["a region that does not answer afterwards", THERE, undefined, THERE, / to switzerlandnorth\nsha256:\w+$/],
    [
      "another region than the one to which DNS leads",
      ...([THERE, HERE, HERE] as const),
      / to swedencentral, although DNS leads the login server to switzerlandnorth\nsha256:\w+$/,
    ],
    ["a region that Azure chose and nobody shows", "azure", undefined, null, /^Pushed hello\.\S+\n/],
    ["a region that is not known", null, undefined, null, /^Pushed hello\.\S+\n/],
  ])("to %s says so", async (_, servedBy, answers, found, text) => {
    prints({ digest: DIGEST, dataEndpoint: answers && DATA_ENDPOINTS[answers] });
    const vm = { ...deployedVm("spoke1"), servedBy };
    const pushed = await push(HELLO, { ...props, deployment: { ...DEPLOYMENT, vms: [vm] } });
    expect(pushed).toMatchObject({ region: found, servedBy });
    expect(pushedText(pushed)).toMatch(text);
  });

  test.each<[step: string, reason: string, detail: string | undefined, expected: RegExp]>([
    [
      "push",
      "denied",
      "denied: requested",
      /^The image was not pushed: push: the VM's identity .*\. Check that .* AcrPush/,
    ],
    [
      ...(["push", "denied", "denied: client with IP 4.3.2.1 is not allowed access. Refer https://a.test/"] as const),
      /push: the request reached the public address .*\. Check on the VM .* getent ahostsv4 hello\.azurecr\.io/,
    ],
    [
      ...(["build", "exit-1", "Get https://mcr.test/v2/: dial tcp: lookup mcr.test: no such host"] as const),
      /build: the base image of the Dockerfile can't be downloaded .* mcr\.microsoft\.com/,
    ],
    ["build", "exit-1", "exec format error", /: the image is for another processor .* --platform linux\/amd64/],
    ["tools", "no-daemon", undefined, /tools: Docker is not running\. .* systemctl start docker/],
    ["identity", "http-400", undefined, /: identity: the VM has no managed identity \(HTTP status 400\)/],
    ["tools", "cloud-init-running", undefined, /: cloud-init is still running: .* again in a few minutes/],
  ])("that fails at %s (%s, %s) says why, and what to do", async (step, reason, detail, expected) => {
    prints({ error: { step, reason, detail }, clock: Date.now() });
    const said = await message();
    expect(said).toMatch(expected);
    if (!expected.source.includes("AcrPush")) expect(said).not.toMatch(/AcrPush|\.\./);
    expect(said).not.toMatch(/\b(curl|http|exit)-\d/);
  });

  test("from a VM whose clock is wrong says so", async () => {
    prints({ error: { step: "exchange", reason: "http-401" }, clock: Date.now() - 3_600_000 });
    expect(await message()).toMatch(/: exchange: the clock of the VM is wrong: it is 60 minutes behind .* timedatectl/);
  });

  test("that a missing role refuses says how often and for how long it was tried", async () => {
    prints({ error: { step: "exchange", reason: "http-403", detail: "not allowed", retries: 39, seconds: 600 } });
    expect(await message()).toMatch(
      /: exchange: .* not allowed to do this \(HTTP status 403\), not allowed, after 40 tries in 600 s\. .*AcrPush .* up to ten minutes/,
    );
  });

  test("without a result shows the script's output, and how to go on", async () => {
    vms.scripts[VM1] = () => "oh";
    expect(await message()).toMatch(
      /^The image was not pushed: the script returned no report: oh\. .* bastion session/,
    );
  });

  test("is not made without a VM that is allowed to", async () => {
    const deployment = { ...DEPLOYMENT, vms: [deployedVm("spoke2")] };
    await expect(push(HELLO, { ...props, deployment })).rejects.toThrow(/^No test VM is allowed to push\./);
  });
});

describe("on VMs of the user", () => {
  const VM = VM_ID("vm-own");
  const NETWORK = (name: string) => `${GROUP}/Microsoft.Network/virtualNetworks/${name}`;
  const NIC = `${GROUP}/Microsoft.Network/networkInterfaces/nic`;
  /** A network that exists without this project, and that resolves as spoke1 does. */
  const KNOWN: Deployment = {
    ...DEPLOYMENT,
    vms: [],
    networks: [
      {
        ...{ spoke: "vnet-company", virtualNetwork: "vnet-company", networkId: NETWORK("vnet-company") },
        ...{ ...stateOfNetwork("spoke1"), endpointId: ENDPOINT("spoke1"), addressSpace: [] },
      },
    ],
  };

  /** Finds VMs in an Azure that has one, with a network interface. */
  function find(ids = [VM], { nic = NIC, network = "vnet-company", osType = "Linux" } = {}) {
    const subnet = { id: `${NETWORK(network)}/subnets/machines` };
    const resources: Record<string, object> = {
      [VM.toLowerCase()]: {
        networkProfile: { networkInterfaces: [{ id: nic }] },
        storageProfile: { osDisk: { name: "disk", osType } },
      },
      [NIC.toLowerCase()]: { ipConfigurations: [{ name: "internal", properties: { subnet } }] },
    };
    const get = (id: string) => {
      const properties = resources[id.toLowerCase()];
      return Promise.resolve(properties ? { status: 200, body: { properties } } : { status: 404, body: {} });
    };
    return ownVms(ids, KNOWN, { get }, props.signal);
  }

  async function checkWith(report: Report, more: Partial<VerifyProps> = {}) {
    vms.reports(VM, report);
    return verify({ ...props, deployment: { ...KNOWN, vms: await find() }, ...more });
  }

  test("one is found by its network interface, and judged, without test VMs", async () => {
    expect(await find([VM, VM.toUpperCase()])).toMatchObject([{ id: VM, spoke: "vnet-company", own: true }]);
    const { spokes, checks, replicas } = await checkWith(goodReport("spoke1"));
    expect(spokes).toMatchObject([{ spoke: "vnet-company", machine: "vm-own", addresses: ["127.10.0.4"] }]);
    expect(failing({ spokes })).toEqual([]);
    expect(check({ spokes }, "docker run").status).toBe("passed");
    // Nothing is known of the region that served no machine.
    expect(replicas.map(({ region, arrived }) => [region, arrived])).toEqual([
      ["swedencentral", true],
      ["switzerlandnorth", null],
    ]);
    expect(checks.find(({ what }) => what === "replicas")).toMatchObject({
      status: "skipped",
      found: "arrived in swedencentral; not known of switzerlandnorth, of which no network got an answer",
    });
  });

  test("the script installs and removes nothing there, and signs in with the identity that is given", async () => {
    await checkWith(goodReport("spoke1"));
    await checkWith(goodReport("spoke1"), { identity: CLIENT_ID });
    const [without, given] = vms.asked.map(({ script }) => script.match(/^export PROBE_\w+='.*'$/gm));
    expect(without).toEqual(["export PROBE_INSTALL='no'"]);
    expect(given).toEqual(["export PROBE_INSTALL='no'", `export PROBE_CLIENT_ID='${CLIENT_ID}'`]);
    await verify(props);
    expect(vms.asked.at(-1)!.script).not.toMatch(/^export PROBE_/m);
  });

  test("without Docker the checks before it pass, and that one is skipped", async () => {
    const { spokes } = await checkWith(withoutDocker(goodReport("spoke1")));
    const found = "Docker is not installed on the VM; the checks before this one do the same pull without it";
    const skipped = { what: "docker run", status: "skipped", found };
    expect(spokes[0]!.checks.filter(({ status }) => status !== "passed")).toEqual([skipped]);
  });

  test.each(["jq", "curl"])("without %s it says so", async (tool) => {
    const { spokes } = await checkWith(failedAt(goodReport("spoke1"), "tools", { reason: `lacks-${tool}` }));
    expect(failing({ spokes })).toEqual([
      `vnet-company VM: tools: ${tool} is not installed, and nothing is installed on a machine that this project did not create`,
    ]);
    expect(check({ spokes }, "VM").advice).toContain(`Install ${tool} on the VM`);
    expect(following({ spokes })).not.toContainEqual(expect.not.stringMatching(/ < VM$/));
  });

  const findNone = () => find([VM_ID("vm-none")]);
  test.each<[name: string, message: RegExp, find: () => Promise<unknown>]>([
    [
      "in a network that the state does not have",
      /^VM vm-own is in the network \/subs.*\/vnet-far, which is not one .* resolve the registry: vnet-company\. Give a VM/,
      () => find([VM], { network: "vnet-far" }),
    ],
    ["with Windows", /^VM vm-own runs Windows\. The script is for Linux\./, () => find([VM], { osType: "Windows" })],
    ["that is not there", /^Azure did not return .*\/vm-none: HTTP status 404\. Check the ID, .*role Reader/, findNone],
    ["whose id is something else", /^--vm: found "vm1", allowed: the ID of a VM/, () => find(["vm1"])],
    [
      "whose interface would lead a token elsewhere",
      /^Azure did not return @attacker\.example\/: it is not an ID\./,
      () => find([VM], { nic: "@attacker.example/" }),
    ],
  ])("one %s is refused", async (_, message, find) => {
    await expect(find()).rejects.toThrow(message);
  });
});

describe("in which replicas an image has arrived", () => {
  const REGIONAL = leading("swedencentral", "switzerlandnorth");
  const FROM_ONE = { ...REGIONAL, vms: REGIONAL.vms.slice(0, 1) };
  const TAGGED = DIGESTS.index;
  const SHORT = TAGGED.slice("sha256:".length, 19);
  const UNKNOWN = { reason: "http-404", code: "MANIFEST_UNKNOWN" };

  /** Reports of both VMs, with what each region answered. */
  const answering = (...regions: string[]) => {
    for (const { id, spoke, servedBy } of REGIONAL.vms)
      vms.reports(id, { ...goodReport(spoke as Spoke, { ledTo: servedBy as Region }), regions });
  };

  test("is known of every region by its own login server, from any network", async () => {
    answering(SHORT, SHORT);
    const { replicas, checks } = await verify({ ...props, deployment: FROM_ONE });
    expect(replicas).toEqual([
      { region: "swedencentral", arrived: true, seenFrom: ["spoke1"] },
      { region: "switzerlandnorth", arrived: true, seenFrom: ["spoke1"] },
    ]);
    const found = "arrived in swedencentral and switzerlandnorth: all 2 regions";
    expect(checks[1]).toEqual({ what: "replicas", status: "passed", found });
  });

  test("a region that lacks it fails, with what to do, although no network is served by it", async () => {
    answering(SHORT, "http-404");
    const { checks, spokes } = await verify({ ...props, deployment: FROM_ONE });
    expect(failing({ spokes })).toEqual([]);
    expect(checks[1]).toMatchObject({
      ...{ status: "failed", found: "arrived in swedencentral; not in switzerlandnorth" },
      advice: expect.stringContaining("az acr replication list --registry hello") as unknown,
    });
  });

  test("a region that lacks it follows from the manifest of the network that it serves", async () => {
    answering(SHORT, "http-404");
    vms.reports(VM2, { ...failedAt(goodReport("spoke2"), "manifest", UNKNOWN), regions: [SHORT, "http-404"] });
    const { checks } = await verify({ ...props, deployment: REGIONAL });
    expect(checks[1]).toMatchObject({ status: "skipped", followsFrom: "manifest" });
  });

  test("is waited for in every region, by one VM that does not pull the image", async () => {
    answering(SHORT, SHORT);
    const replicas = await waitForReplicas({ ...props, deployment: REGIONAL }, TAGGED, 30);
    expect(replicas.map(({ arrived }) => arrived)).toEqual([true, true]);
    expect(haveArrived(replicas, REGIONAL)).toBe(true);
    expect(vms.asked).toMatchObject([{ vmId: VM1, timeoutSeconds: 930 }]);
    expect(vms.asked[0]!.script.match(/^export PROBE_.*$/gm)).toEqual([
      "export PROBE_STEPS='tools challenge identity exchange token manifest blob'",
      `export PROBE_DIGEST='${TAGGED}'`,
      "export PROBE_RETRY_LIMIT='30'",
      "export PROBE_TIME_LIMIT='870'",
    ]);
  });

  test("without regional endpoints each network waits for the replica that Azure chose, and what is missing is named", async () => {
    vms.reports(VM2, failedAt(goodReport("spoke2"), "manifest", UNKNOWN));
    const replicas = await waitForReplicas(props, TAGGED, 1);
    expect(replicasText(replicas)).toBe(
      "arrived in swedencentral; not in the region that Azure chose for spoke2; not known of switzerlandnorth, of which no network got an answer",
    );
    expect(haveArrived(replicas, DEPLOYMENT)).toBe(false);
  });

  test("an older image under the same tag has not arrived", async () => {
    for (const { id, spoke } of DEPLOYMENT.vms)
      vms.reports(id, failedAt(goodReport(spoke as Spoke), "manifest", { reason: "other-digest" }));
    const replicas = await waitForReplicas(props, sha256("another image"), 1);
    expect(replicas.map(({ arrived }) => arrived)).toEqual([null, null, false, false]);
  });

  test("a VM that can't be asked leaves it unknown, and says why", async () => {
    vms.power[VM2] = "deallocated";
    const replicas = await waitForReplicas(props, TAGGED, 1);
    expect(replicasText(replicas)).toMatch(/^arrived in swedencentral; .*; not known for spoke2$/);
    expect(haveArrived(replicas, DEPLOYMENT)).toBe(false);
    expect(progress).toContainEqual(expect.stringMatching(/^spoke2: The VM of spoke2 is deallocated\. /));
  });
});

describeUnless(missingTools(), "from end to end, on two spokes, a registry and Azure on loopback,", () => {
  const suite = new RegistryForSuite();
  let azure: EmulatedVms;
  let machines: Record<Spoke, VmFake>;
  let actual: VerifyProps;

  beforeAll(async () => {
    azure = await EmulatedVms.start();
    for (const spoke of SPOKE_NAMES) {
      azure.vm(`vm-${spoke}-dev`);
      azure.endpointConnection(ENDPOINT(spoke), "Approved");
    }
  });

  beforeEach(() => {
    machines = { spoke1: suite.vmIn("spoke1"), spoke2: suite.vmIn("spoke2") };
    const { endpoint, ca, credential } = azure;
    const options = { resourceManager: { endpoint, scope: `${endpoint}/.default`, authority: endpoint }, ca };
    const onFakes = { [VM1]: machines.spoke1, [VM2]: machines.spoke2 };
    actual = {
      ...props,
      scripts: new OnFakeVms(onFakes, credential, { ...options, waits: { poll: 0.02 } }),
      connections: new EndpointConnections(new ResourceManager(credential, options)),
    };
  });

  afterAll(() => azure.close());

  test("every check of a good deployment passes, and nothing shows a secret", async () => {
    const verification = await verify(actual);
    const { spokes, checks } = verification;
    expect(schemaErrors("verify", { version: JSON_VERSION, ...verification })).toEqual([]);
    const all = [...spokes, { checks }].flatMap((one) => one.checks);
    expect(all.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(spokes.map(({ machine }) => machine)).toEqual(["vm-spoke1-dev", "vm-spoke2-dev"]);
    expect(spokes.map((spoke) => check({ spokes: [spoke] }, "blob").found)).toEqual([
      `307 to ${DATA_ENDPOINTS.swedencentral}, at ${SPOKES.spoke1.addresses[DATA_ENDPOINTS.swedencentral]!}`,
      `307 to ${DATA_ENDPOINTS.switzerlandnorth}, at ${SPOKES.spoke2.addresses[DATA_ENDPOINTS.switzerlandnorth]!}`,
    ]);
    expect(azure.commands).toEqual([]);
    const { secrets } = suite.registry;
    expect(secrets.size).toBeGreaterThan(0);
    const text = verificationText(verification, createColors(false));
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  test("every check passes where DNS leads the spokes to regions, the other one's too", async () => {
    for (const machine of Object.values(machines)) machine.leadToRegion("switzerlandnorth");
    const deployment = leading("switzerlandnorth", "switzerlandnorth");
    const { spokes, replicas } = await verify({ ...actual, deployment });
    expect(failing({ spokes })).toEqual([]);
    for (const spoke of spokes) {
      expect(check({ spokes: [spoke] }, "region").found).toBe("served by switzerlandnorth, as DNS promises");
      expect(check({ spokes: [spoke] }, "names").found).toBe("5 names, each with the address in the state");
    }
    expect(replicas.map(({ arrived }) => arrived)).toEqual([true, true]);
  });

  test("a refused token and an endpoint without a connection fail", async () => {
    azure.endpointConnection(ENDPOINT("spoke2"), "Disconnected");
    suite.registry.faults.exchange = () => registryError(403, "DENIED", "not allowed");
    const refused = "exchange: the VM's identity is not allowed to do this (HTTP status 403), DENIED, not allowed";
    expect(failing(await verify(actual))).toEqual([
      `spoke1 tokens: ${refused}`,
      "spoke2 endpoint: the connection of pep-spoke2-dev is Disconnected",
      `spoke2 tokens: ${refused}`,
    ]);
  });

  test("the image is built and pushed on the VM that is allowed to push", async () => {
    const image = `${LOGIN_SERVER}/${IMAGE}`;
    const pushed = { image, digest: DIGESTS.index, region: "swedencentral", servedBy: "azure" };
    expect(await push(HELLO, actual)).toEqual(pushed);
    expect(machines.spoke1.dockerCommands).toContain(`push ${LOGIN_SERVER}/${IMAGE}`);
    expect(machines.spoke2.dockerCommands).toEqual([]);
    expect(machines.spoke1.read("built/Dockerfile")).toMatch(
      /^ARG BASE=mcr\.microsoft\.com\/.+:\d+\.\d+\nFROM \$\{BASE\}$/m,
    );
  });
});

/** Runs scripts through the emulated Azure, each in the environment of the VM's fake. */
class OnFakeVms extends VmScripts {
  constructor(
    private readonly machines: Readonly<Record<string, VmFake>>,
    ...options: ConstructorParameters<typeof VmScripts>
  ) {
    super(...options);
  }

  public override run(props: RunScriptProps): ReturnType<VmScripts["run"]> {
    const environment = Object.entries(this.machines[props.vmId]!.environment).map(
      ([name, value]) => `export ${name}='${value}'`,
    );
    return super.run({ ...props, script: [...environment, props.script].join("\n") });
  }
}
