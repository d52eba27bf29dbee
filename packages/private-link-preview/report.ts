/** The preview as the command shows it: its formats and options, what differs between two, and findings to ignore. */
export { compare } from "./lib/compare/comparison";
export { changedAnswersTable } from "./lib/compare/comparison-text";
export { type IgnoreOptions, ignoreOptions, markIgnored } from "./lib/findings/ignore";
export { findingParagraph } from "./lib/formats/finding-paragraph";
export { type ReportInput, type ReportOptions, printReport, reportOf, reportOptions } from "./lib/report";
export { findingText, previewText } from "./lib/text/preview-text";
