import { z } from "zod";
import { jsonOnLastLine } from "./last-line";

const step = z.looseObject({
  ms: z.number().optional(),
  retries: z.number().optional(),
});

/** What of the report that probe.sh prints, one line of JSON, is made use of. Times are in milliseconds. */
const probeReport = z.object({
  v: z.literal(1),
  /** The login server, then the data endpoints in the order in which they were given. */
  hosts: z.array(
    z.object({
      addresses: z.array(z.string()),
      /** How many addresses were left out, for brevity. */
      more: z.number().optional(),
      /** "ok", or why there was no TLS; for brevity "ok" may be left out. */
      tls: z.string().default("ok"),
      dnsMs: z.number().optional(),
      tlsMs: z.number().optional(),
    }),
  ),
  steps: z.object({
    tools: step.optional(),
    challenge: step.optional(),
    identity: step.optional(),
    exchange: step.optional(),
    token: step.optional(),
    manifest: step.extend({ digest: z.string().optional(), platform: z.string().optional() }).optional(),
    blob: step
      .extend({
        /** Where the registry sends for the blob. */
        host: z.string().optional(),
        addresses: z.array(z.string()).optional(),
      })
      .optional(),
    download: step.extend({ bytes: z.number().optional() }).optional(),
    login: step.optional(),
    pull: step.optional(),
    run: step.extend({ output: z.string().optional() }).optional(),
  }),
  /** The step that failed and why, in words for machines. */
  failed: z
    .object({
      step: z.string(),
      reason: z.string(),
      code: z.string().optional(),
      detail: z.string().optional(),
      challenge: z.string().optional(),
    })
    .nullable(),
  notTried: z.array(z.string()),
  /** What was left out for brevity; "hosts" if some hosts were. */
  omitted: z.array(z.string()).optional(),
});

/** What probe.sh found on one VM. */
export type ProbeReport = z.infer<typeof probeReport>;

/** Name of a step of the probe. */
export type ProbeStep = keyof ProbeReport["steps"];

/** The report in what a VM printed, or undefined if there is none. */
export function reportIn(stdout: string): ProbeReport | undefined {
  return probeReport.safeParse(jsonOnLastLine(stdout)).data;
}
