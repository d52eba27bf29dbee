"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.pollingPath = pollingPath;
exports.networkPolling = networkPolling;
/** A path by which an operation on a resource is polled. */
function pollingPath(path, { path: id, subscriptionId, resourceGroup }, operation, store) {
    const values = {
        subscription: subscriptionId,
        group: resourceGroup ?? "",
        region: regionOf(id, store),
        id,
        operation,
        token: Buffer.from(operation).toString("base64"),
    };
    return path.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
/** Region of a resource, or of the one that it is part of. */
function regionOf(id, store) {
    const region = store.get(id)?.location;
    if (region !== undefined || !id.includes("/"))
        return region ?? "global";
    return regionOf(id.slice(0, id.lastIndexOf("/")), store);
}
/** How Microsoft.Network has its operations polled. */
function networkPolling(action) {
    const locations = "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{region}";
    return {
        status: `${locations}/operations/{operation}`,
        ...(action === "delete" && { result: `${locations}/operationResults/{operation}`, ended: 204 }),
    };
}
