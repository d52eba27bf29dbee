import { writeFileSync } from "node:fs";
import { UserError } from "private-link-preview/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { codesInSvg, diagram } from "./diagram";
import { INPUT_OPTIONS, type InputOptions, previewInput } from "./input";

/** Most lines of a diagram of which a picture is drawn. The layout of more takes minutes, and nobody can read it. */
const MAX_LINES = 3000;

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
  const lines = text.split("\n").length;
  if (lines > MAX_LINES)
    throw new UserError(
      `--svg: found a diagram of ${lines} lines, allowed: up to ${MAX_LINES}. Print it as Mermaid text, without --svg.`,
    );
  // An ES module, and only needed here.
  const { renderMermaidSVG } = await import("beautiful-mermaid");
  try {
    // Without the font that it would load from the web: a browser has another.
    writeFileSync(svg, codesInSvg(renderMermaidSVG(text).replace(/^\s*@import .*\n/m, "")));
  } catch (error) {
    throw new UserError(`Can't write ${svg}: ${(error as Error).message}`);
  }
  console.error(`Wrote ${svg}.`);
  return EXIT.done;
};
