import { printExactly, say } from "../../packages/common/text";
import { joinWords, UsageError, writeWhole } from "../../packages/common/util";
import { azureOptions, changeDiagram, diagram, pictureSvg } from "../../packages/private-link-preview/report";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { EARLIER, INPUT_OPTIONS, type InputOptions, readInput } from "./input";
import { pngOf } from "./png";

interface Options extends InputOptions {
  readonly svg?: string;
  readonly png?: string;
}

/** `npm run diagram`: the network as a Mermaid flowchart, or as a picture. */
export const command: Command = async (args) => {
  const cli = azureOptions(program("diagram"))
    .option("--svg <file>", "write a picture instead, as SVG")
    .option("--png <file>", "write a picture instead, as PNG")
    .option("--compare <file>", `an earlier ${EARLIER}: draw both in one flowchart, with what differs marked`);
  for (const [flag, text] of INPUT_OPTIONS) cli.option(flag, text);
  const { svg, png, ...input } = cli.parse(args, { from: "user" }).opts<Options>();
  if (input.compare !== undefined && (svg !== undefined || png !== undefined))
    throw new UsageError("Give --compare without --svg and --png: the comparison is a Mermaid flowchart.");
  const { preview, before } = await readInput(input);
  if (svg === undefined && png === undefined) {
    printExactly(before ? changeDiagram(before, preview) : diagram(preview));
    return EXIT.done;
  }
  const picture = pictureSvg(preview);
  if (svg !== undefined) writeWhole(svg, picture);
  if (png !== undefined) writeWhole(png, Buffer.from(await pngOf(picture)));
  say(`Wrote ${joinWords([svg, png].filter((file) => file !== undefined))}.`);
  return EXIT.done;
};
