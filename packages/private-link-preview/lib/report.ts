import type { Command } from "commander";
import { isBlocking, withIgnored } from "./findings/ignore";
import { ignoreOption } from "./findings/ignore-option";
import { asErrors } from "./findings/not-known";
import type { Preview } from "./preview";
import { previewText } from "./text/preview-text";
import { terminalColors } from "./text/terminal-colors";
import { printableJson } from "./util/words";

/** How a preview is printed and judged. */
export interface ReportOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly ignore?: readonly string[];
}

/** Adds the options of a report to a command. */
export function reportOptions(command: Command, codes?: readonly string[]): Command {
  return command
    .option("--json", "print the answers and findings as JSON")
    .option("--strict", "take answers that are not known from the file for errors")
    .option(...ignoreOption(codes));
}

/** Version of the JSON, raised when a member changes its meaning. */
const VERSION = 1;

/** A preview as a command prints it, and whether no finding is an error. */
export function reportOf(found: Preview, options: ReportOptions): { text: string; passed: boolean } {
  const { json = false, strict = false, ignore = [] } = options;
  const findings = withIgnored(strict ? asErrors(found.findings) : found.findings, ignore);
  const { answers, alike } = found;
  return {
    text: json
      ? printableJson({ version: VERSION, answers, ...(Object.keys(alike).length > 0 && { alike }), findings })
      : previewText({ ...found, findings }, terminalColors),
    passed: !findings.some(isBlocking),
  };
}
