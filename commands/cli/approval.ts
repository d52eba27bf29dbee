import { createInterface } from "node:readline";
import { UserError } from "../../packages/common/util";
import { guarded } from "../engine/interruption";

/**
 * Asks on the terminal whether to apply what was shown.
 *
 * @param answer - the only one that is taken for approval
 * @param option - what approves where there is no terminal
 * @throws UserError if the answer is another one, or if there is no terminal to ask on
 */
export async function requireApproval(answer = "yes", option = "--auto-approve"): Promise<void> {
  if (!process.stdin.isTTY) throw new UserError(`Nothing was applied: there is no terminal to ask on. Add ${option}.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const close = () => {
    terminal.close();
  };
  const given = await guarded(
    { stop: close, cleanUp: close },
    () =>
      new Promise<string>((resolve) => {
        terminal.on("SIGINT", () => {
          // The terminal is in raw mode: Ctrl-C is a key, and no signal.
          process.kill(process.pid, "SIGINT");
        });
        terminal.on("close", () => {
          resolve("");
        });
        terminal.question(`\nApply? Only ${answer} is accepted: `, resolve);
      }),
  );
  if (given.trim() !== answer) throw new UserError("Nothing was applied.");
}
