import { printExactly, say } from "../../packages/common/text";
import { printableJson } from "../../packages/common/util";
import { CONTEXT_KEY } from "../../src/settings/errors";
import { written } from "../../src/network/written-settings";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { synthText } from "./summary";
import { synthesize } from "../../main";
import { lockedStack } from "./locked-stack";

/** `npm run synth`: writes the Terraform JSON of the settings, and a summary on standard error; or prints the settings. */
export const command: Command = async (args) => {
  const cli = program("synth")
    .option(...SETTINGS_OPTION)
    .option("--print-settings", "print the settings with every default, as a file for --settings, and write nothing");
  const options = cli.parse(args, { from: "user" }).opts<SettingsOption & { printSettings?: boolean }>();
  const loaded = settingsFor(options);
  if (options.printSettings) {
    printExactly(`${printableJson({ [CONTEXT_KEY]: written(loaded.settings) })}\n`);
    return EXIT.done;
  }
  const { preview } = await lockedStack(loaded.files, () => synthesize(loaded));
  say(synthText({ file: loaded.files.file, source: loaded.source, preview }));
  return EXIT.done;
};
