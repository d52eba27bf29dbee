import { createInterface } from "node:readline";
import { UserError } from "../../packages/common/util";
import { guarded } from "../engine/interruption";

/**
 * Asks on the terminal whether to apply what was shown.
 *
 * @throws UserError if the answer is not yes, or if there is no terminal to ask on
 */
export async function requireApproval(): Promise<void> {
  if (!process.stdin.isTTY)
    throw new UserError("Nothing was applied: there is no terminal to ask on. Add --auto-approve.");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const close = () => {
    terminal.close();
  };
  const answer = await guarded(
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
        terminal.question("\nApply? Only yes is accepted: ", resolve);
      }),
  );
  if (answer.trim() !== "yes") throw new UserError("Nothing was applied.");
}
