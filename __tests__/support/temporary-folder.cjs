const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** Gives all tests of a run one temporary folder, which is removed at the end with all that they made in it. */
module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), "jest-"));
  process.env.TMPDIR = folder;
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
};
