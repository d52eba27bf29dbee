// Without the dependencies no command works. This says what to do in one line, instead of a stack trace.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// npm writes this file last.
if (!existsSync(join(__dirname, "node_modules", ".package-lock.json"))) {
  console.error("Run npm ci first.");
  process.exit(3);
}
