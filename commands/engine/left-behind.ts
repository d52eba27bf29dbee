import type { Diagnostic } from "./engine";

/** A resource that exists in Azure, and not in the state. */
export interface LeftBehind {
  /** Terraform address. */
  readonly address: string;
  /** Azure id. */
  readonly id: string;
}

/**
 * The resources that an apply could not create because they exist. Usually an earlier apply has created them and was
 * interrupted: azurerm stores a resource in the state only once Azure has it everywhere, and a registry once it has its
 * replicas.
 */
export function leftBehind(diagnostics: readonly Diagnostic[]): LeftBehind[] {
  return diagnostics.flatMap(({ summary, detail, address }) => {
    const id = /resource with the ID "([^"]+)" already exists/.exec(summary + detail)?.[1];
    return id === undefined || address === undefined ? [] : [{ address, id }];
  });
}

/** Whether an apply was interrupted while resources were being created, so that these may not be in the state. */
export function lostTrack(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ summary, detail }) => /context canceled/i.test(summary + detail));
}
