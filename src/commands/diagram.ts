import { writeFileSync } from "node:fs";
import { diagram } from "../report/diagram";
import { INPUT_OPTIONS, type InputOptions, resolveInput } from "./input";
import { UserError } from "../user-error";
import { program } from "./program";
import { run } from "./run";

const command = program("diagram").option("--svg <file>", "write a picture instead");
for (const [flag, text] of INPUT_OPTIONS) command.option(flag, text);

run(async () => {
  const { svg, ...input } = command.parse().opts<InputOptions & { svg?: string }>();
  const text = diagram(resolveInput(input));
  if (svg === undefined) {
    process.stdout.write(text);
    return;
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
});
