import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WorkingDirectory } from "../../engine/engine";
import { managedResources } from "../../plan/plan";
import * as arbitrary from "../../../__tests__/support/arbitraries";
import { engineWithProviders, withDeployed } from "../../../__tests__/support/engine";
import fc, { property } from "../../../__tests__/support/fast-check";
import { PROJECT } from "../../../__tests__/support/programs";
import { exampleNetworks } from "../../../__tests__/support/settings-files";
import { testUnless } from "../../../__tests__/support/skips";

/** The modules of cdktf and its bindings that the stack loads, each with its namesake of the successor. */
const namesakes = [...readFileSync(join(PROJECT, "src", "terraform", "index.ts"), "utf8").matchAll(/ from "([^"]+)"/g)]
  .map(([, name]) => name!)
  .filter((name) => !name.includes("/testing/"))
  .map((name) => [name, name.replace(/^(@?)cdktf/, "$1cdktn")] as const);

/** Paths of the successor's modules, by the name that they stand in for. The successor needs newer constructs. */
const modules = new Map(
  [...namesakes, ["constructs", "constructs"] as const].map(([name, namesake]) => [
    name,
    require.resolve(namesake, { paths: [process.env.SUCCESSOR!] }),
  ]),
);

interface World {
  /** Terraform JSON, without notes. */
  readonly synthesize: (settings: object) => unknown;
  /** Name and version of the package that makes it. */
  readonly version: () => unknown;
}

/** The project in a world in which other modules stand in for some. */
function world(standIns: ReadonlyMap<string, string>): World {
  let made: World | undefined;
  jest.isolateModules(() => {
    for (const [name, path] of standIns) jest.doMock(name, () => jest.requireActual<object>(path));
    const { synthesize } = jest.requireActual<typeof import("../../../__tests__/support/synth")>(
      "../../../__tests__/support/synth",
    );
    const { App } = jest.requireActual<typeof import("../../../src/terraform")>("../../../src/terraform");
    // A module is loaded when it is first used: all of them while the others stand in.
    for (const settings of [{}, ...exampleNetworks.map(([, example]) => example)]) synthesize(settings);
    made = { synthesize, version: () => new App().node.tryGetContext("cdktfVersion") as unknown };
    for (const name of standIns.keys()) jest.dontMock(name);
  });
  return made!;
}

/** Terraform JSON with its state in the stack's folder. */
function withLocalState(json: unknown): object {
  const { terraform, ...rest } = json as { terraform: object };
  return { ...rest, terraform: { ...terraform, backend: { local: { path: "terraform.tfstate" } } } };
}

describe("the successor makes the same resources", () => {
  let before: World;
  let after: World;
  beforeAll(() => {
    before = world(new Map());
    after = world(modules);
  });

  test("and it is the successor that makes them", () => {
    expect(after.version()).not.toEqual(before.version());
  });

  test("by default", () => {
    expect(after.synthesize({})).toEqual(before.synthesize({}));
  });

  test.each(exampleNetworks)("in %s", (_, settings) => {
    expect(after.synthesize(settings)).toEqual(before.synthesize(settings));
  });

  const found = engineWithProviders();
  testUnless(
    "lacking" in found ? found.lacking : undefined,
    "and finds nothing to change in what was deployed before it",
    async () => {
      const settings = { hub: { bastion: false }, testVms: false };
      await withDeployed(withLocalState(before.synthesize(settings)), async ({ engine, folder }) => {
        writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(withLocalState(after.synthesize(settings))));
        const moved = new WorkingDirectory({ engine, folder });
        await moved.init();
        expect(await moved.plan({ out: "moved" })).toBe(false);
        // The plan is not of an empty state.
        const { prior_state: state } = (await moved.show("moved")) as { prior_state: unknown };
        expect(managedResources(state).size).toBeGreaterThan(30);
      });
    },
    300_000,
  );

  property(
    "with any right settings",
    20,
    fc.property(fc.oneof(arbitrary.settings, arbitrary.mixedSettings), (settings) => {
      expect(after.synthesize(settings)).toEqual(before.synthesize(settings));
    }),
  );
});
