import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { PROJECT } from "../support/programs";

/** Runs .ci/summary with an npm that prints a text, and ends `npm run preview` with a status. */
function summary(text: string, { example = "examples/small.json", status = 0 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "summary-"));
  writeFileSync(
    join(folder, "npm"),
    `#!/bin/sh\nprintf '%s\\n' "$TEXT"\n[ "$3" = preview ] && exit ${status}\nexit 0\n`,
  );
  chmodSync(join(folder, "npm"), 0o755);
  const PATH = `${folder}${delimiter}${process.env.PATH ?? ""}`;
  return spawnSync("bash", [join(PROJECT, ".ci", "summary")], {
    env: { PATH, TEXT: text, EXAMPLE: example },
    encoding: "utf8",
  });
}

// The script is for the pipeline, which runs on Linux.
(process.platform === "win32" ? describe.skip : describe)("the summary of an example", () => {
  test("is its preview and its diagram, each in a code block", () => {
    expect(summary("a | <b>").stdout).toBe(
      "## examples/small.json\n\n```text\na | <b>\n```\n\n```mermaid\na | <b>\n```\n\n",
    );
  });

  test("keeps a text in its code block that has fences itself", () => {
    expect(summary("a\n```\n<img src=x>\n`````").stdout).toMatch(
      /^``````text\na\n```\n<img src=x>\n`````\n``````\n\n``````mermaid\n/m,
    );
  });

  test("has a heading that is no Markdown or HTML", () => {
    expect(summary("", { example: "examples/<b>`a`|[x](y).json" }).stdout).toMatch(
      /^## examples\/_b__a___x__y_\.json\n/,
    );
  });

  test.each([0, 1])("ends with the status %d of the preview", (status) => {
    expect(summary("", { status }).status).toBe(status);
  });
});
