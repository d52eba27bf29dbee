import { AzureEmulator } from "../../../packages/azure-emulator";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createColors } from "picocolors";
import { Progress } from "../../../packages/common/text";
import { criticalPath } from "../critical-path";
import { putExisting } from "../existing";
import { criticalPathText, rehearsalText, walkText } from "../rehearsal-text";
import { parseSettings } from "../../../src/settings/load";

describe("the critical path", () => {
  const dependent = Object.entries({ a: [], b: ["a"], c: ["a", "b"] });
  const resources = dependent.map(([address, depends_on]) => ({ address, depends_on }));
  const state = { values: { root_module: { resources: [...resources, { address: "d" }] } } };

  test("leads from what ended last to what it waited for, and so on", () => {
    const work = [
      { address: "a", start: 0, end: 1000 },
      { address: "d", start: 0, end: 8000 },
      { address: "b", start: 1000, end: 6000 },
      { address: "c", start: 6000, end: 9000 },
    ];
    expect(criticalPath(work, state).map(({ address }) => address)).toEqual(["a", "b", "c"]);
  });

  test("is what took longest where it waited for nothing", () => {
    const work = [
      { address: "a", start: 0, end: 1000 },
      { address: "d", start: 0, end: 8000 },
    ];
    expect(criticalPath(work, state).map(({ address }) => address)).toEqual(["d"]);
    expect(criticalPath([], state)).toEqual([]);
  });
});

test("what the settings say exists is there before the rehearsal begins, and is told", async () => {
  const file = readFileSync(join(__dirname, "..", "..", "..", "examples", "landing-zone.json"), "utf8");
  const { privateRegistry } = JSON.parse(file) as { privateRegistry: unknown };
  const settings = parseSettings(privateRegistry);
  const azure = await AzureEmulator.start();
  try {
    const put = putExisting(settings, azure);
    expect(azure.resources.map(({ id }) => id)).toEqual(put);
    const { hubs, spokes } = settings;
    expect(put).toEqual(
      expect.arrayContaining([hubs[0]!.existing!.virtualNetworkId, spokes[0]!.existing!.endpointSubnetId]),
    );
    // A second time there is nothing left to make.
    expect(putExisting(settings, azure)).toEqual([]);
  } finally {
    await azure.close();
  }
});

test("the table shows each step, and which has failed", () => {
  const text = rehearsalText(
    [
      { name: "deploy", seconds: 82.04, requests: 317, outcome: "56 added", passed: true, applies: 3, imports: ["x"] },
      { name: "second plan", seconds: 2, requests: 43, outcome: "spoke1 is replaced", passed: false },
    ],
    createColors(false),
  );
  expect(text).toContain("56 added, in 3 applies and 1 import");
  expect(text).toContain("82.0 s");
  expect(text).toContain("failed: spoke1 is replaced");
});

test("a pull is shown check by check, with what was not as in Azure", () => {
  const checks = [
    { what: "names" as const, status: "failed" as const, found: "hello does not resolve", advice: "Link the zone." },
  ];
  const verification = {
    spokes: [{ spoke: "one", machine: "vm-one", addresses: [], checks }],
    checks: [],
    replicas: [],
  };
  const step = { name: "pull after deploy", seconds: 1, requests: 9, outcome: "1 failed", passed: false };
  const text = walkText({ ...step, verification, limits: ["No Docker daemon runs."] }, createColors(false));
  expect(text).toMatch(
    /^pull after deploy\n\none, on vm-one\n[^]*names[^]*> Link the zone\.[^]*1 failed[^]*\n- No Docker daemon runs\.$/,
  );
  expect(walkText(step, createColors(false))).toBe("");
});

test("the critical path is shown only where there is one", () => {
  const step = { name: "deploy", seconds: 9, requests: 1, outcome: "", passed: true };
  expect(criticalPathText(step)).toBe("");
  expect(criticalPathText({ ...step, criticalPath: [{ address: "a", seconds: 0.1 }] })).toBe("");
  expect(criticalPathText({ ...step, criticalPath: [{ address: "a", seconds: 8 }] })).toMatch(/8.0 s {2}a$/);
});

describe("progress", () => {
  function given(isTTY: boolean) {
    const written: string[] = [];
    let now = 0;
    const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) > 0 };
    const progress = new Progress(stream as unknown as NodeJS.WriteStream, 1000, () => now);
    return { progress, written, later: (ms: number) => (now += ms) };
  }

  test("rewrites one line on a terminal, no longer than that is wide", () => {
    const { progress, written } = given(true);
    progress.update("a".repeat(60));
    progress.update("b");
    progress.line("done");
    expect(written[0]).toBe(`\r${"a".repeat(39)}`);
    expect(written[1]).toBe(`\rb${" ".repeat(38)}`);
    expect(written.at(-1)).toBe("done\n");
  });

  test("is a line now and then elsewhere", () => {
    const { progress, written, later } = given(false);
    progress.update("one");
    progress.update("two");
    later(1000);
    progress.update("three");
    expect(written).toEqual(["one\n", "three\n"]);
  });
});
