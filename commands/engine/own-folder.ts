import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { say } from "../../packages/common/text";
import { isJson, printable, UserError } from "../../packages/common/util";
import { guarded } from "./interruption";

/** The process that holds a lock, or to which a folder belongs. */
export interface Owner {
  /** Such as `deploy`. */
  readonly command: string;
  readonly pid: number;
  readonly host: string;
  /** When it began, in UTC: `2026-11-29 18:05`. */
  readonly since: string;
}

/** This process, or one that it has started, as JSON for {@link ownerIn}. */
export function ownerJson(pid = process.pid): string {
  const { npm_lifecycle_event: script, PRIVATE_REGISTRY_FOLDER: bin } = process.env;
  const command = (bin === undefined ? script : undefined) ?? process.argv[2] ?? "synth";
  const since = new Date().toISOString().slice(0, 16).replace("T", " ");
  return JSON.stringify({ command, pid, host: hostname(), since } satisfies Owner);
}

/** The owner that a file names; undefined if the file is gone, or not complete. */
export function ownerIn(file: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isJson(owner) && typeof owner.pid === "number" ? (owner as unknown as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** `deploy (process 4711 on HOST, since 2026-11-29 18:05 UTC)` */
export function ownerText({ command, pid, host, since }: Owner): string {
  return printable(`${command} (process ${pid} on ${host}, since ${since} UTC)`);
}

/** Whether a process is known to have ended. Of another machine or container, that is not known. */
export function hasEnded({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    // This process has the number of one before, as happens in containers.
    return pid === process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

const OWNER = ".owner.json";
const ENGINE = ".engine.json";

const own = new Set<string>();

/**
 * Creates an empty folder that only this process uses, and that only its user can read. Folders of the same name that
 * processes have left which were ended at once, as by `kill -9`, are deleted, because plans in them contain secrets.
 *
 * @param start - path of the folder, to which characters are added that make it unique
 * @throws UserError if nothing can be written there, as with a full disk
 */
export function ownFolder(start: string): string {
  const above = dirname(start);
  for (const name of readdirSync(above)) {
    const path = join(above, name);
    if (!name.startsWith(basename(start)) || own.has(path)) continue;
    const owners = [OWNER, ENGINE].flatMap((file) => ownerIn(join(path, file)) ?? []);
    const [owner] = owners;
    if (!owner || !owners.every(hasEnded)) continue;
    try {
      rmSync(path, { recursive: true, force: true });
      say(`Deleted ${path}, which ${ownerText(owner)} has left.`);
    } catch {
      // It belongs to another user.
    }
  }
  const folder = mkdtempSync(start);
  own.add(folder);
  try {
    writeFileSync(join(folder, OWNER), ownerJson());
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new UserError(`Can't write to ${above}: ${(error as Error).message}`);
  }
  return folder;
}

/** Notes that an engine works in a folder, which may go on when this process is ended at once: then the folder stays. */
export function noteEngine(folder: string, pid: number | undefined): void {
  if (!own.has(folder) || pid === undefined) return;
  try {
    writeFileSync(join(folder, ENGINE), ownerJson(pid));
  } catch {
    // On a full disk, the engine works nevertheless.
  }
}

/** Does work in a folder of its own, which is deleted afterwards, also if a signal ends the command. See {@link ownFolder}. */
export async function inOwnFolder<T>(start: string, work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = ownFolder(start);
  const cleanUp = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  return await guarded({ cleanUp }, () => work(folder));
}
