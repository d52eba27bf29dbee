import type { Check } from "../../src/verify/checks";
import type { DeployedVm, Deployment } from "../../src/verify/deployment";
import { judge } from "../../src/verify/judge";
import { type ProbeReport, reportIn } from "../../src/verify/probe-report";

const LOGIN = "r.azurecr.io";
const DATA = "r.swedencentral.data.azurecr.io";
const VM: DeployedVm = {
  spoke: "spoke1",
  id: "/vm",
  virtualNetwork: "vnet-spoke1-dev",
  mayPush: true,
  expected: { [LOGIN]: ["10.10.0.4"], [DATA]: ["10.10.0.5"] },
};
const DEPLOYMENT: Deployment = { cloud: "public", loginServer: LOGIN, dataEndpoints: [DATA], vms: [VM] };

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

const only = (checks: Check[], what: string) => checks.find((check) => check.what === what)!;

test("if all checks have passed, each one says what was found and how long it took", () => {
  expect(
    judge(GOOD, VM, DEPLOYMENT).map(({ what, status, found, ms }) => `${what}: ${status}, ${found} (${ms ?? "-"})`),
  ).toEqual([
    "names: passed, 2 names, each with the address in the state (4)",
    "TLS: passed, connected to 2 names (12)",
    "challenge: passed, 401 with a Bearer challenge (21)",
    "tokens: passed, identity, refresh token, access token (95)",
    `manifest: passed, sha256:${"a".repeat(12)} linux/amd64 (60)`,
    `blob: passed, 307 to ${DATA}, at 10.10.0.5 (30)`,
    "download: passed, 1234 bytes, SHA-256 is correct (70)",
    "docker run: passed, hello from sample/hello-world (580)",
  ]);
});

test.each<[string, string[], RegExp, RegExp]>([
  [
    "an address from public DNS",
    ["20.1.2.3"],
    /r\.azurecr\.io resolves to 20\.1\.2\.3, from public DNS/,
    /linked to no private DNS zone/,
  ],
  [
    "another spoke's address",
    ["10.11.0.4"],
    /resolves to 10\.11\.0\.4, but the state has 10\.10\.0\.4/,
    /Another DNS zone answers/,
  ],
  ["one address too many", ["10.10.0.4", "10.11.0.4"], /but the state has 10\.10\.0\.4/, /Another DNS zone answers/],
  ["no address", [], /does not resolve/, /linked to a private DNS zone/],
])("the check of names fails for %s, and says which", (_, addresses, found, advice) => {
  const report = { ...GOOD, hosts: [{ ...GOOD.hosts[0]!, addresses }, GOOD.hosts[1]!] };
  const check = only(judge(report, VM, DEPLOYMENT), "names");
  expect(check.status).toBe("failed");
  expect(check.found).toMatch(found);
  expect(check.advice).toMatch(advice);
});

test("a check that is not in the report is skipped", () => {
  const nothing = judge({ ...GOOD, hosts: [] }, VM, DEPLOYMENT);
  expect([only(nothing, "names").status, only(nothing, "TLS").status]).toEqual(["skipped", "skipped"]);
  const unresolved = { ...GOOD, hosts: GOOD.hosts.map((host) => ({ ...host, addresses: [] })) };
  expect(only(judge(unresolved, { ...VM, expected: {} }, DEPLOYMENT), "names").status).toBe("failed");
});

test("a failed TLS check names the host", () => {
  const report = { ...GOOD, hosts: [GOOD.hosts[0]!, { ...GOOD.hosts[1]!, tls: "curl-7" }] };
  expect(only(judge(report, VM, DEPLOYMENT), "TLS")).toMatchObject({
    status: "failed",
    found: `no TLS to ${DATA} (curl-7)`,
  });
});

test.each<[string, string, object, string, RegExp, RegExp]>([
  ["exchange", "http-403", { code: "DENIED" }, "tokens", /exchange: HTTP status 403, DENIED/, /AcrPull/],
  ["challenge", "http-403", {}, "challenge", /HTTP status 403/, /public address/],
  ["challenge", "curl-28", {}, "challenge", /no connection \(curl 28\)/, /approved/],
  ["manifest", "http-404", { code: "MANIFEST_UNKNOWN" }, "manifest", /MANIFEST_UNKNOWN/, /npm run push-hello/],
  ["download", "digest-mismatch", {}, "download", /digest mismatch/, /preview/],
  ["pull", "denied", { detail: "pull access denied" }, "docker run", /pull: denied, pull access denied/, /AcrPull/],
  ["pull", "exit-1", { detail: "oh no" }, "docker run", /pull: exit 1, oh no/, /systemctl status docker/],
])(
  "a failed step %s (%s) fails its check, and the checks after it are skipped",
  (step, reason, more, what, found, advice) => {
    const checks = judge(failingAt(step, reason, more), VM, DEPLOYMENT);
    const check = only(checks, what);
    expect(check.status).toBe("failed");
    expect(check.found).toMatch(found);
    expect(check.advice).toMatch(advice);
    const after = checks.slice(checks.indexOf(check) + 1);
    expect(after.map(({ status }) => status)).toEqual(after.map(() => "skipped"));
  },
);

test("a blob from another host or address fails", () => {
  const blobAt = (host: string, addresses: string[]) =>
    only(
      judge({ ...GOOD, steps: { ...GOOD.steps, blob: { ...GOOD.steps.blob, host, addresses } } }, VM, DEPLOYMENT),
      "blob",
    );
  expect(blobAt("store.blob.core.windows.net", ["20.1.2.3"])).toMatchObject({
    status: "failed",
    found: expect.stringContaining("which is not a data endpoint of the registry") as unknown,
  });
  expect(blobAt(DATA, ["10.11.0.5"])).toMatchObject({
    status: "failed",
    advice: "The state has 10.10.0.5 for this name.",
  });
});

test("a replica that did not have the image at first is mentioned", () => {
  const manifest = { ...GOOD.steps.manifest, retries: 3 };
  const check = only(judge({ ...GOOD, steps: { ...GOOD.steps, manifest } }, VM, DEPLOYMENT), "manifest");
  expect(check).toMatchObject({ status: "passed", found: expect.stringMatching(/, after 4 tries$/) as unknown });
});

test("a step that failed after several tries says how many, and in what time", () => {
  const report = failingAt("exchange", "http-401", { code: "UNAUTHORIZED" });
  const steps = { ...report.steps, exchange: { ms: 599_700, retries: 40 } };
  expect(only(judge({ ...report, steps }, VM, DEPLOYMENT), "tokens")).toMatchObject({
    status: "failed",
    found: "exchange: HTTP status 401, UNAUTHORIZED, after 41 tries in 600 s",
    advice: expect.stringContaining("can take up to ten minutes to take effect") as unknown,
  });
});

test("only a complete report on the last line is accepted", () => {
  expect(reportIn(`noise\n${JSON.stringify(GOOD)}\n`)).toEqual(GOOD);
  for (const text of ["", "noise", "{}", '{"v":2}', JSON.stringify(GOOD).slice(10)])
    expect(reportIn(text)).toBeUndefined();
});
