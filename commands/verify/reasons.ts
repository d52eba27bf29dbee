import { CONNECTION_REASONS } from "../../packages/common/azure-client/errors";
import { type Permission, rolesFor } from "../../src/registry/repository-permissions";

/** A reason for which a check or a push fails. */
export interface Reason {
  /** What is wrong: the end of a sentence, without a code. Names in braces stand for facts, as `{vm}`. */
  readonly words: string;
  /** What to do, in whole sentences, with the same facts. */
  readonly advice: string;
  /**
   * What a name with a wrong address, an endpoint that is not connected, or a failed TLS connection brings about: with
   * one of these for the same host, it is no cause of its own.
   */
  readonly ofConnection?: true;
  /** Whether it is what happens if the login server of a region does not answer for the registry's own name. */
  readonly ofRegion?: true;
}

/** Prints what the state promises to each network. */
export const STATE_PREVIEW = "npm run preview -- --deployed";

const COMPARE = `To see what the network's DNS is expected to return, run: ${STATE_PREVIEW}`;

const REACH =
  "Check that the connection of the private endpoint is approved, that network security groups, routes and firewalls allow TCP port 443 to it, and that its network is peered with this one in both directions.";

const NO_INSPECTION =
  "Exempt the registry's names from TLS inspection in firewalls and proxies, and check {there} to which address the name leads: getent ahostsv4 {host}";

const INSTALL_LOG =
  "Look into /var/log/cloud-init-output.log on the VM. To install packages, the VM needs outbound access and DNS servers that resolve public names.";

const TRY_LATER = "Run the command again in a few minutes.";

const BY_HAND = "run the script by hand in a bastion session to see where it fails, as docs/verify.md describes.";

const OR_BY_HAND = "If it happens again, {byHand}";

function reason(words: string, advice: string, more: Omit<Reason, "words" | "advice"> = {}): Reason {
  return { words, advice, ...more };
}

