#!/usr/bin/env node
// Published, the package is JavaScript. In its repository it is TypeScript, which the repository's hook loads.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (!existsSync(join(__dirname, "lib", "command.js"))) require("../../typescript.cjs");
require("./lib/command")
  .main(process.argv.slice(2))
  .then((status) => (process.exitCode = status));
