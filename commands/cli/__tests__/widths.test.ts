import { createColors } from "picocolors";
import { previewOf } from "../../../packages/private-link-preview";
import { previewText } from "../../../packages/private-link-preview/report";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { movesText } from "../../failover/failover-text";
import { planReport } from "../../plan";
import { readPlan } from "../../plan/plan";
import { planText } from "../../plan/plan-text";
import { rehearsalText } from "../../rehearse/rehearsal-text";
import { parseSettings, readSettings } from "../../../src/settings/load";
import { stackInMemory } from "../../synth/stack-in-memory";
import { verificationText } from "../../verify/verify-text";
import { planOf } from "../../plan/__tests__/plan-of";
import { PROJECT, runIn } from "../../../__tests__/support/programs";

const plain = createColors(false);
const example = (name: string) => join(PROJECT, "examples", name);
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

const [usual, regions] = [{}, example("resilience.json")].map(
  (from) => stackInMemory(typeof from === "string" ? readSettings(from) : parseSettings(from)).preview,
);
const services = previewOf(
  JSON.parse(readFileSync(example("storage-and-vault/plan-with-findings.json"), "utf8")),
  "the plan",
);
const plan = planReport(readPlan(planOf({}, { registry: { namePrefix: "contoso" } }), "the plan"));

const TEXTS: Record<string, (width: number) => string> = {
  preview: (width) => previewText(usual!, plain, width),
  "preview with regions": (width) => previewText(regions!, plain, width),
  "preview of other services": (width) => previewText(services, plain, width),
  plan: (width) => planText(plan, plain, width),
  verify: (width) => {
    const found = "gets 10.10.0.4 for xyzdfdacrdev.swedencentral.data.azurecr.io from privatelink.azurecr.io";
    const check = { what: "from here", status: "failed", found, advice: `Compare ${DIGEST}`, ms: 12345 } as const;
    const spoke = { spoke: "spoke1", machine: "vm-spoke1-dev", addresses: ["10.10.0.4"], checks: [check, check] };
    return verificationText({ spokes: [spoke], checks: [check] }, plain, width);
  },
  rehearse: (width) =>
    rehearsalText(
      [
        { name: "to regions-drained.json", seconds: 1234.5, requests: 12345, outcome: "not applied", passed: false },
        { name: "outage of switzerlandnorth", seconds: 1, requests: 1, outcome: "asked /registries/x", passed: true },
      ],
      plain,
      width,
    ),
  failover: (width) => {
    const regions = { from: "swedencentral", to: "switzerlandnorth", fromAddress: "10.10.0.6", toAddress: "10.10.0.8" };
    const endpoint = { name: "pep-spoke1-dev", location: "swedencentral" };
    const networks = ["vnet-spoke1-dev", "vnet-hub-dev"];
    return movesText([{ record: "r", networks, ...regions, ttl: 10, endpoint, endpointFails: false }], plain, width);
  },
};

/** What may stand alone in a line: the words, and within them what ends with a hyphen or the like. */
function parts(text: string): Set<string> {
  return new Set(text.split(/[\s│┌┐└┘─┬┴]+|(?<=[-_./])/).filter((part) => part !== ""));
}

const longestOf = (texts: Iterable<string>) => Math.max(...[...texts].map(({ length }) => length));

const WIDTHS = [60, 80, 100, 140];

describe.each(Object.keys(TEXTS))("the text of %s", (name) => {
  const wide = parts(TEXTS[name]!(160));
  // Of five columns, the longest parts of their names need 68.
  const least = name === "preview with regions" ? 68 : name === "verify" ? longestOf(wide) + 40 : 60;

  test.each(WIDTHS)("splits no name within one of its parts, and has tables that fit, in %i columns", (width) => {
    const text = TEXTS[name]!(width);
    expect([...parts(text)].filter((part) => !wide.has(part))).toEqual([]);
    // Every table is even, also where it is wider than it may be, for the parts of names do not fit.
    for (const table of text.match(/┌[^]*?┘/g) ?? [])
      expect(new Set(table.split("\n").map(({ length }) => length)).size).toBe(1);
    const lines = text.split("\n").filter((line) => /^[│┌]/.test(line));
    expect(lines.filter(({ length }) => length > Math.max(least, width))).toEqual([]);
  });
});

test("the help fits the terminal too", async () => {
  for (const COLUMNS of ["60", "100"]) {
    const { stdout } = await runIn(PROJECT, "help", [], { COLUMNS });
    const lines = stdout.split("\n").filter((line) => !line.includes("npm run "));
    expect(lines.filter(({ length }) => length > Number(COLUMNS))).toEqual([]);
  }
});
