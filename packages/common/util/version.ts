import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The version in the nearest `package.json` at or above a folder. */
export function versionAt(folder: string): string {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return versionAt(dirname(folder));
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
