import { join } from "node:path";
import { JSON_VERSION, printableJson } from "private-link-preview/util";
import { type Command, EXIT } from "../cli/command";
import { type OnVmsOptions, commandOnVms, limitText, onVms } from "./on-vms";
import { PUSH_SECONDS, push, pushedText } from "./push";

/** `npm run push-hello`: builds the image on the test VM that is allowed to push, and pushes it from there. */
export const command: Command = (args) => {
  const options = commandOnVms("push-hello").parse(args, { from: "user" }).opts<OnVmsOptions>();
  return onVms(options, async (props) => {
    console.error(`Building and pushing the image on a test VM. ${limitText(PUSH_SECONDS)}`);
    const pushed = await push(join(__dirname, "..", "..", "docker-hello"), props);
    console.log(options.json ? printableJson({ version: JSON_VERSION, ...pushed }) : pushedText(pushed));
    return EXIT.done;
  });
};
