import fc from "fast-check";

const { FUZZ_SEED, FUZZ_PATH } = process.env;

/**
 * Whether properties are tried at random and at length. npm says by this variable which of its scripts runs; a seed repeats
 * what has failed there.
 */
export const isFuzz = process.env.npm_lifecycle_event === "fuzz" || FUZZ_SEED !== undefined;

/** How many times as much `npm run fuzz` tries as `npm test`, unless FUZZ_RUNS says so. */
const times = isFuzz ? Number(process.env.FUZZ_RUNS ?? 200) : 1;

/** The seed of `npm test`, which tries the same in each run. */
const SEED = 20_261_129;

/**
 * A test that a property holds for any input, by the name "property: NAME". In `npm test` the input is the same in each run.
 * `npm run fuzz` runs these tests alone, with other input each time, and prints how to repeat what fails.
 *
 * @param runs - how much `npm test` tries: little, since each property has to be cheap there
 */
export function property<T>(name: string, runs: number, holds: fc.IRawProperty<T>): void {
  const title = `property: ${name}`;
  test(
    title,
    async () => {
      const random = FUZZ_SEED === undefined ? {} : { seed: Number(FUZZ_SEED) };
      const details = await fc.check(holds, {
        numRuns: runs * times,
        ...(isFuzz ? random : { seed: SEED }),
        ...(FUZZ_PATH !== undefined && { path: FUZZ_PATH }),
      });
      if (!details.failed) return;
      const again = `FUZZ_SEED=${details.seed} FUZZ_PATH=${details.counterexamplePath ?? ""} npx jest --testNamePattern '${title}'`;
      throw new Error(`${fc.defaultReportMessage(details) ?? ""}\n\nTo repeat it: ${again}`, {
        cause: details.errorInstance,
      });
    },
    // Ends what hangs.
    60_000 * Math.max(1, times),
  );
}

export default fc;
