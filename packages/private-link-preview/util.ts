/** Helpers for programs that build on this package: JSON, IPv4 ranges, text, and errors that the user can fix. */
export * from "./lib/util/closed-pipe";
export * from "./lib/util/collections";
export * from "./lib/util/exit";
export * from "./lib/util/ip-range";
export * from "./lib/util/json";
export * from "./lib/util/json-error";
export * from "./lib/util/json-file";
export * from "./lib/util/json-keys";
export * from "./lib/util/user-error";
export * from "./lib/util/words";
export * from "./lib/util/write-whole";
