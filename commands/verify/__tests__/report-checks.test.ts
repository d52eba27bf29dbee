import { CLOUDS, registryHosts } from "../../../packages/common/azure";
import { causeOf } from "../cause";
import type { Check } from "../checks";
import type { DeployedVm, Deployment } from "../deployment";
import { type ReportContext, checksOfReport as judgeReport, checksWithoutReport } from "../report-checks";
import { REASONS } from "../reasons";
import { type ProbeReport, reportIn } from "../probe-report";

const LOGIN = "r.azurecr.io";
const DATA = "r.swedencentral.data.azurecr.io";
const FAR_DATA = "r.switzerlandnorth.data.azurecr.io";
const VM_SOMEWHERE: DeployedVm = {
  spoke: "spoke1",
  id: "/vm",
  virtualNetwork: "vnet-spoke1-dev",
  mayPush: true,
  expected: { [LOGIN]: ["10.10.0.4"], [DATA]: ["10.10.0.5"], [FAR_DATA]: ["10.10.0.6"] },
  servedBy: "azure",
};
const VM: DeployedVm = { ...VM_SOMEWHERE, region: "swedencentral" };
const deployed = (regions: readonly string[], regional = false): Deployment => ({
  cloud: "public",
  loginServer: LOGIN,
  hosts: registryHosts("r", regions, CLOUDS.public, regional),
  vms: [VM],
  networks: [],
});
const DEPLOYMENT = deployed(["swedencentral"]);

const GOOD: ProbeReport = {
  v: 1,
  hosts: [
    { addresses: ["10.10.0.4"], tls: "ok", dnsMs: 3, tlsMs: 12 },
    { addresses: ["10.10.0.5"], tls: "ok", dnsMs: 4, tlsMs: 11 },
  ],
  steps: {
    tools: { ms: 1 },
    challenge: { ms: 20, status: 401, scheme: "Bearer" },
    identity: { ms: 5, status: 200 },
    exchange: { ms: 50, status: 200 },
    token: { ms: 40, status: 200 },
    manifest: { ms: 60, status: 200, digest: `sha256:${"a".repeat(64)}`, platform: "linux/amd64" },
    blob: { ms: 30, status: 307, digest: "sha256:b", host: DATA, known: true, addresses: ["10.10.0.5"] },
    download: { ms: 70, status: 200, bytes: 1234 },
    login: { ms: 80 },
    pull: { ms: 300 },
    run: { ms: 200, output: "hello from sample/hello-world" },
  },
  failed: null,
  notTried: [],
};

/** The report with a step that failed. The steps after it were not run. */
function failingAt(step: string, reason: string, more: object = {}): ProbeReport {
  const order = Object.keys(GOOD.steps);
  const after = order.slice(order.indexOf(step) + 1);
  const steps = Object.fromEntries(Object.entries(GOOD.steps).filter(([name]) => !after.includes(name)));
  return { ...GOOD, steps, failed: { step, reason, ...more }, notTried: after };
}

/** The report with a step for which something else is reported. */
const withStep = (step: "manifest" | "blob", more: object): ProbeReport => ({
  ...GOOD,
  steps: { ...GOOD.steps, [step]: { ...GOOD.steps[step], ...more } },
});

/** A report in which the login server and the data endpoint resolve to these addresses. */
const resolvingTo = (login: string[], data = login, report = GOOD): ProbeReport => ({
  ...report,
  hosts: [login, data].map((addresses, index) => ({ ...report.hosts[index]!, addresses })),
});

const judge = (
  report: ProbeReport,
  vm = VM,
  deployment = DEPLOYMENT,
  more: Pick<ReportContext, "endpointFailed" | "now"> = {},
) => judgeReport(report, { vm, deployment, ...more });

const only = (checks: Check[], what: string) => checks.find((check) => check.what === what)!;

test("if all checks have passed, each one says what was found and how long it took", () => {
  expect(judge(GOOD).map(({ what, status, found, ms }) => `${what}: ${status}, ${found} (${ms ?? "-"})`)).toEqual([
    "names: passed, 2 names, each with the address in the state (4)",
    "TLS: passed, connected to 2 names (12)",
    "challenge: passed, 401 with a Bearer challenge (20)",
    "tokens: passed, identity, refresh token, access token (95)",
    `manifest: passed, sha256:${"a".repeat(12)} linux/amd64 (60)`,
    `blob: passed, 307 to ${DATA}, at 10.10.0.5 (30)`,
    "region: passed, served by swedencentral, where the spoke is: Azure chooses (-)",
    "download: passed, 1234 bytes, SHA-256 is correct (70)",
    "docker run: passed, hello from sample/hello-world (580)",
  ]);
});

