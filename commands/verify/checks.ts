import type { ProbeStep } from "./probe-report";

/** Purpose and method of a check, for docs/verify.md. */
export interface CheckEntry {
  /** What is true if the check has passed. */
  readonly proves: string;
  /** What is done to find out. */
  readonly takes: string;
  /** The steps of the probe that all have to succeed, if it is these that decide. */
  readonly steps?: readonly ProbeStep[];
}

/** Every check of `npm run verify`, by its name in the tables, in the order of a pull. */
export const CHECKS = {
  VM: {
    proves: "The script runs and returns a report. Listed only if it failed.",
    takes:
      "A managed Run Command, or a Job in a cluster. It needs curl and jq, which test VMs install at their first start.",
    steps: ["tools"],
  },
  endpoint: {
    proves: "The connection of the private endpoint is approved.",
    takes: "A request to Azure Resource Manager. Skipped for the log of a Job.",
  },
  names: {
    proves:
      "Each host name of the registry resolves to exactly the address of the network's own endpoint in the state.",
    takes: "`getent ahostsv4` for the login server, each data endpoint and each regional endpoint.",
  },
  TLS: {
    proves: "Each host accepts a TLS connection with a valid certificate.",
    takes: "`GET /` on each host.",
  },
  challenge: {
    proves: "The registry answers this network and asks for a token.",
    takes: "`GET /v2/` returns 401 with `WWW-Authenticate: Bearer realm=…, service=…`.",
    steps: ["challenge"],
  },
  tokens: {
    proves: "The managed identity of the VM, the node or the pod can sign in to the registry.",
    takes:
      "A token of Microsoft Entra ID, from the instance metadata service or by workload identity; `POST /oauth2/exchange` and `POST /oauth2/token`. Refused tokens are requested again for up to ten minutes, as long as a new role assignment may take.",
    steps: ["identity", "exchange", "token"],
  },
  manifest: {
    proves:
      "The identity may pull the repository, and the region that answers has the image for this platform, with the right digest.",
    takes:
      "`GET /v2/REPOSITORY/manifests/TAG`, and for an index the manifest of the platform. While the image is unknown, repeated for up to 180 seconds.",
    steps: ["manifest"],
  },
  blob: {
    proves: "Layers come from a data endpoint of the registry, at the address in the state.",
    takes:
      "`GET /v2/REPOSITORY/blobs/DIGEST` returns 307 to a data endpoint, whose name contains the region that served.",
    steps: ["blob"],
  },
  region: {
    proves:
      "The region that served is the one to which the network's DNS leads the login server. Where Azure chooses, any region passes, and is shown.",
    takes: "The region in _blob_, compared with the state.",
  },
  download: {
    proves: "A layer can be downloaded, and its content is correct.",
    takes: "`GET` of the location without a token. The SHA-256 has to be the digest.",
    steps: ["download"],
  },
  "docker run": {
    proves: "Docker can sign in, pull the image and run it.",
    takes:
      "`docker login`, `docker pull`, `docker run`. Skipped where Docker is missing on a machine that is not a test VM.",
    steps: ["login", "pull", "run"],
  },
  "from here": {
    proves: "The public address refuses or answers this machine, as `registry.publicAccess` says.",
    takes:
      "`GET /v2/` from the machine that runs the command: 403 while public access is off. With ranges, a refusal is compared with them, and an answer is not judged.",
  },
  replicas: {
    proves: "The tag has the same digest in every region of the registry.",
    takes: "See [below](#in-which-replicas-an-image-has-arrived). Skipped if a region served no machine.",
  },
  addresses: {
    proves: "No two networks with endpoints of their own resolve the login server to the same address.",
    takes: "A comparison of what the machines reported.",
  },
} as const satisfies Record<string, CheckEntry>;

/** Name of a check. */
export type CheckName = keyof typeof CHECKS;

/** One check and its result. */
export interface Check {
  readonly what: CheckName;
  readonly status: "passed" | "failed" | "skipped";
  /** What was found, as text. */
  readonly found: string;
  /** What to do if the check failed. */
  readonly advice?: string;
  /** The check that failed, if this one was skipped because of it. */
  readonly followsFrom?: CheckName;
  /** How long the check took, in milliseconds. */
  readonly ms?: number;
}
