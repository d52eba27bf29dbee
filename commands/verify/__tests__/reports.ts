import { hostname } from "node:os";
import { type perSpoke, stateOf } from "../../../packages/private-link-preview/__tests__/terraform-fixtures";
import {
  ALL_HOSTS,
  ARCHITECTURE,
  DATA_ENDPOINTS,
  DIGESTS,
  HOSTS,
  LOGIN_SERVER,
  type Region,
  SPOKES,
  addressesIn,
} from "./registry-fake";

export { hostsOf } from "../../../__tests__/support/emulated-network";

export type Spoke = keyof typeof SPOKES;
type Facts = Readonly<Record<string, unknown>>;

/** What the state has of the network of a spoke, which DNS may lead to a region. */
export function stateOfNetwork(spoke: Spoke, ledTo?: Region) {
  const addresses = Object.entries(addressesIn(SPOKES[spoke], ledTo));
  const expected = Object.fromEntries(addresses.map(([host, address]) => [host, [address]]));
  return { region: SPOKES[spoke].region, expected, servedBy: ledTo ?? "azure" };
}

/** A state with these outputs, as terraform show prints it. */
export function stateWith(parts: ReturnType<typeof perSpoke>, outputs: Readonly<Record<string, unknown>>): string {
  const state = stateOf(parts) as { values: object };
  const given = Object.entries(outputs).filter(([, value]) => value !== undefined);
  const values = Object.fromEntries(given.map(([name, value]) => [name, { value }]));
  return JSON.stringify({ ...state, values: { ...state.values, outputs: values } });
}

/** The steps of the probe in their order. */
export const STEPS = "tools challenge identity exchange token manifest blob download login pull run".split(" ");

export interface Report {
  readonly v: 1;
  readonly machine: string;
  readonly ms: number;
  readonly clock: number;
  readonly hosts: readonly Facts[];
  readonly steps: Readonly<Record<string, Facts>>;
  readonly failed: Readonly<Record<string, string>> | null;
  readonly notTried: readonly string[];
  readonly regions?: readonly string[];
  readonly omitted?: readonly string[];
  readonly docker?: boolean;
  readonly node?: string;
}

/**
 * What the probe reports where all is well. In scripts.test.ts, the script's own reports are compared with it.
 *
 * @param ledTo - the region to which DNS leads, of a registry with regional endpoints
 * @param ms - a time in milliseconds, or what stands for one
 */
export function goodReport(spoke: Spoke, { ledTo, ms = 7 }: { ledTo?: Region; ms?: number } = {}): Report {
  const addresses = addressesIn(SPOKES[spoke], ledTo);
  const host = DATA_ENDPOINTS[ledTo ?? SPOKES[spoke].region];
  const answered = { ms, status: 200, address: addresses[LOGIN_SERVER] };
  const challenge = { scheme: "Bearer", realm: `https://${LOGIN_SERVER}/oauth2/token`, service: LOGIN_SERVER };
  const platform = { platform: `linux/${ARCHITECTURE}`, platformDigest: DIGESTS[ARCHITECTURE] };
  return {
    v: 1,
    machine: hostname(),
    ms,
    clock: ms === 7 ? Date.now() : ms,
    hosts: (ledTo ? ALL_HOSTS : HOSTS).map((name) => ({
      ...{ host: name, addresses: [addresses[name]] },
      ...{ dnsMs: ms, tls: "ok", tlsMs: ms },
    })),
    steps: {
      tools: { ms },
      challenge: { ...answered, status: 401, ...challenge },
      identity: { ...answered, address: "127.0.0.1" },
      exchange: answered,
      token: answered,
      manifest: { ...answered, digest: DIGESTS.index, ...platform },
      blob: { ...answered, status: 307, digest: DIGESTS.layer, host, known: true, addresses: [addresses[host]] },
      download: { ...answered, address: addresses[host], bytes: 1100 },
      login: { ms },
      pull: { ms },
      run: { ms, output: "hello from a fake" },
    },
    failed: null,
    notTried: [],
  };
}

/** The steps up to this one. */
export function stepsTo(step: string, steps: Report["steps"]): Report["steps"] {
  return Object.fromEntries(STEPS.slice(0, STEPS.indexOf(step) + 1).map((name) => [name, steps[name]!]));
}

/** A report in which a step failed. The steps after it were not run. */
export function failedAt(report: Report, step: string, failure: Readonly<Record<string, string>>): Report {
  const notTried = STEPS.slice(STEPS.indexOf(step) + 1);
  return { ...report, steps: stepsTo(step, report.steps), failed: { step, ...failure }, notTried };
}

/** The report of a machine without docker. */
export function withoutDocker(report: Report): Report {
  return { ...report, docker: false, steps: stepsTo("download", report.steps) };
}
