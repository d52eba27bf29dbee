import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Adopted, Choice } from "../../src/adopt/adopt";
import type { DnsRecord } from "../../src/dns-records/dns-records";
import type { Move } from "../../src/failover/moves";
import type { PlanReport } from "../../src/plan";
import type { Change } from "../../src/plan/change";
import type { Step } from "../../src/rehearse/rehearsal";
import type { Check } from "../../src/verify/checks";
import type { Pushed } from "../../src/verify/push";
import type { Replica } from "../../src/verify/replicas";
import type { SpokeResult, Verification } from "../../src/verify/verify";
import { PROJECT } from "../support/programs";

/** The names of a type's members. It does not compile if one is missing, or is not a member. */
function members<T>(all: Record<keyof T, true>): string[] {
  return Object.keys(all);
}

const page = readFileSync(join(PROJECT, "docs", "commands.md"), "utf8");
const section = page.slice(page.indexOf("## JSON of the commands"), page.indexOf("## Environment variables"));

/** The row of a command in the table of JSON; for `check`, the text below the table. */
function about(name: string): string {
  if (name === "check") return section.slice(section.indexOf("\nA check of"));
  return section.split("\n").find((line) => line.startsWith(`| \`${name}\``)) ?? "";
}

test.each([
  [
    "plan",
    members<PlanReport>({
      changes: true,
      findings: true,
      counts: true,
      answers: true,
      monthlyCost: true,
      notices: true,
    }),
  ],
  ["plan", members<Change>({ kind: true, effect: true, text: true, resources: true })],
  ["plan", members<PlanReport["counts"]>({ add: true, change: true, replace: true, destroy: true })],
  ["verify", members<Verification>({ spokes: true, checks: true, replicas: true })],
  ["verify", members<SpokeResult>({ spoke: true, machine: true, addresses: true, checks: true })],
  ["verify", members<Replica>({ region: true, arrived: true, seenFrom: true })],
  ["check", members<Check>({ what: true, status: true, found: true, advice: true, followsFrom: true, ms: true })],
  ["push-hello", members<Pushed>({ image: true, digest: true, region: true, servedBy: true, replicas: true })],
  [
    "rehearse",
    members<Step>({
      name: true,
      seconds: true,
      requests: true,
      outcome: true,
      passed: true,
      counts: true,
      applies: true,
      imports: true,
      criticalPath: true,
    }),
  ],
  [
    "failover",
    members<Move>({
      record: true,
      networks: true,
      from: true,
      to: true,
      fromAddress: true,
      toAddress: true,
      ttl: true,
      endpoint: true,
      endpointFails: true,
    }),
  ],
  ["adopt", members<Adopted>({ settings: true, choices: true, findings: true })],
  ["adopt", members<Choice>({ setting: true, value: true, why: true })],
  [
    "dns-records",
    members<DnsRecord>({
      network: true,
      virtual_network: true,
      virtual_network_id: true,
      zone: true,
      name: true,
      type: true,
      ttl: true,
      addresses: true,
      fqdn: true,
      private_endpoint: true,
    }),
  ],
])("docs/commands.md describes the JSON of %s: %p", (name, all) => {
  const text = about(name);
  expect(text).not.toBe("");
  expect(all.filter((member) => !text.includes(`\`${member}\``))).toEqual([]);
});
