import { printExactly } from "../../packages/common/text";
import { printableJson } from "../../packages/common/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { standalone, toHcl } from "./hcl";
import { stackInMemory } from "./stack-in-memory";

/** `npm run hcl`: the stack as plain Terraform. */
export const command: Command = (args) => {
  const cli = program("hcl")
    .option(...SETTINGS_OPTION)
    .option("--json", "as Terraform JSON");
  const options = cli.parse(args, { from: "user" }).opts<SettingsOption & { json?: boolean }>();
  const { settings, files } = settingsFor(options);
  const stack = standalone(stackInMemory(settings, files).toTerraform());
  printExactly(options.json ? `${printableJson(stack)}\n` : toHcl(stack));
  return EXIT.done;
};
