/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  // By default jest leaves a core free; on two cores that is half of them.
  maxWorkers: "100%",
  roots: ["<rootDir>/__tests__", "<rootDir>/packages"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.ts$": "@swc/jest" },
  // cdktf notes for every token where it was made; under jest, which maps each line back to its source, that is most of
  // the time of a synthesis.
  moduleNameMapper: { "^\\.{1,2}/(.*/)?stack-trace$": "<rootDir>/__tests__/support/no-stack-trace.ts" },
  // Many start processes, and a machine may be busy.
  testTimeout: 30_000,
  setupFiles: ["<rootDir>/__tests__/setup.ts"],
};
