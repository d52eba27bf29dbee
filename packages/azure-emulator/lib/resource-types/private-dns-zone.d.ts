export declare const PRIVATE_DNS_ZONE = "Microsoft.Network/privateDnsZones";
export declare const LINK = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";
export declare const A_RECORD = "Microsoft.Network/privateDnsZones/A";
/** Properties of a link between a zone and a virtual network. */
export interface LinkProperties {
    virtualNetwork: {
        id: string;
    };
    registrationEnabled?: boolean;
    resolutionPolicy?: string;
    virtualNetworkLinkState?: string;
}
/** Properties of a record set. */
export interface ARecordProperties {
    ttl?: number;
    aRecords?: {
        ipv4Address: string;
    }[];
    fqdn?: string;
    metadata?: Record<string, string>;
    isAutoRegistered?: boolean;
}
export declare const privateDnsZone: import("../resource-type").ResourceType<import("../json").Json>;
/** @see https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links */
export declare const virtualNetworkLink: import("../resource-type").ResourceType<import("../json").Json>;
export declare const aRecord: import("../resource-type").ResourceType<import("../json").Json>;
/** The record set that every zone has. */
export declare const soaRecord: import("../resource-type").ResourceType<import("../json").Json>;
