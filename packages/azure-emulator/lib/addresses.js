"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.IP_CONFIGURATION_JOINS = void 0;
exports.rangesOf = rangesOf;
exports.netmasks = netmasks;
exports.subnet = subnet;
exports.retryableError = retryableError;
exports.subnetError = subnetError;
exports.placesOf = placesOf;
exports.usersOf = usersOf;
exports.freeAddresses = freeAddresses;
const netmask_1 = require("netmask");
const access_1 = require("./access");
const arm_error_1 = require("./arm-error");
const arm_id_1 = require("./arm-id");
const json_1 = require("./json");
const store_1 = require("./store");
/** What a client needs the right to join, to write such a resource. */
exports.IP_CONFIGURATION_JOINS = [
    {
        action: "Microsoft.Network/virtualNetworks/subnets/join/action",
        on: (0, access_1.at)("properties.ipConfigurations[].properties.subnet.id"),
    },
    {
        action: "Microsoft.Network/publicIPAddresses/join/action",
        on: (0, access_1.at)("properties.ipConfigurations[].properties.publicIPAddress.id"),
    },
];
/** The address ranges of a subnet, from either property in which a client may write them. */
function rangesOf({ properties }) {
    const { addressPrefix, addressPrefixes } = properties;
    return netmasks(addressPrefixes ?? (addressPrefix === undefined ? [] : [addressPrefix]));
}
/**
 * The IPv4 ranges in a list. Those of IPv6, which networks have beside them, are taken as they are.
 *
 * @throws ArmError if one is no range
 */
function netmasks(ranges) {
    return ranges
        .filter((range) => !range.includes(":"))
        .map((range) => {
        try {
            return new netmask_1.Netmask(range);
        }
        catch {
            throw new arm_error_1.ArmError(400, "InvalidAddressPrefixFormat", `Address prefix ${range} is not formatted correctly.`);
        }
    });
}
/** @throws ArmError if there is no subnet with this id */
function subnet(id, store) {
    const found = store.get(id);
    if (!found)
        throw new arm_error_1.ArmError(400, "InvalidResourceReference", `There is no subnet ${id}.`);
    return found;
}
/** The error of a request that can be repeated once a resource that it uses is no longer being written or deleted. */
function retryableError(used, user) {
    return new arm_error_1.ArmError(429, "RetryableError", "A retryable error occurred.", [(0, arm_error_1.notProvisioned)(used, user)]);
}
/**
 * Why a resource can't take an address of a subnet for now: the subnet is being written or deleted.
 *
 * @returns undefined if it can
 */
function subnetError(subnetId, user, store) {
    const place = subnet(subnetId, store);
    return (0, store_1.isProvisioned)(place) ? undefined : retryableError(place, user);
}
/** The subnets that a resource of any type is in: those of its IP configurations, whatever these are called. */
function placesOf({ properties }) {
    return Object.entries(properties)
        .filter(([key]) => /ipConfigurations?$/i.test(key))
        .flatMap(([key, value]) => [value].flat().map((ip) => ({ key, ip })))
        .flatMap(({ key, ip }) => {
        if (!(0, json_1.isJson)(ip))
            return [];
        // Newer services have the members in the IP configuration itself, and spell the address in another way.
        const [members, spelling] = (0, json_1.isJson)(ip.properties)
            ? [ip.properties, "privateIPAddress"]
            : [ip, "privateIpAddress"];
        const subnetId = (0, json_1.isJson)(members.subnet) ? members.subnet.id : undefined;
        if (typeof subnetId !== "string")
            return [];
        const address = members[spelling];
        const take = (given) => {
            members[spelling] = given;
        };
        return [
            { key, name: ip.name, subnetId, ...(typeof address === "string" && address !== "" && { address }), take },
        ];
    });
}
/** The resources with an address in a subnet. */
function usersOf(subnetId, store) {
    return store.all().filter((resource) => placesOf(resource).some((place) => isIn(place, subnetId)));
}
function isIn(place, subnetId) {
    return (0, arm_id_1.equalIgnoringCase)(place.subnetId, subnetId);
}
/** Azure reserves the first four addresses of a subnet, and the last one. Source: virtual network FAQ. */
const RESERVED_FIRST = 4;
/**
 * The lowest free addresses of a subnet.
 *
 * @throws ArmError if there are fewer; as from Azure, the error does not name the subnet
 */
function freeAddresses(subnetId, wanted, store) {
    const places = store.all().flatMap(placesOf);
    const used = new Set(places.filter((place) => isIn(place, subnetId)).map(({ address }) => address));
    const free = [];
    for (const range of rangesOf(subnet(subnetId, store))) {
        const last = range.size - 1;
        const first = toNumber(range.base);
        for (let i = RESERVED_FIRST; i < last && free.length < wanted; i++) {
            const address = toAddress(first + i);
            if (!used.has(address))
                free.push(address);
        }
    }
    if (free.length < wanted)
        throw new arm_error_1.ArmError(400, "SubnetIsFull", `The subnet lacks addresses: ${wanted} wanted, ${free.length} free.`);
    return free;
}
function toNumber(address) {
    return address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}
function toAddress(number) {
    return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
