"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.RESOURCE_GROUP = void 0;
exports.parseArmId = parseArmId;
exports.equalIgnoringCase = equalIgnoringCase;
exports.parentOf = parentOf;
exports.groupOf = groupOf;
/** Type of a resource group. Its id has no provider in it. */
exports.RESOURCE_GROUP = "Microsoft.Resources/resourceGroups";
/** Parses a path; undefined if it is not the id of a resource. The id of a resource of the tenant has no subscription. */
function parseArmId(path) {
    const [, subscriptionId = "", below = path] = /^\/subscriptions\/([^/]+)(.*)$/i.exec(path) ?? [];
    const [, resourceGroup, inGroup = below] = (subscriptionId === "" ? undefined : /^\/resourceGroups\/([^/]+)(.*)$/i.exec(below)) ?? [];
    const group = resourceGroup === undefined ? {} : { resourceGroup };
    if (resourceGroup !== undefined && inGroup === "")
        return { path, subscriptionId, ...group, type: exports.RESOURCE_GROUP, name: resourceGroup };
    // An extension's type starts after the last "providers": .../registries/NAME/providers/Microsoft.Authorization/locks/NAME
    const start = inGroup.toLowerCase().lastIndexOf("/providers/");
    if (start < 0)
        return undefined;
    const [namespace, ...rest] = inGroup.slice(start + "/providers/".length).split("/");
    if (namespace === undefined || rest.length < 2 || rest.length % 2 !== 0 || rest.includes(""))
        return undefined;
    const type = [namespace, ...rest.filter((_, i) => i % 2 === 0)].join("/");
    const top = path.length - inGroup.length + start;
    const parent = rest.length > 2 ? path.split("/").slice(0, -2).join("/") : path.slice(0, top);
    const isPart = rest.length > 2 || start > 0 || resourceGroup !== undefined;
    return { path, subscriptionId, ...group, type, name: rest.at(-1), ...(isPart && { parent }) };
}
/** Ids and names are case-insensitive in Azure. */
function equalIgnoringCase(a, b) {
    return a.toLowerCase() === b.toLowerCase();
}
/** Id of the resource that another one is part of: the id without the last type and name. */
function parentOf(id) {
    return id.split("/").slice(0, -2).join("/");
}
/** Id of the resource group that an id is in. */
function groupOf(id) {
    return id.split("/").slice(0, 5).join("/");
}
