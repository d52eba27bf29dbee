"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.PENDING = exports.ZONE_GROUP = exports.PRIVATE_ENDPOINT = void 0;
exports.endpointsOf = endpointsOf;
exports.setConnectionState = setConnectionState;
exports.assignAddresses = assignAddresses;
exports.publishAddresses = publishAddresses;
exports.interfaceIdOf = interfaceIdOf;
exports.newInterfaceId = newInterfaceId;
exports.connectionsOf = connectionsOf;
exports.removeRecords = removeRecords;
const node_crypto_1 = require("node:crypto");
const addresses_1 = require("./addresses");
const arm_id_1 = require("./arm-id");
const private_dns_zone_1 = require("./resource-types/private-dns-zone");
const private_link_members_1 = require("./resource-types/private-link-members");
exports.PRIVATE_ENDPOINT = "Microsoft.Network/privateEndpoints";
exports.ZONE_GROUP = `${exports.PRIVATE_ENDPOINT}/privateDnsZoneGroups`;
/** The state of a connection that waits for the owner of the registry. */
exports.PENDING = {
    status: "Pending",
    description: "Awaiting approval",
    actionsRequired: "None",
};
/** The private endpoints of a service. */
function endpointsOf(serviceId, store) {
    return store
        .ofType(exports.PRIVATE_ENDPOINT)
        .filter((endpoint) => connectionsOf(endpoint).some(({ properties }) => (0, arm_id_1.equalIgnoringCase)(properties.privateLinkServiceId, serviceId)));
}
/** Sets the state of an endpoint's connection. An approved one has the host names of its registry. */
function setConnectionState(endpoint, status, store, description = "") {
    for (const { properties } of connectionsOf(endpoint))
        properties.privateLinkServiceConnectionState = { status, description, actionsRequired: "None" };
    assignAddresses(endpoint, store);
}
/** The members that an endpoint has addresses for, and whether their host names are on its network interface. */
function membersOf(endpoint, store) {
    return connectionsOf(endpoint).flatMap(({ properties: { privateLinkServiceId, groupIds = [], privateLinkServiceConnectionState: state } }) => {
        const isNamed = state?.status === "Approved" || store.namesWhilePending;
        return (0, private_link_members_1.privateLinkMembers)(privateLinkServiceId, groupIds, store).map((member) => ({ ...member, isNamed }));
    });
}
/**
 * Gives an endpoint the addresses of its service's members: adds those that are missing, removes those of members that
 * no longer exist, and keeps all others. They are on the endpoint's network interface, in an order without meaning. An
 * address that is added while the connection waits for approval gets its host names with the approval.
 *
 * @throws ArmError if its subnet has too few
 */
