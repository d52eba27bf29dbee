import { randomBytes } from "node:crypto";
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { UserError } from "./user-error";

/**
 * Writes a file that must not exist. If it can't be written whole, there is none.
 *
 * @throws UserError if it exists, also if another program has created it a moment before, or if it can't be written
 */
export function writeNew(file: string, content: string): void {
  try {
    writeFileSync(file, content, { flag: "wx" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new UserError(`${file} exists, and nothing is written over it.`);
    if (/^(ENOSPC|EDQUOT|EFBIG|EIO)$/.test(code ?? "")) rmSync(file, { force: true });
    throw new UserError(`Can't write ${file}: ${message}`);
  }
}

/**
 * Writes a file whole, or leaves it as it is: the content is written beside it, into a file that nobody can have put there
 * before, and takes its place once it is complete.
 *
 * @param mode - who can read it. @default - everybody, as the user's mask allows
 * @throws UserError if it can't be written
 */
export function writeWhole(file: string, content: string | Buffer, mode?: number): void {
  const options = mode === undefined ? {} : { mode };
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    // A pipe or a device, such as /dev/stdout, has no place beside it.
    if (found && !found.isFile()) {
      writeFileSync(file, content, options);
      return;
    }
    const target = found ? realpathSync(file) : file;
    const beside = `${target}.${randomBytes(8).toString("hex")}.tmp`;
    try {
      writeFileSync(beside, content, { ...options, flag: "wx" });
      renameSync(beside, target);
    } finally {
      rmSync(beside, { force: true });
    }
  } catch (error) {
    throw new UserError(`Can't write ${file}: ${(error as Error).message}. What was there before is still there.`);
  }
}
