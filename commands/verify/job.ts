import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "./deployment";
import { scriptFor } from "./script";
import { PROBE_SECONDS } from "./verify";

/** A Kubernetes Job that runs the probe in a pod. */
export interface JobProps {
  readonly deployment: Deployment;
  /** Repository and tag to pull. */
  readonly image: string;
  readonly namespace: string;
  /** The image of the container: it needs a shell, curl, jq, getent, and the GNU tools. */
  readonly jobImage: string;
  /** Client id of the identity of the nodes that signs in. @default - the only one */
  readonly identity?: string | undefined;
  /** Client id of the workload identity that signs in. @default - none, or that of the service account */
  readonly workloadIdentity?: string | undefined;
  /** A service account. It has to exist unless there is a client id of a workload identity. @default - none */
  readonly serviceAccount?: string | undefined;
  /** Name of the network that the nodes are in. @default - the one that has the node's address */
  readonly network?: string | undefined;
}

/** Name of everything that the Job creates. */
export const JOB_NAME = "private-registry-verify";

/**
 * From Azure Linux, with jq and without pull limits. A tag, because no digest of it is published where this project could
 * compare it: docs/aks.md shows how to pin it.
 */
export const JOB_IMAGE = "mcr.microsoft.com/azure-cli:2.89.0";

/** Seconds that Kubernetes allows beyond the script's own limit, for downloading the image of the container. */
const EXTRA_SECONDS = 300;

/** The Job as YAML, with the script in a ConfigMap: in arguments, Kubernetes would replace `$$` and `$(NAME)`. */
export function jobYaml(props: JobProps): string {
  const { deployment, image, namespace, jobImage, identity, workloadIdentity, serviceAccount, network } = props;
  const account = serviceAccount ?? (workloadIdentity === undefined ? undefined : JOB_NAME);
  const settings = {
    TMPDIR: "/work",
    PROBE_INSTALL: "no",
    ...(account !== undefined && { PROBE_IDENTITY: "workload" }),
    ...(identity !== undefined && { PROBE_CLIENT_ID: identity }),
    ...(network !== undefined && { PROBE_NETWORK: network }),
  };
  const args = [deployment.loginServer, image, ...deployment.hosts.slice(1).map(({ fqdn }) => fqdn)];
  const lines: Record<string, string | undefined> = {
    namespace,
    account,
    clientId: workloadIdentity && quoted(workloadIdentity),
    script: scriptFor("probe")
      .trimEnd()
      .replace(/^(?=.)/gm, "    "),
    seconds: String(PROBE_SECONDS + EXTRA_SECONDS),
    labels: account && '    metadata:\n      labels:\n        azure.workload.identity/use: "true"',
    image: quoted(jobImage),
    arguments: args.map((arg) => `            - ${quoted(arg)}`).join("\n"),
    settings: Object.entries(settings)
      .map(([name, value]) => `            - name: ${name}\n              value: ${quoted(value)}`)
      .join("\n"),
  };
  const [serviceAccounts = "", ...others] = readFileSync(join(__dirname, "job.yaml.template"), "utf8").split("---\n");
  return [...(workloadIdentity === undefined ? [] : [serviceAccounts]), ...others]
    .map((document) =>
      document
        .trimEnd()
        .split("\n")
        .flatMap((line) => filled(line, lines))
        .join("\n"),
    )
    .join("\n---\n");
}

/** A line of the template. One whose value is not given is left out. */
function filled(line: string, values: Readonly<Record<string, string | undefined>>): string[] {
  const [placeholder, name = ""] = /\{(\w+)\}/.exec(line) ?? [];
  if (placeholder === undefined) return [line];
  const value = values[name];
  return value === undefined ? [] : [line.replace(placeholder, () => value)];
}

/** A text of JSON is one of YAML too. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
