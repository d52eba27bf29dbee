import { print, say } from "../../packages/common/text";
import { join } from "node:path";
import { JSON_VERSION, printableJson, UsageError } from "../../packages/common/util";
import { type Command, EXIT } from "../cli/command";
import { nextLine } from "../cli/settings-option";
import { type OnVmsOptions, commandOnVms, limitText, onVms } from "./on-vms";
import { PUSH_SECONDS, push, pushedText } from "./push";
import { adviceOf, hostFacts } from "./reasons";
import { haveArrived } from "./replicas";
import { waitForReplicas } from "./verify";

/** For how long an image is waited for by default, and at most, in seconds. */
const WAIT_SECONDS = 600;
const MAX_WAIT_SECONDS = 3600;

interface Options extends OnVmsOptions {
  /** Seconds, or true for the default. */
  readonly wait?: string | true;
}

/** `npm run push-hello`: builds the image on the test VM that is allowed to push, and pushes it from there. */
export const command: Command = (args) => {
  const options = commandOnVms("push-hello", "With --wait, the exit status is 1 if the image has not arrived in time.")
    .option(
      "--wait [seconds]",
      `wait until every network, or with regional endpoints every region, has the image (default: ${WAIT_SECONDS} s)`,
    )
    .parse(args, { from: "user" })
    .opts<Options>();
  const seconds = secondsOf(options.wait);
  return onVms(options, async (props) => {
    say(`Building and pushing the image on a test VM. ${limitText(PUSH_SECONDS)}`);
    const pushed = await push(join(__dirname, "..", "..", "docker-hello"), props);
    if (seconds !== undefined) say(`Pushed. Waiting for up to ${seconds} s until it has arrived in the other regions.`);
    const replicas = seconds === undefined ? undefined : await waitForReplicas(props, pushed.digest, seconds);
    const result = { ...pushed, ...(replicas && { replicas }) };
    const next = `To check that every network pulls it: ${nextLine("verify", options)}`;
    print(options.json ? printableJson({ version: JSON_VERSION, ...result }) : `${pushedText(result)}\n${next}`);
    if (!replicas || haveArrived(replicas, props.deployment)) return EXIT.done;
    say(
      `Not everything had the image within ${seconds} s. ${adviceOf("replica behind", hostFacts(undefined, props.deployment))}`,
    );
    return EXIT.wrong;
  });
};

function secondsOf(wait: Options["wait"]): number | undefined {
  if (wait === undefined) return undefined;
  const seconds = wait === true ? WAIT_SECONDS : Number(wait);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_WAIT_SECONDS) return seconds;
  throw new UsageError(`--wait: found ${JSON.stringify(wait)}, allowed: seconds from 1 to ${MAX_WAIT_SECONDS}`);
}
