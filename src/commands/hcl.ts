import { Command } from "commander";
import { standalone, toHcl } from "../report/hcl";
import { loadSettings } from "../settings/load";
import { stackInMemory } from "../stack-in-memory";
import { run } from "./run";

const command = new Command("npm run hcl --")
  .description("Writes the stack on standard output as plain Terraform, which needs nothing of this project.")
  .option("--json", "as Terraform JSON")
  .helpOption("--help", "show this");

run(() => {
  const { json } = command.parse().opts<{ json?: boolean }>();
  const stack = standalone(stackInMemory(loadSettings(process.cwd(), process.env).settings).toTerraform());
  process.stdout.write(json ? `${JSON.stringify(stack, null, 2)}\n` : toHcl(stack));
});