function assignAddresses(endpoint, store) {
    const { properties, location } = endpoint;
    const id = interfaceIdOf(endpoint);
    const wanted = membersOf(endpoint, store);
    const had = store.get(id)?.properties.ipConfigurations ?? [];
    const kept = had.filter((ip) => wanted.some(({ member }) => member === memberOf(ip)));
    const lacking = wanted.filter(({ member }) => !kept.some((ip) => memberOf(ip) === member));
    for (const { member, names, isNamed } of wanted) {
        const link = kept.find((ip) => memberOf(ip) === member)?.properties.privateLinkConnectionProperties;
        if (link && isNamed)
            link.fqdns = names.map(({ fqdn }) => fqdn);
    }
    const subnetId = properties.subnet.id;
    const chosen = (properties.ipConfigurations ?? []).map((ip) => ip.properties);
    const takeChosen = (groupId, member) => {
        const isFor = [
            (ip) => ip?.memberName === member,
            (ip) => (0, arm_id_1.equalIgnoringCase)(ip?.groupId ?? "", groupId),
        ];
        const at = isFor.map((test) => chosen.findIndex(test)).find((i) => i >= 0);
        return at === undefined ? undefined : chosen.splice(at, 1)[0]?.privateIPAddress;
    };
    const given = lacking.map(({ groupId, member }) => takeChosen(groupId, member));
    const free = (0, addresses_1.freeAddresses)(subnetId, given.filter((address) => address === undefined).length, store);
    const added = lacking.map(({ groupId, member, names, isNamed }, i) => {
        const name = `privateEndpointIpConfig.${(0, node_crypto_1.randomUUID)()}`;
        return {
            id: `${id}/ipConfigurations/${name}`,
            name,
            properties: {
                privateIPAddress: given[i] ?? free.shift(),
                privateIPAllocationMethod: given[i] === undefined ? "Dynamic" : "Static",
                privateIPAddressVersion: "IPv4",
                subnet: { id: subnetId },
                privateLinkConnectionProperties: {
                    groupId,
                    requiredMemberName: member,
                    fqdns: isNamed ? names.map(({ fqdn }) => fqdn) : [],
                },
            },
        };
    });
    const ipConfigurations = reordered([...kept, ...added]);
    for (const [i, ip] of ipConfigurations.entries())
        ip.properties.primary = i === 0;
    store.set({
        id,
        name: id.split("/").at(-1),
        type: "Microsoft.Network/networkInterfaces",
        ...(location !== undefined && { location }),
        properties: { provisioningState: "Succeeded", ipConfigurations, privateEndpoint: { id: endpoint.id } },
    });
    publishAddresses(endpoint, ipConfigurations, store);
}
/** An endpoint without a zone group lists its addresses. One with zone groups writes them to the zones instead. */
function publishAddresses(endpoint, ipConfigurations, store) {
    const groups = store.ofType(exports.ZONE_GROUP, endpoint.id);
    const isPending = connectionsOf(endpoint).some(({ properties }) => properties.privateLinkServiceConnectionState?.status === "Pending");
    const addresses = ipConfigurations.flatMap((ip) => {
        const { fqdns = [] } = ip.properties.privateLinkConnectionProperties ?? {};
        return isPending ? [] : fqdns.map((fqdn) => ({ fqdn, ipAddresses: [ip.properties.privateIPAddress] }));
    });
    endpoint.properties.customDnsConfigs = groups.length > 0 ? [] : addresses;
    const names = membersOf(endpoint, store).flatMap((member) => member.names);
    const records = addresses.flatMap(({ fqdn, ipAddresses }) => names.filter((name) => name.fqdn === fqdn).map((name) => ({ ...name, ipAddresses })));
    for (const group of groups)
        writeRecords(endpoint, group, records, store);
}
/** Id of the network interface of an endpoint. */
function interfaceIdOf({ properties }) {
    return properties.networkInterfaces[0].id;
}
/** Id of the network interface of a new endpoint: of the name that it asks for, or of one that Azure makes up. */
function newInterfaceId({ id, name, properties }) {
    const asked = properties.customNetworkInterfaceName ?? "";
    return `${(0, arm_id_1.groupOf)(id)}/providers/Microsoft.Network/networkInterfaces/${asked === "" ? `${name}.nic.${(0, node_crypto_1.randomUUID)()}` : asked}`;
}
/** The connections of an endpoint, automatic and manual ones. */
function connectionsOf({ properties }) {
    const { privateLinkServiceConnections = [], manualPrivateLinkServiceConnections = [] } = properties;
    return [...privateLinkServiceConnections, ...manualPrivateLinkServiceConnections];
}
function memberOf(ip) {
    return ip.properties.privateLinkConnectionProperties?.requiredMemberName;
}
/** Changes the order, in the same way each time, so that taking addresses by position always fails. */
function reordered(list) {
    const odd = list.filter((_, i) => i % 2 === 1);
    const even = list.filter((_, i) => i % 2 === 0);
    return [...odd, ...even.reverse()];
}
/**
 * Writes an endpoint's addresses to the zones of a group, each to the zone that its name belongs to. A record of the same
 * name, of another endpoint, is overwritten.
 */
function writeRecords({ id: endpointId }, { properties }, records, store) {
    for (const { properties: config } of properties.privateDnsZoneConfigs ?? []) {
        const zone = store.get(config.privateDnsZoneId);
        if (zone?.type !== private_dns_zone_1.PRIVATE_DNS_ZONE)
            continue;
        config.recordSets = [];
        for (const { record: name, ipAddresses } of records.filter((one) => (0, arm_id_1.equalIgnoringCase)(one.zone, zone.name))) {
            config.recordSets.push({
                recordType: "A",
                recordSetName: name,
                fqdn: `${name}.${zone.name}`,
                ttl: 10,
                ipAddresses,
            });
            store.set({
                id: `${zone.id}/A/${name}`,
                name,
                type: private_dns_zone_1.A_RECORD,
                properties: {
                    ttl: 10,
                    fqdn: `${name}.${zone.name}.`,
                    isAutoRegistered: false,
                    // Azure records who wrote it, and deletes it together with that.
                    metadata: { creator: `created by private endpoint ${endpointId}` },
                    aRecords: ipAddresses.map((ipv4Address) => ({ ipv4Address })),
                },
            });
        }
    }
}
/** Deletes the records that an endpoint wrote through its zone groups. */
function removeRecords(endpointId, store) {
    for (const { id, properties } of store.ofType(private_dns_zone_1.A_RECORD))
        if (properties.metadata?.creator?.endsWith(` ${endpointId}`))
            store.delete(id);
}
