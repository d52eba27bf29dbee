import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../support/programs";
import { describeUnless, which } from "../support/skips";

const EXAMPLE = "examples/changes/plus-spoke.json";

/**
 * Stands for npm: a synthesis writes the settings as Terraform JSON, with a path that depends on the folder, and other
 * commands print how they are run.
 */
const NPM = `#!/bin/sh
[ "$1 $2" = "run --silent" ] || exit 9
case $3 in
  synth)
    case $CDKTF_CONTEXT_JSON in *wrong*) echo "The settings are wrong." >&2; exit 2 ;; esac
    mkdir -p "$CDKTF_OUTDIR/stacks/private-registry"
    printf '{"//": {"metadata": "%s"}, "backend": {\\n"path": "%s.tfstate"\\n}, "settings": %s}' "$PWD" "$PWD" \\
      "$CDKTF_CONTEXT_JSON" >"$CDKTF_OUTDIR/stacks/private-registry/cdk.tf.json"
    ;;
  preview)
    printf '### DNS of private endpoints: what changes in \`/tmp/x\`\\n\\n%s\\n' "$*"
    exit "\${PREVIEW_STATUS:-0}"
    ;;
  diagram) printf '%s\\n%s\\n' "$*" "\${DIAGRAM:-flowchart}" ;;
esac
`;

const temporary = () => mkdtempSync(join(tmpdir(), "summary-"));

const bin = temporary();
writeFileSync(join(bin, "npm"), NPM, { mode: 0o755 });

/** Another version of this project, in which the example has other settings. */
function base(settings?: object): string {
  const folder = temporary();
  if (settings) {
    mkdirSync(join(folder, "examples", "changes"), { recursive: true });
    writeFileSync(join(folder, EXAMPLE), JSON.stringify(settings));
  }
  return folder;
}

const NOW = { spokes: ["one", "two"] };

/** The summary of the example, compared with another version of the project. */
function summary(BASE?: string, more: Record<string, string> = {}) {
  const CDKTF_OUTDIR = temporary();
  const { status, stdout, stderr } = spawnSync(join(PROJECT, ".ci", "summary"), {
    cwd: PROJECT,
    encoding: "utf8",
    env: {
      ...{ PATH: `${bin}:${process.env.PATH ?? ""}`, EXAMPLE, CDKTF_CONTEXT_JSON: JSON.stringify(NOW), CDKTF_OUTDIR },
      ...(BASE !== undefined && { BASE }),
      ...more,
    },
  });
  return { status, stdout: stdout.replaceAll(CDKTF_OUTDIR, "OUT"), stderr };
}

const WHOLE = `## ${EXAMPLE}

\`\`\`text
### DNS of private endpoints: what changes in \`/tmp/x\`

run --silent preview
\`\`\`

\`\`\`mermaid
run --silent diagram
flowchart
\`\`\`

`;

const lacking =
  process.platform === "win32" ? "the script needs bash" : which("jq") ? undefined : "jq is not installed";

describeUnless(lacking, "the summary of a pull request", () => {
  test("shows what the change does to an example: the answers, the network before and after, the Terraform JSON", () => {
    const [before, after] = ["before", "after"].map((name) => `OUT/${name}/stacks/private-registry/cdk.tf.json`);
    const { stdout, ...rest } = summary(base({ spokes: ["one"] }));
    expect(rest).toEqual({ status: 0, stderr: "" });
    expect(stdout).toBe(`## ${EXAMPLE}

### DNS of private endpoints

run --silent preview -- --stack ${after} --compare ${before} --format markdown

\`\`\`mermaid
run --silent diagram -- --stack ${after} --compare ${before}
flowchart
\`\`\`

<details><summary>The Terraform JSON</summary>

\`\`\`diff
--- before
+++ after
@@ -3,7 +3,8 @@
   },
   "settings": {
     "spokes": [
-      "one"
+      "one",
+      "two"
     ]
   }
 }
\`\`\`

</details>

`);
  });

  test("leaves out the rest of a long difference", () => {
    const { stdout } = summary(base({ spokes: Array.from({ length: 3000 }, (_, i) => `spoke${i}`) }));
    expect(stdout).toContain("\n```\n\nThe rest is left out, because a summary can not hold it.\n\n</details>\n");
    expect(stdout.length).toBeLessThan(21_000);
  });

  test("says so where it makes no difference", () => {
    const stdout = `## ${EXAMPLE}\n\nThis change makes no difference.\n\n`;
    expect(summary(base(NOW))).toEqual({ status: 0, stdout, stderr: "" });
  });

  test("shows the whole of an example that is new, and of each where there is nothing to compare with", () => {
    for (const other of [undefined, base()]) expect(summary(other)).toEqual({ status: 0, stdout: WHOLE, stderr: "" });
  });

  test("ends no code block by what is in it, and puts no name into the Markdown", () => {
    const { stdout } = summary(undefined, { DIAGRAM: "a ```` b", EXAMPLE: "`a` <b>.json" });
    expect(stdout).toMatch(/^## _a___b_\.json\n/);
    expect(stdout).toMatch(/\n`````mermaid\nrun --silent diagram\na ```` b\n`````\n/);
  });

  test("fails where the other version can't synthesize, and where the preview finds an error", () => {
    const stderr = "The settings are wrong.\n";
    expect(summary(base({ dns: "wrong" }))).toMatchObject({ status: 2, stderr });
    for (const other of [undefined, base({ spokes: ["one"] })])
      expect(summary(other, { PREVIEW_STATUS: "1" }).status).toBe(1);
  });
});
