import type { Json } from "../../../common/util/json";
import { UserError } from "../../../common/util/user-error";
import { count } from "../../../common/util/words";

/** @throws UserError if a plan is not whole, or of a form that this project does not know */
export function requireWhole(plan: Json, source: string): void {
  const refuse = (what: string, then: string): never => {
    throw new UserError(`${source} ${what}, so what it changes is not known for certain. ${then}`);
  };
  const { format_version: version, errored, complete, deferred_changes: deferred } = plan;
  if (version === undefined || version === null)
    refuse("has no format version", "Give the whole output of: terraform show -json PLANFILE");
  if (errored === true) refuse("ended with an error", "Fix the error, then make a new plan.");
  if (Array.isArray(deferred) && deferred.length > 0)
    refuse(
      `defers ${count(deferred.length, "change")} to a later one`,
      "Apply what they wait for first, then make a new plan.",
    );
  if (complete === false)
    refuse("is of some resources alone", "Make a plan of all resources, without -target and -exclude.");
}
