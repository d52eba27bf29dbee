/** Helpers that every program here needs: JSON, IPv4 ranges, text, files, and errors that the user can fix. */
export * from "./at-once";
export * from "./budget";
export * from "./hcl";
export * from "./collections";
export * from "./exit";
export * from "./ip-range";
export * from "./json";
export * from "./json-error";
export * from "./json-file";
export * from "./json-keys";
export * from "./marks";
export * from "./user-error";
export * from "./version";
export * from "./withheld";
export * from "./words";
export * from "./write-whole";
