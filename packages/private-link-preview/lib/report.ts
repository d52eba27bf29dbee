import { print, printExactly, say } from "../../common/text/output";
import { type Command, Option } from "commander";
import { createColors } from "picocolors";
import { parseClients } from "./client-option";
import { type Comparison, compare } from "./compare/comparison";
import { comparisonJson, comparisonMarkdown, comparisonText, summary } from "./compare/comparison-text";
import { type IgnoreOptions, ignoreOptions, isBlocking, markIgnored } from "./findings/ignore";
import { asErrors } from "./findings/not-known";
import { FORMATS, type FormatName, type TableStyle } from "./formats";
import type { Also, FormatInput } from "./formats/format-input";
import type { Remedies } from "./findings";
import { type Preview, previewsOf } from "./preview";
import type { Source } from "./read/read-json";
import { blocksInJson, isConfiguration } from "./source/blocks-in-json";
import { locateInFolder } from "./source/source-folder";
import { type Locate, plainAddress, shownPath } from "./source/source-line";
import { countsLine } from "./text/summary";
import { terminalColors, terminalWidth } from "../../common/text";
import { UsageError, memo, parseJson, readTextFile, writeWhole } from "../../common/util";

/** How a preview is printed, and what of it is ignored. */
export interface ReportOptions extends IgnoreOptions {
  readonly json?: boolean;
  readonly format?: FormatName;
  readonly output?: string;
  readonly strict?: boolean;
  readonly zoneGroups?: boolean;
  /** Clients outside Azure, as `--client` has them. */
  readonly client?: readonly string[];
  readonly source?: string;
  readonly compare?: string;
  readonly pages?: string;
}

type Compared = (comparison: Comparison, report: FormatInput, style: TableStyle) => string;

/** The formats of a comparison. */
const COMPARED: Partial<Record<FormatName, Compared>> = {
  table: comparisonText,
  json: comparisonJson,
  markdown: comparisonMarkdown,
};

/**
 * Adds the options of a report to a command.
 *
 * @param earlier - what it can be compared with
 */
export function reportOptions(command: Command, earlier = "plan, state or synthesized JSON"): Command {
  const shown = command
    .addOption(new Option("--format <format>", "how to show the preview").choices(Object.keys(FORMATS)))
    .option("--json", "the same as --format json")
    .option("--output <file>", "write to this file, whole or not at all, in place of standard output")
    .option("--strict", "take answers that are not known from the file for errors")
    .option(
      "--zone-groups",
      "take for given that policies attach a DNS zone group to each private endpoint that has none in the file",
    );
  return ignoreOptions(shown)
    .option("--source <folder>", "folder of the Terraform configuration, to show the file and line of resources")
    .option("--compare <file>", `an earlier ${earlier}: show what is different, and fail for new errors alone`)
    .option("--pages <url>", "address of findings.md, for links to the explanation of each finding");
}

/** What is previewed, to show places in it. */
export interface ReportInput {
  /** Path of the file; `-` for standard input. */
  readonly file: string;
  /** What is in it, where it is read already. */
  readonly text?: string;
  /** What the caller adds to the report. */
  readonly also?: Also;
}

/** A preview as a command prints it. */
export interface Report {
  readonly text: string;
  /** Whether no finding is an error; in a comparison, whether no new finding is. */
  readonly passed: boolean;
  /** What there is in one line. */
  readonly summary: string;
  readonly format: FormatName;
}

/**
 * What is in a file, or on standard input for `-`.
 *
 * @throws UserError if it can't be read, or is not JSON
 */
export function fileSource(file: string, text = readTextFile(file)): Source {
  const source = file === "-" ? "standard input" : file;
  return { json: parseJson(text, source), source };
}

/**
 * The preview of some files, and that of the file of `--compare`, or of what there is before a deployment of which a file is
 * the what-if.
 *
 * @throws UserError if a file can't be read, or is in none of the forms
 */
