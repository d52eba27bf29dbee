import { AZURE } from "private-link-preview";

/** Advice for the steps of a script, by step and reason (`"challenge http-403"`), or by step for any other reason. */
export type StepAdvice = Readonly<Record<string, string>>;

const DOCKER = "Check Docker on the VM: systemctl status docker, and /var/log/cloud-init-output.log.";

const NO_IDENTITY = "Check that the VM has a system-assigned managed identity.";

const DATA_ENDPOINTS = "Check that dedicated data endpoints are enabled on the registry.";

const CONNECTION =
  "Check that the connection of the private endpoint is approved, and that the network security group allows port 443.";

const PULL_ROLE = missingRole("AcrPull");

const PUSH_ROLE = missingRole("AcrPush");

/** Advice for probe.sh. */
export const PROBE_ADVICE: StepAdvice = {
  tools:
    "jq is installed when the VM starts for the first time. Wait until that is done, or look into /var/log/cloud-init-output.log on the VM. Custom DNS servers of the network have to resolve public names.",
  challenge: CONNECTION,
  "challenge http-403":
    "The request reached the registry's public address, which refuses it. Check which address the name resolves to.",
  identity: NO_IDENTITY,
  exchange: PULL_ROLE,
  token: PULL_ROLE,
  manifest: PULL_ROLE,
  blob: DATA_ENDPOINTS,
  download:
    "Check that the data endpoint's DNS record has the address of the private endpoint: npm run preview -- --state FILE.",
  login: DOCKER,
  "login denied": PULL_ROLE,
  pull: DOCKER,
  "pull denied": PULL_ROLE,
  run: DOCKER,
};

/** Advice for push.sh. */
export const PUSH_ADVICE: StepAdvice = {
  tools:
    "Docker is installed when the VM starts for the first time. Wait until that is done, or look into /var/log/cloud-init-output.log on the VM. Custom DNS servers of the network have to resolve public names.",
  identity: NO_IDENTITY,
  exchange: PUSH_ROLE,
  login: PUSH_ROLE,
  build: DOCKER,
  push: PUSH_ROLE,
};

/** Advice for checks that no step decides, by check and what was found. */
export const CHECK_ADVICE = {
  "endpoint pending": "The owner of the registry has to approve the connection.",
  "endpoint disconnected":
    "A rejected or disconnected private endpoint can't be reconnected. Destroy it with terraform destroy -target, then deploy again, as docs/troubleshooting.md describes.",
  "names unresolved":
    "Check that the network is linked to a private DNS zone for this name: npm run preview -- --state FILE.",
  "names of another spoke":
    "The network is linked to the other spoke's DNS zone, or the record in its own zone is wrong: npm run preview -- --state FILE.",
  "names public":
    "The network is linked to no private DNS zone for this name, or it uses other DNS servers. Deploy again, or check the network's DNS settings.",
  "names unexpected":
    "Another DNS zone answers, or the record is out of date. Deploy again, then wait until the record's TTL has passed.",
  TLS: CONNECTION,
  "blob elsewhere": DATA_ENDPOINTS,
  region:
    "The front end that answered is not the one that DNS leads to. Check that the login server's record has the address that the private endpoint has for the name of the region: npm run preview -- --state FILE.",
  "VM without report": "Run the probe by hand in a bastion session, as docs/proof.md describes.",
  "from here": "Check that public network access is disabled on the registry.",
  addresses: "Each spoke needs a DNS zone that has the addresses of its own private endpoint: npm run preview.",
} as const;

/**
 * What to do if the replica that answers does not have the image.
 *
 * @param servedBy - the region to which DNS leads, `azure` if Azure chooses, null if that is not known
 * @param seconds - how long it was waited for; 0 if it was not
 */
export function missingImageAdvice(servedBy: string | null, seconds: number): string {
  const where =
    servedBy === AZURE ? "the region that Azure chose" : (servedBy ?? "the region that answered, which is not known");
  const wait = seconds > 0 ? `, even after ${seconds} s` : "";
  return `The image is not in ${where}${wait}. If it was not pushed yet, run: npm run push-hello. If it was pushed in another region, replication has not finished: try again later.`;
}

/** How to go back, if the login server of a region does not serve the registry's own name. */
export function backToAzureAdvice(region: string): string {
  return `DNS leads the login server to the regional endpoint of ${region}, which may not answer for the registry's own name. In that case, set "servedBy": "azure" for the spoke, or for the hub if the spoke uses the hub's DNS: the name then leads to the global endpoint again.`;
}

/** What to do about a step that failed, as far as that is known. */
export function adviceFor(advice: StepAdvice, step: string, reason: string): string | undefined {
  return advice[`${step} ${reason}`] ?? advice[step];
}

function missingRole(role: "AcrPull" | "AcrPush"): string {
  return `Check that the VM's identity has the role ${role} on the registry. A new role assignment can take up to ten minutes to take effect.`;
}
