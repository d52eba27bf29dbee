/** What differs between Azure clouds for registries. */
export interface Cloud {
  /** Suffix of a registry's public names, as in `NAME.azurecr.io`. */
  readonly registrySuffix: string;
  /** The private DNS zone in which those names are looked up over private link. */
  readonly privateLinkZone: string;
  /** Whether Microsoft's pages describe regional endpoints of registries there, which are in public preview. */
  readonly regionalEndpoints: boolean;
}

/**
 * The clouds by the name that the providers take as their environment, with their registry suffixes. No other file
 * of the app or of this package contains one.
 *
 * Source: "Azure private endpoint private DNS zone values", Microsoft's private link documentation.
 */
export const CLOUDS = {
  public: { registrySuffix: "azurecr.io", privateLinkZone: "privatelink.azurecr.io", regionalEndpoints: true },
  usgovernment: { registrySuffix: "azurecr.us", privateLinkZone: "privatelink.azurecr.us", regionalEndpoints: false },
  china: { registrySuffix: "azurecr.cn", privateLinkZone: "privatelink.azurecr.cn", regionalEndpoints: true },
} as const satisfies Record<string, Cloud>;

/** Name of a cloud. */
export type CloudName = keyof typeof CLOUDS;
