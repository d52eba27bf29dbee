/** The commands of `npm run`, by purpose: `npm run help`, the docs' table and each command's `--help` tell this. */
export const CATALOGUE = {
  "Without an account": {
    synth: "Writes the Terraform JSON of the settings.",
    preview: "Shows who resolves the registry to what, and can reach it.",
    diagram: "Draws the network as a Mermaid flowchart, on standard output.",
    rehearse: "Deploys to an emulated Azure with the real engine and providers, proves the outcome, destroys it.",
    hcl: "Writes the stack as plain Terraform, which needs nothing of this project, on standard output.",
  },
  "With an account": {
    plan: "Says what a deployment would change, in the words of the network.",
    deploy:
      "Shows who will resolve the registry to what, and what changes; then runs cdktf deploy, which asks and applies.",
    destroy: "Says what will go; then runs cdktf destroy, which asks and destroys.",
    "push-hello": "Builds docker-hello on the test VM that may push, and pushes it to the registry from there.",
    verify:
      "Proves on each spoke's test VM that the registry resolves to the spoke's own endpoint and that an image can be pulled through it.",
  },
  "For work on this project": {
    help: "Shows this list.",
    test: "Runs all tests.",
    lint: "Looks for mistakes, wrong types, wrong format and what nothing uses.",
    format: "Puts every file into its format.",
    docs: "Writes the generated parts of the docs: settings and their JSON Schema, commands, licences, the deployer's role, the README's diagram and preview.",
    bench: "Measures the time and memory of a synthesis against a floor, and as the number of spokes grows.",
  },
} as const satisfies Record<string, Record<string, string>>;

type Groups = typeof CATALOGUE;

/** Name of a command. */
export type CommandName = { [Group in keyof Groups]: keyof Groups[Group] }[keyof Groups];

/** Every command with what it does, in the catalogue's order. */
export const COMMANDS: ReadonlyMap<string, string> = new Map(Object.values(CATALOGUE).flatMap(Object.entries<string>));
