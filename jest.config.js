/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  // By default jest leaves one core free, which on two cores is half of them.
  maxWorkers: "100%",
  roots: ["<rootDir>/__tests__", "<rootDir>/packages"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.ts$": "@swc/jest" },
  // cdktf records a stack trace for each token. In jest, which maps each line of it to the source, this takes most of the
  // time of a synthesis.
  moduleNameMapper: {
    "^\\.{1,2}/(.*/)?stack-trace$": "<rootDir>/__tests__/support/no-stack-trace.ts",
    "^archiver$|^\\.\\./locales/index\\.cjs$": "<rootDir>/__tests__/support/unused-module.ts",
  },
  // Many tests start processes, which takes time on a busy machine.
  testTimeout: 30_000,
  setupFiles: ["<rootDir>/__tests__/setup.ts"],
};
