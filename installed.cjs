// Without the dependencies no command works, and what to do about that is one line, not a stack trace.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// npm writes it last.
if (!existsSync(join(__dirname, "node_modules", ".package-lock.json"))) {
  console.error("Run npm ci first.");
  process.exit(1);
}
