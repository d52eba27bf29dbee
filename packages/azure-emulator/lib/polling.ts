import type { ArmId } from "./arm-id";
import type { Store } from "./store";

/**
 * How clients poll an operation: by which headers, and how the polls are answered. Paths have placeholders: `{subscription}`,
 * `{group}`, `{region}`, `{id}` of the resource, `{operation}` for the operation's UUID, and `{token}` for that in Base64.
 */
export interface Polling {
  /** Path in `Azure-AsyncOperation`. It answers with the status of the operation. */
  readonly status?: string;
  /** Path in `Location`. It answers 202 until the operation has ended. */
  readonly result?: string;
  /** HTTP status of the answer of `status` while the operation is in progress. @default 200 */
  readonly inProgress?: 201 | 202;
  /** Status that `status` reports while the operation is in progress. @default "InProgress" */
  readonly inProgressAs?: string;
  /** HTTP status of the answer of `result` once the operation has succeeded. @default 200 */
  readonly ended?: 204;
}

/** A path by which an operation on a resource is polled. */
export function pollingPath(
  path: string,
  { path: id, subscriptionId, resourceGroup }: ArmId,
  operation: string,
  store: Store,
): string {
  const values: Record<string, string> = {
    subscription: subscriptionId,
    group: resourceGroup ?? "",
    region: regionOf(id, store),
    id,
    operation,
    token: Buffer.from(operation).toString("base64"),
  };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => values[name]!);
}

/** Region of a resource, or of the one that it is part of. */
export function regionOf(id: string, store: Store): string {
  const region = store.get(id)?.location;
  if (region !== undefined || !id.includes("/")) return region ?? "global";
  return regionOf(id.slice(0, id.lastIndexOf("/")), store);
}

/** How a type has its operations polled. */
export type PollingBy = (action: "create" | "update" | "delete" | "action") => Polling;

/** How Microsoft.Network has its operations polled. */
export function networkPolling(action: Parameters<PollingBy>[0]): Polling {
  const locations = "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{region}";
  return {
    status: `${locations}/operations/{operation}`,
    ...(action === "delete" && { result: `${locations}/operationResults/{operation}`, ended: 204 }),
  };
}

/** How private DNS has its operations polled. */
export function dnsPolling(): Polling {
  const operation =
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsOperation";
  return { status: `${operation}Statuses/{token}`, result: `${operation}Results/{token}`, inProgress: 202 };
}

/** How DNS private resolvers have their operations polled. */
export function resolverPolling(): Polling {
  const operation =
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/locations/{region}";
  return {
    status: `${operation}/dnsResolverOperationStatuses/{token}`,
    result: `${operation}/dnsResolverOperationResults/{token}`,
  };
}

/**
 * How clients poll the operations of a registry and its parts. Source: recordings of Azure CLI.
 *
 * @param kind - the word before the operation's UUID
 */
export function registryPolling(kind: string): PollingBy {
  const results =
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/locations/{region}/operationResults";
  const states = { create: "Creating", update: "Updating" } as const;
  return (action) =>
    action === "create" || action === "update"
      ? { status: `{id}/operationStatuses/${kind}-{operation}`, inProgressAs: states[action] }
      : { result: `${results}/${kind}-{operation}` };
}

/**
 * How clients poll the operations of Microsoft.Compute. Source: recordings of Azure CLI.
 *
 * @param operations - `operations`, or `DiskOperations` for disks
 */
export function computePolling(operations = "operations"): PollingBy {
  const path = `/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{region}/${operations}/{operation}`;
  return (action) => ({
    status: path,
    ...((action === "delete" || action === "action") && { result: `${path}?monitor=true` }),
  });
}