/** Every reason: what is said of it, and what to do about it. `verify` and `push-hello` say the same. */
export const REASONS = {
  // Names
  "nothing resolves": reason(
    "no name of the registry resolves",
    `Check that the network's DNS servers answer, and that the private DNS zone that is linked to it has records of the registry. ${COMPARE}`,
  ),
  "missing record": reason(
    "other names of the registry resolve to private addresses, so the record of this name is missing",
    `The network is linked to a private DNS zone that does not have this name. To create the record, run: npm run deploy. ${COMPARE}`,
  ),
  "no zone link": reason(
    "the address is from public DNS",
    `The network is linked to no private DNS zone for this name, or its DNS servers do not ask one. Deploy again, or check the zone links and the DNS servers of the network. ${COMPARE}`,
  ),
  "record written by others": reason(
    "others write the records of this network, and the one of this name is not there yet, or has another address",
    `Hand the records over: npm run dns-records -- --output records.json. They belong in a zone that is linked to this network. ${COMPARE}`,
  ),
  "address of another spoke": reason(
    "the address belongs to {spoke}",
    `The network is linked to the DNS zone of {spoke}, or the record in its own zone is wrong. ${COMPARE}`,
  ),
  "addresses of two endpoints": reason(
    "{address} is its own, and {others} belongs to {spoke}",
    `The record has the addresses of several private endpoints, so only a part of the connections goes to the spoke's own. Each network needs a zone of its own, and no two endpoints may have DNS zone groups for the same zone. ${COMPARE}`,
  ),
  "one address too many": reason(
    "{address} is its own, and {others} is not in the state",
    `The record has an address that this project did not write. Find out who writes to the zone, for example a DNS zone group that a policy adds. ${COMPARE}`,
  ),
  "unexpected address": reason(
    "the state has {expected}",
    `Another DNS zone answers, or the record is out of date. Deploy again, then wait until the record's TTL has passed. ${COMPARE}`,
  ),
  "same address": reason(
    "spokes with private endpoints of their own resolve the login server to the same address",
    `Each spoke needs a DNS zone that has the addresses of its own private endpoint. ${COMPARE}`,
  ),
  "name not resolved": reason(
    "the name does not resolve",
    "Check {there} what its DNS returns: getent ahostsv4 {host}. The DNS servers of the network have to answer for private and for public names.",
    { ofConnection: true },
  ),

  // The private endpoint
  "endpoint pending": reason(
    "the connection of {endpoint} is Pending",
    "The owner of the registry has to approve the connection, as docs/troubleshooting.md describes. Then run the command again.",
  ),
  "endpoint disconnected": reason(
    "the connection of {endpoint} is {status}",
    "A rejected or disconnected private endpoint can't be reconnected. Destroy it with terraform destroy -target, then deploy again, as docs/troubleshooting.md describes.",
  ),

  // The connection
  timeout: reason("the connection timed out", REACH, { ofConnection: true, ofRegion: true }),
  "no route": reason("there is no route to the address, or nothing there accepts the connection", REACH, {
    ofConnection: true,
    ofRegion: true,
  }),
  refused: reason(
    "the connection was refused",
    `Nothing listens on TCP port 443 at this address, or a firewall rejects the connection. Check {there} to which address the name leads: getent ahostsv4 {host}. ${REACH}`,
    { ofConnection: true, ofRegion: true },
  ),
  "no TLS": reason(
    "the TLS handshake failed",
    `${REACH} Exempt the registry's names from TLS inspection in firewalls and proxies.`,
    { ofConnection: true, ofRegion: true },
  ),
  "broken off": reason(
    "the connection broke off before the answer was complete",
    "Run the command again. If it fails at the same place, look for a firewall or proxy on the way that ends long connections or limits their size, and for a wrong MTU.",
    { ofConnection: true, ofRegion: true },
  ),

  // Certificates
  "certificate of another name": reason(
    "the certificate is for another name",
    `Another server answers at this address, or a firewall presents a certificate of its own. ${NO_INSPECTION}`,
    { ofConnection: true, ofRegion: true },
  ),
  "certificate expired": reason(
    "the certificate has expired",
    `The registry renews its certificates, so another server answers at this address, or a firewall presents a certificate of its own. ${NO_INSPECTION}. Also check the clock of the {node}: timedatectl`,
    { ofConnection: true },
  ),
  "certificate not yet valid": reason(
    "the certificate is not valid yet",
    `Check the clock of the {node}: timedatectl. If it is right, a firewall presents a certificate of its own. ${NO_INSPECTION}`,
    { ofConnection: true },
  ),
  "certificate not trusted": reason(
    "the certificate is not trusted",
    `A firewall that inspects TLS presents a certificate of its own, or another server answers at this address. ${NO_INSPECTION}`,
    { ofConnection: true, ofRegion: true },
  ),
  "clock wrong": reason(
    "the clock of the {node} is wrong: it is {offset} the clock of this machine",
    "Certificates and tokens are not valid at a wrong time. Check the clock of the {node} with timedatectl, and set it with: systemctl restart chrony. If it is right, correct the clock of this machine.",
  ),

  // What the registry answers
  "public address": reason(
    "the request reached the public address of the registry, which refuses it",
    `Check {there} to which address the name leads: getent ahostsv4 {host}. It has to be the address of the network's own private endpoint. Roles make no difference. ${COMPARE}`,
    { ofConnection: true },
  ),
  "role missing": reason(
    "the {machine}'s identity is not allowed to do this",
    "Check that the {machine}'s identity has the role {role} on the registry. Identities other than those of test VMs get it by registry.pullPrincipals and registry.pushPrincipals. A new role assignment can take up to ten minutes to take effect.",
  ),
  "token not accepted": reason(
    "the registry does not accept its own token",
    "A token is not accepted if it has expired, or if the clock of the {node} is wrong. Check it with timedatectl, and run the command again.",
  ),
  "operation not allowed": reason(
    "the registry does not allow this operation for the image",
    "The image is locked. To see the lock, run: az acr repository show --name {registry} --image REPOSITORY:TAG. Roles make no difference.",
  ),
  "image missing": reason(
    "the image is not there",
    "The image is not in {place}. If it was not pushed yet, run: npm run push-hello. If it was pushed in another region, replication has not finished: try again later.",
  ),
  "older image": reason(
    "the tag still has an older image",
    "The image is not in {place}: replication has not finished. Wait for it: npm run push-hello -- --wait",
  ),
  "replica behind": reason(
    "the image has not arrived in every region",
    "Replication takes longer for large images. Run the command again in a few minutes. To see the state of the replicas, run: az acr replication list --registry {registry} --output table. npm run push-hello -- --wait waits until an image has arrived.",
  ),
  throttled: reason(
    "the registry limits the number of requests",
    `${TRY_LATER} If it happens again, find out what else pulls from the registry: az monitor metrics list --resource REGISTRY_ID --metric TotalPullCount`,
  ),
  "registry fails": reason(
    "the registry has an internal error",
    `${TRY_LATER} If it happens again, check the health of the registry with az acr check-health --name {registry}, and https://azure.status.microsoft.`,
  ),
  "unexpected answer": reason(
    "the answer is not that of a registry",
    `Another server may answer, such as a proxy or a firewall. Check {there} to which address the name leads: getent ahostsv4 {host}. If it is right, {byHand}`,
    { ofConnection: true, ofRegion: true },
  ),

  // The image
  "digest mismatch": reason(
    "the content does not have the digest that it should have",
    "Something on the way changes the content, or it is damaged. Run the command again. If it fails again, exempt the registry's names from inspection in firewalls and proxies, and push the image again. Neither DNS nor a role changes the content.",
  ),
  "no platform": reason(
    "the image has no variant for the platform of the {machine}",
    "Build the image for the platform of the {machine}, which for a test VM is linux/amd64 unless testVms.size says otherwise, and push it. npm run push-hello builds on a test VM.",
  ),
  "not an image": reason(
    "the manifest is not that of an image",
    "Check what was pushed under this name: az acr manifest show --name REPOSITORY:TAG --registry {registry}",
  ),
  "no data endpoint": reason(
    "the redirect does not lead to a data endpoint of the registry",
    "Check that dedicated data endpoints are enabled on the registry: az acr show --name {registry} --query dataEndpointEnabled",
  ),
  "other data address": reason(
    "the state has {expected} for this name",
    `Another DNS zone answers for the data endpoint, or the record is out of date. ${COMPARE}`,
    { ofConnection: true },
  ),
  "download refused": reason(
    "the data endpoint refuses the signed address that the registry returned",
    "The signature is valid for a short time only. Check the clock of the {node} with timedatectl, and that the data endpoint's name leads to the private endpoint: getent ahostsv4 {host}",
    { ofConnection: true },
  ),
  "other region": reason(
    "served by {region}, but DNS leads the login server to {expected}",
    `The front end that answered is not the one that DNS leads to. Check that the login server's record has the address that the private endpoint has for the name of the region. ${COMPARE}`,
  ),
  "open to the outside": reason(
    "the registry can be reached from outside the network",
    "Disable public network access, and run npm run plan to see what has changed: az acr update --name {registry} --public-network-enabled false. If it is to stay on, say so in registry.publicAccess, and deploy.",
  ),
  "closed to the outside": reason(
    "public access is on in the state, but the registry refuses this machine",
    "Somebody has turned public access off, or limited it to some addresses. Run npm run plan to see what has changed.",
  ),
  "range refused": reason(
    "the registry refuses this address, although registry.publicAccess has it",
    "A new rule takes some minutes. If it is refused later too, run npm run plan to see what has changed.",
  ),

  // The VM
  "cloud-init failed": reason(
    "cloud-init failed, and its packages could not be installed afterwards either",
    INSTALL_LOG,
  ),
  "cloud-init still running": reason(
    "cloud-init is still running: this is the VM's first start, and it has not finished installing Docker and jq",
    `Run the command again in a few minutes. If it never ends, see what it waits for with cloud-init status --long. ${INSTALL_LOG}`,
  ),
  "package missing": reason("{package} is not installed, and could not be installed", INSTALL_LOG),
  "tool missing": reason(
    "{package} is not installed, and nothing is installed on a machine that this project did not create",
    "Install {package} {there}, or use another one. A Job needs an image with curl and jq: -- --job-image IMAGE",
  ),
  "no docker": reason(
    "Docker is not installed {there}; the checks before this one do the same pull without it",
    "Nothing has to be done. To run the image too, use a machine with Docker.",
  ),
  "no identity": reason("the {machine} has no managed identity", "{identityAdvice}"),
  "several identities": reason(
    "the {machine} has several managed identities",
    "Say which one signs in, by its client ID: -- --identity CLIENT_ID",
  ),
  "no federated token": reason(
    "the pod has no federated token",
    "The webhook of Azure Workload Identity adds it. Check that the cluster has it (az aks update --enable-oidc-issuer --enable-workload-identity), and that the service account exists in the namespace of the Job.",
  ),
  "federation refused": reason(
    "Microsoft Entra ID refuses the pod's federated token",
    "Check the federated credential of the identity: its issuer is that of the cluster, its subject system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT, its audience api://AzureADTokenExchange. To see it, run: az identity federated-credential list --identity-name IDENTITY --resource-group GROUP",
  ),
  "sign-in not reachable": reason(
    "the sign-in of Microsoft Entra ID can't be reached",
    "A workload identity signs in at login.microsoftonline.com. Allow TCP port 443 to it in network policies and firewalls, or let the Job use the kubelet's identity, which needs only the metadata service.",
  ),
  "metadata not reachable": reason(
    "the instance metadata service can't be reached",
    "The address 169.254.169.254 has to be reachable from the {machine}, without a proxy. {metadataAdvice}",
  ),
  "no token": reason("the answer contains no token", `${TRY_LATER} ${OR_BY_HAND}`),
  "docker not running": reason(
    "Docker is not running",
    "Check Docker on the VM: systemctl status docker. To see why it does not start: journalctl --unit docker. To start it: systemctl start docker",
  ),
  "docker refuses the certificate": reason(
    "Docker does not accept the certificate",
    `Docker reads the certificates that it trusts when it starts. If a certificate authority was installed on the VM, run: systemctl restart docker. ${NO_INSPECTION}`,
    { ofConnection: true },
  ),
  "disk full": reason("no space is left on the {machine}'s disk", "{spaceAdvice}"),
  "other architecture": reason(
    "the image is for another processor architecture than the VM's",
    "Build the image for the platform of the VM, which is linux/amd64 unless testVms.size says otherwise, and push it again: docker build --platform linux/amd64",
  ),
  "base image not reachable": reason(
    "the base image of the Dockerfile can't be downloaded",
    "The VM needs outbound access to the registry of the base image, which is mcr.microsoft.com for docker-hello, and DNS servers that resolve public names. Check it on the VM: curl -v https://mcr.microsoft.com/v2/",
  ),
  "docker takes too long": reason(
    "Docker did not finish in time",
    "Run the command again. If it happens again, check what Docker waits for: journalctl --unit docker on the VM.",
  ),
  "docker fails": reason(
    "Docker failed",
    "Docker's message says why. For more, look into its log on the VM: journalctl --unit docker",
  ),
  "container fails": reason(
    "the container started, and failed",
    "Everything up to the pull works. Check what the image runs: docker run --rm IMAGE",
  ),
  "script takes too long": reason(
    "the script reached its time limit",
    `What came before took too long. Run the command again. ${OR_BY_HAND}`,
  ),
  "no report": reason("the script returned no report", `To find out why, {byHand}`),
  "bad build context": reason(
    "the build context did not arrive complete",
    "Check the folder docker-hello, which needs a Dockerfile, and run the command again.",
  ),
  "no digest": reason(
    "docker push succeeded without printing a digest",
    "The image may be in the registry. To find out, run: npm run verify",
  ),
  unknown: reason("the step failed", `To find out why, {byHand}`),

  // VMs of the user, and the log of a Job
  "VM elsewhere": reason(
    "VM {name} is in the network {network}, which is not one of those in the state that resolve the registry: {known}",
    "Give a VM in one of these networks, or add its network to the settings, as docs/existing.md describes.",
  ),
  "VM not Linux": reason(
    "VM {name} runs {system}",
    "The script is for Linux. Give a Linux VM in the same network, or use a Job in a cluster: -- --job",
  ),
  "not read": reason(
    "Azure did not return {id}: {detail}",
    "Check the ID, and that the signed-in account has the role Reader on the VM, its network interface and its network.",
  ),
  "empty log": reason(
    "{log} is empty",
    "The Job has not started, or kubectl found no log. Run: kubectl describe job/private-registry-verify. If its pod can't start, its events say why. If its image can't be pulled, give another one: -- --job-image IMAGE",
  ),
  "log without report": reason(
    "{log} has no report of the script{detail}",
    "The report is the last line that the script prints. Wait until the Job has ended, and take the whole log: kubectl wait --for=condition=complete --timeout=16m job/private-registry-verify && kubectl logs job/private-registry-verify",
  ),
  "log cut": reason(
    "the report in {log} is cut off",
    "The report is one line of JSON. Take the whole log, without --limit-bytes, and without a tool that shortens lines: kubectl logs job/private-registry-verify",
  ),
  "log of another registry": reason(
    "{log} is about {found}, and the state about {loginServer}",
    "Print the Job again from this state, or give the state that the Job was printed from.",
  ),
  "network not known": reason(
    "it is not known in which network of the state {place} is",
    "Say which one it is: -- --network NAME. The networks are {known}.",
  ),

  // Azure and its Run Command
  ...CONNECTION_REASONS,
  forbidden: reason(
    "The signed-in account lacks the permission {permission} on {vm}",
    "Ask for the role Virtual Machine Contributor on the VM. A new role assignment can take several minutes to take effect, and may require a new az login.",
  ),
  "no subscription": reason(
    "The signed-in account has no access to subscription {subscription}",
    "Sign in to the tenant of the subscription: az login --tenant TENANT",
  ),
  "VM missing": reason(
    "{vm} does not exist in Azure ({id}), but is in the Terraform state",
    "To create a new one, run: npm run deploy",
  ),
  "VM off": reason("{vm} is {state}", "Test VMs shut down every day on a schedule. To start it, add: -- --start"),
  "agent silent": reason(
    "The Azure VM agent on {vm} does not respond: {detail}",
    "After a start, the agent needs a minute or two. If it still does not respond, run: az vm restart --ids {id}",
  ),
  "VM silent": reason(
    "{vm} started the script, and then reported neither a state nor any output for {seconds} s",
    "The VM needs outbound access to Azure. Allow TCP port 443 to the service tag AzureCloud in the network security group of its subnet, in firewalls and in routes.",
  ),
  "time limit": reason(
    "The script on {vm} did not finish within {seconds} s and was ended. {detail}",
    "Try again. If that does not help, run the script by hand in a bastion session to see where it waits, as docs/verify.md describes.",
  ),
  "VM busy": reason(
    "{vm} was busy with another operation for {seconds} s ({detail})",
    "Try again later. To see what runs on it: az vm run-command list --vm-name {name} --resource-group {group}",
  ),
  "Azure throttles": reason(
    "Azure throttles requests for {vm} (HTTP status 429), and did so again after the wait that it asked for",
    "Try again in a few minutes.",
  ),
  "left running": reason(
    "The script on {vm} was not ended, and may run for up to {seconds} s",
    "To remove it, run: az vm run-command delete --yes --run-command-name {command} --vm-name {name} --resource-group {group}",
  ),
  "script removed": reason("The script was removed from {vm} by someone else", "Run the command again."),
  "script ended": reason("The script on {vm} was ended by someone else", "Run the command again."),
  "Run Command failed": reason(
    "{vm} could not run the script: {detail}",
    "Azure's Run Command extension on the VM failed. Run the command again. If it happens again, restart the VM: az vm restart --ids {id}",
  ),
  "Azure refuses": reason(
    "Azure refused a request for {vm} ({code}): {detail}",
    "Azure's message says why. To see the VM's state, run: az vm get-instance-view --ids {id}",
  ),
};

