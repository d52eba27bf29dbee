import { run } from "./src/cli/run";
import { command as synth } from "./src/synth/synth-command";

run(() => synth(process.argv.slice(2)));