describe("a network that uses the public name, as the state says", () => {
  const open: DeployedVm = { ...VM, expected: { [LOGIN]: [], [DATA]: [] }, publicNames: [LOGIN, DATA] };
  const report = {
    ...resolvingTo(["20.1.2.3"], ["20.1.2.4"]),
    steps: { ...GOOD.steps, blob: { ...GOOD.steps.blob, addresses: ["20.1.2.4"] } },
  };

  test("pulls, and its names are told and not judged", () => {
    const checks = judge(report, open);
    expect(only(checks, "names")).toMatchObject({
      status: "skipped",
      found: "all with public addresses, as in the state: this network has no private answer yet",
    });
    expect(checks.filter(({ what }) => what !== "names").every(({ status }) => status === "passed")).toBe(true);
  });

  test("fails where it gets private addresses that the state does not have", () => {
    expect(only(judge(GOOD, open), "names")).toMatchObject({ status: "failed" });
  });

  test("is not meant by a network that has a private answer: it must get that, although public access is on", () => {
    const checks = judge(report, VM, { ...DEPLOYMENT, publicAccess: "enabled" });
    expect(only(checks, "names")).toMatchObject({ status: "failed" });
    expect(only(checks, "blob").status).not.toBe("passed");
  });
});

const OTHER: DeployedVm = { ...VM, spoke: "spoke2", expected: { [LOGIN]: ["10.11.0.4"], [DATA]: ["10.11.0.5"] } };

test.each<[name: string, login: string, data: string, found: RegExp, advice: RegExp]>([
  [
    ...(["addresses from public DNS", "20.1.2.3", "20.1.2.4"] as const),
    /^r\.azurecr\.io resolves to 20\.1\.2\.3: the address is from public DNS; 1 more name also failed$/,
    /linked to no private DNS zone/,
  ],
  [
    ...(["one name from public DNS, as with the fallback of a zone link", "10.10.0.4", "20.1.2.4"] as const),
    /^r\.swedencentral\.data\.azurecr\.io resolves to 20\.1\.2\.4: other names .* so the record of this name is missing$/,
    /does not have this name\. .* npm run deploy/,
  ],
  [
    ...(["one name that does not resolve", "10.10.0.4", ""] as const),
    /^r\.swedencentral\.data\.azurecr\.io does not resolve: .* the record of this name is missing$/,
    /does not have this name/,
  ],
  ["no name that resolves", "", "", /^no name of the registry resolves$/, /DNS servers answer/],
  [
    ...(["one name that does not resolve, and others from public DNS", "", "20.1.2.4"] as const),
    /^r\.azurecr\.io does not resolve; 1 more name also failed$/,
    /getent ahostsv4 r\.azurecr\.io\. The DNS servers/,
  ],
  [
    ...(["another spoke's address", "10.11.0.4", "10.10.0.5"] as const),
    ...([/to 10\.11\.0\.4: the address belongs to spoke2$/, /linked to the DNS zone of spoke2/] as const),
  ],
  [
    ...(["its own address and another spoke's", "10.10.0.4 10.11.0.4", "10.10.0.5"] as const),
    /resolves to 10\.10\.0\.4, 10\.11\.0\.4: 10\.10\.0\.4 is its own, and 10\.11\.0\.4 belongs to spoke2$/,
    /a zone of its own/,
  ],
  [
    ...(["its own address and one that nobody has", "10.10.0.4 10.12.0.4", "10.10.0.5"] as const),
    ...([/: 10\.10\.0\.4 is its own, and 10\.12\.0\.4 is not in the state$/, /did not write/] as const),
  ],
  [
    ...(["a private address that nobody has", "10.12.0.4", "10.10.0.5"] as const),
    ...([/resolves to 10\.12\.0\.4: the state has 10\.10\.0\.4$/, /Another DNS zone answers/] as const),
  ],
])("the check of names fails for %s, and says which", (_, login, data, found, advice) => {
  const report = resolvingTo(login.split(" ").filter(Boolean), data.split(" ").filter(Boolean));
  const traced = { ...VM, trace: { [LOGIN]: "spoke1 is linked to the zone." } };
  const check = only(judge(report, traced, { ...DEPLOYMENT, vms: [VM, OTHER] }), "names");
  expect(check.status).toBe("failed");
  expect(check.found).toMatch(found);
  expect(check.advice).toMatch(advice);
  // The preview of what is deployed is advised.
  if (!check.advice!.includes("getent")) expect(check.advice).toContain("npm run preview -- --deployed");
  if (check.found.startsWith(LOGIN)) expect(check.advice).toMatch(/ By the state: spoke1 is linked to the zone\.$/);
});

test("a check that is not in the report is skipped", () => {
  const nothing = judge({ ...GOOD, hosts: [] });
  expect([only(nothing, "names").status, only(nothing, "TLS").status]).toEqual(["skipped", "skipped"]);
  expect(only(judge(resolvingTo([]), { ...VM, expected: {} }), "names").status).toBe("failed");
});

/** The report with these results of TLS. Where the login server's failed, so did the challenge. */
function withTls(login: string, data: string): ProbeReport {
  const report = login === "ok" ? GOOD : failingAt("challenge", login);
  return { ...report, hosts: [login, data].map((tls, index) => ({ ...GOOD.hosts[index]!, tls })) };
}

