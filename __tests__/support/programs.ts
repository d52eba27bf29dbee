import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The project's folder. */
export const PROJECT = join(__dirname, "..", "..");

/** What a program printed and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the project's programs in a folder, as npm would. */
export function runIn(
  directory: string,
  program: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Ended {
  // Windows does not start a process without SYSTEMROOT.
  const { PATH, SYSTEMROOT } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", join(PROJECT, "typescript.cjs"), join(PROJECT, program), ...args],
    { cwd: directory, env: { PATH, ...(SYSTEMROOT && { SYSTEMROOT }), NO_COLOR: "1", ...env }, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

/** A folder with a `cdktf.json` that holds these settings, or none. */
export function folder(settings?: object): string {
  const directory = mkdtempSync(join(tmpdir(), "commands-"));
  writeFileSync(join(directory, "cdktf.json"), JSON.stringify({ context: settings && { privateRegistry: settings } }));
  return directory;
}
