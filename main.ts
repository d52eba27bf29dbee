import { program } from "./src/commands/program";
import { run } from "./src/commands/run";
import { synthesize } from "./src/commands/synthesize";
import { summary } from "./src/report/summary";

run(() => {
  if (process.argv.length > 2) program("synth").parse();
  const { stack, file, source } = synthesize();
  console.error(`${file} from ${source}.\n${summary(stack.resolution)}`);
});
