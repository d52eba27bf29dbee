import type { Plan, ResourceChange } from "../plan";

/** What may hurt when a plan is applied. */
export interface Warning {
  readonly code: WarningCode;
  /** A stop keeps the plan from being applied; a warning does not. */
  readonly severity: "warning" | "stop";
  /** What is interrupted, and for whom. */
  readonly message: string;
  /** Terraform addresses of what is involved. */
  readonly resources: readonly string[];
}

export type WarningCode =
  | "address-space-moves"
  | "bastion-interrupted"
  | "changed-by-others"
  | "deposed-object"
  | "endpoint-interrupted"
  | "lock-gone"
  | "network-replaced"
  | "no-room-for-replica"
  | "peering-interrupted"
  | "ranges-meet"
  | "record-interrupted"
  | "registry-lost"
  | "replica-gone"
  | "replica-remade"
  | "subnet-replaced"
  | "vm-replaced"
  | "vm-restarts"
  | "zone-changes"
  | "zone-interrupted";

/** Finds one sort of trouble in a plan. */
export type Check = (plan: Plan) => Warning[];

export function warning(code: WarningCode, message: string, resources: readonly ResourceChange[]): Warning {
  return { code, severity: "warning", message, resources: resources.map(({ address }) => address) };
}

/** The changes in hubs and spokes that stay as a whole: of others it is told as a whole. */
export function changesInWhatStays({ changes, fates }: Plan): ResourceChange[] {
  return changes.filter(
    ({ part = "", role, deposed }) => !deposed && !fates.has(part) && !fates.has(role.replace(/^peering-to-/, "")),
  );
}

/** Resources of a type that don't stay as they are: deleted, or deleted and made again. */
export function broken(changes: readonly ResourceChange[], type: string): ResourceChange[] {
  return changes.filter(
    (change) => change.type === type && (change.action === "replace" || change.action === "delete"),
  );
}
