"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.PRIVATE_LINK_ZONE = exports.REGISTRY_SUFFIX = void 0;
/** Suffix of a registry's names in the public cloud, which is the one that is emulated. */
exports.REGISTRY_SUFFIX = "azurecr.io";
/** The private DNS zone that Private Link uses for these names. */
exports.PRIVATE_LINK_ZONE = "privatelink.azurecr.io";
