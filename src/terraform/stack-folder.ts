import { resolve } from "node:path";

/** Id of the stack, and so of its folder. */
export const STACK_ID = "private-registry";

/** The folder of the stack's Terraform JSON, in which Terraform runs. */
export function stackFolder(): string {
  return resolve(process.env.CDKTF_OUTDIR ?? "cdktf.out", "stacks", STACK_ID);
}
