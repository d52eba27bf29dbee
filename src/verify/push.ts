import { spawnSync } from "node:child_process";
import { AZURE } from "private-link-preview";
import { UserError } from "private-link-preview/util";
import { PUSH_ADVICE, adviceFor } from "./advice";
import { regionOf } from "./deployment";
import { jsonOnLastLine } from "./last-line";
import { scriptFor } from "./script";
import { triesText } from "./tries-text";
import { type VerifyProps, ensureRunning } from "./verify";

/** Time limit of building and pushing in seconds. It includes waiting for cloud-init and for a new role assignment. */
const PUSH_SECONDS = 1200;

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
}

/**
 * Builds an image on the test VM that is allowed to push, and pushes it.
 *
 * @param folder - build context with a Dockerfile
 * @throws UserError if no VM is allowed to push, or if a step failed
 */
export async function push(folder: string, props: Omit<VerifyProps, "ask" | "connections">): Promise<Pushed> {
  const { deployment, scripts, image, signal } = props;
  const vm = deployment.vms.find(({ mayPush }) => mayPush);
  if (!vm) throw new UserError('No test VM is allowed to push. Set "testVms": true, then run: npm run deploy');
  await ensureRunning(vm, props);
  const { stdout, stderr } = await scripts.run({
    vmId: vm.id,
    script: scriptFor("push"),
    args: [deployment.loginServer, image, packedFolder(folder)],
    timeoutSeconds: PUSH_SECONDS,
    signal,
    onProgress: (state) => {
      props.onProgress(vm.spoke, state);
    },
  });
  const result = jsonOnLastLine(stdout) as PushResult | undefined;
  if (result?.digest) {
    const { servedBy } = vm;
    const region = regionOf(result.dataEndpoint, deployment) ?? (servedBy === AZURE ? null : servedBy);
    return { image: `${deployment.loginServer}/${image}`, digest: result.digest, region, servedBy };
  }
  if (!result?.error) throw new UserError(`The push returned no result: ${(stderr || stdout).trim().slice(-200)}`);
  const { step, reason, code, detail, retries, seconds } = result.error;
  const failed = [`${step}: ${reason}`, code, detail, triesText(retries, seconds)].filter(Boolean).join(", ");
  throw new UserError(`The image was not pushed: ${failed}. ${adviceFor(PUSH_ADVICE, step, reason) ?? ""}`.trim());
}

/** The result as text. */
export function pushedText({ image, digest, region, servedBy }: Pushed): string {
  const where = region === null ? "" : ` to ${region}`;
  const promised =
    servedBy === null || servedBy === AZURE || servedBy === region
      ? ""
      : `, although DNS leads the login server to ${servedBy}`;
  return `Pushed ${image}${where}${promised}\n${digest}`;
}

interface PushResult {
  readonly digest?: string;
  /** The data endpoint that serves the image on the VM. Absent if that could not be found out. */
  readonly dataEndpoint?: string;
  readonly error?: {
    readonly step: string;
    readonly reason: string;
    readonly code?: string;
    readonly detail?: string;
    /** How often the step was repeated, and for how long. Absent if it was not. */
    readonly retries?: number;
    readonly seconds?: number;
  };
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
