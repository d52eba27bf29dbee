// Lets Node load TypeScript: `node --require ./typescript.cjs main.ts`.
// sucrase removes the types, and keeps the lines; `npm run lint` checks the types. Its output is cached below node_modules,
// by a hash of the source.
//
// The loaders that others maintain take longer for each command: 0.34 s become 0.65 to 0.85 s with tsx, ts-node with swc,
// @swc-node/register or sucrase/register, since these compile all files again in every process. swc and esbuild also need a
// program for the machine, which is an optional dependency of theirs.
require("./installed.cjs");
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

const cache = join(__dirname, "node_modules", ".cache", "typescript");
const options = { transforms: ["typescript", "imports"], preserveDynamicImport: true };

// From Node 22, the compiled code of all modules is cached too.
Module.enableCompileCache?.(join(cache, "v8"));

Module._extensions[".ts"] = (module, filename) => module._compile(compiled(filename), filename);

function compiled(filename) {
  const source = readFileSync(filename, "utf8");
  const hash = createHash("sha256")
    .update(`${JSON.stringify(options)}\0${source}`)
    .digest("hex");
  const kept = join(cache, `${hash}.js`);
  try {
    return readFileSync(kept, "utf8");
  } catch {
    const { code } = require("sucrase").transform(source, { ...options, filePath: filename });
    keep(kept, code);
    return code;
  }
}

function keep(path, text) {
  const unfinished = `${path}.${process.pid}`;
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } catch {
    // A folder that can't be written to costs the next start a few milliseconds, no more.
  }
}