/** Every result of TLS with a reason of its own, with its words and a part of the advice. */
const TLS_FAILURES: readonly [tls: string, words: string, advice: RegExp][] = [
  ["curl-60-0", "the certificate is for another name (curl 60)", /TLS inspection .* getent ahostsv4 r\.swe/],
  ["curl-60-1", "the certificate is for another name (curl 60)", /Another server answers/],
  ["curl-51-0", "the certificate is for another name (curl 51)", /Another server answers/],
  ["curl-60-10", "the certificate has expired (curl 60)", /The registry renews its certificates/],
  ["curl-60-9", "the certificate is not valid yet (curl 60)", /^Check the clock of the VM: timedatectl/],
  ["curl-60-18", "the certificate is not trusted (curl 60)", /inspects TLS/],
  ["curl-35", "the TLS handshake failed (curl 35)", /approved, .* TLS inspection/],
  ["curl-28", "the connection timed out (curl 28)", /approved, .* TCP port 443 .* peered/],
  ["curl-7", "there is no route to the address, or nothing there accepts the connection (curl 7)", /routes/],
  ["curl-56", "the connection broke off before the answer was complete (curl 56)", /MTU/],
  ["time-limit", "the script reached its time limit", /Run the command again/],
  ["not-resolved", "the name does not resolve", /getent ahostsv4 r\.swedencentral\.data\.azurecr\.io/],
];

describe("a failed TLS check", () => {
  test.each(TLS_FAILURES)("says of %s: %s", (tls, words, advice) => {
    const check = only(judge(withTls("ok", tls)), "TLS");
    expect(check).toMatchObject({ status: "failed", found: `no TLS to ${DATA}: ${words}` });
    expect(check.advice).toMatch(advice);
    if (tls.startsWith("curl-60")) expect(check.advice).not.toMatch(/approved|port 443|AcrPull/);
  });

  test("tells several hosts with the same reason together, and each reason once", () => {
    const { found, advice } = only(judge(withTls("curl-28", "curl-28")), "TLS");
    expect(found).toBe(`no TLS to ${LOGIN} and ${DATA}: the connection timed out (curl 28)`);
    expect(advice!.match(/approved/g)).toHaveLength(1);
    const { found: both } = only(judge(withTls("curl-28", "curl-60-10")), "TLS");
    expect(both).toMatch(/^no TLS to r\.azurecr\.io: .* timed out .*; no TLS to r\.swedencentral\.data.* has expired/);
  });
});

const ROLE = /AcrPull|AcrPush/;
const NETWORK_ROLE = /approved|AcrPull/;
const NETWORK = /approved|port 443|preview|getent|systemctl/;

const SEVERAL_IDENTITIES = "Multiple user assigned identities exist, please specify the clientId";
const NO_RECORD = "AADSTS700213: No matching federated identity record found";
const FIREWALL = "client with IP '4.3.2.1' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.";
const LOCKED = "The operation is disallowed on this registry, repository or image.";
const UNTRUSTED =
  'Get "https://r.azurecr.io/v2/": tls: failed to verify certificate: x509: signed by unknown authority';

