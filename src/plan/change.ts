import { type Plan, type ResourceChange, textIn } from "./plan";

/** What happens, in the words of the network. */
export interface Change {
  /** What sort of change it is, for machines. */
  readonly kind: ChangeKind;
  /** Whether something comes, goes, is made anew, or changes in place. */
  readonly effect: Effect;
  readonly text: string;
  /** Terraform addresses of all that it changes. Every resource that changes is in one change, and in one only. */
  readonly resources: readonly string[];
}

export type ChangeKind =
  | "bastion"
  | "diagnostics"
  | "endpoint"
  | "in-place"
  | "lock"
  | "other"
  | "part"
  | "peering"
  | "records"
  | "registry"
  | "replaced"
  | "replicas"
  | "roles"
  | "tags"
  | "test-vms"
  | "zone"
  | "zone-link";

export type Effect = "comes" | "goes" | "replaced" | "in-place";

/** A change with the resources in full. */
export interface Draft extends Omit<Change, "resources"> {
  readonly resources: readonly ResourceChange[];
}

/** Finds one kind of change among the resources that no other kind has claimed yet. */
export type Kind = (plan: Plan, open: readonly ResourceChange[]) => Draft[];

/** What becomes of something, from what becomes of its main resource. */
export function effectOf({ action }: ResourceChange): Effect {
  if (action === "create" || action === "import") return "comes";
  if (action === "replace") return "replaced";
  return action === "update" ? "in-place" : "goes";
}

/** What the effect is called after a subject: "comes", "goes", "is replaced", "changes". */
export function verb(effect: Effect, plural = false): string {
  if (effect === "replaced") return plural ? "are replaced" : "is replaced";
  const one = effect === "in-place" ? "changes" : effect;
  return plural ? { comes: "come", goes: "go", changes: "change" }[one] : one;
}

/** A resource's name in Azure, before the change if it has one then; its address where it has none at all. */
export function nameOf({ address, before, after }: ResourceChange): string {
  return textIn(before, "name") ?? textIn(after, "name") ?? address;
}

/** "the hub", "the registry", or a spoke's name. */
export function partInWords(part: string): string {
  return part === "hub" || part === "registry" ? `the ${part}` : part;
}

/** A text with a capital letter, unless it starts with a name. */
export function sentence(text: string): string {
  return text.startsWith("the ") || text.startsWith("test ") ? text[0]!.toUpperCase() + text.slice(1) : text;
}
