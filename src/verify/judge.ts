import { AZURE } from "private-link-preview";
import { isPrivateRange } from "private-link-preview/util";
import { CHECK_ADVICE, PROBE_ADVICE, adviceFor, backToAzureAdvice, missingImageAdvice } from "./advice";
import { type Check, type CheckEntry, type CheckName, CHECKS } from "./checks";
import { type DeployedVm, type Deployment, regionOf } from "./deployment";
import type { ProbeReport } from "./probe-report";
import { triesText } from "./tries-text";

/** The checks that a spoke's report decides, in the order of a pull. */
export function judge(report: ProbeReport, vm: DeployedVm, deployment: Deployment): Check[] {
  const { steps } = report;
  return [
    namesCheck(report, vm, deployment),
    tlsCheck(report, vm, deployment),
    challengeCheck(report, vm),
    stepsCheck(report, "tokens", "identity, refresh token, access token"),
    manifestCheck(report, vm),
    blobCheck(report, vm, deployment),
    regionCheck(report, vm, deployment),
    stepsCheck(report, "download", `${steps.download?.bytes ?? 0} bytes, SHA-256 is correct`),
    stepsCheck(report, "docker run", steps.run?.output ?? ""),
  ];
}

function namesCheck({ hosts, omitted }: ProbeReport, { expected }: DeployedVm, deployment: Deployment): Check {
  const all = deployment.hosts.map(({ fqdn }) => fqdn);
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

function tlsCheck({ hosts }: ProbeReport, vm: DeployedVm, deployment: Deployment): Check {
  if (hosts.length === 0) return { what: "TLS", status: "skipped", found: "" };
  const failing = hosts.flatMap(({ tls }, index) =>
    tls === "ok" ? [] : [`${deployment.hosts[index]?.fqdn ?? "?"} (${tls})`],
  );
  const ms = Math.max(0, ...hosts.map(({ tlsMs = 0 }) => tlsMs));
  if (failing.length === 0) return { what: "TLS", status: "passed", found: `connected to ${hosts.length} names`, ms };
  const check: Check = {
    what: "TLS",
    status: "failed",
    found: `no TLS to ${failing.join(", ")}`,
    advice: CHECK_ADVICE.TLS,
    ms,
  };
  return hosts[0]?.tls === "ok" ? check : withWayBack(check, hosts, vm);
}

function challengeCheck(report: ProbeReport, vm: DeployedVm): Check {
  const check = stepsCheck(report, "challenge", "401 with a Bearer challenge");
  return report.failed?.step === "challenge" ? withWayBack(check, report.hosts, vm) : check;
}

/**
 * Adds to a check that the login server failed how to lead its name back to the global endpoint, if DNS leads it to a region.
 *
 * This project has not seen yet that the login server of a region answers for the registry's own name.
 */
function withWayBack(check: Check, [loginServer]: ProbeReport["hosts"], { servedBy }: DeployedVm): Check {
  if (servedBy === null || servedBy === AZURE || loginServer?.tls === "not-resolved") return check;
  return { ...check, advice: [check.advice, backToAzureAdvice(servedBy)].filter(Boolean).join(" ") };
}

/** A check that has passed if the replica that answers has a part of the image. */
function imageCheck(report: ProbeReport, { servedBy }: DeployedVm, what: "manifest" | "blob", found: string): Check {
  const check = stepsCheck(report, what, found);
  if (report.failed?.step !== what || report.failed.reason !== "http-404") return check;
  const { ms = 0, retries = 0 } = report.steps[what] ?? {};
  return { ...check, advice: missingImageAdvice(servedBy, retries > 0 ? Math.round(ms / 1000) : 0) };
}

function manifestCheck(report: ProbeReport, vm: DeployedVm): Check {
  const { digest, platform = "" } = report.steps.manifest ?? {};
  return imageCheck(report, vm, "manifest", `${shortDigest(digest)} ${platform}`.trim());
}

function blobCheck(report: ProbeReport, vm: DeployedVm, deployment: Deployment): Check {
  const { host = "", addresses = [] } = report.steps.blob ?? {};
  const found = `307 to ${host}, at ${addresses.join(", ")}`;
  const check = imageCheck(report, vm, "blob", found);
  if (check.status !== "passed") return check;
  const wanted = vm.expected[host];
  if (!wanted || regionOf(host, deployment) === undefined) {
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

function regionCheck(
  { steps, failed }: ProbeReport,
  { servedBy, region: own }: DeployedVm,
  deployment: Deployment,
): Check {
  const what = "region";
  const region = failed?.step === "blob" ? undefined : regionOf(steps.blob?.host, deployment);
  if (region === undefined) return { what, status: "skipped", found: "" };
  if (servedBy === AZURE) return { what, status: "passed", found: chosenByAzure(region, own, deployment) };
  if (servedBy === region) return { what, status: "passed", found: `served by ${region}, as DNS promises` };
  if (servedBy === null) {
    const found = `served by ${region}; the state does not show to which region DNS leads the login server`;
    return { what, status: "skipped", found };
  }
  return {
    what,
    status: "failed",
    found: `served by ${region}, but DNS leads the login server to ${servedBy}`,
    advice: `${CHECK_ADVICE.region} ${backToAzureAdvice(servedBy)}`,
  };
}

/**
 * What is found about the region if Azure chooses it.
 *
 * @param region - the region that served
 * @param own - the region of the spoke
 */
function chosenByAzure(region: string, own: string | undefined, { hosts }: Deployment): string {
  if (own === undefined) return `served by ${region}: Azure chooses`;
  if (own === region) return `served by ${region}, where the spoke is: Azure chooses`;
  if (hosts.every((host) => host.region !== own)) {
    return `served by ${region}: Azure chooses, and the registry is not in ${own}, where the spoke is`;
  }
  // With regional endpoints, the settings leave the choice to Azure on purpose.
  const hint = hosts.some(({ kind }) => kind === "regional")
    ? ""
    : ". To settle it, set registry.regionalEndpoints to true";
  return `served by ${region}, although the registry is in ${own}, where the spoke is: Azure chooses${hint}`;
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
