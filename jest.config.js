/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  // By default jest leaves a core free; on two cores that is half of them.
  maxWorkers: "100%",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.ts$": "@swc/jest" },
  setupFilesAfterEnv: ["<rootDir>/__tests__/setup.ts"],
};
