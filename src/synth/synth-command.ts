import { type Command, EXIT } from "../cli/command";
import { withoutOptions } from "../cli/program";
import { synthText } from "./summary";
import { synthesize } from "./synthesize";

/** `npm run synth`: writes the Terraform JSON of the settings, and a summary on standard error. */
export const command: Command = (args) => {
  if (args.length > 0) withoutOptions("synth", args);
  const { stack, file, source } = synthesize();
  console.error(synthText({ file, source, preview: stack.preview }));
  return EXIT.done;
};
