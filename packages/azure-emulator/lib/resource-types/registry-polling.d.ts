import type { Polling } from "../polling";
/**
 * How clients poll the operations of a registry and its parts. Source: recordings of Azure CLI.
 *
 * @param kind - the word before the operation's UUID
 */
export declare function registryPolling(kind: string): (action: "write" | "delete" | "action") => Polling;
