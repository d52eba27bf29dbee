/** The DNS suffixes of one Azure cloud. */
export interface Cloud {
  /** Suffix of a registry's public names, as in `NAME.azurecr.io`. */
  readonly registrySuffix: string;
  /** The private DNS zone in which those names are looked up over private link. */
  readonly privateLinkZone: string;
}

/**
 * The clouds by the name that the providers take as their environment, with their registry suffixes. No other file
 * of the app or of this package contains one.
 *
 * Source: "Azure private endpoint private DNS zone values", Microsoft's private link documentation.
 */
export const CLOUDS = {
  public: { registrySuffix: "azurecr.io", privateLinkZone: "privatelink.azurecr.io" },
  usgovernment: { registrySuffix: "azurecr.us", privateLinkZone: "privatelink.azurecr.us" },
  china: { registrySuffix: "azurecr.cn", privateLinkZone: "privatelink.azurecr.cn" },
} as const satisfies Record<string, Cloud>;

/** Name of a cloud. */
export type CloudName = keyof typeof CLOUDS;
