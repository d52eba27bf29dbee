#!/usr/bin/env node
// The packed package is JavaScript. In the repository it is TypeScript, which node loads through the repository's hook.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (!existsSync(join(__dirname, "lib", "command.js"))) require("../../typescript.cjs");

require("./lib/command")
  .main(process.argv.slice(2))
  .then((status) => {
    process.exitCode = status;
  });
