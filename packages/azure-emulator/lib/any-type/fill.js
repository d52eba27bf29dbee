"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.uuidOf = uuidOf;
exports.addMissing = addMissing;
exports.takeAddresses = takeAddresses;
exports.identify = identify;
const node_crypto_1 = require("node:crypto");
const addresses_1 = require("../addresses");
const arm_id_1 = require("../arm-id");
const json_1 = require("../json");
const sign_in_1 = require("../sign-in");
/** A UUID that is the same for the same texts. */
function uuidOf(...texts) {
    const hex = (0, node_crypto_1.createHash)("sha256").update(texts.join("\n").toLowerCase()).digest("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}
/** Adds the members of a template that an object does not have, at any depth. Texts in the template are {@link filled}. */
function addMissing(target, template, resource, store) {
    for (const [name, value] of Object.entries(template)) {
        const found = target[name];
        if ((0, json_1.isJson)(found) && (0, json_1.isJson)(value))
            addMissing(found, value, resource, store);
        else if (found === undefined || found === null)
            target[name] = filled(value, resource, store);
    }
}
/** A value of a template, with what its texts stand for. */
function filled(value, resource, store) {
    if (typeof value === "string")
        return filledText(value, resource, store);
    if (Array.isArray(value))
        return value.map((one) => filled(one, resource, store));
    if (!(0, json_1.isJson)(value))
        return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, resource, store)]));
}
function filledText(text, resource, store) {
    const { id, name, location = "global" } = resource;
    const { subscriptionId = "", resourceGroup = "" } = (0, arm_id_1.parseArmId)(id) ?? {};
    const values = {
        name: name.toLowerCase(),
        Name: name,
        parent: (0, arm_id_1.parentOf)(id).split("/").at(-1).toLowerCase(),
        id,
        location,
        group: resourceGroup,
        subscription: subscriptionId,
        tenant: sign_in_1.IDENTITY.tenantId,
        code: uuidOf(id, "code").replaceAll("-", "").slice(0, 10),
    };
    return text.replace(/\{(\w+)(?::([^}|]+))?(?:\|([^}]+))?\}/g, (_, kind, word = "", otherwise = "") => {
        if (kind === "uuid")
            return uuidOf(id, word);
        if (kind === "address")
            return addressAt(word, resource, store) ?? otherwise;
        return values[kind];
    });
}
/** The first free address of the subnet whose id is at a path of the properties, such as `vnetConfiguration.subnetId`. */
function addressAt(path, { properties }, store) {
    const subnetId = path.split(".").reduce((at, name) => at?.[name], properties);
    return typeof subnetId === "string" && store.has(subnetId) ? (0, addresses_1.freeAddresses)(subnetId, 1, store)[0] : undefined;
}
/** Gives what a resource has in subnets its addresses: the ones that it had before, or the first free ones. */
function takeAddresses(resource, old, store) {
    const before = old ? (0, addresses_1.placesOf)(old) : [];
    for (const { subnetId, address, key, name, take } of (0, addresses_1.placesOf)(resource)) {
        if (address !== undefined || !store.has(subnetId))
            continue;
        const had = before.find((place) => place.key === key && place.name === name && place.subnetId === subnetId);
        take(had?.address ?? (0, addresses_1.freeAddresses)(subnetId, 1, store)[0]);
    }
}
/** Gives a resource's managed identities what Microsoft Entra ID knows of them. */
function identify(resource) {
    const { id, identity } = resource;
    if (!(0, json_1.isJson)(identity))
        return;
    // Some clients write one without a type where there is none. Azure shows none then.
    if (typeof identity.type !== "string" || identity.type === "None") {
        delete resource.identity;
        return;
    }
    if (/SystemAssigned/i.test(identity.type))
        Object.assign(identity, { principalId: uuidOf(id, "principal"), tenantId: sign_in_1.IDENTITY.tenantId });
    const assigned = identity.userAssignedIdentities;
    if ((0, json_1.isJson)(assigned))
        for (const name of Object.keys(assigned))
            assigned[name] = { clientId: uuidOf(name, "client"), principalId: uuidOf(name, "principal") };
}