export function previewsFor(
  sources: readonly Source[],
  options: ReportOptions,
  remedies?: Remedies,
): { preview: Preview; before?: Preview } {
  const { compare: earlier } = options;
  const { zoneGroups = false, client = [] } = options;
  const assumed = { zoneGroups, clients: parseClients(client) };
  return previewsOf(sources, remedies, assumed, earlier === undefined ? [] : [fileSource(earlier)]);
}

/**
 * Marks what the options ignore in a preview, and renders it as they say.
 *
 * @param earlier - what it is compared with. @default - nothing
 * @throws UsageError if the options don't go together, or the file of ignored findings is wrong
 * @throws UserError if a file can't be read
 */
export function reportOf(
  found: Preview,
  options: ReportOptions,
  input: ReportInput = { file: "-" },
  earlier?: Preview,
): Report {
  const format = formatOf(options, earlier !== undefined);
  const { output } = options;
  const style: TableStyle =
    output === undefined
      ? { colors: terminalColors, width: terminalWidth() }
      : { colors: createColors(false), width: terminalWidth({}) };
  const { preview, notices } = withIgnored(found, options);
  const report: FormatInput = {
    preview,
    notices,
    file: input.file === "-" ? "standard-input" : shownPath(input.file),
    locate: locateIn(input, options),
    ...(input.also && { also: input.also }),
    ...(options.pages !== undefined && { pages: options.pages }),
  };
  if (earlier === undefined)
    return {
      text: FORMATS[format](report, style),
      passed: !preview.findings.some(isBlocking),
      summary: countsLine(preview),
      format,
    };
  const before = withIgnored(earlier, options);
  const comparison = compare(before.preview, preview);
  return {
    text: COMPARED[format]!(comparison, report, style),
    passed: !comparison.findings.new.some(isBlocking),
    summary: summary(comparison),
    format,
  };
}

/**
 * Prints a report, or writes it to the file that the options name.
 *
 * @throws UserError if it can't be written
 */
export function printReport({ text, summary: line, format }: Report, { output }: Pick<ReportOptions, "output">): void {
  if (output !== undefined) {
    writeWhole(output, `${text}\n`);
    say(`Wrote ${output}. ${line}`);
  } else if (format === "table" || format === "markdown") print(text);
  else printExactly(`${text}\n`);
}

/**
 * Checks the options, before anything is read.
 *
 * @throws UsageError if the options don't go together, or a client is wrong
 */
export function checkFormat(options: ReportOptions): void {
  formatOf(options, options.compare !== undefined);
  parseClients(options.client ?? []);
}

function formatOf({ json = false, format, compare: file }: ReportOptions, isCompared: boolean): FormatName {
  if (json && format !== undefined && format !== "json")
    throw new UsageError(`Give one of --json and --format ${format}, not both.`);
  const chosen = format ?? (json ? "json" : "table");
  if (isCompared && !COMPARED[chosen])
    throw new UsageError(
      `${file === undefined ? "A what-if" : "--compare"}: found --format ${chosen}, allowed: ${Object.keys(COMPARED).join(", ")}`,
    );
  return chosen;
}

/** The preview, with what the options ignore marked. */
function withIgnored(found: Preview, options: ReportOptions): { preview: Preview; notices: readonly string[] } {
  const judged = options.strict ? asErrors(found.findings) : found.findings;
  const { findings, notices } = markIgnored(judged, options, found.model);
  return { preview: { ...found, findings }, notices: [...found.notices, ...notices] };
}

function locateIn({ file, text }: ReportInput, { source }: ReportOptions): Locate {
  if (source !== undefined) return locateInFolder(source);
  // Only some formats show places, and the file may be large.
  const blocks = memo((content: string) =>
    isConfiguration(parseJson(content, file)) ? blocksInJson(content) : undefined,
  );
  return (address) => {
    const { modules: path, resource } = plainAddress(address);
    const found = text === undefined ? undefined : blocks(text);
    const line = path.length === 0 ? found?.resources.get(resource) : found?.modules.get(path[0]!)?.line;
    return line === undefined ? undefined : { file: shownPath(file), line };
  };
}
