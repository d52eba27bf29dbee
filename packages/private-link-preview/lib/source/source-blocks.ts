/** Where the blocks of a configuration are written in a file: lines from 1. */
export interface SourceBlocks {
  /** By address within the module, such as `azurerm_subnet.a` or `data.azurerm_subnet.a`. */
  readonly resources: ReadonlyMap<string, number>;
  readonly modules: ReadonlyMap<string, { readonly line: number; readonly source?: string }>;
}
