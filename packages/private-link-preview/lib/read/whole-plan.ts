import { type Json, isJson, objects } from "../../../common/util/json";
import { UserError } from "../../../common/util/user-error";
import { count, printable } from "../../../common/util/words";

/** What a plan or a state says that its resources do not show: conditions that failed, and actions that an apply invokes. */
export function noticesOf(json: Json): string[] {
  const failed = objects(json.checks).flatMap((check) =>
    [...objects(check.instances), ...(objects(check.instances).length === 0 ? [check] : [])]
      .filter(({ status }) => status === "fail" || status === "error")
      .map((instance) => {
        const messages = objects(instance.problems).flatMap(({ message }) =>
          typeof message === "string" ? message : [],
        );
        const how = instance.status === "error" ? "could not be evaluated" : "failed";
        return `A check of the configuration ${how}: ${nameIn(instance, check)}. ${messages.join(" ")}`.trim();
      }),
  );
  const invoked = [...objects(json.action_invocations), ...objects(json.deferred_action_invocations)].map(
    (action) => `The apply invokes ${nameIn(action)}. What that changes is not in the plan, and not in this preview.`,
  );
  return [...failed, ...invoked].map((notice) =>
    printable(
      notice
        .split("\n")
        .map((line) => line.trim())
        .join(" "),
    ),
  );
}

/** The address of the first that has one. */
function nameIn(...all: readonly Json[]): string {
  const names = all.flatMap(({ address, action_invocation: inner }) => [
    address,
    isJson(address) ? address.to_display : undefined,
    isJson(inner) ? inner.address : undefined,
  ]);
  return names.find((name) => typeof name === "string") ?? "an action";
}

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
