import { createColors, isColorSupported } from "picocolors";

/** Colours if standard output is a terminal and NO_COLOR is not set; also in pipelines only then, unlike picocolors. */
export const terminalColors = createColors(process.stdout.isTTY && isColorSupported);
