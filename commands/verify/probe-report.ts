import { z } from "zod";
import { jsonOnLastLine } from "./last-line";

const step = z.looseObject({
  ms: z.number().optional(),
  retries: z.number().optional(),
});

/** The parts of probe.sh's report that are used. The report is one line of JSON. Times are in milliseconds. */
const probeReport = z.object({
  v: z.literal(1),
  /** Name of the VM, or of the pod. */
  machine: z.string().optional(),
  /** Address of the pod's node. Only a pod has it. */
  node: z.string().optional(),
  /** Name of the network, if the Job was printed with it. */
  network: z.string().optional(),
  /** False if the machine has no docker, and may do without. */
  docker: z.boolean().optional(),
  /** In the order of the regions' login servers: the start of the digest that the tag has there, or why it is not known. */
  regions: z.array(z.string()).optional(),
  /** The VM's clock when it made the report, in milliseconds since 1970. */
  clock: z.number().optional(),
  /** The login server, then the other hosts in the order in which they were given. */
  hosts: z.array(
    z.object({
      host: z.string().optional(),
      addresses: z.array(z.string()),
      /** Number of addresses that were left out to keep the report short. */
      more: z.number().optional(),
      /** "ok", "skipped", or why there was no TLS. "ok" may be left out to keep the report short. */
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
        /** Host that the registry redirects to for the blob. */
        host: z.string().optional(),
        addresses: z.array(z.string()).optional(),
      })
      .optional(),
    download: step.extend({ bytes: z.number().optional() }).optional(),
    login: step.optional(),
    pull: step.optional(),
    run: step.extend({ output: z.string().optional() }).optional(),
  }),
  /** The step that failed, and a machine-readable reason. */
  failed: z
    .object({
      step: z.string(),
      reason: z.string(),
      code: z.string().optional(),
      detail: z.string().optional(),
      challenge: z.string().optional(),
    })
    .nullable(),
  /** The steps after the one that failed. */
  notTried: z.array(z.string()),
  /** What was left out to keep the report short. Contains "hosts" if hosts were left out. */
  omitted: z.array(z.string()).optional(),
});

/** What probe.sh found on one VM. */
export type ProbeReport = z.infer<typeof probeReport>;

/** Name of a step of the probe. */
export type ProbeStep = keyof ProbeReport["steps"];

/** Parses the report in a script's output. Returns undefined if there is none. */
export function reportIn(stdout: string): ProbeReport | undefined {
  return probeReport.safeParse(jsonOnLastLine(stdout)).data;
}

/** Parses every report in a log, whatever else it contains: before a report on its line, time and name of the pod. */
export function reportsIn(log: string): ProbeReport[] {
  return log.split("\n").flatMap((line) => {
    const start = line.indexOf(REPORT_START);
    return start < 0 ? [] : (reportIn(line.slice(start)) ?? []);
  });
}

/** What a report starts with, to notice one that is cut off. */
export const REPORT_START = '{"v":1,';
