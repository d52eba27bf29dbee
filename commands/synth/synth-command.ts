import { say } from "../../packages/common/text";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { synthText } from "./summary";
import { lockedStack, synthesize } from "./synthesize";

/** `npm run synth`: writes the Terraform JSON of the settings, and a summary on standard error. */
export const command: Command = async (args) => {
  const cli = program("synth").option(...SETTINGS_OPTION);
  const loaded = settingsFor(cli.parse(args, { from: "user" }).opts<SettingsOption>());
  const { stack, file } = await lockedStack(loaded.files, () => synthesize(loaded));
  say(synthText({ file, source: loaded.source, preview: stack.preview }));
  return EXIT.done;
};
