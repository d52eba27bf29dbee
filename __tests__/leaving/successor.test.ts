import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as arbitrary from "../support/arbitraries";
import fc from "../support/fast-check";

const PROJECT = join(__dirname, "..", "..");
const EXAMPLES = join(PROJECT, "examples");

/** The modules of cdktf and its bindings that the stack loads, each with its namesake of the successor. */
const namesakes = [...readFileSync(join(PROJECT, "src", "terraform", "index.ts"), "utf8").matchAll(/ from "([^"]+)"/g)]
  .map(([, name]) => name!)
  .filter((name) => !name.includes("/testing/"))
  .map((name) => [name, name.replace(/^(@?)cdktf/, "$1cdktn")] as const);

/** Paths of the successor's modules, by the name that they stand in for; or why they can't. */
function successor(): Map<string, string> | string {
  if (namesakes.every(([name, namesake]) => name === namesake))
    return "src/terraform/index.ts is the successor's already";
  const { SUCCESSOR: folder } = process.env;
  if (!folder) return "SUCCESSOR names no folder where the successor's packages are installed";
  // The successor needs newer constructs.
  const found = [...namesakes, ["constructs", "constructs"] as const];
  return new Map(found.map(([name, namesake]) => [name, require.resolve(namesake, { paths: [folder] })]));
}

const modules = successor();

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
    const { synthesize } = jest.requireActual<typeof import("../support/synth")>("../support/synth");
    const { App } = jest.requireActual<typeof import("../../src/terraform")>("../../src/terraform");
    made = { synthesize, version: () => new App().node.tryGetContext("cdktfVersion") as unknown };
    for (const name of standIns.keys()) jest.dontMock(name);
  });
  return made!;
}

(typeof modules === "string" ? describe.skip : describe)(
  `the successor makes the same resources${typeof modules === "string" ? ` (skipped: ${modules})` : ""}`,
  () => {
    let before: World;
    let after: World;
    beforeAll(() => {
      before = world(new Map());
      after = world(modules as Map<string, string>);
    });

    test("and it is the successor that makes them", () => {
      expect(after.version()).not.toEqual(before.version());
    });

    test("by default", () => {
      expect(after.synthesize({})).toEqual(before.synthesize({}));
    });

    test.each(readdirSync(EXAMPLES).filter((file) => file.endsWith(".json")))("in %s", (file) => {
      const { privateRegistry } = JSON.parse(readFileSync(join(EXAMPLES, file), "utf8")) as { privateRegistry: object };
      expect(after.synthesize(privateRegistry)).toEqual(before.synthesize(privateRegistry));
    });

    test("with any right settings", () => {
      fc.assert(
        fc.property(fc.oneof(arbitrary.settings, arbitrary.mixedSettings), (settings) => {
          expect(after.synthesize(settings)).toEqual(before.synthesize(settings));
        }),
      );
    });
  },
);
