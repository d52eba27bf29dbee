import fc from "fast-check";

// A synthesis takes a hundredth of a second: enough runs to try much, few enough to wait for.
fc.configureGlobal({ numRuns: 20 });

/** How many times as much `npm run fuzz` tries as `npm test`, unless FUZZ_RUNS says so. */
const TIMES = 200;

/** How many times as much is tried as in `npm test`. npm says by this variable which of its scripts runs. */
const times = Number(process.env.FUZZ_RUNS ?? (process.env.npm_lifecycle_event === "fuzz" ? TIMES : 1));

/**
 * A test of a property with input at random that nothing vouches for, by the name "fuzz: NAME". `npm run fuzz` runs these
 * tests alone, with many more runs.
 *
 * @param runs - in `npm test`, where they should take a second
 */
export function fuzz<T>(name: string, runs: number, property: fc.IProperty<T>): void {
  test(
    `fuzz: ${name}`,
    () => {
      fc.assert(property, { numRuns: runs * times });
    },
    30_000 * Math.max(1, times),
  );
}

export default fc;
