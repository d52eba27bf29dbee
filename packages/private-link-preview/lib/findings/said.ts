import type { CauseName, CauseSubjects } from "../cause";
import type { NetworkModel } from "../model/network-model";
import type { Resolver } from "../resolver";
import type { Lookup } from "../trace";
import type { Finding } from "./finding";

/** What the words of a cause can be made of, beside the things that it is about. */
export interface Context {
  readonly model: NetworkModel;
  readonly resolver: Resolver;
  readonly lookups: readonly Lookup[];
}

/** What is said of a cause. */
export interface Said {
  /** @default - that of the code */
  readonly severity?: Finding["severity"];
  /** What is the case, and what follows from it. */
  readonly problem: string;
  /** What to do about it, where that can be said more closely than in general. @default - the fix of the code */
  readonly remedy?: string;
  readonly resources: readonly string[];
}

/** What to do where Azure decides a value. */
export const AFTER_APPLY = "Preview the state after the apply.";

/**
 * What is said of a cause.
 *
 * @param subjects - what the cause is about
 * @param affected - the lookups with a step that it is the cause of
 * @returns undefined for a cause that is not worth a finding
 */
export type Words<N extends CauseName> = (
  subjects: CauseSubjects[N],
  affected: readonly Lookup[],
  context: Context,
) => Said | undefined;

/** What is said of each cause. */
export type Reasons = { readonly [N in CauseName]: Words<N> };
