import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "../../src/settings/load";
import { PrivateRegistryStack } from "../../src/stack";
import { synthesize } from "../../src/synth/synthesize";
import { writeJson } from "../../src/synth/write-json";
import { App } from "../../src/terraform";
import fc from "../support/fast-check";
import { PROJECT } from "../support/programs";

const FILE = "stacks/private-registry/cdk.tf.json";

const temporary = () => mkdtempSync(join(tmpdir(), "synth-"));

// It has empty lists, texts with quotes, and peerings.
test.each(["resilience.json", "landing-zone.json"])("the JSON of %s is written as cdktf writes it", (example) => {
  const [ours, theirs] = [temporary(), temporary()];
  const file = join(PROJECT, "examples", example);
  process.env.CDKTF_OUTDIR = ours;
  const loaded = loadSettings({ directory: PROJECT, env: {}, file });
  delete process.env.CDKTF_OUTDIR;
  const place = { ...loaded.place, output: ours };
  const app = new App({ outdir: theirs, stackTraces: false });
  new PrivateRegistryStack(app, loaded.settings, place);
  app.synth();
  synthesize({ ...loaded, place });
  // Where a local state is depends on where the JSON is, and cdktf's successor writes {} where cdktf breaks the line.
  const read = (folder: string) =>
    readFileSync(join(folder, FILE), "utf8")
      .replace(/"path": ".*tfstate"/, "")
      .replace(/([[{])\n *([\]}])/g, "$1$2");
  expect(read(ours)).toBe(read(theirs));
  expect(readFileSync(join(ours, "manifest.json"), "utf8")).toBe(readFileSync(join(theirs, "manifest.json"), "utf8"));
});

test("any JSON can be read again", () => {
  const file = join(temporary(), "json");
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      writeJson(file, value);
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
