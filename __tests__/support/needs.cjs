// What some suites need that npm ci does not install. The name of such a suite says it, as in zones.engine.test.ts.
// Jest asks here which suites to run (`filter` in jest.config.js), so that the others are not even loaded, and
// left-out.cjs names them at the end. There is no TypeScript here, which would have to be compiled first.
const { spawnSync } = require("node:child_process");
const { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { basename, delimiter, join, relative, resolve } = require("node:path");

const PROJECT = join(__dirname, "..", "..");
const { env } = process;

const versions = require("../../src/terraform/provider-versions.json");

/** Providers of the stack by default; stack.test.ts compares them with those that it requires. */
const PROVIDERS = {
  azapi: { source: "azure/azapi", version: versions["azure/azapi"] },
  azurerm: { source: "azurerm", version: versions["hashicorp/azurerm"][4] },
  tls: { source: "hashicorp/tls", version: versions["hashicorp/tls"] },
};

/** One of these says that an engine is meant to be used, and where it or its providers are. */
const ENGINE_VARIABLES = ["TERRAFORM_BINARY_NAME", "TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR"];

/** Chromium, as Linux distributions and hosted runners call it. */
const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

const SCANNERS = ["checkov", "trivy"];

/** For each need, why it is not met on this machine; undefined if it is. */
const LACKING = {
  engine: lackingEngine,
  browser: () => (env.REQUIRE_TOOLS || BROWSERS.some(which) ? undefined : `${BROWSERS.join(" or ")} not installed`),
  scanner: () => (env.REQUIRE_SCANNERS || SCANNERS.some(which) ? undefined : `no ${SCANNERS.join(" or ")} on the PATH`),
  successor: lackingSuccessor,
  az: () => (env.AZURE_CLI ? undefined : "AZURE_CLI names no Azure CLI"),
  oci: () =>
    env.OCI_CONFORMANCE
      ? undefined
      : "OCI_CONFORMANCE names no program of github.com/opencontainers/distribution-spec/conformance",
};

/** Path of a program by its name, or of one of a path, if it is there and can be run. */
function which(name) {
  const folders = name.includes("/") ? [""] : (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => resolve(folder, name)).find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Suites with an engine rehearse with all providers of the stack, which the engine downloads, or finds in a mirror. */
function lackingEngine() {
  if (process.platform !== "linux") return "rehearsals need Linux";
  // An engine that happens to be here would download its providers, and deploy for half an hour.
  if (ENGINE_VARIABLES.every((name) => !env[name])) return `none of ${ENGINE_VARIABLES.join(", ")} is set`;
  const names = env.TERRAFORM_BINARY_NAME ? [env.TERRAFORM_BINARY_NAME] : ["terraform", "tofu"];
  const command = names.map(which).find(Boolean);
  if (command === undefined)
    return `no ${names.join(" or ")} on the PATH (TERRAFORM_BINARY_NAME names another program)`;
  const folder = mkdtempSync(join(tmpdir(), "init-"));
  try {
    for (const version of Object.values(versions["hashicorp/azurerm"])) {
      const required = { ...PROVIDERS, azurerm: { ...PROVIDERS.azurerm, version } };
      writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: required } }));
      const { status } = spawnSync(command, ["init", "-input=false", "-upgrade"], { cwd: folder, timeout: 120_000 });
      if (status !== 0)
        return `${command} init does not get the providers ${Object.keys(PROVIDERS).join(", ")} with azurerm ${version}`;
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function lackingSuccessor() {
  const modules = readFileSync(join(PROJECT, "src", "terraform", "index.ts"), "utf8");
  if (!/ from "@?cdktf\b/.test(modules)) return "src/terraform/index.ts is the successor's already";
  return env.SUCCESSOR ? undefined : "SUCCESSOR names no folder where the successor's packages are installed";
}

/** Suites that are left out, each with what is not here. */
const leftOut = new Map();

/** Which of these suites to run. */
function filter(paths) {
  const found = new Map();
  for (const path of paths) {
    const need = /\.(\w+)\.test\.ts$/.exec(basename(path))?.[1];
    if (need === undefined) continue;
    if (!Object.hasOwn(LACKING, need)) throw new Error(`${path}: nothing is known of what "${need}" needs`);
    if (!found.has(need)) found.set(need, LACKING[need]());
    const lacking = found.get(need);
    if (lacking !== undefined) leftOut.set(relative(PROJECT, path), lacking);
  }
  const filtered = paths.filter((path) => !leftOut.has(relative(PROJECT, path)));
  // Jest calls no reporter where nothing is left.
  if (filtered.length === 0) process.stderr.write(leftOutText());
  return Promise.resolve({ filtered });
}

/** One line for each suite that is left out. */
function leftOutText() {
  return [...leftOut].map(([path, lacking]) => `skipped: ${path}: ${lacking}\n`).join("");
}

module.exports = Object.assign(filter, { BROWSERS, LACKING, PROVIDERS, leftOutText, which });
