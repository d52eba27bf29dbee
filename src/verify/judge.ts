import { isPrivateRange } from "private-link-preview/util";
import { DOCKER, IDENTITY, missingRole } from "./advice";
import type { DeployedVm, Deployment } from "./deployment";
import type { ProbeReport, ProbeStep } from "./probe-report";

/** One thing that should hold, and whether it does. */
export interface Check {
  readonly what: string;
  readonly verdict: "holds" | "fails" | "not tried";
  /** What was found, in words. */
  readonly found: string;
  /** What to do if it fails. */
  readonly advice?: string;
  /** How long it took, in milliseconds. */
  readonly ms?: number;
}

/** What a spoke's report says of each thing that should hold, in the order of a pull. */
export function judge(report: ProbeReport, vm: DeployedVm, deployment: Deployment): Check[] {
  const { steps } = report;
  return [
    names(report, vm, deployment),
    tls(report, deployment),
    chain(report, "challenge", ["tools", "challenge"], () => "401 with a Bearer challenge"),
    chain(report, "tokens", ["identity", "exchange", "token"], () => "identity, refresh token, access token"),
    chain(report, "manifest", ["manifest"], () =>
      `${short(steps.manifest?.digest)} ${steps.manifest?.platform ?? ""}`.trim(),
    ),
    blob(report, vm),
    chain(report, "download", ["download"], () => `${steps.download?.bytes ?? 0} bytes, sha256 right`),
    chain(report, "docker run", ["login", "pull", "run"], () => steps.run?.output ?? ""),
  ];
}

function names({ hosts, omitted }: ProbeReport, { expected }: DeployedVm, deployment: Deployment): Check {
  const all = [deployment.loginServer, ...deployment.dataEndpoints];
  const asked = omitted?.includes("hosts") ? all.slice(0, hosts.length) : all;
  const wrong = asked.flatMap((host, index) => {
    const { addresses = [], more = 0 } = hosts[index] ?? {};
    const wanted = expected[host] ?? [];
    const same = more > 0 ? addresses.every((address) => wanted.includes(address)) : addresses.join() === wanted.join();
    const right = wanted.length > 0 && addresses.length > 0 && same;
    return right ? [] : [{ host, addresses, wanted }];
  });
  const what = "names";
  if (hosts.length === 0) return { what, verdict: "not tried", found: "" };
  const ms = Math.max(0, ...hosts.map(({ dnsMs = 0 }) => dnsMs));
  if (wrong.length === 0)
    return { what, verdict: "holds", found: `${asked.length} names, each with the state's address`, ms };
  const { host, addresses, wanted } = wrong[0]!;
  const others = wrong.length > 1 ? `, and ${wrong.length - 1} more` : "";
  const fails = { what, verdict: "fails", ms } as const;
  if (addresses.length === 0) {
    return {
      ...fails,
      found: `${host} does not resolve${others}`,
      advice: "See that the network's zone link is there: npm run preview -- --state FILE.",
    };
  }
  const other = deployment.vms.find(({ expected }) =>
    addresses.some((address) => expected[host]?.includes(address) && !wanted.includes(address)),
  );
  if (other) {
    return {
      ...fails,
      found: `${host} is ${addresses.join(", ")}: ${other.spoke}'s${others}`,
      advice: "Its network is linked to the zone of another, or its record is wrong: npm run preview -- --state FILE.",
    };
  }
  if (addresses.some((address) => !isPrivateRange(`${address}/32`))) {
    return {
      ...fails,
      found: `${host} is ${addresses.join(", ")}, from public DNS${others}`,
      advice:
        "The network is linked to no zone with this name, or asks other DNS servers. Deploy again, or see its DNS settings.",
    };
  }
  return {
    ...fails,
    found: `${host} is ${addresses.join(", ")}, where the state has ${wanted.join(", ") || "nothing"}${others}`,
    advice: "Another zone answers, or the record is stale. Deploy again, then wait for the record's TTL.",
  };
}

