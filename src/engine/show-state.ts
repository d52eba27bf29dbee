import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "private-link-preview/util";
import { WorkingDirectory, findEngine } from "./engine";

/**
 * What is deployed from a folder, as `terraform show -json` has it.
 *
 * @throws UserError if nothing was deployed from there
 */
export async function showState(stackFolder: string, env: NodeJS.ProcessEnv): Promise<unknown> {
  if (!existsSync(join(stackFolder, ".terraform"))) {
    throw new UserError(
      `Nothing was deployed from this folder: ${join(stackFolder, ".terraform")} does not exist. Run: npm run deploy`,
    );
  }
  return new WorkingDirectory({ engine: findEngine(env), folder: stackFolder }).show();
}
