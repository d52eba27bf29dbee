import { existsSync } from "node:fs";
import { join } from "node:path";
import { isJson, UserError } from "private-link-preview/util";
import { WorkingDirectory, findEngine } from "./engine";

/**
 * The state of what is deployed: what `terraform show -json` prints in the stack's folder.
 *
 * @throws UserError if nothing was deployed from the folder, if nothing is deployed, or if there is no engine
 * @throws EngineError if the engine can't show the state
 */
export async function deployedState(stackFolder: string, env: NodeJS.ProcessEnv): Promise<unknown> {
  if (!existsSync(join(stackFolder, ".terraform"))) {
    throw new UserError(
      `Nothing was deployed from this folder: ${join(stackFolder, ".terraform")} does not exist. Run: npm run deploy`,
    );
  }
  const state = await new WorkingDirectory({ engine: findEngine(env), folder: stackFolder }).show();
  if (isJson(state) && "format_version" in state && !("values" in state))
    throw new UserError("Nothing is deployed: the Terraform state is empty. Run: npm run deploy");
  return state;
}
