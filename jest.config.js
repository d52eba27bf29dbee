const { availableParallelism } = require("node:os");

/** Parsers that judge what commands print, and that Node.js 20 can't load in a test as they are. */
const ES_MODULES = "(marked|parse5|entities)";

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  // Three workers on two cores, where jest would start one: tests that wait for a process leave their core to others.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  roots: ["<rootDir>/__tests__", "<rootDir>/commands", "<rootDir>/packages"],
  testMatch: ["**/*.test.ts"],
  // Suites that need what is not on this machine, such as an engine or a browser, are left out and named at the end.
  filter: "<rootDir>/__tests__/support/needs.cjs",
  reporters: ["default", "<rootDir>/__tests__/support/left-out.cjs"],
  // The examples of the packages name them as their users do.
  moduleNameMapper: {
    "^(private-link-preview|azure-emulator)$": "<rootDir>/packages/$1",
    "/stack-trace$": "<rootDir>/__tests__/support/no-stack-trace.ts",
  },
  transform: { "^.+\\.ts$": "@swc/jest", [`/node_modules/${ES_MODULES}/.+\\.js$`]: "@swc/jest" },
  transformIgnorePatterns: [`/node_modules/(?!${ES_MODULES}/)`],
  // Many tests start processes, which takes time on a busy machine.
  testTimeout: 30_000,
  globalSetup: "<rootDir>/__tests__/support/temporary-folder.cjs",
  setupFiles: ["<rootDir>/__tests__/setup.ts"],
};
