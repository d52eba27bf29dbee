// Without the dependencies no command works. This says what to do in one line, instead of a stack trace.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// npm writes the first last; `npm ci --workspaces`, to pack a package, leaves out the second.
const needed = [".package-lock.json", "sucrase"];
if (!needed.every((name) => existsSync(join(__dirname, "node_modules", name)))) {
  console.error("Run npm ci first.");
  process.exit(3);
}