/** Every failure of a step, with the message or what else is reported, what is found and advised, and what must not be. */
const STEP_FAILURES: readonly [
  ...[step: string, reason: string, more: string | object, found: RegExp, advice: RegExp, not?: RegExp],
][] = [
  ["challenge", "http-403", "", /public address .*\(HTTP status 403\)/, /getent ahostsv4/],
  ["challenge", "curl-28", "", /timed out \(curl 28\)/, /approved/],
  ["challenge", "curl-60-10", "", /certificate has expired \(curl 60\)/, /TLS inspection/, /approved|AcrPull/],
  ["challenge", "http-404", "", /not that of a registry/, /proxy or a firewall/],
  ["challenge", "http-429", "", /limits the number of requests/, /few minutes/],
  ["challenge", "http-503", "", /internal error \(HTTP status 503\)/, /az acr check-health --name r,/],
  ["challenge", "no-bearer", "", /not that of a registry/, /proxy/],
  ["identity", "http-400", "", /no managed identity/, /az vm identity show/],
  ["identity", "curl-28", "", /metadata service can't be reached/, /169\.254\.169\.254/, /approved/],
  ["identity", "http-400", SEVERAL_IDENTITIES, /several managed identities/, /--identity CLIENT_ID/],
  ["identity", "no-federated-token", "", /no federated token/, /--enable-workload-identity/],
  ["identity", "http-401", NO_RECORD, /refuses the pod's federated token/, /system:serviceaccount:NAMESPACE:SERVICE_A/],
  ["identity", "signin-28", "", /can't be reached \(curl 28\)/, /login\.microsoftonline\.com/, NETWORK_ROLE],
  ["identity", "http-429", "", /contains no token/, /few minutes/, /az vm identity show/],
  ["exchange", "http-403", { code: "DENIED" }, /exchange: .*not allowed .* 403\), DENIED/, /AcrPull/, NETWORK],
  ["exchange", "http-401", "", /not allowed/, /AcrPull .* ten minutes/, NETWORK],
  ["exchange", "http-403", FIREWALL, /public address/, /getent ahostsv4 r\.azurecr\.io/],
  ["exchange", "http-500", "", /internal error/, /status\.microsoft/],
  ["exchange", "http-429", "", /limits the number/, /few minutes/],
  ["exchange", "curl-28", "", /timed out/, /approved/],
  ["exchange", "no-token", "", /no token/, /few minutes/],
  ["manifest", "http-401", { challenge: "insufficient_scope" }, /not allowed/, /AcrPull/, NETWORK],
  ["manifest", "http-401", { challenge: "invalid_token" }, /own token/, /timedatectl/],
  ["manifest", "http-404", { code: "MANIFEST_UNKNOWN" }, /MANIFEST_UNKNOWN/, /npm run push-hello/],
  ["manifest", "http-429", { code: "TOOMANYREQUESTS" }, /limits the number/, /few minutes/],
  ["manifest", "http-500", "", /internal error/, /check-health/],
  ["manifest", "digest-mismatch", "", /does not have the digest/, /push the image again/],
  ["manifest", "other-digest", "", /still has an older image/, /push-hello -- --wait/],
  ["manifest", "no-platform", "", /no variant for the platform of the VM/, /linux\/amd64/],
  ["manifest", "bad-manifest", "", /not that of an image/, /az acr manifest show/],
  ["manifest", "http-403", LOCKED, /does not allow this operation/, /image is locked/],
  ["blob", "http-200", "", /does not lead to a data endpoint/, /dedicated data endpoints/],
  ["blob", "bad-location", "", /does not lead to a data endpoint/, /dedicated data endpoints/],
  ["blob", "http-429", "", /limits the number/, /few minutes/, /dedicated/],
  ["download", "curl-18", "", /broke off/, /MTU/, /preview|DNS/],
  ["download", "curl-28", "", /timed out/, /approved/, /preview/],
  ["download", "curl-60-0", "", /another name/, /getent ahostsv4 r\.swedencentral\.data/, /preview/],
  ["download", "digest-mismatch", "", /does not have the digest/, /Neither DNS nor a role/, /preview/],
  ["download", "http-403", "", /refuses the signed address/, /clock/],
  ["download", "http-503", "", /internal error/, /few minutes/],
  ["download", "curl-23", "", /no space is left/, /df -h/, /approved/],
  ["login", "denied", "401 Unauthorized", /login: .*not allowed/, /AcrPull/, NETWORK],
  ["login", "no-daemon", "", /Docker is not running/, /systemctl status docker/],
  ["login", "no-docker", "", /Docker is not installed/, /cloud-init-output/],
  ["login", "cloud-init-running", "", /still running/, /few minutes/],
  ["login", "timeout", "", /did not finish in time/, /journalctl/],
  [
    "login",
    "exit-1",
    UNTRUSTED,
    /not accept the certificate \(exit status 1\)/,
    /restart docker/,
    /journalctl|AcrPull/,
  ],
  ["pull", "denied", "pull access denied", /pull: .*not allowed.*pull access denied/, /AcrPull/, NETWORK],
  ["pull", "denied", "denied: client with IP '1.2.3.4' is not allowed access.", /public/, /getent/],
  ["pull", "exit-1", "oh no", /Docker failed \(exit status 1\), oh no/, /journalctl/],
  ["pull", "exit-1", "write /x: no space left on device", /no space is left/, /prune/, /journalctl/],
  ["pull", "exit-1", "dial tcp: lookup r.azurecr.io: no such host", /does not resolve/, /getent/],
  ["pull", "exit-1", "dial tcp 10.1.1.1:443: connect: connection refused", /was refused/, /Nothing listens/],
  ["pull", "exit-1", "dial tcp 10.1.1.1:443: connect: no route to host", /no route/, /peered/],
  ["pull", "exit-1", "dial tcp 10.1.1.1:443: i/o timeout", /timed out/, /approved/],
  ["pull", "exit-1", "unexpected EOF", /broke off/, /MTU/],
  ["pull", "exit-1", "toomanyrequests: slow down", /limits/, /few minutes/],
  ["pull", "exit-1", "received unexpected HTTP status: 503 Service Unavailable", /internal error/, /health/],
  ["pull", "exit-1", "manifest for r.azurecr.io/a:v1 not found: manifest unknown", /not there/, /push-hello/],
  ["pull", "exit-1", "no matching manifest for linux/amd64 in the manifest list entries", /no variant/, /linux\/amd64/],
  ["pull", "exit-1", "filesystem layer verification failed for digest sha256:12", /digest/, /push the image again/],
  ["pull", "exit-1", "net/http: TLS handshake failure", /TLS handshake failed/, /TLS inspection/],
  ["run", "exit-1", "exec /a: exec format error", /another processor/, /--platform linux\/amd64/, /journalctl/],
  ["run", "exit-3", "", /run: the container started, and failed \(exit status 3\)/, /docker run --rm/],
  ["run", "denied", "exec: permission denied: unknown", /container started, and failed/, /docker run/],
  ["run", "exit-125", "oh no", /Docker failed/, /journalctl/],
  ["pull", "time-limit", "", /reached its time limit/, /bastion session/],
  ["pull", "never-seen", "", /pull: the step failed/, /bastion session/],
];

/** The checks of the steps that have no check of their own. */
const CHECK_OF: Readonly<Record<string, string>> = {
  ...{ identity: "tokens", exchange: "tokens", login: "docker run", pull: "docker run", run: "docker run" },
};

const facts = (more: string | object) => (typeof more === "object" ? more : more === "" ? {} : { detail: more });

test("every reason for which a script can fail is among these, or among those of TLS", () => {
  const ELSEWHERE = new Set<string>([
    // Of the checks of names, the endpoint, the region and the outside, and of a wrong clock: each has its own tests here.
    ...["nothing resolves", "missing record", "record written by others", "no zone link", "address of another spoke"],
    ...[
      "addresses of two endpoints",
      "one address too many",
      "unexpected address",
      "same address",
      "endpoint pending",
      "endpoint disconnected",
    ],
    ...["other data address", "other region", "open to the outside", "clock wrong"],
    ...["closed to the outside", "range refused"],
    // Of the tools, and of a push.
    ...["tool missing", "cloud-init failed", "no report", "base image not reachable", "bad build context", "no digest"],
    // Of VMs of the user, in verify.test.ts, and of the log of a Job, in job.test.ts.
    ...["VM elsewhere", "VM not Linux", "not read", "no docker", "replica behind", "empty log", "log without report"],
    ...["log cut", "log of another registry", "network not known"],
    // Of Azure and its Run Command, in run-command.test.ts.
    ...["signed out", "sign-in refused", "variables refused", "forbidden", "no subscription", "VM missing", "VM off"],
    ...["agent silent", "VM silent", "time limit", "VM busy", "Azure throttles", "Azure not reachable", "left running"],
    ...["script removed", "script ended", "Run Command failed", "Azure refuses"],
  ]);
  const steps = STEP_FAILURES.map(([step, reason, more]) => causeOf({ step, reason, ...facts(more) }, {}).reason);
  const tls = TLS_FAILURES.map(([reason]) => causeOf({ step: LOGIN, reason }, {}).reason);
  const found = new Set<string>([...steps, ...tls]);
  expect(Object.keys(REASONS).filter((reason) => !found.has(reason) && !ELSEWHERE.has(reason))).toEqual([]);
});

test.each(STEP_FAILURES)(
  "a failed step %s (%s, %j) fails its check, and the checks after it follow",
  (step, reason, more, found, advice, not = ROLE) => {
    const checks = judge(failingAt(step, reason, facts(more)));
    const what = CHECK_OF[step] ?? step;
    const check = only(checks, what);
    expect(check.status).toBe("failed");
    expect(check.found).toMatch(found);
    // Never a code alone.
    expect(check.found).not.toMatch(/\b(curl|http|exit)-\d|no-\w+|\w-mismatch/);
    expect(check.advice).toMatch(advice);
    expect(check.advice).not.toMatch(not);
    const after = checks.slice(checks.indexOf(check) + 1).filter(({ what }) => what !== "region");
    expect(after).toEqual(
      after.map((one) => ({ what: one.what, status: "skipped", found: `follows from ${what}`, followsFrom: what })),
    );
  },
);

describe("what follows from an earlier cause is skipped", () => {
  const described = (checks: Check[]) => checks.map(({ what, status, found }) => `${what} ${status}: ${found}`);
  const follows = (checks: Check[]) =>
    checks.flatMap(({ what, status, followsFrom }) => (status === "skipped" ? `${what} < ${followsFrom ?? "?"}` : []));
  const failed = (checks: Check[]) => checks.flatMap(({ what, status }) => (status === "failed" ? what : []));

  test("TLS and the challenge, from a login server's name that leads elsewhere", () => {
    const checks = judge(resolvingTo(["20.1.2.3"], ["10.10.0.5"], withTls("curl-28", "ok")));
    expect(failed(checks)).toEqual(["names"]);
    expect(described(checks).slice(1, 4)).toEqual([
      `TLS skipped: follows from names: ${LOGIN}: the connection timed out (curl 28)`,
      "challenge skipped: follows from names: challenge: the connection timed out (curl 28)",
      "tokens skipped: follows from names",
    ]);
    expect(new Set(follows(checks).map((one) => one.split(" < ")[1]))).toEqual(new Set(["names"]));
  });

  test("a refusal by the public address, from names that are resolved by public DNS", () => {
    const refused = failingAt("challenge", "http-403", { detail: "client with IP '4.3.2.1' is not allowed access." });
    const checks = judge(resolvingTo(["20.1.2.3"], undefined, refused));
    expect(failed(checks)).toEqual(["names"]);
    expect(only(checks, "challenge")).toMatchObject({ status: "skipped", followsFrom: "names" });
  });

  test("the challenge, from TLS", () => {
    const checks = judge(withTls("curl-60-10", "ok"));
    expect(failed(checks)).toEqual(["TLS"]);
    expect(follows(checks)).toEqual(
      ["challenge", "tokens", "manifest", "blob", "region", "download", "docker run"].map((what) => `${what} < TLS`),
    );
  });

  test("the download, from TLS to the data endpoint", () => {
    const hosts = withTls("ok", "curl-7").hosts;
    const checks = judge({ ...failingAt("download", "curl-7"), hosts });
    expect(failed(checks)).toEqual(["TLS"]);
    expect(follows(checks)).toEqual(["download < TLS", "docker run < TLS"]);
  });

  test("the address of the blob, from a data endpoint's name that leads elsewhere", () => {
    const checks = judge(resolvingTo(["10.10.0.4"], ["10.99.0.5"], withStep("blob", { addresses: ["10.99.0.5"] })));
    expect(failed(checks)).toEqual(["names"]);
    expect(follows(checks)).toEqual(["blob < names"]);
  });

  test("TLS and the challenge, from an endpoint that is not approved; names too where the endpoint has no addresses", () => {
    const pendingOn = (report: ProbeReport, vm = VM) => judge(report, vm, DEPLOYMENT, { endpointFailed: true });
    const checks = pendingOn(withTls("curl-35", "curl-35"));
    expect(failed(checks)).toEqual([]);
    expect(only(checks, "TLS").followsFrom).toBe("endpoint");
    expect(only(checks, "docker run").followsFrom).toBe("endpoint");
    const hosts = GOOD.hosts.map((host) => ({ ...host, addresses: [], tls: "not-resolved" }));
    const pending = { ...failingAt("challenge", "curl-6"), hosts };
    const without = pendingOn(pending, { ...VM, expected: {} });
    expect(failed(without)).toEqual([]);
    expect(only(without, "names").followsFrom).toBe("endpoint");
    expect(failed(judge(pending, { ...VM, expected: {} }))).toEqual(["names"]);
  });

  test.each<[name: string, report: ProbeReport, failing: string[]]>([
    ["a missing role", failingAt("exchange", "http-403"), ["names", "tokens"]],
    ["a missing image", failingAt("manifest", "http-404"), ["names", "manifest"]],
    ["throttling", failingAt("challenge", "http-429"), ["names", "challenge"]],
  ])("but %s is a cause of its own, whatever the name resolves to", (_, report, failing) => {
    expect(failed(judge(resolvingTo(["10.99.0.9"], undefined, report)))).toEqual(failing);
  });

  test("and a host of another name is a cause of its own", () => {
    const checks = judge(resolvingTo(["10.10.0.4"], ["10.99.0.5"], withTls("curl-28", "curl-28")));
    expect(failed(checks)).toEqual(["names", "TLS"]);
    expect(only(checks, "TLS").found).toBe(`no TLS to ${LOGIN}: the connection timed out (curl 28)`);
  });

  test.each<[reason: string, found: RegExp, advice: RegExp]>([
    ["no-jq", /^tools: jq is not installed, and could not be installed$/, /cloud-init-output\.log/],
    ["cloud-init-failed", /cloud-init failed/, /cloud-init-output\.log/],
    ["cloud-init-running", /cloud-init is still running/, /again in a few minutes/],
    ["no-report", /returned no report/, /bastion/],
  ])("all checks, from a VM without tools (%s)", (reason, found, advice) => {
    const report: ProbeReport = { v: 1, hosts: [], steps: {}, failed: { step: "tools", reason }, notTried: [] };
    const checks = judge(report);
    expect(checks[0]).toMatchObject({ what: "VM", status: "failed" });
    expect(checks[0]!.found).toMatch(found);
    expect(checks[0]!.advice).toMatch(advice);
    expect(failed(checks)).toEqual(["VM"]);
    expect(checks.slice(1).map(({ followsFrom }) => followsFrom)).toEqual(Array(9).fill("VM"));
  });

  test("all checks, from a VM without a report: the same that a report decides", () => {
    const checks = checksWithoutReport({ found: "off", advice: "start it" });
    expect(checks[0]).toEqual({ what: "VM", status: "failed", found: "off", advice: "start it" });
    expect(checks.slice(1).map(({ what }) => what)).toEqual(judge(GOOD).map(({ what }) => what));
    expect(new Set(checks.slice(1).map(({ found }) => found))).toEqual(new Set(["follows from VM"]));
  });
});

describe("a clock that is wrong", () => {
  const NOW = 1_800_000_000_000;
  const skewed = (report: ProbeReport, seconds: number, what: string) =>
    only(judge({ ...report, clock: NOW + seconds * 1000 }, VM, DEPLOYMENT, { now: NOW }), what);

  test.each<[step: string, reason: string, more: object, what: string]>([
    ["challenge", "curl-60-10", {}, "challenge"],
    ["challenge", "curl-60-9", {}, "challenge"],
    ["exchange", "http-401", {}, "tokens"],
    ["manifest", "http-401", { challenge: "invalid_token" }, "manifest"],
    ["download", "http-403", {}, "download"],
    ["pull", "exit-1", { detail: "x509: certificate has expired or is not yet valid: current time" }, "docker run"],
  ])("is the cause of %s %s", (step, reason, more, what) => {
    const check = skewed(failingAt(step, reason, more), -3600, what);
    expect(check.found).toContain("the clock of the VM is wrong: it is 60 minutes behind the clock of this machine");
    expect(check.advice).toMatch(/timedatectl/);
    expect(skewed(failingAt(step, reason, more), 3600, what).found).toContain("60 minutes ahead of the clock");
    // Reports take a while to arrive.
    expect(skewed(failingAt(step, reason, more), -200, what).found).not.toContain("clock of the VM");
  });

  test("is not the cause of a timeout", () => {
    expect(skewed(failingAt("challenge", "curl-28"), -3600, "challenge").found).toContain("timed out");
  });

  test("is the cause of a certificate that TLS refuses", () => {
    expect(skewed(withTls("ok", "curl-60-9"), -3600, "TLS").found).toContain("60 minutes behind");
  });
});

test("a blob from another host or address fails", () => {
  const blobAt = (host: string, addresses: string[]) => only(judge(withStep("blob", { host, addresses })), "blob");
  const elsewhere = blobAt("store.blob.core.windows.net", ["20.1.2.3"]);
  expect(elsewhere.status).toBe("failed");
  expect(elsewhere.found).toContain("does not lead to a data endpoint of the registry");
  expect(blobAt(DATA, ["10.11.0.5"])).toMatchObject({
    status: "failed",
    found: `307 to ${DATA}, at 10.11.0.5: the state has 10.10.0.5 for this name`,
    advice: expect.stringContaining("record is out of date") as unknown,
  });
});

test("the login server of a region is not a data endpoint", () => {
  const regional = "r.swedencentral.geo.azurecr.io";
  const addresses = ["10.10.0.7"];
  const vm = { ...VM, expected: { ...VM.expected, [regional]: addresses } };
  const checks = judge(withStep("blob", { host: regional, addresses }), vm, deployed(["swedencentral"], true));
  const found = `307 to ${regional}: the redirect does not lead to a data endpoint of the registry`;
  expect(only(checks, "blob")).toMatchObject({ status: "failed", found });
  expect(only(checks, "region")).toEqual({ what: "region", status: "skipped", found: "" });
});

describe("the check of the region", () => {
  const BOTH = ["swedencentral", "switzerlandnorth"];
  const FAR = withStep("blob", { host: FAR_DATA, addresses: ["10.10.0.6"] });
  const SETTLE = ". To settle it, set registry.regionalEndpoints to true";
  const served = (report: ProbeReport, servedBy: string | null, deployment = deployed(BOTH), vm = VM) =>
    only(judge(report, { ...vm, servedBy }, deployment), "region");

  test("passes if the region is the one that DNS promises", () => {
    const found = "served by swedencentral, as DNS promises";
    expect(served(GOOD, "swedencentral")).toEqual({ what: "region", status: "passed", found });
    expect(served(FAR, "switzerlandnorth").found).toBe("served by switzerlandnorth, as DNS promises");
  });

  test("fails if another region served, and says where to look and how to go back", () => {
    const check = served(FAR, "swedencentral");
    const found = "served by switzerlandnorth, but DNS leads the login server to swedencentral";
    expect(check).toMatchObject({ status: "failed", found });
    expect(check.advice).toMatch(
      /^The front end that answered is not the one that DNS leads to\. Check that .* record/,
    );
    expect(check.advice).toMatch(/regional endpoint of swedencentral, .*set "servedBy": "azure" for the spoke/);
  });

  const CHOSEN = "switzerlandnorth, although the registry is in swedencentral, where the spoke is: Azure chooses";
  const NO_REPLICA = "swedencentral: Azure chooses, and the registry is not in westeurope, where the spoke is";

  test.each<[name: string, report: ProbeReport, regional: boolean, region: string | undefined, found: string]>([
    ["another region than the spoke's", FAR, false, "swedencentral", CHOSEN + SETTLE],
    ["another region, although there are regional endpoints", FAR, true, "swedencentral", CHOSEN],
    ["a region for a spoke without a replica", GOOD, false, "westeurope", NO_REPLICA],
    ["a region for a spoke whose own is not known", GOOD, false, undefined, "swedencentral: Azure chooses"],
  ])("passes where Azure chooses %s, and says so", (_, report, regional, region, found) => {
    const vm = region === undefined ? VM_SOMEWHERE : { ...VM, region };
    const check = served(report, "azure", deployed(BOTH, regional), vm);
    expect(check).toEqual({ what: "region", status: "passed", found: `served by ${found}` });
  });

  test("is skipped if the state does not show where DNS leads, and says which region served", () => {
    const { status, found } = served(GOOD, null);
    expect([status, found]).toEqual(["skipped", expect.stringMatching(/^served by swedencentral; the state does not/)]);
  });

  test.each(["manifest", "blob"])("is skipped if the step %s failed", (step) => {
    for (const servedBy of ["azure", "swedencentral", null])
      expect(served(failingAt(step, "http-403"), servedBy)).toMatchObject({ status: "skipped", followsFrom: step });
  });
});

describe("where DNS leads the login server to a region", () => {
  const noTls = (index: number, tls: string): ProbeReport => ({
    ...GOOD,
    hosts: GOOD.hosts.map((host, i) => (i === index ? { ...host, tls } : host)),
  });
  const advice = (report: ProbeReport, what: string, servedBy: string | null) =>
    only(judge(report, { ...VM, servedBy }), what).advice;
  const WAY_BACK =
    /regional endpoint of swedencentral, which may not answer for the registry's own name\..* "servedBy": "azure" for the spoke, or for the hub/;

  test.each<[name: string, report: ProbeReport, what: string]>([
    ["TLS of the login server", noTls(0, "curl-60-0"), "TLS"],
    ["the challenge, without an answer", failingAt("challenge", "curl-28"), "challenge"],
    ["the challenge, with another answer", failingAt("challenge", "http-404"), "challenge"],
  ])("a failure of %s says how to lead it back to the global endpoint", (_, report, what) => {
    expect(advice(report, what, "swedencentral")).toMatch(WAY_BACK);
    // What to do otherwise is still there.
    expect(advice(report, what, "swedencentral")).toContain(advice(report, what, "azure")!.replace(/\.$/, ""));
    for (const servedBy of ["azure", null]) expect(advice(report, what, servedBy)).not.toMatch(/servedBy/);
  });

  test.each<[name: string, report: ProbeReport, what: string]>([
    ["TLS of a data endpoint", noTls(1, "curl-60-0"), "TLS"],
    ["a certificate that has expired", noTls(0, "curl-60-10"), "TLS"],
    ["TLS of a login server whose name does not resolve", noTls(0, "not-resolved"), "TLS"],
    ["the tools", failingAt("tools", "no-jq"), "VM"],
    ["throttling", failingAt("challenge", "http-429"), "challenge"],
  ])("a failure of %s has another reason", (_, report, what) => {
    expect(advice(report, what, "swedencentral")).toBeDefined();
    expect(advice(report, what, "swedencentral")).not.toMatch(/servedBy/);
  });
});

describe("the advice for a missing image", () => {
  const missing = (step: "manifest" | "blob", servedBy: string | null, times: object) => {
    const report = failingAt(step, "http-404", { code: "MANIFEST_UNKNOWN" });
    const steps = { ...report.steps, [step]: times };
    return only(judge({ ...report, steps }, { ...VM, servedBy }), step).advice;
  };

  test.each([
    ["the region that DNS promises", "swedencentral", /^The image is not in swedencentral, even after 178 seconds\./],
    ["the choice of Azure", "azure", /^The image is not in the region that Azure chose, even after 178 seconds\./],
    [
      "that the region is not known",
      null,
      /^The image is not in the region that answered, .* even after 178 seconds\./,
    ],
  ])("names %s and the time waited, if there was a wait", (_, servedBy, expected) => {
    for (const step of ["manifest", "blob"] as const) {
      const advice = missing(step, servedBy, { ms: 177_700, retries: 35 });
      expect(advice).toMatch(expected);
      expect(advice).toContain("npm run push-hello");
      expect(missing(step, "swedencentral", { ms: 40 })).toMatch(/^The image is not in swedencentral\./);
    }
  });

  test.each([
    ["is missing", []],
    ["is another private one", ["10.99.0.4"]],
    ["is public", ["20.1.2.3"]],
  ])("where others write the records, an address that %s is theirs to write", (_, addresses) => {
    const names = only(judge(resolvingTo(addresses), VM, { ...DEPLOYMENT, recordsByOthers: true }), "names");
    expect(names.status).toBe("failed");
    expect(names.advice).toContain("npm run dns-records");
  });
});

test("a replica that did not have the image at first is mentioned", () => {
  const { status, found } = only(judge(withStep("manifest", { retries: 3 })), "manifest");
  expect([status, found]).toEqual(["passed", expect.stringMatching(/, after 4 tries$/)]);
});

test("a step that failed after several tries says how many, and in what time", () => {
  const report = failingAt("exchange", "http-401", { code: "UNAUTHORIZED" });
  const steps = { ...report.steps, exchange: { ms: 599_700, retries: 40 } };
  expect(only(judge({ ...report, steps }), "tokens")).toMatchObject({
    status: "failed",
    found:
      "exchange: the VM's identity is not allowed to do this (HTTP status 401), UNAUTHORIZED, after 41 tries in 600 s",
    advice: expect.stringContaining("can take up to ten minutes to take effect") as unknown,
  });
});

test("only a complete report on the last line is accepted", () => {
  expect(reportIn(`noise\n${JSON.stringify(GOOD)}\n`)).toEqual(GOOD);
  for (const text of ["", "noise", "{}", '{"v":2}', JSON.stringify(GOOD).slice(10)])
    expect(reportIn(text)).toBeUndefined();
});
