import type { ArmId } from "./arm-id";
import type { AsyncOperation } from "./async-operations";
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
/** What is answered at a path by which an operation is polled. */
export interface Poll {
    readonly operation: AsyncOperation;
    readonly polling: Polling;
    readonly shows: "status" | "result";
}
/** A path by which an operation on a resource is polled. */
export declare function pollingPath(path: string, { path: id, subscriptionId, resourceGroup }: ArmId, operation: string, store: Store): string;
/** How Microsoft.Network has its operations polled. */
export declare function networkPolling(action: "write" | "delete" | "action"): Polling;
