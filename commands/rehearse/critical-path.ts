import { at, isJson } from "../../packages/common/util";

/** When a resource was created, changed or deleted. */
export interface Work {
  /** Terraform address. */
  readonly address: string;
  /** Milliseconds of a monotonic clock. */
  readonly start: number;
  readonly end: number;
}

/**
 * The critical path of an apply: the work that ended last, before it the one of its dependencies that ended last, and so
 * on.
 *
 * @param state - output of `terraform show -json`, which has the dependencies
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
    // It did not wait for what ended after it had started.
    step = last(work.filter((other) => before.has(other.address) && other.end <= start + CLOCK_STEP));
  }
  return path;
}

/** Milliseconds by which an event may be late. */
const CLOCK_STEP = 500;
