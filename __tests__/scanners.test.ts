import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleSettings } from "./support/settings-files";
import { synthesize } from "./support/synth";

const PROJECT = join(__dirname, "..");

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "scanners-"));
  for (const [name, settings] of exampleSettings) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "cdk.tf.json"), JSON.stringify(synthesize(settings), null, 2));
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a scanner in a directory, whose settings it takes up, and gives what it prints; a finding is no failure. */
const scan = (command: string, args: readonly string[], cwd: string) =>
  new Promise<string>((resolve) => {
    execFile(command, args, { cwd, maxBuffer: 1 << 28 }, (_, stdout) => {
      resolve(stdout);
    });
  });

const checkov = async (name: string, cwd: string) => {
  const args = [
    "--directory",
    join(folder, name),
    "--framework",
    "terraform_json",
    "--skip-download",
    "--output",
    "json",
  ];
  const { results, summary } = JSON.parse(await scan("checkov", args, cwd)) as {
    results: { failed_checks: { check_id: string; resource: string }[] };
    summary: { passed: number; parsing_errors: number };
  };
  expect(summary.parsing_errors).toBe(0);
  expect(summary.passed).toBeGreaterThan(0);
  return results.failed_checks.map(({ check_id, resource }) => ({ check: check_id, resource }));
};

const trivy = async (name: string, cwd: string) => {
  const offline = ["--skip-check-update", "--skip-version-check", "--disable-telemetry"];
  const args = ["config", ...offline, "--format", "json", join(folder, name)];
  const { Results } = JSON.parse(await scan("trivy", args, cwd)) as {
    Results: { Misconfigurations?: { ID: string; CauseMetadata: { Resource: string } }[] }[];
  };
  expect(Results).not.toEqual([]);
  return Results.flatMap(({ Misconfigurations = [] }) => Misconfigurations).map(({ ID, CauseMetadata }) => ({
    check: ID,
    resource: CauseMetadata.Resource,
  }));
};

/** Ids of checks in a scanner's list of those that it skips. */
const skipped = (file: string, form: RegExp) =>
  [...readFileSync(join(PROJECT, file), "utf8").matchAll(form)].map(([, id]) => id!).sort();

describe.each([
  ["checkov", "--version", checkov, () => skipped(".checkov.yaml", /^ {2}- (CKV\w+)$/gm)],
  ["trivy", "--version", trivy, () => skipped(".trivyignore.yaml", /^ {2}- id: (\S+)$/gm)],
])("%s", (command, version, findings, skips) => {
  const missing = spawnSync(command, [version]).error !== undefined;
  if (missing && process.env.REQUIRE_SCANNERS) throw new Error(`not installed: ${command}`);
  const given = missing ? test.skip : test;
  const skippedFor = missing ? ` (skipped: no ${command} on the PATH)` : "";

  given(
    `finds nothing in the default network and in the examples, but what it is told to skip${skippedFor}`,
    async () => {
      const found = await Promise.all(exampleSettings.map(([name]) => findings(name, PROJECT)));
      expect(found.flat()).toEqual([]);
    },
    300_000,
  );

  given(
    `would find each thing that it is told to skip${skippedFor}`,
    async () => {
      // In the folder there are no settings for it to take up.
      const found = await Promise.all(exampleSettings.map(([name]) => findings(name, folder)));
      expect([...new Set(found.flat().map(({ check }) => check))].sort()).toEqual(skips());
    },
    300_000,
  );
});
