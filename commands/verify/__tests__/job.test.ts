import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { DeployedNetwork, Deployment } from "../deployment";
import { JOB_IMAGE, JOB_NAME, type JobProps, jobYaml } from "../job";
import { scriptFor } from "../script";
import { type ReadProps, type Verification, verifyLog } from "../verify";
import { fqdn, perSpoke } from "../../../packages/private-link-preview/__tests__/terraform-fixtures";
import { runIn } from "../../../__tests__/support/programs";
import { schemaErrors } from "../../../__tests__/support/schemas";
import { describeUnless } from "../../../__tests__/support/skips";
import { CLIENT_ID, DATA_ENDPOINTS, FEDERATED_TOKEN, IMAGE, LOGIN_SERVER, SPOKES, TENANT } from "./registry-fake";
import {
  type Report,
  type Spoke,
  failedAt,
  goodReport,
  hostsOf,
  stateOfNetwork,
  stateWith,
  withoutDocker,
} from "./reports";
import { RegistryForSuite, missingTools } from "./vm-fake";

const network = (spoke: Spoke, range: string): DeployedNetwork => {
  const names = { spoke: `vnet-${spoke}`, virtualNetwork: `vnet-${spoke}`, endpointId: `/pep-${spoke}` };
  return { ...names, ...stateOfNetwork(spoke), addressSpace: [range] };
};
const DEPLOYMENT: Deployment = {
  ...{ cloud: "public", loginServer: LOGIN_SERVER, hosts: hostsOf(false), vms: [] },
  networks: [network("spoke1", "10.10.0.0/16"), network("spoke2", "10.11.0.0/16")],
};
const PROPS: JobProps = { deployment: DEPLOYMENT, image: IMAGE, namespace: "default", jobImage: JOB_IMAGE };

