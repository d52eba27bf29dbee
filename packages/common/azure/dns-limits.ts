/**
 * Most addresses in a record set of a private DNS zone.
 *
 * Source: "Azure DNS limits" in "Azure subscription and service limits".
 */
export const MAX_RECORDS = 20;
