import { approvePending } from "../approval";
import type { Rehearsal } from "../rehearsal";
import { failed, landingZone, testWithEngine } from "../../../__tests__/support/engine";

const MANUAL = { two: { manualApproval: true } };
const MESSAGE =
  /private endpoint in two has no address .* az acr private-endpoint-connection approve --registry-name xyzdfdacrdev --name NAME - then apply again/;

testWithEngine(
  "an endpoint with manual approval takes two applies at most, and so does a replica",
  {},
  async (rehearsal) => {
    // All but the records and the link of that endpoint are created, then the apply says what to do.
    await expect(rehearsal.deploy("deploy", landingZone([], MANUAL))).rejects.toThrow(MESSAGE);
    expect(["hub", "one", "two"].map((network) => recordsOf(rehearsal, network).length)).toEqual([2, 2, 0]);
    // Until it is approved, so does every plan.
    await expect(rehearsal.deploy("not approved yet", landingZone([], MANUAL))).rejects.toThrow(MESSAGE);
    expect(approvePending(rehearsal.azure)).toBe(1);
    const steps = await rehearsal.deploy("approved", landingZone([], MANUAL));
    expect(steps[0]!.counts).toMatchObject({ add: 3, change: 0, replace: 0, destroy: 0 });

    const replica = landingZone(["francecentral"], MANUAL);
    await expect(rehearsal.deploy("replica", replica)).rejects.toThrow(MESSAGE);
    expect(["one", "two"].map((network) => recordsOf(rehearsal, network).length)).toEqual([3, 2]);
    expect(approvePending(rehearsal.azure)).toBe(1);
    steps.push(...(await rehearsal.deploy("replica approved", replica)));
    expect(recordsOf(rehearsal, "two")).toHaveLength(3);
    expect(failed(steps)).toEqual([]);
  },
);

testWithEngine(
  "an endpoint that has its names before it is approved takes one apply",
  { faults: { namesWhilePending: true } },
  async (rehearsal) => {
    const steps = await rehearsal.deploy("deploy", landingZone([], MANUAL));
    expect(approvePending(rehearsal.azure)).toBe(1);
    steps.push(...(await rehearsal.deploy("replica", landingZone(["francecentral"], MANUAL))));
    expect(failed(steps)).toEqual([]);
  },
);

testWithEngine("a rehearsal that approves applies twice", { approves: true }, async (rehearsal) => {
  const steps = await rehearsal.deploy("deploy", landingZone([], MANUAL));
  steps.push(...(await rehearsal.deploy("replica", landingZone(["francecentral"], MANUAL))));
  expect(failed(steps)).toEqual([]);
  expect(steps.flatMap(({ applies }) => applies ?? [])).toEqual([2, 2]);
});

/** Record sets in the zone of a network. */
function recordsOf({ azure }: Rehearsal, network: string): string[] {
  return azure.resources.filter(({ id }) => id.includes(`/rg-${network}-`) && id.includes("/A/")).map(({ id }) => id);
}
