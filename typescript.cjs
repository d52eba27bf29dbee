// Lets node load TypeScript: `node --require ./typescript.cjs main.ts`.
// swc removes the types, and `npm run lint` checks them. The JavaScript is cached in node_modules under a hash of the
// source code, the file name and the options.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { addHook } = require("pirates");

const options = readFileSync(join(__dirname, ".swcrc"), "utf8");
const cache = join(__dirname, "node_modules", ".cache", "typescript");

addHook(compile, { exts: [".ts"] });

function compile(source, filename) {
  const made = createHash("sha256").update(options).update(filename).update(source).digest("hex");
  const kept = join(cache, `${made}.js`);
  try {
    return readFileSync(kept, "utf8");
  } catch {
    const { code } = require("@swc/core").transformSync(source, { ...JSON.parse(options), filename, swcrc: false });
    keep(kept, code);
    return code;
  }
}

function keep(path, code) {
  const unfinished = `${path}.${process.pid}`;
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, path);
  } catch {
    // Without write permission there is no cache, and the next start takes a few milliseconds longer.
  }
}
