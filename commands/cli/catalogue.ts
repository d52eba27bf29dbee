/** A command, as it is listed. */
export interface CatalogueEntry {
  /** What it does, in one sentence. */
  readonly does: string;
  /** Arguments of an example, and after `>` the file that its output goes to. */
  readonly example: string;
}

/**
 * The commands of `npm run`, by purpose. `npm run help`, the tables in the docs and each command's `--help` show these texts.
 * `npx private-registry` runs those that are not for development.
 */
export const CATALOGUE = {
  "Without an Azure account": {
    synth: {
      does: "Writes the Terraform JSON of the stack that the settings describe.",
      example: "--settings examples/small.json",
    },
    preview: {
      does: "Shows what each network's DNS returns for the registry's names, and whether it is reachable.",
      example: "--json > preview.json",
    },
    diagram: {
      does: "Draws the network: as a Mermaid flowchart, or as a picture in SVG or PNG.",
      example: "--svg network.svg",
    },
    rehearse: {
      does: "Deploys the network, or any folder with Terraform configuration, to an emulated Azure with the real engine and providers, checks the result, and destroys it.",
      example: "--to examples/changes/plus-spoke.json",
    },
    emulator: {
      does: "Runs the emulated Azure alone, for any Terraform or OpenTofu configuration, until Ctrl-C.",
      example: "--port 8443 --certificate azure.pem",
    },
    hcl: {
      does: "Prints the stack as plain Terraform configuration, which can be used without this project.",
      example: "> main.tf",
    },
  },
  "With an Azure account": {
    adopt: {
      does: "Reads networks and a registry that exist from Azure, and writes settings that use them.",
      example: "--hub HUB_ID --spokes SPOKE_ID SPOKE_ID --registry REGISTRY_ID",
    },
    plan: {
      does: "Shows what a deployment would change, and what that means for the network.",
      example: "--out reviewed.tfplan",
    },
    deploy: {
      does: "Makes one plan, shows it with the preview, asks for approval, and applies that plan.",
      example: "--plan reviewed.tfplan",
    },
    destroy: {
      does: "Makes one plan that destroys everything, shows it, asks for the name of the registry whose images are lost, and applies it.",
      example: "--settings examples/small.json",
    },
    "dns-records": {
      does: 'Prints the DNS records that others write with dns set to "external", and the rights to write them; or the conditional forwarders of clients outside Azure.',
      example: "--output records.json --output records.csv",
    },
    failover: {
      does: "Leads networks away from a region that fails, by the DNS records of the login server alone, and back.",
      example: "--back swedencentral",
    },
    "push-hello": {
      does: "Builds the image in docker-hello on the test VM that can push, and pushes it to the registry.",
      example: "--start",
    },
    verify: {
      does: "Checks on each spoke's test VM, on VMs of your own or in a cluster that an image can be pulled through the network's own endpoint.",
      example: "--json > verification.json",
    },
  },
  "For development of this project": {
    help: { does: "Lists all commands.", example: "" },
    test: { does: "Runs all tests.", example: "commands/plan/__tests__" },
    fuzz: {
      does: "Runs the tests with random input at length, and prints how to repeat what fails; FUZZ_RUNS times as much as npm test (200).",
      example: "__tests__/settings",
    },
    lint: { does: "Checks lint rules, formatting and types, and finds unused code.", example: "" },
    format: { does: "Formats all files.", example: "" },
    docs: {
      does: "Updates the generated parts of the documentation, such as the tables of settings and commands.",
      example: "",
    },
    bench: {
      does: "Measures the time and memory of a synthesis, compared with a minimal app and by number of spokes.",
      example: "--runs 3",
    },
  },
} as const satisfies Record<string, Record<string, CatalogueEntry>>;

/** What a command needs beside Node.js and npm ci. */
export interface Needs {
  /** Terraform or OpenTofu, and access to the providers. */
  readonly engine?: boolean;
  /** A login to Azure that may read or change the deployment. */
  readonly login?: boolean;
  /** What is different with an option, or on a system. */
  readonly except?: string;
}

/** What each command that needs more than Node.js needs. The same for Terraform and OpenTofu. */
export const NEEDS: Readonly<Partial<Record<CommandName, Needs>>> = {
  preview: { except: "an engine with `--deployed`, a login with `--azure`" },
  diagram: { except: "an engine with `--deployed`, a login with `--azure`" },
  adopt: { login: true },
  "dns-records": { engine: true, login: true, except: "neither with `--state` or `--forwarders`" },
  rehearse: { engine: true, except: "Linux only" },
  plan: { engine: true, login: true, except: "neither with `--file`" },
  deploy: { engine: true, login: true },
  destroy: { engine: true, login: true },
  failover: { engine: true, login: true },
  "push-hello": { engine: true, login: true, except: "no engine with `--state`" },
  verify: { engine: true, login: true, except: "no engine with `--state`; no login with `--job` or `--read`" },
  test: { except: "with an engine, it also runs the tests that need one" },
};

type Groups = typeof CATALOGUE;

/** Name of a command. */
export type CommandName = { [Group in keyof Groups]: keyof Groups[Group] }[keyof Groups];

/** Each command by its name, in the order of the catalogue. */
export const COMMANDS: ReadonlyMap<string, CatalogueEntry> = new Map(
  Object.values(CATALOGUE).flatMap(Object.entries<CatalogueEntry>),
);

/** The commands that `npx private-registry` does not run. */
export const DEVELOPMENT: ReadonlySet<string> = new Set(Object.keys(CATALOGUE["For development of this project"]));
