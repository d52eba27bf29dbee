import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../../packages/common/text";
import { UserError } from "../../packages/common/util";
import { guarded } from "./interruption";
import { hasEnded, ownerIn, ownerText, ownerJson } from "./own-folder";

/** What only one command at a time may do. */
export interface LockProps {
  /** What is locked, as a sentence has it: `this network`. */
  readonly what: string;
  /** Whether to wait for another command that holds the lock. @default - that is an error */
  readonly waits?: boolean;
  /** Removes what a process may have left half done that was ended at once while it held the lock, since that time in ms. */
  readonly onLeft?: (since: number) => void;
}

const held = new Set<string>();

/** Milliseconds between two looks at a lock that is waited for. */
const POLL = 500;

/**
 * Does work while this process holds a lock, which is a file. A lock that a process has left which was ended at once, as by
 * `kill -9`, is taken over.
 *
 * @throws UserError with who holds the lock, if another command does
 */
export async function locked<T>(file: string, props: LockProps, work: () => Promise<T> | T): Promise<T> {
  if (held.has(file)) return await work();
  for (let refused = take(file, props), isSaid = false; refused !== undefined; refused = take(file, props)) {
    if (!props.waits) throw new UserError(`${refused} Wait until it has ended. ${orDelete(file)}`);
    if (!isSaid) say(`${refused} Waiting until it has ended. ${orDelete(file)}`);
    isSaid = true;
    await sleep(POLL);
  }
  held.add(file);
  const cleanUp = () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
  return await guarded({ cleanUp }, work);
}

function orDelete(file: string): string {
  return `If it no longer runs, delete ${file}.`;
}

/** Takes the lock, or says who holds it. */
function take(file: string, props: LockProps): string | undefined {
  const { what, onLeft } = props;
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, ownerJson(), { flag: "wx" });
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") {
      if (code === "ENOSPC") rmSync(file, { force: true });
      throw new UserError(`Can't write ${file}, which keeps other commands from ${what}: ${message}`);
    }
  }
  const owner = ownerIn(file);
  if (!owner || !hasEnded(owner))
    return `Another command is at work on ${what}: ${owner ? ownerText(owner) : "it has just begun"}.`;
  // Of several processes that find the same, one renames it.
  const left = `${file}.${process.pid}`;
  try {
    renameSync(file, left);
  } catch {
    return take(file, props);
  }
  if (ownerIn(left)?.pid !== owner.pid) renameSync(left, file);
  else {
    say(`Took over from ${ownerText(owner)}, which was ended before it was done.`);
    onLeft?.(statSync(left).birthtimeMs);
    rmSync(left);
  }
  return take(file, props);
}
