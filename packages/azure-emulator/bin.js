#!/usr/bin/env node
// Packed, the package is JavaScript. In its repository it is TypeScript, which the repository's hook loads.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const source = join(__dirname, "lib", "command.ts");
if (existsSync(source)) require("../../typescript.cjs");

require(existsSync(source) ? source : "./dist/azure-emulator/lib/command")
  .main(process.argv.slice(2))
  .then((status) => (process.exitCode = status));
