/** The preview in the formats of the command, its options, and the findings that are ignored on purpose. */
export { type IgnoreOptions, ignoreOptions, judge } from "./lib/findings/judge";
export { type ReportInput, type ReportOptions, printReport, reportOf, reportOptions } from "./lib/report";
