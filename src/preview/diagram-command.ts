import { writeFileSync } from "node:fs";
import { UserError } from "private-link-preview/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { diagram } from "./diagram";
import { INPUT_OPTIONS, type InputOptions, previewInput } from "./input";

/** `npm run diagram`: the network as a Mermaid flowchart, or as a picture. */
export const command: Command = async (args) => {
  const cli = program("diagram").option("--svg <file>", "write a picture instead");
  for (const [flag, text] of INPUT_OPTIONS) cli.option(flag, text);
  const { svg, ...input } = cli.parse(args, { from: "user" }).opts<InputOptions & { svg?: string }>();
  const text = diagram(previewInput(input));
  if (svg === undefined) {
    process.stdout.write(text);
    return EXIT.done;
  }
  // An ES module, and only needed here.
  const { renderMermaidSVG } = await import("beautiful-mermaid");
  try {
    // Without the font that it would load from the web: a browser has another.
    writeFileSync(svg, renderMermaidSVG(text).replace(/^\s*@import .*\n/m, ""));
  } catch (error) {
    throw new UserError(`Can't write ${svg}: ${(error as Error).message}`);
  }
  console.error(`Wrote ${svg}.`);
  return EXIT.done;
};