/** What of the Job is asserted or run. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { name: string; namespace: string; annotations?: object };
  readonly data: Record<string, string>;
  readonly spec: { template: { metadata?: object; spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly [{ args: string[]; securityContext: object; env: { name: string; value?: string }[] }];
  readonly volumes: readonly object[];
}

function manifestsOf(yaml: string): Manifest[] {
  return parseAllDocuments(yaml).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
}

function jobIn(yaml: string) {
  const manifests = manifestsOf(yaml);
  const job = manifests.find(({ kind }) => kind === "Job")!;
  const script = manifests.find(({ kind }) => kind === "ConfigMap")!.data["probe.sh"]!;
  const pod = job.spec.template.spec;
  return { manifests, job, pod, script, container: pod.containers[0] };
}

describe("the Job", () => {
  test("runs without privileges, once, and is removed", () => {
    const { job, pod, container } = jobIn(jobYaml(PROPS));
    expect(job).toMatchObject({ apiVersion: "batch/v1", metadata: { name: JOB_NAME, namespace: "default" } });
    expect(job.spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 3600, activeDeadlineSeconds: 1200 });
    // What the Pod Security Standard "restricted" asks for, and a root file system that can't be written.
    expect(pod).toMatchObject({
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      dnsPolicy: "Default",
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod).not.toHaveProperty("serviceAccountName");
    expect(pod.containers).toHaveLength(1);
    expect(container).toMatchObject({
      image: JOB_IMAGE,
      resources: { limits: { cpu: "500m", memory: "384Mi" }, requests: { cpu: "50m", memory: "64Mi" } },
    });
    expect(container.securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ["ALL"] },
    });
    for (const forbidden of ["hostNetwork", "hostPID", "hostIPC", "initContainers"])
      expect(pod).not.toHaveProperty(forbidden);
    expect(pod.volumes.map((volume) => Object.keys(volume)[1])).toEqual(["configMap", "emptyDir"]);
    expect(job.spec.template).not.toHaveProperty("metadata");
  });

  test("has the very script that runs on VMs, and its arguments", () => {
    const { container, script } = jobIn(jobYaml(PROPS));
    expect(script.trimEnd()).toBe(scriptFor("probe").trimEnd());
    expect(container).toMatchObject({
      command: ["/bin/sh", "/script/probe.sh"],
      args: [LOGIN_SERVER, IMAGE, ...Object.values(DATA_ENDPOINTS)],
      volumeMounts: expect.arrayContaining([{ name: "script", mountPath: "/script", readOnly: true }]) as unknown,
    });
  });

  test("has a service account for a workload identity, and the label for the pod", () => {
    const { manifests, job, pod, container } = jobIn(
      jobYaml({ ...PROPS, namespace: "team-a", workloadIdentity: CLIENT_ID }),
    );
    expect(manifests[0]).toMatchObject({
      kind: "ServiceAccount",
      metadata: { name: JOB_NAME, namespace: "team-a" },
      automountServiceAccountToken: false,
    });
    expect(manifests[0]!.metadata.annotations).toEqual({ "azure.workload.identity/client-id": CLIENT_ID });
    expect(job.spec.template.metadata).toEqual({ labels: { "azure.workload.identity/use": "true" } });
    expect(pod).toMatchObject({ serviceAccountName: JOB_NAME, automountServiceAccountToken: false });
    expect(container.env).toContainEqual({ name: "PROBE_IDENTITY", value: "workload" });
  });

  test("uses a service account that exists, without printing it", () => {
    const { manifests, pod } = jobIn(jobYaml({ ...PROPS, serviceAccount: "app" }));
    expect(manifests.map(({ kind }) => kind)).toEqual(["ConfigMap", "Job"]);
    expect(pod).toMatchObject({ serviceAccountName: "app" });
  });
});

describe("the command verify", () => {
  const folder = mkdtempSync(join(tmpdir(), "job-"));
  const verify = (args: string) => runIn(folder, "verify", `--state state.json ${args}`.trim().split(" "));

  beforeAll(() => {
    // Without test VMs.
    writeFileSync(join(folder, "state.json"), stateWith(perSpoke(), { login_server: fqdn("login") }));
    writeFileSync(join(folder, "empty.log"), "");
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("prints the Job, without a sign-in and without test VMs", async () => {
    const { status, stdout } = await verify(`--job --namespace team-a --network vnet-spoke1 --identity ${CLIENT_ID}`);
    expect(status).toBe(0);
    const { job, container } = jobIn(stdout);
    expect(job.metadata.namespace).toBe("team-a");
    expect(container.args.slice(0, 2)).toEqual([fqdn("login"), "sample/hello-world:v1"]);
    expect(container.env.map(({ name, value }) => [name, value])).toEqual([
      ["TMPDIR", "/work"],
      ["PROBE_INSTALL", "no"],
      ["PROBE_CLIENT_ID", CLIENT_ID],
      ["PROBE_NETWORK", "vnet-spoke1"],
      ["PROBE_NODE", undefined],
    ]);
  });

  test.each(["verify", "push-hello"])("does not sign in for the login server of someone else (%s)", async (name) => {
    const elsewhere = stateWith(perSpoke(), { login_server: `${fqdn("login")}.attacker.example` });
    writeFileSync(join(folder, "other.json"), elsewhere);
    const { status, stderr } = await runIn(folder, name, ["--state", "other.json"]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/login server "\w+\.azurecr\.io\.attacker\.example", all/),
    ]);
  });

  test("refuses an empty log as work that could not be done", async () => {
    const { status, stderr } = await verify("--read empty.log");
    expect([status, stderr]).toEqual([3, expect.stringMatching(/empty\.log is empty\. .*kubectl describe/)]);
  });

  test("says how to do without test VMs", async () => {
    expect((await verify("")).stderr).toMatch(/^There are no test VMs\. .*--vm VM_ID, .*--job/);
  });

  test.each([
    ["--job --read x", /^Give one of --job and --read\./],
    ["--job --json", /^--job prints YAML/],
    ["--job --namespace Team_A", /^--namespace: found "Team_A", allowed: a name of Kubernetes/],
    ["--job --identity me", /^--identity: found "me", allowed: a client ID/],
    ["--job --job-image x;y", /^--job-image: found "x;y", allowed: an image/],
    ["--job --network elsewhere", /^--network: found "elsewhere", allowed: .*vnet-spoke1/],
    [`--job --identity ${CLIENT_ID} --service-account app`, /^--identity is for the identity of the nodes/],
    [`--read x --identity ${CLIENT_ID}`, /^--identity is not for --read/],
    ["--namespace a", /^--namespace is for --job only\./],
    ["--network a", /^--network is for --job or --read only\./],
    ["--read - --state -", /^--read and --state can't both be -/],
  ])("refuses %s", async (args, message) => {
    const { status, stderr } = await verify(args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

const read = (log: string, more: Partial<ReadProps> = {}): Promise<Verification> =>
  verifyLog({
    deployment: DEPLOYMENT,
    log,
    source: "the log",
    signal: new AbortController().signal,
    ask: () => Promise.resolve(403),
    ...more,
  });

const failing = ({ spokes }: Verification) =>
  spokes.flatMap(({ spoke, checks }) =>
    checks.flatMap(({ what, status, found, advice }) =>
      status === "failed" ? [`${spoke} ${what}: ${found}. ${advice!}`] : [],
    ),
  );

/** What a pod reports: it has no docker, and knows its node. */
const podReport = (node = "10.11.1.4"): Report => ({ ...withoutDocker(goodReport("spoke2")), node });

