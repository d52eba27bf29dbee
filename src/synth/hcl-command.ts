import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { loadSettings } from "../settings/load";
import { standalone, toHcl } from "./hcl";
import { stackInMemory } from "./stack-in-memory";

/** `npm run hcl`: the stack as plain Terraform. */
export const command: Command = (args) => {
  const cli = program("hcl").option("--json", "as Terraform JSON");
  const { json } = cli.parse(args, { from: "user" }).opts<{ json?: boolean }>();
  const stack = standalone(stackInMemory(loadSettings(process.cwd(), process.env).settings).toTerraform());
  process.stdout.write(json ? `${JSON.stringify(stack, null, 2)}\n` : toHcl(stack));
  return EXIT.done;
};