/** Name of a reason. */
export type ReasonName = keyof typeof REASONS;

/** What stands for the names in braces. A name without a fact stands for itself, in capitals. */
export type Facts = Readonly<Record<string, string | number>>;

/** What a text says of the machine on which the script ran. */
export const ON: Readonly<Record<"VM" | "pod", Facts>> = {
  VM: {
    machine: "VM",
    there: "on the VM",
    node: "VM",
    byHand: BY_HAND,
    identityAdvice: "Check that the VM has a managed identity: az vm identity show --ids VM_ID",
    spaceAdvice: "Free space on the VM, for example with: docker system prune --all. To see what is full: df -h",
    metadataAdvice: "Check the VM's own firewall and routes.",
  },
  pod: {
    machine: "pod",
    there: "in the pod",
    node: "node",
    byHand:
      "look at the whole log of the Job, and at: kubectl describe pod --selector job-name=private-registry-verify",
    identityAdvice:
      "The nodes have the kubelet's identity. Print the Job with its client ID: -- --job --identity CLIENT_ID. To see it, run: az aks show --name CLUSTER --resource-group GROUP --query identityProfile.kubeletidentity.clientId",
    spaceAdvice:
      "The smallest layer of the image is downloaded to a volume of 256 MiB. Choose an image with a smaller one: -- --image REPOSITORY:TAG",
    metadataAdvice:
      "Check the network policies, and whether the node pool restricts the metadata service. A Job with a workload identity does not need it: -- --job --workload-identity CLIENT_ID",
  },
};

