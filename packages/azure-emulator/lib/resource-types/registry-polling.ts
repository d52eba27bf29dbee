import type { Polling } from "../polling";

/**
 * How clients poll the operations of a registry and its parts. Source: recordings of Azure CLI.
 *
 * @param kind - the word before the operation's UUID
 */
export function registryPolling(kind: string): (action: "write" | "delete" | "action") => Polling {
  return (action) =>
    action === "delete"
      ? {
          result: `/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/locations/{region}/operationResults/${kind}-{operation}`,
        }
      : { status: `{id}/operationStatuses/${kind}-{operation}` };
}
