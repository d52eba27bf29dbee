import { run } from "./commands/cli/run";
import { command as synth } from "./commands/synth/synth-command";

run(() => synth(process.argv.slice(2)));
