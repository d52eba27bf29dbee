#!/usr/bin/env node
// `npx private-registry NAME`. A command works in the project's folder, as npm runs it, and is told where the user is.
process.env.PRIVATE_REGISTRY_FOLDER = process.cwd();
process.chdir(__dirname);
require("./typescript.cjs");
require("./commands/main").main(process.argv.slice(2));
