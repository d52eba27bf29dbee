import { CLOUDS } from "../../common/azure/clouds";

/** Suffix and private DNS zone of a registry's names in the public cloud, which is the one that is emulated. */
export const { registrySuffix: REGISTRY_SUFFIX, privateLinkZone: PRIVATE_LINK_ZONE } = CLOUDS.public;

/** The password of every registry's admin user. */
export const ADMIN_PASSWORD = "emulated";
