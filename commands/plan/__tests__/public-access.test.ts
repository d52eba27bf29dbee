import { isStopped, planReport, type AcceptedLosses } from "..";
import { readPlan } from "../plan";
import { leavesOut } from "../public-access";
import { type PlanJson, planOf } from "./plan-of";

const OPEN = { registry: { publicAccess: true } };
const OFFICE = { registry: { publicAccess: ["203.0.113.7"] } };
const OFFICES = { registry: { publicAccess: ["203.0.113.0/24", "198.51.100.0/24"] } };
const CODES = ["public-access-closes", "public-clients-elsewhere", "public-access-opens"];
const REGISTRY = "azurerm_container_registry.registry";
const ELSEWHERE = "/subscriptions/s/resourceGroups/theirs/providers/Microsoft.Network/virtualNetworks/elsewhere";

type Part = "prior_state" | "planned_values";

const rootOf = (plan: PlanJson, part: Part) =>
  part === "prior_state" ? plan.prior_state.values.root_module : plan.planned_values.root_module;

/** Takes the link of a spoke's zone away: the spoke's DNS returns the public address. */
function unlink(plan: PlanJson, spoke: string, ...parts: Part[]): PlanJson {
  for (const part of parts) {
    const { resources } = rootOf(plan, part);
    resources.splice(
      resources.findIndex(({ address }) => address.endsWith(`.${spoke}_zone-link`)),
      1,
    );
  }
  return plan;
}

/** Has an existing network in a part, with an output as the stack writes it. */
function withExisting(plan: PlanJson, ...parts: Part[]): PlanJson {
  const outputs = { existing_resources: { value: [{ id: ELSEWHERE, properties: {} }] } };
  for (const part of parts)
    Object.assign(part === "prior_state" ? plan.prior_state.values : plan.planned_values, { outputs });
  return plan;
}

const reportOf = (plan: PlanJson, accepted: AcceptedLosses = {}) => planReport(readPlan(plan, "the plan"), accepted);
const found = (plan: PlanJson, accepted?: AcceptedLosses) =>
  reportOf(plan, accepted).findings.filter(({ code }) => CODES.includes(code));

describe("what a plan says of the public name", () => {
  test.each<[string, object | null, object, string[]]>([
    ["nothing where it stays closed", {}, {}, []],
    ["nothing where it stays open", OPEN, OPEN, []],
    ["that it opens", {}, OPEN, ["public-access-opens"]],
    ["that it opens for more", OFFICE, OFFICES, ["public-access-opens"]],
    ["that it opens for all", OFFICE, OPEN, ["public-access-opens"]],
    ["that a new registry is open", null, OPEN, ["public-access-opens"]],
    ["nothing of a new registry that is closed", null, {}, []],
    ["that it closes", OPEN, {}, ["public-clients-elsewhere"]],
    ["that it closes for some", OFFICES, OFFICE, ["public-clients-elsewhere"]],
    ["both where it moves", OFFICE, { registry: { publicAccess: ["192.0.2.1"] } }, [CODES[1]!, CODES[2]!]],
  ])("%s", (_, before, after, codes) => {
    const findings = found(planOf(before, after));
    expect(findings.map(({ code }) => code)).toEqual(codes);
    for (const finding of findings) expect(finding).toMatchObject({ severity: "warning", resources: [REGISTRY] });
  });

  test("to whom it is open from then on", () => {
    const [opens] = found(planOf({}, OFFICES));
    expect(opens!.message).toMatch(
      /^The registry xyzdfdacrdev is opened over its public name to 198\.51\.100\.0\/24 and /,
    );
    const [closes] = found(planOf(OPEN, OFFICE));
    expect(closes!.message).toMatch(
      /^The registry xyzdfdacrdev is closed over its public name to all but 203\.0\.113\.7\/32\. Clients .* npm run adopt lists/,
    );
  });
});

