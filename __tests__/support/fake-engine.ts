import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A folder with settings, other files (objects as JSON), and engines on the PATH, which are a shell script: it starts at
 * once. Its variable LOG names the file in which it notes what it is asked.
 */
export function folderWithEngine(
  script: string,
  { settings, files = {}, engines = ["terraform"] }: { settings: object; files?: object; engines?: string[] },
) {
  const directory = mkdtempSync(join(tmpdir(), "fake-engine-"));
  const at = (name: string) => join(directory, name);
  for (const name of ["bin", "tmp"]) mkdirSync(at(name));
  for (const name of engines) writeFileSync(at(`bin/${name}`), script, { mode: 0o755 });
  writeFileSync(at("log"), "");
  for (const [name, json] of Object.entries({ ...files, "cdktf.json": { context: { privateRegistry: settings } } }))
    writeFileSync(at(name), JSON.stringify(json));
  return {
    directory,
    at,
    env: { PATH: at("bin"), TMPDIR: at("tmp"), LOG: at("log") },
    /** What was asked of the engines, a line each. */
    log: () => readFileSync(at("log"), "utf8").split("\n").filter(Boolean),
  };
}
