/** Suffix of a registry's names in the public cloud, which is the one that is emulated. */
export declare const REGISTRY_SUFFIX = "azurecr.io";
/** The private DNS zone that Private Link uses for these names. */
export declare const PRIVATE_LINK_ZONE = "privatelink.azurecr.io";
