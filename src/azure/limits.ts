/**
 * Most addresses in a record set of a private DNS zone.
 *
 * Source: "Azure DNS limits" in "Azure subscription and service limits".
 */
export const MAX_RECORDS = 20;

/**
 * Most private endpoints of a registry.
 *
 * Source: "Service tier features and limits", Microsoft's registry documentation.
 */
export const MAX_ENDPOINTS = 200;

/**
 * Addresses of each subnet that Azure keeps: the first four and the last.
 *
 * Source: "Are there any restrictions on using IP addresses within these subnets?", virtual network FAQ.
 */
export const RESERVED_ADDRESSES = 5;

/** The smallest subnet that Azure makes, as a prefix length. Source: the same. */
export const MAX_SUBNET_PREFIX = 29;
