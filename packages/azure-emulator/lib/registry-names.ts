/** Suffix of a registry's public names in the cloud that is emulated, the public one. */
export const REGISTRY_SUFFIX = "azurecr.io";

/** The private DNS zone in which those names are looked up over private link. */
export const PRIVATE_LINK_ZONE = "privatelink.azurecr.io";
