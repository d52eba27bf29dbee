import type { TerraformResource, TerraformStack } from "./index";
import VERSIONS from "./provider-versions.json";

/** A major version of azurerm that the stack can be written for. */
export type AzurermMajor = 4 | 5;

/**
 * Version of azurerm that the stack pins. It is not that of the bindings, so that newer bindings do not upgrade the
 * provider.
 */
export function azurermVersion(major: AzurermMajor): string {
  return VERSIONS["hashicorp/azurerm"][major];
}

const KEY = "azurerm";

/** Sets for which major version of azurerm a stack is written. Called before the stack has any constructs. */
export function writeForAzurerm(stack: TerraformStack, major: AzurermMajor): void {
  stack.node.setContext(KEY, major);
}

/**
 * Writes what azurerm 5 has renamed by its new names, where the stack is written for azurerm 5. The bindings have the names
 * of azurerm 4, in which the new ones do not exist.
 *
 * @param attributes - values by path; `undefined` removes the old name
 */
export function inAzurerm5(resource: TerraformResource, attributes: Readonly<Record<string, unknown>>): void {
  if (resource.node.tryGetContext(KEY) !== 5) return;
  for (const [path, value] of Object.entries(attributes)) resource.addOverride(path, value);
}
