import { spawnSync } from "node:child_process";
import { join } from "node:path";

test("a reader that ends early is no error", () => {
  const bin = join(__dirname, "..", "bin.js");
  // The reader ends before the command writes.
  const { stdout, stderr } = spawnSync(
    "bash",
    ["-c", `{ "$0" "$1" --help; echo "status $?" >&2; } | true`, process.execPath, bin],
    {
      encoding: "utf8",
    },
  );

  expect(stdout).toBe("");
  expect(stderr).toBe("status 0\n");
});
