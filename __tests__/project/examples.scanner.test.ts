import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleSettings } from "../support/settings-files";
import { testUnless, which } from "../support/skips";
import { synthesize } from "../support/synth";

const PROJECT = join(__dirname, "..", "..");

// A scanner takes seconds for each example.
jest.setTimeout(300_000);

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
    ..."--framework terraform_json --skip-download --output json".split(" "),
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
  const found = Results.flatMap(({ Misconfigurations = [] }) => Misconfigurations);
  return found.map(({ ID, CauseMetadata: { Resource } }) => ({ check: ID, resource: Resource }));
};

/** Ids of checks in a scanner's list of those that it skips. */
const skipped = (file: string, form: RegExp) =>
  [...readFileSync(join(PROJECT, file), "utf8").matchAll(form)].map(([, id]) => id!).sort();

describe.each([
  ["checkov", checkov, () => skipped(".checkov.yaml", /^ {2}- (CKV\w+)$/gm)],
  ["trivy", trivy, () => skipped(".trivyignore.yaml", /^ {2}- id: (\S+)$/gm)],
])("%s", (command, findings, skips) => {
  const missing = which(command) === undefined ? `no ${command} on the PATH` : undefined;
  if (missing && process.env.REQUIRE_SCANNERS) throw new Error(missing);

  const findAll = async (cwd: string) => {
    const found = [];
    for (const [name] of exampleSettings) found.push(...(await findings(name, cwd)));
    return found;
  };

  testUnless(missing, "finds nothing in any example but what it is told to skip", async () => {
    expect(await findAll(PROJECT)).toEqual([]);
  });

  testUnless(missing, "would find each thing that it is told to skip", async () => {
    // In the folder there are no settings for it to take up.
    const found = await findAll(folder);
    expect([...new Set(found.map(({ check }) => check))].sort()).toEqual(skips());
  });
});
