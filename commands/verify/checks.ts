import type { ProbeStep } from "./probe-report";

/** Purpose and method of a check, for docs/proof.md. */
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
    proves: "The script runs on the VM, or in the pod, and returns a report. The check is listed only if it failed.",
    takes:
      "A managed Run Command on the VM, or a Job in a cluster. It needs curl and jq there. On a test VM, cloud-init installs them when it starts for the first time; on other machines nothing is installed.",
    steps: ["tools"],
  },
  endpoint: {
    proves: "The connection of the spoke's private endpoint to the registry is approved.",
    takes: "A request to Azure Resource Manager for the private endpoint. For the log of a Job, it is skipped.",
  },
  names: {
    proves:
      "Each host name of the registry resolves to exactly the address of the spoke's own private endpoint that the Terraform state contains.",
    takes:
      "`getent ahostsv4` for the login server, for every data endpoint and, if regional endpoints are enabled, for the login server of every region.",
  },
  TLS: {
    proves: "Each host accepts a TLS connection and presents a valid certificate. This needs an approved endpoint.",
    takes: "`GET /` on every host over HTTPS, with the certificate verified.",
  },
  challenge: {
    proves: "The registry answers this network and asks for a token.",
    takes: "`GET /v2/` without a token returns 401 with `WWW-Authenticate: Bearer realm=…, service=…`.",
    steps: ["challenge"],
  },
  tokens: {
    proves: "The managed identity of the VM, of the nodes or of the pod can sign in to the registry.",
    takes:
      "The instance metadata service issues a token for `https://containerregistry.azure.net`; for a workload identity, Microsoft Entra ID does, in exchange for the pod's federated token. `POST /oauth2/exchange` exchanges it for a refresh token of the registry, and `POST /oauth2/token` exchanges that for an access token to pull this one repository. While the registry refuses a request with such a token, new tokens are requested for up to ten minutes, the time that a new role assignment can take.",
    steps: ["identity", "exchange", "token"],
  },
  manifest: {
    proves:
      "The identity is allowed to pull the repository. The image exists in the region that answers, for the VM's platform, and its digest is correct.",
    takes:
      "`GET /v2/REPOSITORY/manifests/TAG`. If the result is an index, the manifest for the VM's platform is fetched by its digest. If the image is not known yet, the request is repeated for up to 180 seconds.",
    steps: ["manifest"],
  },
  blob: {
    proves: "Layers come from a data endpoint of the registry, at the address that the state contains for this spoke.",
    takes:
      "`GET /v2/REPOSITORY/blobs/DIGEST` returns 307 and a location on a data endpoint, whose name contains a region. This is the region of the replica that served the request.",
    steps: ["blob"],
  },
  region: {
    proves:
      "The pull is served by the region to which the DNS of this network leads the login server. If Azure chooses the region, the check passes for any of them, and shows whether it is the spoke's own.",
    takes:
      "The region in the name of the data endpoint in _blob_, compared with the region whose address the login server's record has in the state.",
  },
  download: {
    proves: "A layer can be downloaded from the data endpoint, and its content is correct.",
    takes: "`GET` of that location without a token. The SHA-256 of the content has to be the digest.",
    steps: ["download"],
  },
  "docker run": {
    proves: "Docker can sign in, pull the image and run it.",
    takes:
      "`docker login` with the registry's refresh token, `docker pull` and `docker run`. The first line of output is shown. Where Docker is missing on a machine that is not a test VM, the check is skipped.",
    steps: ["login", "pull", "run"],
  },
  "from here": {
    proves:
      "The registry refuses requests over its public address, or answers them where `registry.publicAccess` is `true`. With ranges, a refusal says from which address the request came, which is compared with them; an answer is not judged.",
    takes:
      "`GET /v2/` from the machine that runs the command has to return 403 while public access is off, and another status while it is on.",
  },
  replicas: {
    proves: "The image has arrived in every region of the registry: the tag has the same digest there.",
    takes:
      "With regional endpoints, each machine asks the login server of each region for the manifest, for up to 180 seconds. Without, a machine sees only the replica that Azure chose for it, and the data endpoint in _blob_ says which. If a region served no machine, nothing is known of it, and the check is skipped.",
  },
  addresses: {
    proves: "No two spokes with private endpoints of their own resolve the login server to the same address.",
    takes: "A comparison of the addresses that the VMs reported.",
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
