/** The commands of `npm run`, by purpose. `npm run help`, the tables in the docs and each command's `--help` show these texts. */
export const CATALOGUE = {
  "Without an Azure account": {
    synth: "Writes the Terraform JSON of the stack that the settings describe.",
    preview: "Shows what each network's DNS returns for the registry's names, and whether it is reachable.",
    diagram: "Draws the network: as a Mermaid flowchart, or as a picture in SVG or PNG.",
    rehearse:
      "Deploys the network, or any folder with Terraform configuration, to an emulated Azure with the real engine and providers, checks the result, and destroys it.",
    emulator: "Runs the emulated Azure alone, for any Terraform or OpenTofu configuration, until Ctrl-C.",
    hcl: "Prints the stack as plain Terraform configuration, which can be used without this project.",
  },
  "With an Azure account": {
    plan: "Shows what a deployment would change, and what that means for the network.",
    deploy: "Makes one plan, shows it with the preview, asks for approval, and applies that plan.",
    destroy: "Makes one plan that destroys everything, shows how much that is, asks for approval, and applies it.",
    failover: "Leads networks away from a region that fails, by the DNS records of the login server alone, and back.",
    "push-hello": "Builds the image in docker-hello on the test VM that can push, and pushes it to the registry.",
    verify:
      "Checks on each spoke's test VM that the registry's names resolve to the spoke's own endpoint and that an image can be pulled through it.",
  },
  "For development of this project": {
    help: "Lists all commands.",
    test: "Runs all tests.",
    fuzz: "Runs the tests with random input at length, for about ten minutes; FUZZ_RUNS sets how many times as long as in npm test.",
    lint: "Checks lint rules, formatting and types, and finds unused code.",
    format: "Formats all files.",
    docs: "Updates the generated parts of the documentation, such as the tables of settings and commands.",
    bench: "Measures the time and memory of a synthesis, compared with a minimal app and by number of spokes.",
  },
} as const satisfies Record<string, Record<string, string>>;

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
  rehearse: { engine: true, except: "Linux only" },
  plan: { engine: true, login: true, except: "neither with `--file`" },
  deploy: { engine: true, login: true },
  destroy: { engine: true, login: true },
  failover: { engine: true, login: true },
  "push-hello": { engine: true, login: true, except: "no engine with `--state`" },
  verify: { engine: true, login: true, except: "no engine with `--state`" },
  test: { except: "with an engine, it also runs the tests that need one" },
};

type Groups = typeof CATALOGUE;

/** Name of a command. */
export type CommandName = { [Group in keyof Groups]: keyof Groups[Group] }[keyof Groups];

/** The summary of each command by its name, in the order of the catalogue. */
export const COMMANDS: ReadonlyMap<string, string> = new Map(Object.values(CATALOGUE).flatMap(Object.entries<string>));
