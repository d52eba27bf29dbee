import { spawnSync } from "node:child_process";
import { UserError } from "private-link-preview/util";
import { jsonOnLastLine } from "./last-line";
import { DOCKER, IDENTITY, missingRole } from "./advice";
import { scriptFor } from "./script";
import { type VerifyProps, ready } from "./verify";

/** Seconds that building and pushing may take, cloud-init's end included. */
const PUSH_SECONDS = 600;

/** Longest build context, packed, that goes along with a script. */
const MAX_CONTEXT = 64 * 1024;

/**
 * Builds a folder's image on the test VM that may push, and pushes it.
 *
 * @param folder - build context, with its Dockerfile
 * @returns the digest of what was pushed, `sha256:…`
 * @throws UserError if there is no such VM, or a step failed
 */
export async function push(folder: string, props: Omit<VerifyProps, "ask" | "connections">): Promise<string> {
  const { deployment, scripts, image, signal } = props;
  const vm = deployment.vms.find(({ mayPush }) => mayPush);
  if (!vm) throw new UserError('No test VM may push. Set "testVms": true, then: npm run deploy');
  await ready(vm, props);
  const { stdout, stderr } = await scripts.run({
    vmId: vm.id,
    script: scriptFor("push"),
    args: [deployment.loginServer, image, pack(folder)],
    timeoutSeconds: PUSH_SECONDS,
    signal,
    onProgress: (state) => {
      props.onProgress(vm.spoke, state);
    },
  });
  const result = jsonOnLastLine(stdout) as PushResult | undefined;
  if (result?.digest) return result.digest;
  if (!result?.error) throw new UserError(`The push gave no result: ${(stderr || stdout).trim().slice(-200)}`);
  const { step, reason, code, detail } = result.error;
  throw new UserError(
    `Not pushed: ${[`${step}: ${reason}`, code, detail].filter(Boolean).join(", ")}. ${ADVICE[step] ?? ""}`.trim(),
  );
}

interface PushResult {
  readonly digest?: string;
  readonly error?: { readonly step: string; readonly reason: string; readonly code?: string; readonly detail?: string };
}

const ROLE = missingRole("AcrPush");

const ADVICE: Record<string, string> = {
  tools: "Docker comes with the VM's first start. Wait for it, or see /var/log/cloud-init-output.log.",
  identity: IDENTITY,
  exchange: ROLE,
  login: ROLE,
  build: DOCKER,
  push: ROLE,
};

/** A folder as a tar archive, zipped and in base64. */
function pack(folder: string): string {
  const { error, status, stdout, stderr } = spawnSync("tar", ["-czf", "-", "-C", folder, "."]);
  if (error ?? status !== 0)
    throw new UserError(`Can't pack ${folder} with tar: ${error?.message ?? stderr.toString()}`);
  const packed = stdout.toString("base64");
  if (packed.length > MAX_CONTEXT)
    throw new UserError(`${folder} is too large to send: ${packed.length} bytes packed, at most ${MAX_CONTEXT}.`);
  return packed;
}
