import { isatty } from "node:tty";
import { createColors, isColorSupported } from "picocolors";

/** Colours if standard output is a terminal and NO_COLOR is not set; unlike picocolors', not in pipelines either. */
export const terminalColors = createColors(isatty(1) && isColorSupported);
