/** Tables and colours of a terminal, and pieces of Markdown with text of foreign files in them. */
export * from "./markdown";
export * from "./output";
export * from "./table";
export * from "./terminal-colors";
export * from "./progress";
