/** The preview, findings and tables as text for a terminal. */
export { findingText, previewText } from "./lib/text/preview-text";
export { Table, terminalWidth, WIDTH } from "./lib/text/table";
export { terminalColors } from "./lib/text/terminal-colors";