function tls({ hosts }: ProbeReport, deployment: Deployment): Check {
  if (hosts.length === 0) return { what: "TLS", verdict: "not tried", found: "" };
  const asked = [deployment.loginServer, ...deployment.dataEndpoints];
  const failing = hosts.flatMap(({ tls }, index) => (tls === "ok" ? [] : [`${asked[index] ?? "?"} (${tls})`]));
  const ms = Math.max(0, ...hosts.map(({ tlsMs = 0 }) => tlsMs));
  return failing.length === 0
    ? { what: "TLS", verdict: "holds", found: `to ${hosts.length} names`, ms }
    : {
        what: "TLS",
        verdict: "fails",
        found: `not to ${failing.join(", ")}`,
        advice: "See that the endpoint's connection is approved, and that the security group lets 443 through.",
        ms,
      };
}

function blob(report: ProbeReport, { expected }: DeployedVm): Check {
  const check = chain(report, "blob", ["blob"], () => `307 to ${report.steps.blob?.host ?? ""}`);
  const { host = "", addresses = [] } = report.steps.blob ?? {};
  if (check.verdict !== "holds") return check;
  const wanted = expected[host];
  if (!wanted) {
    return {
      ...check,
      verdict: "fails",
      found: `307 to ${host}, which is no data endpoint`,
      advice: "See that the registry's dedicated data endpoints are on.",
    };
  }
  if (addresses.join() !== wanted.join()) {
    return {
      ...check,
      verdict: "fails",
      found: `307 to ${host}, at ${addresses.join(", ")}`,
      advice: `It should be at ${wanted.join(", ")}.`,
    };
  }
  return { ...check, found: `307 to ${host}, at ${addresses.join(", ")}` };
}

/** One thing that takes several steps of the probe: it holds if they all did. */
function chain(
  { steps, failed, notTried }: ProbeReport,
  what: string,
  chained: readonly ProbeStep[],
  found: () => string,
): Check {
  const ms = chained.reduce((sum, step) => sum + (steps[step]?.ms ?? 0), 0);
  if (failed && chained.includes(failed.step as ProbeStep)) {
    const { step, reason, code, detail, challenge } = failed;
    return {
      what,
      verdict: "fails",
      found: [`${step}: ${inWords(reason)}`, code, challenge, detail].filter(Boolean).join(", "),
      advice: adviceFor(step, reason),
      ms,
    };
  }
  if (chained.some((step) => notTried.includes(step) || !steps[step])) return { what, verdict: "not tried", found: "" };
  const retries = chained.reduce((sum, step) => sum + (steps[step]?.retries ?? 0), 0);
  return { what, verdict: "holds", found: found() + (retries > 0 ? `, asked ${retries + 1} times` : ""), ms };
}

function inWords(reason: string): string {
  const [kind, number] = reason.split(/-(?=\d+$)/);
  if (kind === "http") return `status ${number ?? ""}`;
  if (kind === "curl") return `no connection (curl ${number ?? ""})`;
  return reason.replaceAll("-", " ");
}

/** What to do about a step that failed, by the step and the reason, or by the step. */
function adviceFor(step: string, reason: string): string {
  return ADVICE[`${step} ${reason}`] ?? ADVICE[step] ?? "See the VM's log.";
}

const ROLE = missingRole("AcrPull");

const ADVICE: Record<string, string> = {
  tools: "jq comes with the VM's first start. Wait for it, or see /var/log/cloud-init-output.log.",
  challenge: "See that the endpoint's connection is approved, and that the security group lets 443 through.",
  "challenge http-403": "The registry took the VM for a stranger: its name leads to the public address.",
  identity: IDENTITY,
  exchange: ROLE,
  token: ROLE,
  manifest: ROLE,
  "manifest http-404":
    "The image is not there. Run: npm run push-hello. Just pushed, the replica may take a while longer.",
  blob: "See that the registry's dedicated data endpoints are on.",
  download: "See that the data endpoint's record and the endpoint's addresses agree: npm run preview -- --state FILE.",
  login: DOCKER,
  pull: DOCKER,
  run: DOCKER,
};

function short(digest = ""): string {
  return digest.slice(0, "sha256:".length + 12);
}
