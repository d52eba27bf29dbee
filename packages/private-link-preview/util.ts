/** Helpers of the package that whoever extends it may use: JSON, IPv4 ranges, words, errors of the user's. */
export * from "./lib/util/collections";
export * from "./lib/util/ip-range";
export * from "./lib/util/json";
export * from "./lib/util/json-file";
export * from "./lib/util/user-error";
export * from "./lib/util/words";
