// Lets node load TypeScript: `node --require ./typescript.cjs main.ts`.
// swc strips the types in milliseconds; `npm run lint` checks them.
const { readFileSync } = require("node:fs");
const { addHook } = require("pirates");
const { transformSync } = require("@swc/core");

const options = JSON.parse(readFileSync(`${__dirname}/.swcrc`, "utf8"));

addHook((code, filename) => transformSync(code, { ...options, filename, swcrc: false }).code, { exts: [".ts"] });
