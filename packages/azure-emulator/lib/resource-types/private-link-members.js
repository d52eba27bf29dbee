"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.REPLICATION = exports.REGISTRY = void 0;
exports.regionsOf = regionsOf;
exports.dataHost = dataHost;
exports.regionalHost = regionalHost;
exports.privateLinkGroups = privateLinkGroups;
exports.privateLinkMembers = privateLinkMembers;
exports.registryMembers = registryMembers;
const private_link_preview_1 = require("private-link-preview");
const util_1 = require("private-link-preview/util");
const fill_1 = require("../any-type/fill");
const arm_id_1 = require("../arm-id");
const registry_names_1 = require("../registry-names");
exports.REGISTRY = "Microsoft.ContainerRegistry/registries";
exports.REPLICATION = `${exports.REGISTRY}/replications`;
/** The regions of a registry: its home region, and those of its replicas. */
function regionsOf(registry, store) {
    return [...new Set([registry, ...store.ofType(exports.REPLICATION, registry.id)].map(({ location = "" }) => location))];
}
/** The host name of a region's data. */
function dataHost({ name }, region) {
    return `${name.toLowerCase()}.${region}.data.${registry_names_1.REGISTRY_SUFFIX}`;
}
/** The login server of a region, where regional endpoints are on. */
function regionalHost({ name }, region) {
    return `${name.toLowerCase()}.${region}.geo.${registry_names_1.REGISTRY_SUFFIX}`;
}
/** The groups of a service that endpoints can ask for; undefined where they are not known. */
function privateLinkGroups(serviceId) {
    const found = (0, private_link_preview_1.serviceOfId)(serviceId);
    if (!found || found.service.subresources.length === 0)
        return undefined;
    // A name may have a placeholder in it: sites-{slot}.
    return found.service.subresources.map(({ name }) => new RegExp(`^${name.replace(/\{\w+\}/g, ".+")}$`, "i"));
}
/** The members that a service has now for an endpoint that asks for these groups. */
function privateLinkMembers(serviceId, groupIds, store) {
    const resource = store.get(serviceId);
    if (!resource)
        return [];
    if ((0, arm_id_1.equalIgnoringCase)(resource.type, exports.REGISTRY))
        return registryMembers(resource, store);
    const service = (0, private_link_preview_1.serviceOfId)(serviceId)?.service;
    const members = groupIds.flatMap((groupId) => {
        const hosts = service ? (0, private_link_preview_1.serviceHosts)(service, groupId, "public", (0, private_link_preview_1.armValues)(service, resource)) : [];
        const names = hosts.map(({ label, fqdn, privateName, zone }) => ({
            // An app and its source control site share an address.
            member: label === "scm" || label === groupId ? groupId : `${groupId} ${label}`,
            name: { fqdn, record: privateName.slice(0, -zone.length - 1), zone },
        }));
        const found = [...(0, util_1.groupBy)(names, ({ member }) => member)].map(([member, its]) => ({
            member,
            groupId,
            names: its.map(({ name }) => name),
        }));
        return found.length > 0 ? found : [{ member: groupId, groupId, names: [] }];
    });
    // A private link service of one's own has no groups and no names.
    return members.length > 0 ? members : [{ member: (0, fill_1.uuidOf)(serviceId).slice(0, 8), groupId: "", names: [] }];
}
/**
 * The members that a registry has now: one for the registry, one for the data of each region, and where regional endpoints
 * are on, one login server for each region.
 */
function registryMembers(registry, store) {
    const regions = regionsOf(registry, store);
    const regional = registry.properties.regionalEndpoints === "Enabled" ? regions : [];
    return [
        { fqdn: `${registry.name.toLowerCase()}.${registry_names_1.REGISTRY_SUFFIX}`, member: "registry" },
        ...regions.map((region) => ({ fqdn: dataHost(registry, region), member: `registry_data_${region}` })),
        ...regional.map((region) => ({ fqdn: regionalHost(registry, region), member: `registry_${region}` })),
    ].map(({ fqdn, member }) => ({
        member,
        groupId: "registry",
        names: [{ fqdn, record: fqdn.slice(0, -`.${registry_names_1.REGISTRY_SUFFIX}`.length), zone: registry_names_1.PRIVATE_LINK_ZONE }],
    }));
}
