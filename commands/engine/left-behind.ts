import { isJson, objects } from "../../packages/common/util";
import type { Diagnostic, WorkingDirectory } from "./engine";

/** A resource that exists in Azure, and not in the state. */
export interface LeftBehind {
  /** Terraform address. */
  readonly address: string;
  /** Azure id. */
  readonly id: string;
}

/**
 * The resources that an apply could not create because they exist. Usually an earlier apply has created them and was
 * interrupted: azurerm stores a resource in the state only once Azure has it everywhere.
 */
export function leftBehind(diagnostics: readonly Diagnostic[]): LeftBehind[] {
  return diagnostics.flatMap(({ summary, detail, address }) => {
    const id = /resource with the ID "([^"]+)" already exists/.exec(summary + detail)?.[1];
    return id === undefined || address === undefined ? [] : [{ address, id }];
  });
}

/**
 * Keeps the registries that a plan would replace because they are tainted: an apply has created them, and was interrupted or
 * failed before all of their replicas were there. The next plan adds what is missing.
 *
 * @param json - the plan, as the engine shows it
 * @returns the Terraform addresses of the registries
 */
export async function keepTainted(json: unknown, directory: WorkingDirectory): Promise<string[]> {
  const addresses = objects(isJson(json) ? json.resource_changes : []).flatMap(
    ({ type, address, action_reason: reason }) =>
      type === "azurerm_container_registry" && reason === TAINTED && typeof address === "string" ? [address] : [],
  );
  for (const address of addresses) await directory.untaint(address);
  return addresses;
}

/** Why Terraform replaces a resource whose creation has failed. */
export const TAINTED = "replace_because_tainted";

/** Whether an apply was interrupted while resources were being created, so that these may not be in the state. */
export function lostTrack(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ summary, detail }) => /context canceled/i.test(summary + detail));
}
