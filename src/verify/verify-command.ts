import { terminalColors, terminalWidth } from "private-link-preview/text";
import { count, JSON_VERSION, printableJson } from "private-link-preview/util";
import { type Command, EXIT } from "../cli/command";
import { type OnVmsOptions, commandOnVms, limitText, onVms } from "./on-vms";
import { PROBE_SECONDS, verify } from "./verify";
import { verificationText } from "./verify-text";

/** `npm run verify`: checks on each spoke's test VM that the image can be pulled through the spoke's own endpoint. */
export const command: Command = (args) => {
  const cli = commandOnVms("verify", "The exit status is 1 if a check failed.");
  const options = cli.parse(args, { from: "user" }).opts<OnVmsOptions>();
  return onVms(options, async (props) => {
    const { length } = props.deployment.vms;
    console.error(
      `Checking on ${count(length, "test VM")}${length > 1 ? " at the same time" : ""}. ${limitText(PROBE_SECONDS)}`,
    );
    const verification = await verify(props);
    console.log(
      options.json
        ? printableJson({ version: JSON_VERSION, ...verification })
        : verificationText(verification, terminalColors, terminalWidth()),
    );
    const checks = [...verification.spokes.flatMap((spoke) => spoke.checks), ...verification.checks];
    return checks.some(({ status }) => status === "failed") ? EXIT.wrong : EXIT.done;
  });
};