describe("networks that use the public name", () => {
  const inBoth = ["prior_state", "planned_values"] as const;
  const cutOff = () => unlink(planOf(OPEN, {}), "spoke1", ...inBoth);

  test.each<[string, () => PlanJson, RegExp]>([
    [
      "are cut off",
      cutOff,
      /vnet-spoke1-dev \(Virtual machine vm-spoke1-dev\) would stop reaching it, because DNS leads there to the public address\. /,
    ],
    [
      "are interrupted where the same plan leads them privately",
      () => unlink(planOf(OPEN, {}), "spoke2", "prior_state"),
      /name: vnet-spoke2-dev \(Virtual machine vm-spoke2-dev\) would not reach it until this plan's private endpoints and records exist/,
    ],
    [
      "are told apart",
      () => unlink(cutOff(), "spoke2", "prior_state"),
      /vnet-spoke1-dev .* would stop .*; vnet-spoke2-dev .* would not reach it until .* --disconnect-network vnet-spoke1-dev --disconnect-network vnet-spoke2-dev$/,
    ],
  ])("%s, which is an error", (_, plan, message) => {
    const [closes] = found(plan());
    expect(closes).toMatchObject({
      code: "public-access-closes",
      severity: "error",
      resources: [REGISTRY],
      page: "docs/plan.md#public-access-closes",
    });
    expect(closes!.message).toMatch(message);
    expect(isStopped(reportOf(plan()))).toBe(true);
  });

  test.each<[string, () => PlanJson, RegExp]>([
    [
      "closes to all but some, and leaves at the public name",
      () => unlink(planOf(OPEN, OFFICE), "spoke1", ...inBoth),
      /: whether vnet-spoke1-dev .* still reaches it is not known\. /,
    ],
    [
      "closes to all but some, and leads privately",
      () => unlink(planOf(OPEN, OFFICE), "spoke1", "prior_state"),
      /: vnet-spoke1-dev .* would not reach it until/,
    ],
    [
      "closes, and no longer leads privately",
      () => unlink(planOf(OPEN, {}), "spoke1", "planned_values"),
      /: vnet-spoke1-dev .* would stop reaching it/,
    ],
  ])("are an error where the plan %s", (_, plan, message) => {
    const [first, second] = found(plan());
    expect(first).toMatchObject({ code: "public-access-closes", severity: "error" });
    expect(first!.message).toMatch(message);
    expect(second).toMatchObject({ code: "public-clients-elsewhere" });
    expect(isStopped(reportOf(plan(), { disconnectNetworks: ["vnet-spoke1-dev"] }))).toBe(false);
  });

  test.each<[string, Part[]]>([
    ["the plan is the first to use", ["planned_values"]],
    ["nothing is known of", [...inBoth]],
  ])("may be existing ones that %s", (_, parts) => {
    const [first] = found(withExisting(planOf(OPEN, {}), ...parts));
    expect(first).toMatchObject({ code: "public-access-closes", severity: "error" });
    expect(first!.message).toContain("whether elsewhere still reaches it is not known");
  });

  test("are cut off where they are no longer in the settings, and not where they are destroyed", () => {
    const removed = withExisting(planOf(OPEN, {}), "prior_state");
    expect(found(removed)[0]).toMatchObject({ code: "public-access-closes" });
    expect(found(removed)[0]!.message).toContain(": elsewhere would stop reaching it");
    const destroyed = unlink(planOf(OPEN, { spokes: [], hub: { endpoint: true } }), "spoke1", "prior_state");
    expect(found(destroyed).map(({ code }) => code)).toEqual(["public-clients-elsewhere"]);
  });

  test("are accepted by their names, each of them, with what the network then is", () => {
    const plan = () => unlink(cutOff(), "spoke2", "prior_state");
    const [one, both] = [["VNET-spoke1-dev"], ["vnet-spoke1-dev", "vnet-spoke2-dev"]];
    const partly = reportOf(plan(), { disconnectNetworks: one });
    expect(isStopped(partly)).toBe(true);
    const [left, accepted] = partly.findings.filter(({ code }) => code === "public-access-closes");
    expect(left!.message).toMatch(/name: vnet-spoke2-dev .* --disconnect-network vnet-spoke2-dev$/);
    expect(accepted).toMatchObject({ ignored: true });
    const all = reportOf(plan(), { disconnectNetworks: both });
    expect(isStopped(all)).toBe(false);
    expect(all.findings.filter(({ ignored }) => ignored).map(({ code }) => code)).toEqual([
      "public-access-closes",
      "no-zone",
    ]);
    expect(isStopped(reportOf(cutOff(), { disconnectNetworks: ["vnet-spoke2-dev"] }))).toBe(true);
  });
});

test("a registry that is imported, and closed by it", () => {
  const plan = planOf(OPEN, {});
  const change = plan.resource_changes.find(({ address }) => address === REGISTRY)!;
  Object.assign(change.change, { importing: { id: "/subscriptions/s" } });
  unlink(plan, "spoke1", "prior_state");
  expect(found(plan).map(({ code }) => code)).toEqual(["public-access-closes", "public-clients-elsewhere"]);
});

test.each<[Parameters<typeof leavesOut>[0], Parameters<typeof leavesOut>[1], boolean]>([
  ["everybody", "everybody", false],
  ["everybody", ["8.0.0.0/7"], true],
  [["8.8.8.8/32"], "everybody", false],
  [["8.8.8.8/32"], ["8.8.8.0/24"], false],
  [["8.8.8.0/24"], ["8.8.8.8/32"], true],
  [["8.8.8.8/32"], ["9.9.9.0/24"], true],
  [[], ["9.9.9.0/24"], false],
])("whether some of %j are left out of %j: %j", (one, other, expected) => {
  expect(leavesOut(one, other)).toBe(expected);
});
