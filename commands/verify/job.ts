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
  const metadata = (name: string) => [`  name: ${name}`, `  namespace: ${namespace}`];
  const settings = {
    TMPDIR: "/work",
    PROBE_INSTALL: "no",
    ...(account !== undefined && { PROBE_IDENTITY: "workload" }),
    ...(identity !== undefined && { PROBE_CLIENT_ID: identity }),
    ...(network !== undefined && { PROBE_NETWORK: network }),
  };
  const args = [deployment.loginServer, image, ...deployment.hosts.slice(1).map(({ fqdn }) => fqdn)];
  const documents = [
    ...(workloadIdentity === undefined
      ? []
      : [
          [
            "apiVersion: v1",
            "kind: ServiceAccount",
            "metadata:",
            ...metadata(account!),
            "  annotations:",
            `    azure.workload.identity/client-id: ${quoted(workloadIdentity)}`,
            "automountServiceAccountToken: false",
          ],
        ]),
    [
      "apiVersion: v1",
      "kind: ConfigMap",
      "metadata:",
      ...metadata(JOB_NAME),
      "data:",
      "  probe.sh: |",
      ...scriptFor("probe")
        .trimEnd()
        .split("\n")
        .map((line) => (line === "" ? "" : `    ${line}`)),
    ],
    [
      "apiVersion: batch/v1",
      "kind: Job",
      "metadata:",
      ...metadata(JOB_NAME),
      "spec:",
      "  # The script repeats what is worth repeating.",
      "  backoffLimit: 0",
      `  activeDeadlineSeconds: ${PROBE_SECONDS + EXTRA_SECONDS}`,
      "  ttlSecondsAfterFinished: 3600",
      "  template:",
      ...(account === undefined
        ? []
        : ["    metadata:", "      labels:", '        azure.workload.identity/use: "true"']),
      "    spec:",
      "      restartPolicy: Never",
      ...(account === undefined ? [] : [`      serviceAccountName: ${account}`]),
      "      # The script asks nothing of the cluster. A workload identity has a token of its own.",
      "      automountServiceAccountToken: false",
      "      enableServiceLinks: false",
      "      # Images are pulled by the node, so its DNS counts, and not that of the cluster.",
      "      dnsPolicy: Default",
      "      nodeSelector:",
      "        kubernetes.io/os: linux",
      "      securityContext:",
      "        runAsNonRoot: true",
      "        runAsUser: 65532",
      "        runAsGroup: 65532",
      "        seccompProfile:",
      "          type: RuntimeDefault",
      "      containers:",
      "        - name: probe",
      `          image: ${quoted(jobImage)}`,
      "          command: [/bin/sh, /script/probe.sh]",
      "          args:",
      ...args.map((arg) => `            - ${quoted(arg)}`),
      "          env:",
      ...Object.entries(settings).flatMap(([name, value]) => [
        `            - name: ${name}`,
        `              value: ${quoted(value)}`,
      ]),
      "            # Tells in which network the node is.",
      "            - name: PROBE_NODE",
      "              valueFrom:",
      "                fieldRef:",
      "                  fieldPath: status.hostIP",
      "          securityContext:",
      "            allowPrivilegeEscalation: false",
      "            readOnlyRootFilesystem: true",
      "            capabilities:",
      "              drop: [ALL]",
      "          resources:",
      "            requests:",
      "              cpu: 50m",
      "              memory: 64Mi",
      "            limits:",
      "              cpu: 500m",
      "              memory: 384Mi",
      "          volumeMounts:",
      "            - name: script",
      "              mountPath: /script",
      "              readOnly: true",
      "            - name: work",
      "              mountPath: /work",
      "      volumes:",
      "        - name: script",
      "          configMap:",
      `            name: ${JOB_NAME}`,
      "        # In memory, because the tokens are stored here.",
      "        - name: work",
      "          emptyDir:",
      "            medium: Memory",
      "            sizeLimit: 256Mi",
    ],
  ];
  return documents.map((lines) => lines.join("\n")).join("\n---\n");
}

/** A text of JSON is one of YAML too. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
