import { join } from "node:path";
import { push } from "../verification/push";
import { commandOnVms, onVms } from "./on-vms";
import { run } from "./run";

const command = commandOnVms("push-hello");

run(async () => {
  const options = command.parse().opts<{ image: string; start: boolean; state?: string; json: boolean }>();
  const props = await onVms(options);
  const digest = await push(join(__dirname, "..", "..", "docker-hello"), props);
  const image = `${props.deployment.loginServer}/${options.image}`;
  console.log(options.json ? JSON.stringify({ image, digest }) : `Pushed ${image}\n${digest}`);
});
