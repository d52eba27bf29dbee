import type { StackFiles } from "../../src/terraform/stack-files";
import { locked } from "../engine/lock";

/**
 * Does work in the folder of a stack, which no other command does at the same time. Those that only read the state there may.
 *
 * @throws UserError with who does, if another command works there
 */
export function lockedStack<T>({ lockFile, output }: StackFiles, work: () => Promise<T> | T): Promise<T> {
  return locked(lockFile, { what: output }, work);
}
