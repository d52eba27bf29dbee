import { at, isJson } from "private-link-preview/util";

/** When something was made, changed or deleted. */
export interface Work {
  /** Terraform address. */
  readonly address: string;
  /** Milliseconds, of any clock that does not go back. */
  readonly start: number;
  readonly end: number;
}

/**
 * The chain of work that an apply's time was spent on: what ended last, before it that of its dependencies which ended
 * last, and so on.
 *
 * @param state - output of `terraform show -json`, which knows what depends on what
 */
export function criticalPath(work: readonly Work[], state: unknown): Work[] {
  const dependencies = new Map(
    at(state, ["values", "root_module", "resources"])
      .filter(isJson)
      .map((resource) => [resource.address, new Set(at(resource, ["depends_on"]))]),
  );
  const last = (candidates: readonly Work[]) =>
    candidates.reduce<Work | undefined>((a, b) => (a && a.end >= b.end ? a : b), undefined);
  const path: Work[] = [];
  for (let step = last(work); step;) {
    path.unshift(step);
    const { address, start } = step;
    const before = dependencies.get(address) ?? new Set();
    // What came after it began was no reason to wait.
    step = last(work.filter((other) => before.has(other.address) && other.end <= start + CLOCK_STEP));
  }
  return path;
}

/** Events are told as they come, which may be a little late. */
const CLOCK_STEP = 500;
