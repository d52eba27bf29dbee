import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../support/programs";
import { describeUnless, which } from "../support/skips";

const EXAMPLE = "examples/changes/plus-spoke.json";

/** Another version of this project, in which the example has other settings. */
function base(settings?: object): string {
  const folder = mkdtempSync(join(tmpdir(), "base-"));
  const scripts = {
    synth: `node --require ${join(PROJECT, "typescript.cjs")} ${join(PROJECT, "main.ts")}`,
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts }));
  writeFileSync(join(folder, "cdktf.json"), "{}");
  if (settings) {
    mkdirSync(join(folder, "examples", "changes"), { recursive: true });
    writeFileSync(join(folder, EXAMPLE), JSON.stringify(settings));
  }
  return folder;
}

/** The summary of the example, compared with another version of the project. */
function summary(BASE?: string) {
  const { status, stdout, stderr } = spawnSync(join(PROJECT, ".ci", "summary"), {
    cwd: PROJECT,
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      NO_COLOR: "1",
      EXAMPLE,
      CDKTF_CONTEXT_JSON: readFileSync(join(PROJECT, EXAMPLE), "utf8"),
      CDKTF_OUTDIR: mkdtempSync(join(tmpdir(), "summary-")),
      ...(BASE !== undefined && { BASE }),
    },
  });
  return { status, stdout, stderr };
}

const lacking =
  process.platform === "win32" ? "the script needs bash" : which("jq") ? undefined : "jq is not installed";

describeUnless(lacking, "the summary of a pull request", () => {
  const own = JSON.parse(readFileSync(join(PROJECT, EXAMPLE), "utf8")) as { privateRegistry: { spokes: object[] } };

  test("shows what the change does to an example: the answers, the network before and after, the Terraform JSON", () => {
    const { spokes } = own.privateRegistry;
    const { status, stdout } = summary(
      base({ privateRegistry: { ...own.privateRegistry, spokes: spokes.slice(0, 2) } }),
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^## examples\/changes\/plus-spoke\.json\n\n### ✅ DNS of private endpoints\n\n3 answers change\./,
    );
    expect(stdout).toMatch(/^ {2}class spoke3_network,\S+ created$/m);
    expect(stdout).toMatch(/^\+ +"spoke3_endpoint_nic": \{$/m);
    expect(stdout).not.toMatch(/^[-+].*tfstate/m);
  });

  test("says so where it makes no difference", () => {
    expect(summary(base(own))).toEqual({
      status: 0,
      stdout: "## examples/changes/plus-spoke.json\n\nThis change makes no difference.\n\n",
      stderr: "",
    });
  });

  test("shows the whole of an example that is new, and of each where there is nothing to compare with", () => {
    const whole = summary();
    expect(whole.stdout).toMatch(/\n```mermaid\nflowchart LR\n/);
    expect(summary(base())).toEqual(whole);
  });

  test("fails where the other version can't synthesize", () => {
    expect(summary(base({ privateRegistry: { dns: "none" } }))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("privateRegistry.dns") as string,
    });
  });
});
