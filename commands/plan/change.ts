import { hubName, ID } from "../../src/terraform/logical-ids";
import { type Effect, type ResourceChange, textIn } from "./plan";

/** One change of the network: the resources that change together, and a sentence that says how. */
export interface Change {
  /** What is changed, for machines: one of the kinds in docs/plan.md. */
  readonly kind: string;
  readonly effect: Effect;
  readonly text: string;
  /** Terraform addresses of all resources that change. Every resource of a plan is in exactly one change. */
  readonly resources: readonly string[];
}

/** How an effect is shown. */
interface ShownEffect {
  /** Written before a change. Terraform's own signs, with one character for a replacement. */
  readonly sign: "+" | "~" | "±" | "-";
  /** What follows on "is" or "are". */
  readonly words: string;
}

export const EFFECTS: Readonly<Record<Effect, ShownEffect>> = {
  created: { sign: "+", words: "created" },
  updated: { sign: "~", words: "updated in place" },
  replaced: { sign: "±", words: "replaced" },
  destroyed: { sign: "-", words: "destroyed" },
  imported: { sign: "+", words: "imported into the state" },
  forgotten: { sign: "-", words: "no longer managed by Terraform, and not destroyed" },
};

/** A resource's name in Azure, before the change if it has one then; its address where it has none at all. */
export function nameOf({ address, before, after }: ResourceChange): string {
  return textIn(before, "name") ?? textIn(after, "name") ?? address;
}

/** "the hub", "the hub north", "the registry", or a spoke's name. */
export function partName(part = ""): string {
  if (part === ID.hub || part === ID.registry) return `the ${part}`;
  const hub = hubName(part);
  return hub === undefined ? part : `the hub ${hub}`;
}

/** A sentence's subject at its start: with a capital letter, unless it is a name. */
export function capitalized(subject: string): string {
  return subject.startsWith("the ") ? `T${subject.slice(1)}` : subject;
}
