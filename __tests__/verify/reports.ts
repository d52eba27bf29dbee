import { hostname } from "node:os";
import { DATA_ENDPOINTS, HOSTS, LOGIN_SERVER, SPOKES, sha256 } from "./registry-fake";

export type Spoke = keyof typeof SPOKES;
type Region = keyof typeof DATA_ENDPOINTS;

/** The steps of the probe in their order. */
export const STEPS = "tools challenge identity exchange token manifest blob download login pull run".split(" ");

/** What differs between the reports of machines on which all is well. */
interface Found {
  readonly hosts: readonly string[];
  /** Address of the login server. */
  readonly address: string;
  /** The region that serves the machine. */
  readonly region: Region;
  readonly architecture: string;
  readonly digests: { readonly index: string; readonly manifest: string; readonly layer: string };
  /** A time in milliseconds, or what stands for one. */
  readonly ms: number;
}

export interface Report {
  readonly v: 1;
  readonly machine: string;
  readonly ms: number;
  readonly clock: number;
  readonly hosts: readonly Readonly<Record<string, unknown>>[];
  readonly steps: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly failed: Readonly<Record<string, string>> | null;
  readonly notTried: readonly string[];
  readonly regions?: readonly string[];
  readonly omitted?: readonly string[];
  readonly docker?: boolean;
  readonly node?: string;
}

/** What the probe reports where all is well. In scripts.test.ts, the script's own reports are compared with it. */
export function goodReport(spoke: Spoke, found: Partial<Found> = {}): Report {
  const { addresses } = SPOKES[spoke];
  const { hosts = HOSTS, address = addresses[LOGIN_SERVER]!, region = SPOKES[spoke].region, ms = 7 } = found;
  const { digests = { index: sha256("i"), manifest: sha256("m"), layer: sha256("l") }, architecture = "amd64" } = found;
  const dataEndpoint = DATA_ENDPOINTS[region];
  const answered = { ms, status: 200, address };
  return {
    v: 1,
    machine: hostname(),
    ms,
    clock: ms === 7 ? Date.now() : ms,
    hosts: hosts.map((host) => ({
      host,
      addresses: [host === LOGIN_SERVER ? address : addresses[host]],
      dnsMs: ms,
      tls: "ok",
      tlsMs: ms,
    })),
    steps: {
      tools: { ms },
      challenge: {
        ...answered,
        status: 401,
        scheme: "Bearer",
        realm: `https://${LOGIN_SERVER}/oauth2/token`,
        service: LOGIN_SERVER,
      },
      identity: { ...answered, address: "127.0.0.1" },
      exchange: answered,
      token: answered,
      manifest: {
        ...answered,
        digest: digests.index,
        platform: `linux/${architecture}`,
        platformDigest: digests.manifest,
      },
      blob: {
        ...answered,
        status: 307,
        digest: digests.layer,
        host: dataEndpoint,
        known: true,
        addresses: [addresses[dataEndpoint]],
      },
      download: { ...answered, address: addresses[dataEndpoint], bytes: 1100 },
      login: { ms },
      pull: { ms },
      run: { ms, output: "hello from a fake" },
    },
    failed: null,
    notTried: [],
  };
}

/** A report in which a step failed. The steps after it were not run. */
export function failedAt(report: Report, step: string, failure: Readonly<Record<string, string>>): Report {
  const last = STEPS.indexOf(step) + 1;
  const steps = Object.fromEntries(STEPS.slice(0, last).map((name) => [name, report.steps[name]!]));
  return { ...report, steps, failed: { step, ...failure }, notTried: STEPS.slice(last) };
}
