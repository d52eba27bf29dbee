/** The preview, findings and tables as text for a terminal, and pieces of Markdown with text of foreign files in them. */
export { code, details, fenced, findingParagraph, markdownTable, page, prose } from "./lib/formats/markdown-text";
export { findingText, previewText } from "./lib/text/preview-text";
export { Table, terminalWidth, WIDTH } from "./lib/text/table";
export { terminalColors } from "./lib/text/terminal-colors";
