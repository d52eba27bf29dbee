import { isStopped, type PlanReport, planReport } from "../../src/plan";
import { readPlan } from "../../src/plan/plan";
import { planOf } from "./plan-of";

const AZURE = "the region that Azure chooses";
const TTL = "Nothing is interrupted; clients may use the old answer for up to 10 seconds.";
const UNCHANGED = (count: number) =>
  `${count} record sets are updated in place: their addresses are (known after apply), and belong to the same private endpoints as before.`;
const SPOKES = [
  { name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" },
  { name: "spoke2", location: "switzerlandnorth", addressSpace: "10.11.0.0/16" },
];

function report(before: object, after: object): PlanReport {
  return planReport(readPlan(planOf(before, after), "the plan"));
}

/** Settings with regional endpoints. */
const regional = (registry: object = {}, more: object = {}) => ({
  ...more,
  registry: { regionalEndpoints: true, ...registry },
});

const texts = ({ changes }: PlanReport) => changes.map(({ text }) => text);
const codes = ({ findings }: PlanReport) => findings.map(({ code }) => code);

test("they are turned on: records, addresses, and which region serves each network from then on", () => {
  const on = report({}, regional());
  expect(texts(on)).toEqual([
    "The regional endpoints of the registry xyzdfdacrdev are turned on, in swedencentral and switzerlandnorth: 6 record sets are created, and each private endpoint takes 2 more addresses in its subnet. 2 of 2 subnets have room. Nothing is interrupted.",
    `The login server leads vnet-hub-dev and vnet-spoke1-dev to swedencentral instead of ${AZURE}: 2 record sets are updated in place. ${TTL}`,
    `The login server leads vnet-spoke2-dev to switzerlandnorth instead of ${AZURE}: 1 record set is updated in place. ${TTL}`,
    UNCHANGED(6),
  ]);
  expect(codes(on)).toEqual([]);
});

test("a replica takes two addresses, and a new region leads no network that prefers another", () => {
  const added = report(regional(), regional({ replicas: ["switzerlandnorth", "francecentral"] }));
  expect(texts(added)).toEqual([
    "The replica in francecentral is added: 6 record sets are created, and each private endpoint takes 2 more addresses in its subnet. 2 of 2 subnets have room.",
    UNCHANGED(15),
  ]);
  expect(codes(added)).toEqual([]);
});

test("both at once are two changes, each with its own record sets", () => {
  const both = report({}, regional({ replicas: ["switzerlandnorth", "francecentral"] }));
  expect(texts(both).slice(0, 2)).toEqual([
    expect.stringMatching(
      /^The regional endpoints .* 6 record sets are created, and each private endpoint takes 3 more /,
    ),
    expect.stringMatching(
      /^The replica in francecentral is added: 6 record sets are created, and each .* takes 2 more /,
    ),
  ]);
});

test.each([
  ["drained", { drained: ["swedencentral"] }, {}, "switzerlandnorth", "swedencentral"],
  ["used again", {}, { drained: ["swedencentral"] }, "swedencentral", "switzerlandnorth"],
])(
  "a region is %s: the login servers that lead there, and for how long clients keep the old answer",
  (_, after, before, to, from) => {
    const moved = report(regional(before), regional(after));
    expect(texts(moved)).toEqual([
      `The login server leads vnet-hub-dev and vnet-spoke1-dev to ${to} instead of ${from}: 2 record sets are updated in place. ${TTL}`,
    ]);
    expect(isStopped(moved)).toBe(false);
  },
);

test("servedBy of one network changes, with another TTL of its records", () => {
  const spokes = [{ ...SPOKES[0]!, servedBy: "azure" }, SPOKES[1]!];
  const common = { recordTtl: 300 };
  expect(texts(report(regional({}, common), regional({}, { ...common, spokes })))).toEqual([
    `The login server leads vnet-spoke1-dev to ${AZURE} instead of swedencentral: 1 record set is updated in place. Nothing is interrupted; clients may use the old answer for up to 300 seconds.`,
  ]);
});

test("a spoke is created, with the names of all regions", () => {
  const spoke3 = { name: "spoke3", location: "francecentral", addressSpace: "10.13.0.0/16" };
  const created = report(regional({}, { spokes: SPOKES }), regional({}, { spokes: [...SPOKES, spoke3] }));
  expect(texts(created)).toEqual([expect.stringMatching(/^spoke3 is created in francecentral: .* 5 record sets,/)]);
});

test("a region that names lead to is not removed: the plan says the two steps", () => {
  const removed = report(regional(), regional({ replicas: [] }));
  expect(isStopped(removed)).toBe(true);
  expect(codes(removed)).toEqual(["region-in-use", "replica-removed"]);
  expect(removed.findings[0]!.message).toBe(
    "The replica of xyzdfdacrdev in switzerlandnorth is removed while the login server leads vnet-spoke2-dev there: pulls and pushes would fail until DNS returns another address, and clients have forgotten the old one. First add switzerlandnorth to registry.drained and deploy. Then remove it from registry.replicas and from registry.drained, and deploy again.",
  );
  expect(texts(removed)).toContain(
    `The login server leads vnet-spoke2-dev to ${AZURE} instead of switzerlandnorth: 1 record set is updated in place. Clients may use the old answer for up to 10 seconds.`,
  );

  const first = report(regional(), regional({ drained: ["switzerlandnorth"] }));
  expect(isStopped(first)).toBe(false);
  const second = report(regional({ drained: ["switzerlandnorth"] }), regional({ replicas: [] }));
  expect(isStopped(second)).toBe(false);
  expect(codes(second)).toEqual(["replica-removed"]);
  expect(second.findings[0]!.message).toMatch(/another region serves what it served\.$/);
});

test("they are not turned off while names lead to them: the plan says the two steps", () => {
  const off = report(regional(), {});
  expect(isStopped(off)).toBe(true);
  expect(codes(off)).toEqual(["regional-endpoints-in-use"]);
  expect(off.findings[0]!.message).toBe(
    'The regional endpoints are turned off while the login server leads vnet-hub-dev, vnet-spoke1-dev and vnet-spoke2-dev to them: pulls and pushes would fail until clients have forgotten the old address. First drain every region and deploy: "regionalEndpoints": true, "drained": ["swedencentral","switzerlandnorth"]. Azure then chooses which region serves. Then set regionalEndpoints to false and drained to [], and deploy again.',
  );

  const drained = regional({ drained: ["swedencentral", "switzerlandnorth"] });
  const first = report(regional(), drained);
  expect(isStopped(first)).toBe(false);
  const second = report(drained, {});
  expect(second.findings).toEqual([]);
  expect(texts(second)).toEqual([
    "The regional endpoints of the registry xyzdfdacrdev are turned off: 6 record sets are destroyed, and each private endpoint releases 2 addresses.",
  ]);
});

test("a subnet without room for them is an error before Azure refuses it", () => {
  // Half of a /27 is for endpoints: eleven addresses. Two foreign ones and four names leave five, and three are needed.
  const spokes = [SPOKES[0]!, { ...SPOKES[1]!, addressSpace: "10.11.0.0/27" }];
  const registry = { replicas: ["switzerlandnorth", "francecentral"] };
  const plan = planOf({ spokes, registry }, regional(registry, { spokes }));
  const subnet = plan.prior_state.values.root_module.resources.find(
    ({ address }) => address === "azurerm_subnet.spoke2_endpoints-subnet",
  )!;
  const foreign = Array.from({ length: 5 }, (_, n) => ({
    address: `azurerm_network_interface.foreign${n}`,
    mode: "managed" as const,
    type: "azurerm_network_interface",
    name: `foreign${n}`,
    values: { ip_configuration: [{ subnet_id: subnet.values.id }] },
  }));
  plan.prior_state.values.root_module.resources.push(...foreign);
  const full = planReport(readPlan(plan, "the plan"));
  expect(full.findings[0]).toMatchObject({
    code: "no-room-for-replica",
    message:
      "The subnet snet-spoke2-endpoints-dev has 2 free addresses, and its private endpoint needs 3 more: Azure would refuse the regional endpoints and roll them back. Give the network a larger address space, or leave registry.regionalEndpoints false.",
  });
});

test("everything is destroyed with them, and the registry's loss is the one error", () => {
  const destroyed = planReport(readPlan(planOf(regional(), null), "the plan"));
  expect(codes(destroyed)).toEqual(["registry-lost"]);
});
