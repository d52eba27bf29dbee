import { Session } from "node:inspector";
import { runInNewContext } from "node:vm";

/** Most milliseconds that a run takes. It ends what has no end, or takes a thousand times longer than other runs. */
const LIMIT = 60_000;

/**
 * How many functions of the package are called in each of some runs, as the engine counts them: a measure of work that is the
 * same on any machine.
 */
export function callsIn(runs: readonly (() => unknown)[]): number[] {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  try {
    return runs.map((run) => {
      runInNewContext("run()", { run }, { timeout: LIMIT });
      return takeCalls(session);
    });
  } finally {
    session.post("Profiler.stopPreciseCoverage");
    session.disconnect();
  }
}

/** The calls since the last time. */
function takeCalls(session: Session): number {
  let calls = 0;
  session.post("Profiler.takePreciseCoverage", (_, { result }) => {
    const ofPackage = result.filter(({ url }) => /private-link-preview.lib|packages.common/.test(url));
    for (const { functions } of ofPackage) for (const { ranges } of functions) calls += ranges[0]!.count;
  });
  return calls;
}