const logWith = (report: Report) => `${JSON.stringify(report)}\n`;

describe("the log of a Job", () => {
  const LOG = logWith(podReport());

  test.each([
    ["identity", "curl-7", /identity: the instance metadata service .* from the pod, .*network policies/],
    ["exchange", "http-403", /exchange: the pod's identity is not allowed .*AcrPull .*registry\.pullPrincipals/],
  ])("with a failure of %s (%s) is judged, with what to do for a pod", async (step, reason, found) => {
    const [first] = failing(await read(logWith(failedAt(podReport(), step, { reason }))));
    expect(first).toMatch(found);
    expect(first).toMatch(/^vnet-spoke2 tokens: /);
  });

  test("from a network whose names another spoke answers is judged, though nothing ran there", async () => {
    expect(failing(await read(logWith(podReport("10.10.1.4"))))[0]).toMatch(
      /^vnet-spoke1 names: .* resolves to 127\.11\.0\.4: the address belongs to vnet-spoke2; 2 more names/,
    );
  });

  test("may have other lines around, and time and name of the pod before each", async () => {
    const noise = `Defaulted container "probe"\n{"level":"info"}\n${LOG}\nI1126 sidecar: bye {\n`;
    const prefixed = noise.replace(/^/gm, "[pod/private-registry-verify-x/probe] 2026-11-26T10:00:00Z ");
    for (const text of [noise, prefixed, noise.replaceAll("\n", "\r\n")]) expect(failing(await read(text))).toEqual([]);
  });

  test("may have the reports of several clusters", async () => {
    const { spokes, checks } = await read(`${LOG}\n${LOG.replace("10.11.1.4", "10.10.1.4")}`);
    expect(spokes.map(({ spoke }) => spoke)).toEqual(["vnet-spoke2", "vnet-spoke1"]);
    expect(checks.at(-1)).toMatchObject({ what: "addresses", status: "skipped", followsFrom: "names" });
  });

  test("is of the network that is named, whatever the node's address", async () => {
    const elsewhere = LOG.replace("10.11.1.4", "192.168.0.4");
    expect(failing(await read(elsewhere, { network: "vnet-spoke2" }))).toEqual([]);
    const printed = elsewhere.replace('"v":1,', '"v":1,"network":"vnet-spoke2",');
    expect(failing(await read(printed))).toEqual([]);
    await expect(read(elsewhere)).rejects.toThrow(
      "it is not known in which network of the state the node 192.168.0.4 is. Say which one it is: -- --network NAME. The networks are vnet-spoke1 and vnet-spoke2.",
    );
  });

  const OTHER = LOG.replaceAll(LOGIN_SERVER, "other.azurecr.io");
  test.each<[name: string, text: string, message: RegExp]>([
    ["is empty", " \n", /^The log was not judged: the log is empty\. .*kubectl describe job/],
    ["is cut off", LOG.trim().slice(0, -40), /: the report in the log is cut off\. .*--limit-bytes/],
    ["has no report yet", "progress: x\n", /: the log has no report .*; its last line is: progress: x.*kubectl wait/],
    ["is of another registry", OTHER, /: the log is about other\.azurecr\.io, and the state about hello\.azurecr\./],
  ])("that %s is refused, with what to do", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});

describeUnless(missingTools(), "the script in the Job", () => {
  const suite = new RegistryForSuite();

  /** Runs what the Job runs, with its arguments and its environment, and with what the webhook of workload identity adds. */
  async function logOf(props: Partial<JobProps>): Promise<string> {
    const { container, script } = jobIn(jobYaml({ ...PROPS, ...props }));
    const machine = suite.vmIn("spoke2");
    machine.onlyCommands();
    rmSync(join(machine.folder, "bin", "docker"));
    const file = join(machine.folder, "probe.sh");
    writeFileSync(file, script);
    const token = join(machine.folder, "federated-token");
    writeFileSync(token, FEDERATED_TOKEN);
    const { exit, stdout, stderr } = await machine.run(file, container.args, {
      ...Object.fromEntries(container.env.map(({ name, value }) => [name, value])),
      ...{ TMPDIR: machine.environment.TMPDIR, PROBE_NODE: "10.11.1.4" },
      ...(props.workloadIdentity !== undefined && {
        ...{ AZURE_FEDERATED_TOKEN_FILE: token, AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: props.workloadIdentity },
        AZURE_AUTHORITY_HOST: `${suite.registry.authority}/`,
      }),
    });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    return stdout;
  }

  test.each<[name: string, props: Partial<JobProps>]>([
    ["one of several identities of the nodes", { identity: CLIENT_ID }],
    ["a workload identity", { workloadIdentity: CLIENT_ID }],
  ])("signs in with %s, and its log is judged as the report of a VM in the network of its node", async (_, props) => {
    if (props.identity) suite.registry.identify(CLIENT_ID, "other");
    const log = await logOf(props);
    for (const secret of [...suite.registry.secrets, FEDERATED_TOKEN]) expect(log).not.toContain(secret);
    expect(Object.keys((JSON.parse(log) as Report).steps)).toEqual(Object.keys(podReport().steps));
    const verification = await read(log);
    expect(schemaErrors("verify", { version: 1, ...verification })).toEqual([]);
    expect(failing(verification)).toEqual([]);
    const [{ spoke, addresses, checks }] = verification.spokes as [Verification["spokes"][0]];
    expect([spoke, addresses]).toEqual(["vnet-spoke2", [SPOKES.spoke2.addresses[LOGIN_SERVER]]]);
    expect(checks.map(({ what, status }) => `${what} ${status}`)).toEqual([
      "endpoint skipped",
      ...["names", "TLS", "challenge", "tokens", "manifest", "blob", "region", "download"].map(
        (name) => `${name} passed`,
      ),
      "docker run skipped",
    ]);
    expect(checks.at(-1)!.found).toMatch(/^Docker is not installed in the pod; /);
    expect(verification.replicas[1]).toEqual({ region: "switzerlandnorth", arrived: true, seenFrom: ["vnet-spoke2"] });
  });

  test("reports what Microsoft Entra ID says of a federated token that it refuses", async () => {
    const { failed } = JSON.parse(await logOf({ workloadIdentity: "other" })) as Report;
    expect(failed).toMatchObject({ step: "identity", reason: "http-401", code: "invalid_client" });
    expect(failed!.detail).toMatch(/^AADSTS700213: /);
  });
});
