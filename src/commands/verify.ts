import { terminalColors } from "../report/terminal-colors";
import { verificationText } from "../report/verify-table";
import { verify } from "../verification/verify";
import { commandOnVms, onVms } from "./on-vms";
import { run } from "./run";

const command = commandOnVms("verify", "Exit status 1 on any miss.");

run(async () => {
  const options = command.parse().opts<{ image: string; start: boolean; state?: string; json: boolean }>();
  const verification = await verify(await onVms(options));
  console.log(options.json ? JSON.stringify(verification, null, 2) : verificationText(verification, terminalColors));
  const checks = [...verification.spokes.flatMap((spoke) => spoke.checks), ...verification.checks];
  if (checks.some(({ verdict }) => verdict === "fails")) process.exitCode = 1;
});