/** The role that a permission takes, in either role assignment mode of the registry. */
export function roleText(permission: Permission): string {
  const [standard, perRepository] = rolesFor(permission, true).map(({ role }) => role);
  return `${standard!} (${perRepository!} with permissions for each repository)`;
}

/**
 * What advice needs to know of the registry.
 *
 * @param host - the host that it is about. The login server, if it is undefined
 */
export function hostFacts(host: string | undefined, { loginServer }: { readonly loginServer: string }): Facts {
  return { host: host ?? loginServer, registry: loginServer.split(".")[0]! };
}

/** What was found, and what to do. */
export interface Told {
  readonly found: string;
  readonly advice: string;
}

/** What a reason says with these facts, and what to do about it. */
export function told(reason: ReasonName, facts?: Facts): Told {
  return { found: wordsOf(reason, facts), advice: adviceOf(reason, facts) };
}

/** What a reason says with these facts. */
export function wordsOf(reason: ReasonName, facts: Facts = {}): string {
  return filled(REASONS[reason].words, facts);
}

/** What to do about a reason with these facts. */
export function adviceOf(reason: ReasonName, facts: Facts = {}): string {
  return filled(REASONS[reason].advice, facts);
}

/** Whether a reason has a property. */
export function is(reason: ReasonName, property: "ofConnection" | "ofRegion"): boolean {
  const entry: Reason = REASONS[reason];
  return entry[property] === true;
}

/** Sentences from what was found, which may end with a full stop of its own, and what to do. */
export function sentences({ found, advice }: Told): string {
  return `${found.replace(/(?<!\.)\.+$/, "")}. ${advice}`;
}

function filled(text: string, facts: Facts): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ON.VM[name] ?? name.toUpperCase()));
}
