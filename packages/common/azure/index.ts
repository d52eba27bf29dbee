/** Facts of Azure that no program can ask for: clouds, regions, and the names and zones of services of Azure Private Link. */
export * from "./clouds";
export * from "./dns-limits";
export * from "./listed-hosts";
export * from "./regions";
export * from "./registry-hosts";
export * from "./service-names";
export * from "./services";
