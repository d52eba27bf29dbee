import { print, say, terminalColors, terminalWidth } from "../../packages/common/text";
import { count, joinWords, JSON_VERSION, printableJson, readTextFile, UsageError } from "../../packages/common/util";
import { type Command, EXIT, type ExitStatus } from "../cli/command";
import { flagOf } from "../cli/option-values";
import type { Deployment } from "./deployment";
import { JOB_IMAGE, jobYaml } from "./job";
import { type OnVmsOptions, commandOnVms, deploymentFor, limitText, onVms } from "./on-vms";
import { PROBE_SECONDS, type Verification, isVerified, verify, verifyLog } from "./verify";
import { verificationText } from "./verify-text";

interface Options extends OnVmsOptions {
  readonly job?: true;
  /** Path of a log, or `-`. */
  readonly read?: string;
  readonly network?: string;
  readonly namespace?: string;
  readonly workloadIdentity?: string;
  readonly serviceAccount?: string;
  readonly jobImage?: string;
}

/** `npm run verify`: checks from machines in the networks that the image can be pulled through the network's own endpoint. */
export const command: Command = async (args) => {
  const cli = commandOnVms("verify", "The exit status is 1 if a check failed.")
    .option("--vm <ids...>", "IDs of VMs of your own to verify on, in place of the test VMs")
    .option("--job", "print a Kubernetes Job that runs the script in a cluster")
    .option("--read <file>", "judge the log of such a Job, from a file or from - for standard input")
    .option("--network <name>", "with --job or --read: the network of the nodes, if their address does not tell it")
    .option("--identity <client-id>", "client ID of the managed identity that signs in, if a VM or node has several")
    .option("--workload-identity <client-id>", "with --job: client ID of a workload identity that signs in")
    .option("--service-account <name>", "with --job: service account that uses a workload identity")
    .option("--namespace <name>", "with --job: namespace (default: default)")
    .option("--job-image <image>", `with --job: image of the container (default: ${JOB_IMAGE})`);
  const options = cli.parse(args, { from: "user" }).opts<Options>();
  refuseWrong(options);
  if (options.job) return printJob(options);
  if (options.read !== undefined) return checkLog(options, options.read);
  return onVms(options, async (props) => {
    const { length } = props.deployment.vms;
    const what = count(length, options.vm ? "VM" : "test VM");
    say(`Checking on ${what}${length > 1 ? " at the same time" : ""}. ${limitText(PROBE_SECONDS)}`);
    return printed(await verify(props), options);
  });
};

async function printJob({ network, ...options }: Options): Promise<ExitStatus> {
  const deployment = await deploymentFor(options);
  requireNetwork(network, deployment);
  const { image, identity, workloadIdentity, serviceAccount, namespace = "default", jobImage = JOB_IMAGE } = options;
  print(jobYaml({ deployment, image, namespace, jobImage, identity, workloadIdentity, serviceAccount, network }));
  return EXIT.done;
}

async function checkLog(options: Options, file: string): Promise<ExitStatus> {
  const { network, state } = options;
  if (file === "-" && state === "-") throw new UsageError("--read and --state can't both be -");
  const deployment = await deploymentFor(options);
  requireNetwork(network, deployment);
  const source = file === "-" ? "standard input" : file;
  const { signal } = new AbortController();
  return printed(await verifyLog({ deployment, log: readTextFile(file), source, network, signal }), options);
}

function printed(verification: Verification, { json }: Options): ExitStatus {
  print(
    json
      ? printableJson({ version: JSON_VERSION, ...verification })
      : verificationText(verification, terminalColors, terminalWidth()),
  );
  return isVerified(verification) ? EXIT.done : EXIT.wrong;
}

const NAME = [/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "a name of Kubernetes, such as team-a"] as const;
const CLIENT_ID = [/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "a client ID, which is a GUID"] as const;

/** The values that become parts of YAML and of scripts. */
const ALLOWED = {
  namespace: NAME,
  serviceAccount: NAME,
  identity: CLIENT_ID,
  workloadIdentity: CLIENT_ID,
  jobImage: [/^[a-z0-9][\w.:/@-]{0,499}$/i, "an image, such as REGISTRY/curl-jq@sha256:DIGEST"],
} as const satisfies Partial<Record<keyof Options, readonly [RegExp, string]>>;

/** The ways to verify, of which one is used, and the options that only some of them have. */
const WAYS = ["vm", "job", "read"] as const;
const ONLY_WITH: Partial<Record<keyof Options, readonly (keyof Options)[]>> = {
  network: ["job", "read"],
  namespace: ["job"],
  workloadIdentity: ["job"],
  serviceAccount: ["job"],
  jobImage: ["job"],
};

function refuseWrong(options: Options): void {
  const ways = WAYS.filter((way) => options[way] !== undefined);
  if (ways.length > 1) throw new UsageError(`Give one of ${joinWords(ways.map(flagOf))}.`);
  for (const [name, [pattern, what]] of Object.entries(ALLOWED)) {
    const value = options[name as keyof typeof ALLOWED];
    if (value !== undefined && !pattern.test(value))
      throw new UsageError(`${flagOf(name)}: found ${JSON.stringify(value)}, allowed: ${what}`);
  }
  for (const [name, needed = []] of Object.entries(ONLY_WITH)) {
    if (options[name as keyof Options] !== undefined && !needed.some((way) => options[way] !== undefined))
      throw new UsageError(`${flagOf(name)} is for ${needed.map(flagOf).join(" or ")} only.`);
  }
  if (options.job && options.json) throw new UsageError("--job prints YAML, and not JSON.");
  if (options.read !== undefined && options.identity !== undefined)
    throw new UsageError("--identity is not for --read: the Job has signed in already.");
  if (options.identity !== undefined && (options.workloadIdentity ?? options.serviceAccount) !== undefined)
    throw new UsageError("--identity is for the identity of the nodes. Give it, or a workload identity.");
}

function requireNetwork(network: string | undefined, { networks }: Deployment): void {
  if (network === undefined) return;
  if (networks.some(({ spoke, virtualNetwork }) => [spoke, virtualNetwork].includes(network))) return;
  const known = networks.map(({ virtualNetwork }) => virtualNetwork).join(", ");
  throw new UsageError(`--network: found ${JSON.stringify(network)}, allowed: ${known}`);
}
