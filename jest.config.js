const { availableParallelism } = require("node:os");

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  // Three workers on two cores, where jest would start one: tests that wait for a process leave their core to others.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  roots: ["<rootDir>/__tests__", "<rootDir>/packages"],
  testMatch: ["**/*.test.ts"],
  // Suites that need what is not on this machine, such as an engine or a browser, are left out and named at the end.
  filter: "<rootDir>/__tests__/support/needs.cjs",
  reporters: ["default", "<rootDir>/__tests__/support/left-out.cjs"],
  transform: { "^.+\\.ts$": "@swc/jest" },
  // Most of the time of a synthesis in jest is left out, as in the app: the stack trace that cdktf records for each token,
  // of which jest maps each line to the source, and the modules in unused-modules.cjs.
  moduleNameMapper: {
    "^\\.{1,2}/(.*/)?stack-trace$": "<rootDir>/__tests__/support/no-stack-trace.ts",
    "^archiver$|^\\.\\./locales/index\\.cjs$": "<rootDir>/__tests__/support/unused-module.ts",
  },
  // Many tests start processes, which takes time on a busy machine.
  testTimeout: 30_000,
  setupFiles: ["<rootDir>/__tests__/setup.ts"],
};
