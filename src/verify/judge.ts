import { isPrivateRange } from "private-link-preview/util";
import { CHECK_ADVICE, PROBE_ADVICE, adviceFor } from "./advice";
import { type Check, type CheckEntry, type CheckName, CHECKS } from "./checks";
import type { DeployedVm, Deployment } from "./deployment";
import type { ProbeReport } from "./probe-report";
import { triesText } from "./tries-text";

/** The checks that a spoke's report decides, in the order of a pull. */
export function judge(report: ProbeReport, vm: DeployedVm, deployment: Deployment): Check[] {
  const { steps } = report;
  return [
    namesCheck(report, vm, deployment),
    tlsCheck(report, deployment),
    stepsCheck(report, "challenge", "401 with a Bearer challenge"),
    stepsCheck(report, "tokens", "identity, refresh token, access token"),
    stepsCheck(report, "manifest", `${shortDigest(steps.manifest?.digest)} ${steps.manifest?.platform ?? ""}`.trim()),
    blobCheck(report, vm),
    stepsCheck(report, "download", `${steps.download?.bytes ?? 0} bytes, SHA-256 is correct`),
    stepsCheck(report, "docker run", steps.run?.output ?? ""),
  ];
}

function namesCheck({ hosts, omitted }: ProbeReport, { expected }: DeployedVm, deployment: Deployment): Check {
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
  if (hosts.length === 0) return { what, status: "skipped", found: "" };
  const ms = Math.max(0, ...hosts.map(({ dnsMs = 0 }) => dnsMs));
  if (wrong.length === 0)
    return { what, status: "passed", found: `${asked.length} names, each with the address in the state`, ms };
  const { host, addresses, wanted } = wrong[0]!;
  const others = wrong.length > 1 ? `, and ${wrong.length - 1} more` : "";
  const failed = { what, status: "failed", ms } as const;
  if (addresses.length === 0) {
    return { ...failed, found: `${host} does not resolve${others}`, advice: CHECK_ADVICE["names unresolved"] };
  }
  const resolved = `${host} resolves to ${addresses.join(", ")}`;
  const other = deployment.vms.find(({ expected }) =>
    addresses.some((address) => expected[host]?.includes(address) && !wanted.includes(address)),
  );
  if (other) {
    return {
      ...failed,
      found: `${resolved}, which belongs to ${other.spoke}${others}`,
      advice: CHECK_ADVICE["names of another spoke"],
    };
  }
  if (addresses.some((address) => !isPrivateRange(`${address}/32`))) {
    return { ...failed, found: `${resolved}, from public DNS${others}`, advice: CHECK_ADVICE["names public"] };
  }
  return {
    ...failed,
    found: `${resolved}, but the state has ${wanted.join(", ") || "no address"}${others}`,
    advice: CHECK_ADVICE["names unexpected"],
  };
}

function tlsCheck({ hosts }: ProbeReport, deployment: Deployment): Check {
  if (hosts.length === 0) return { what: "TLS", status: "skipped", found: "" };
  const asked = [deployment.loginServer, ...deployment.dataEndpoints];
  const failing = hosts.flatMap(({ tls }, index) => (tls === "ok" ? [] : [`${asked[index] ?? "?"} (${tls})`]));
  const ms = Math.max(0, ...hosts.map(({ tlsMs = 0 }) => tlsMs));
  return failing.length === 0
    ? { what: "TLS", status: "passed", found: `connected to ${hosts.length} names`, ms }
    : { what: "TLS", status: "failed", found: `no TLS to ${failing.join(", ")}`, advice: CHECK_ADVICE.TLS, ms };
}

function blobCheck(report: ProbeReport, { expected }: DeployedVm): Check {
  const { host = "", addresses = [] } = report.steps.blob ?? {};
  const found = `307 to ${host}, at ${addresses.join(", ")}`;
  const check = stepsCheck(report, "blob", found);
  if (check.status !== "passed") return check;
  const wanted = expected[host];
  if (!wanted) {
    return {
      ...check,
      status: "failed",
      found: `307 to ${host}, which is not a data endpoint of the registry`,
      advice: CHECK_ADVICE["blob elsewhere"],
    };
  }
  if (addresses.join() !== wanted.join()) {
    return { ...check, status: "failed", found, advice: `The state has ${wanted.join(", ")} for this name.` };
  }
  return check;
}

/**
 * A check that has passed if all its steps of the probe did.
 *
 * @param found - what to show if it has passed
 */
function stepsCheck({ steps, failed, notTried }: ProbeReport, what: CheckName, found: string): Check {
  const { steps: names = [] }: CheckEntry = CHECKS[what];
  const ms = names.reduce((sum, step) => sum + (steps[step]?.ms ?? 0), 0);
  const retries = names.reduce((sum, step) => sum + (steps[step]?.retries ?? 0), 0);
  if (failed && names.some((step) => step === failed.step)) {
    const { step, reason, code, detail, challenge } = failed;
    return {
      what,
      status: "failed",
      found: [`${step}: ${failureText(reason)}`, code, challenge, detail, triesText(retries, Math.round(ms / 1000))]
        .filter(Boolean)
        .join(", "),
      advice: adviceFor(PROBE_ADVICE, step, reason) ?? "Check the VM's log.",
      ms,
    };
  }
  if (names.some((step) => notTried.includes(step) || !steps[step])) return { what, status: "skipped", found: "" };
  return { what, status: "passed", found: [found, triesText(retries)].filter(Boolean).join(", "), ms };
}

function failureText(reason: string): string {
  const [source, number] = reason.split(/-(?=\d+$)/);
  if (source === "http") return `HTTP status ${number ?? ""}`;
  if (source === "curl") return `no connection (curl ${number ?? ""})`;
  return reason.replaceAll("-", " ");
}

function shortDigest(digest = ""): string {
  return digest.slice(0, "sha256:".length + 12);
}
