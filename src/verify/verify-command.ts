import { terminalColors } from "private-link-preview/text";
import { verificationText } from "./verify-text";
import { verify } from "./verify";
import { type OnVmsOptions, commandOnVms, onVms } from "./on-vms";
import { type Command, EXIT } from "../cli/command";

/** `npm run verify`: proves on each spoke's test VM that the image can be pulled over the spoke's own endpoint. */
export const command: Command = async (args) => {
  const cli = commandOnVms("verify", "Exit status 1 on any miss.");
  const options = cli.parse(args, { from: "user" }).opts<OnVmsOptions>();
  const verification = await verify(await onVms(options));
  console.log(options.json ? JSON.stringify(verification, null, 2) : verificationText(verification, terminalColors));
  const checks = [...verification.spokes.flatMap((spoke) => spoke.checks), ...verification.checks];
  return checks.some(({ verdict }) => verdict === "fails") ? EXIT.wrong : EXIT.done;
};
