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
