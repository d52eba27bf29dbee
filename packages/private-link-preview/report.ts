/** The preview as the command shows it: its formats and options, what differs between two, findings to ignore, and the network as a picture. */
export { compare } from "./lib/compare/comparison";
export { changedAnswersTable } from "./lib/compare/comparison-text";
export { type IgnoreOptions, ignoreOptions, markIgnored } from "./lib/findings/ignore";
export { type Mark, changeDiagram, diagram } from "./lib/drawing/mermaid";
export { pictureSvg } from "./lib/drawing/draw";
export { findingParagraph } from "./lib/formats/finding-paragraph";
export { type AzureOptions, azureOptions, azureSource } from "./lib/azure/azure-source";
export {
  type ReportInput,
  type ReportOptions,
  checkFormat,
  fileSource,
  previewsFor,
  printReport,
  reportOf,
  reportOptions,
} from "./lib/report";
export { findingText, previewText } from "./lib/text/preview-text";
