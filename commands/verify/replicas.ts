import { count, joinWords, unique } from "../../packages/common/util";
import type { Check } from "./checks";
import { type Deployment, regionOf } from "./deployment";
import { followsFrom } from "./report-checks";
import type { ProbeReport } from "./probe-report";
import { adviceOf, hostFacts } from "./reasons";

/** Whether an image is in a replica, as far as that is known. */
export interface Replica {
  /** The region. Null for the one that Azure chose for a network, where the answer does not say which one that is. */
  readonly region: string | null;
  /** Whether the tag has the same image there. Null if that is not known. */
  readonly arrived: boolean | null;
  /** The networks that found this out. Empty if none was served by the region. */
  readonly seenFrom: readonly string[];
}

/** What a machine in a network reported. */
export interface Seen {
  readonly spoke: string;
  readonly report?: ProbeReport | undefined;
}

/**
 * In which replicas an image has arrived. With regional endpoints, each machine asked each region by its own login server.
 * Without, a machine sees only the replica that Azure chose for it: the data endpoint to which it was redirected says which.
 *
 * @param wanted - the digest that the tag should have. @default - the one that the first machine found
 */
export function replicasIn(seen: readonly Seen[], deployment: Deployment, wanted?: string): Replica[] {
  const manifests = seen.flatMap(({ report }) => report?.steps.manifest?.digest ?? []);
  const digest = shortened(wanted ?? manifests[0]);
  return hasRegionalEndpoints(deployment) ? byRegion(seen, deployment, digest) : byNetwork(seen, deployment, digest);
}

/** Whether each region has a login server of its own, so that every replica can be asked. */
export function hasRegionalEndpoints({ hosts }: Deployment): boolean {
  return hosts.some(({ kind }) => kind === "regional");
}

function byRegion(seen: readonly Seen[], { hosts }: Deployment, digest: string | undefined): Replica[] {
  return hosts
    .filter(({ kind }) => kind === "regional")
    .map(({ region }, index) => {
      const answers = seen.flatMap(({ spoke, report }) => {
        const arrived = arrivedBy(report?.regions?.[index], digest);
        return arrived === null ? [] : [{ spoke, arrived }];
      });
      // Whoever asked later may have found what was not there before.
      const arrived = answers.length === 0 ? null : answers.some((answer) => answer.arrived);
      const seenFrom = unique(answers.filter((answer) => answer.arrived === arrived).map(({ spoke }) => spoke));
      return { region: region!, arrived, seenFrom };
    });
}

/** What a region's answer says: the start of a digest, or a status. */
function arrivedBy(answer: string | undefined, digest: string | undefined): boolean | null {
  if (answer === "http-404") return false;
  return answer === undefined || digest === undefined || !/^[0-9a-f]{12}$/.test(answer) ? null : answer === digest;
}

function byNetwork(seen: readonly Seen[], deployment: Deployment, digest: string | undefined): Replica[] {
  const found = seen.map(({ spoke, report }): Replica => {
    const { manifest, blob } = report?.steps ?? {};
    const region = regionOf(blob?.host, deployment) ?? null;
    const missing = report?.failed?.step === "manifest" && LACKS_IMAGE.has(report.failed.reason);
    const arrived = missing ? false : manifest?.digest ? shortened(manifest.digest) === digest : null;
    return { region, arrived, seenFrom: [spoke] };
  });
  const regions = unique(deployment.hosts.flatMap(({ kind, region }) => (kind === "data" && region ? [region] : [])));
  const served = regions.map((region) => {
    const answers = found.filter((one) => one.region === region && one.arrived !== null);
    const arrived = answers.length === 0 ? null : answers.every((one) => one.arrived);
    return { region, arrived, seenFrom: unique(answers.flatMap(({ seenFrom }) => seenFrom)) };
  });
  return [...served, ...found.filter(({ region }) => region === null)];
}

const LACKS_IMAGE = new Set(["http-404", "other-digest"]);

function shortened(digest: string | undefined): string | undefined {
  return digest?.slice("sha256:".length).slice(0, 12);
}

/** What is known of an image's replicas, and what is not, in words. */
export function replicasText(replicas: readonly Replica[]): string {
  const named = (arrived: boolean | null) =>
    joinWords(replicas.flatMap((one) => (one.region !== null && one.arrived === arrived ? [one.region] : [])));
  const chosenFor = (arrived: boolean | null) =>
    joinWords(replicas.flatMap((one) => (one.region === null && one.arrived === arrived ? one.seenFrom : [])));
  const parts = [
    named(true) && `arrived in ${named(true)}`,
    chosenFor(true) && `arrived in the region that Azure chose for ${chosenFor(true)}`,
    named(false) && `not in ${named(false)}`,
    chosenFor(false) && `not in the region that Azure chose for ${chosenFor(false)}`,
    named(null) && `not known of ${named(null)}, of which no network got an answer`,
    chosenFor(null) && `not known for ${chosenFor(null)}`,
  ];
  return parts.filter(Boolean).join("; ");
}

/** Whether everything that could be asked has the image: each region with regional endpoints, otherwise each network. */
export function haveArrived(replicas: readonly Replica[], deployment: Deployment): boolean {
  const asked = hasRegionalEndpoints(deployment) ? replicas : replicas.filter(({ seenFrom }) => seenFrom.length > 0);
  return asked.length > 0 && asked.every(({ arrived }) => arrived);
}

/** The check that an image has arrived in every replica. */
export function replicasCheck(
  replicas: readonly Replica[],
  results: readonly { readonly checks: readonly Check[] }[],
  deployment: Deployment,
): Check {
  const what = "replicas";
  const found = replicasText(replicas);
  if (replicas.every(({ arrived }) => arrived)) {
    return { what, status: "passed", found: `${found}: all ${count(replicas.length, "region")}` };
  }
  if (replicas.every(({ arrived }) => arrived !== false)) return { what, status: "skipped", found };
  const failed = results.some(({ checks }) =>
    checks.some((check) => check.what === "manifest" && check.status === "failed"),
  );
  return failed
    ? followsFrom("manifest", what, found)
    : { what, status: "failed", found, advice: adviceOf("replica behind", hostFacts(undefined, deployment)) };
}
