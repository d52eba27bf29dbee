import { standalone, toHcl } from "../report/hcl";
import { loadSettings } from "../settings/load";
import { stackInMemory } from "../stack-in-memory";
import { program } from "./program";
import { run } from "./run";

const command = program("hcl").option("--json", "as Terraform JSON");

run(() => {
  const { json } = command.parse().opts<{ json?: boolean }>();
  const stack = standalone(stackInMemory(loadSettings(process.cwd(), process.env).settings).toTerraform());
  process.stdout.write(json ? `${JSON.stringify(stack, null, 2)}\n` : toHcl(stack));
});
