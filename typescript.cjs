// Lets node load TypeScript: `node --require ./typescript.cjs main.ts`.
// swc strips the types; `npm run lint` checks them. What it made is kept below node_modules, by what it was made from.
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
    // A folder that can't be written to costs the next start a few milliseconds, no more.
  }
}
