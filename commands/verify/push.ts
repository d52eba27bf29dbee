import { spawnSync } from "node:child_process";
import { UserError } from "../../packages/common/util";
import { AZURE } from "../../packages/private-link-preview";
import { type Failure, causeAdvice, causeOf, failureText } from "./cause";
import { regionOf } from "./deployment";
import { skewOf } from "./report-checks";
import { jsonOnLastLine } from "./last-line";
import { type Told, hostFacts, roleText, sentences } from "./reasons";
import { type Replica, replicasText } from "./replicas";
import { scriptFor } from "./script";
import { type VerifyProps, noReport, runOn } from "./verify";

/** Time limit of building and pushing in seconds. It includes waiting for cloud-init and for a new role assignment. */
export const PUSH_SECONDS = 1200;

/** Largest build context that is sent with a script, in bytes of base64. */
const MAX_CONTEXT = 64 * 1024;

/** An image in the registry. */
export interface Pushed {
  /** Login server, repository and tag. */
  readonly image: string;
  /** `sha256:…` */
  readonly digest: string;
  /**
   * The region that serves the image on the VM that pushed it, right after the push. If that could not be found out, the
   * region to which DNS leads the login server there. Null if Azure chooses, or if that is not known either.
   */
  readonly region: string | null;
  /** The region to which DNS leads the login server on that VM, or `azure` if Azure chooses. Null if it is not known. */
  readonly servedBy: string | null;
  /** With --wait: in which replicas the image has arrived. */
  readonly replicas?: readonly Replica[];
}

/**
 * Builds an image on the test VM that is allowed to push, and pushes it.
 *
 * @param folder - build context with a Dockerfile
 * @throws UserError if no VM is allowed to push, or if a step failed
 */
export async function push(folder: string, props: Omit<VerifyProps, "ask" | "connections">): Promise<Pushed> {
  const { deployment, image } = props;
  const vm = deployment.vms.find(({ mayPush }) => mayPush);
  if (!vm) throw new UserError('No test VM is allowed to push. Set "testVms": true, then run: npm run deploy');
  const args = [deployment.loginServer, image, packedFolder(folder)];
  const output = await runOn(vm, { script: scriptFor("push"), args, timeoutSeconds: PUSH_SECONDS }, props);
  const result = jsonOnLastLine(output.stdout) as PushResult | undefined;
  if (result?.digest) {
    const { servedBy } = vm;
    const region = regionOf(result.dataEndpoint, deployment) ?? (servedBy === AZURE ? null : servedBy);
    return { image: `${deployment.loginServer}/${image}`, digest: result.digest, region, servedBy };
  }
  if (!result?.error) throw notPushed(noReport(output));
  const facts = { ...hostFacts(undefined, deployment), role: roleText("push"), place: "the registry" };
  const cause = causeOf(result.error, facts, skewOf(result.clock, { now: Date.now() }));
  throw notPushed({ found: failureText(result.error, cause), advice: causeAdvice(cause) });
}

function notPushed(told: Told): UserError {
  return new UserError(`The image was not pushed: ${sentences(told)}`);
}

/** The result as text. */
export function pushedText({ image, digest, region, servedBy, replicas }: Pushed): string {
  const where = region === null ? "" : ` to ${region}`;
  const promised =
    servedBy === null || servedBy === AZURE || servedBy === region
      ? ""
      : `, although DNS leads the login server to ${servedBy}`;
  const arrival = replicas && `\n${replicasText(replicas)}`;
  return `Pushed ${image}${where}${promised}\n${digest}${arrival ?? ""}`;
}

interface PushResult {
  readonly digest?: string;
  /** The data endpoint that serves the image on the VM. Absent if that could not be found out. */
  readonly dataEndpoint?: string;
  readonly error?: Failure;
  /** The VM's clock after a failure, in milliseconds since 1970. */
  readonly clock?: number;
}

/** A folder as a tar archive, compressed with gzip and encoded in base64. */
function packedFolder(folder: string): string {
  const { error, status, stdout, stderr } = spawnSync("tar", ["-czf", "-", "-C", folder, "."]);
  if (error ?? status !== 0)
    throw new UserError(`tar could not pack ${folder}: ${error?.message ?? stderr.toString()}`);
  const packed = stdout.toString("base64");
  if (packed.length > MAX_CONTEXT)
    throw new UserError(
      `${folder} is too large to send to the VM: ${packed.length} bytes when packed. The limit is ${MAX_CONTEXT} bytes.`,
    );
  return packed;
}
