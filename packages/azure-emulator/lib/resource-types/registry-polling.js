"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.registryPolling = registryPolling;
/**
 * How clients poll the operations of a registry and its parts. Source: recordings of Azure CLI.
 *
 * @param kind - the word before the operation's UUID
 */
function registryPolling(kind) {
    return (action) => action === "delete"
        ? {
            result: `/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/locations/{region}/operationResults/${kind}-{operation}`,
        }
        : { status: `{id}/operationStatuses/${kind}-{operation}` };
}
