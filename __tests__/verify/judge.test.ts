import { CLOUDS, registryHosts } from "private-link-preview";
import type { Check } from "../../src/verify/checks";
import type { DeployedVm, Deployment } from "../../src/verify/deployment";
import { judge } from "../../src/verify/judge";
import { type ProbeReport, reportIn } from "../../src/verify/probe-report";

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
    "region: passed, served by swedencentral, where the spoke is: Azure chooses (-)",
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

test("the login server of a region is not a data endpoint", () => {
  const regional = "r.swedencentral.geo.azurecr.io";
  const blob = { ...GOOD.steps.blob, host: regional, addresses: ["10.10.0.7"] };
  const vm = { ...VM, expected: { ...VM.expected, [regional]: ["10.10.0.7"] } };
  const checks = judge({ ...GOOD, steps: { ...GOOD.steps, blob } }, vm, deployed(["swedencentral"], true));
  expect(only(checks, "blob")).toMatchObject({
    status: "failed",
    found: `307 to ${regional}, which is not a data endpoint of the registry`,
  });
  expect(only(checks, "region")).toEqual({ what: "region", status: "skipped", found: "" });
});

describe("the check of the region", () => {
  const BOTH = ["swedencentral", "switzerlandnorth"];
  const FAR: ProbeReport = {
    ...GOOD,
    steps: { ...GOOD.steps, blob: { ...GOOD.steps.blob, host: FAR_DATA, addresses: ["10.10.0.6"] } },
  };
  const SETTLE = ". To settle it, set registry.regionalEndpoints to true";
  const served = (report: ProbeReport, servedBy: string | null, deployment = deployed(BOTH), vm = VM) =>
    only(judge(report, { ...vm, servedBy }, deployment), "region");

  test("passes if the region is the one that DNS promises", () => {
    expect(served(GOOD, "swedencentral")).toEqual({
      what: "region",
      status: "passed",
      found: "served by swedencentral, as DNS promises",
    });
    expect(served(FAR, "switzerlandnorth").found).toBe("served by switzerlandnorth, as DNS promises");
  });

  test("fails if another region served, and says where to look and how to go back", () => {
    const check = served(FAR, "swedencentral");
    expect(check).toMatchObject({
      status: "failed",
      found: "served by switzerlandnorth, but DNS leads the login server to swedencentral",
    });
    expect(check.advice).toMatch(
      /^The front end that answered is not the one that DNS leads to\. Check that .* record/,
    );
    expect(check.advice).toMatch(/regional endpoint of swedencentral, .*set "servedBy": "azure" for the spoke/);
  });

  test.each<[name: string, report: ProbeReport, deployment: Deployment, region: string | undefined, found: string]>([
    [
      "another region than the spoke's",
      FAR,
      deployed(BOTH),
      "swedencentral",
      `switzerlandnorth, although the registry is in swedencentral, where the spoke is: Azure chooses${SETTLE}`,
    ],
    [
      "another region than the spoke's, although there are regional endpoints",
      FAR,
      deployed(BOTH, true),
      "swedencentral",
      "switzerlandnorth, although the registry is in swedencentral, where the spoke is: Azure chooses",
    ],
    [
      "a region for a spoke without a replica",
      GOOD,
      deployed(BOTH),
      "westeurope",
      "swedencentral: Azure chooses, and the registry is not in westeurope, where the spoke is",
    ],
    [
      "a region for a spoke whose own region is not known",
      GOOD,
      deployed(BOTH),
      undefined,
      "swedencentral: Azure chooses",
    ],
  ])("passes where Azure chooses %s, and says so", (_, report, deployment, region, found) => {
    const vm = region === undefined ? VM_SOMEWHERE : { ...VM, region };
    expect(served(report, "azure", deployment, vm)).toEqual({
      what: "region",
      status: "passed",
      found: `served by ${found}`,
    });
  });

  test("is skipped if the state does not show where DNS leads, and says which region served", () => {
    expect(served(GOOD, null)).toMatchObject({
      status: "skipped",
      found: expect.stringMatching(/^served by swedencentral; the state does not show/) as unknown,
    });
  });

  test.each(["manifest", "blob"])("is skipped if the step %s failed", (step) => {
    for (const servedBy of ["azure", "swedencentral", null])
      expect(served(failingAt(step, "http-403"), servedBy)).toEqual({ what: "region", status: "skipped", found: "" });
  });
});

describe("where DNS leads the login server to a region", () => {
  const noTls = (index: number, tls: string): ProbeReport => ({
    ...GOOD,
    hosts: GOOD.hosts.map((host, i) => (i === index ? { ...host, tls } : host)),
  });
  const advice = (report: ProbeReport, what: string, servedBy: string | null) =>
    only(judge(report, { ...VM, servedBy }, DEPLOYMENT), what).advice;
  const WAY_BACK =
    /regional endpoint of swedencentral, which may not answer for the registry's own name\..* "servedBy": "azure" for the spoke, or for the hub/;

  test.each<[name: string, report: ProbeReport, what: string]>([
    ["TLS of the login server", noTls(0, "curl-60"), "TLS"],
    ["the challenge, without an answer", failingAt("challenge", "curl-28"), "challenge"],
    ["the challenge, with another answer", failingAt("challenge", "http-404"), "challenge"],
  ])("a failure of %s says how to lead it back to the global endpoint", (_, report, what) => {
    expect(advice(report, what, "swedencentral")).toMatch(WAY_BACK);
    // What to do otherwise is still there.
    expect(advice(report, what, "swedencentral")).toMatch(/^Check that the connection .* is approved/);
    for (const servedBy of ["azure", null]) expect(advice(report, what, servedBy)).not.toMatch(/servedBy/);
  });

  test.each<[name: string, report: ProbeReport, what: string]>([
    ["TLS of a data endpoint", noTls(1, "curl-60"), "TLS"],
    ["TLS of a login server whose name does not resolve", noTls(0, "not-resolved"), "TLS"],
    ["the tools", failingAt("tools", "no-jq"), "challenge"],
    [
      "the challenge, if the name does not resolve",
      { ...failingAt("challenge", "curl-6"), hosts: noTls(0, "not-resolved").hosts },
      "challenge",
    ],
  ])("a failure of %s has another reason", (_, report, what) => {
    expect(advice(report, what, "swedencentral")).toBeDefined();
    expect(advice(report, what, "swedencentral")).not.toMatch(/servedBy/);
  });
});

describe("the advice for a missing image", () => {
  const missing = (step: "manifest" | "blob", servedBy: string | null, times: object) => {
    const report = failingAt(step, "http-404", { code: "MANIFEST_UNKNOWN" });
    const steps = { ...report.steps, [step]: times };
    return only(judge({ ...report, steps }, { ...VM, servedBy }, DEPLOYMENT), step).advice;
  };

  test.each([
    ["the region that DNS promises", "swedencentral", /^The image is not in swedencentral, even after 178 s\./],
    ["the choice of Azure", "azure", /^The image is not in the region that Azure chose, even after 178 s\./],
    ["that the region is not known", null, /^The image is not in the region that answered, .* even after 178 s\./],
  ])("names %s and the time waited", (_, servedBy, expected) => {
    for (const step of ["manifest", "blob"] as const) {
      const advice = missing(step, servedBy, { ms: 177_700, retries: 35 });
      expect(advice).toMatch(expected);
      expect(advice).toContain("npm run push-hello");
    }
  });

  test("names no time if there was no wait", () => {
    expect(missing("manifest", "swedencentral", { ms: 40 })).toMatch(/^The image is not in swedencentral\./);
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
