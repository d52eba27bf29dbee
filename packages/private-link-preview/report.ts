/** The preview in the formats of the command, its options, what differs between two, and the findings that are ignored on purpose. */
export { compare } from "./lib/compare/comparison";
export { changedAnswersTable } from "./lib/compare/comparison-text";
export { type IgnoreOptions, ignoreOptions, judge } from "./lib/findings/judge";
export { type ReportInput, type ReportOptions, printReport, reportOf, reportOptions } from "./lib/report";
