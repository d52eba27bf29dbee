import type { TerraformProvider } from "../../terraform";

/** A private DNS zone, as what is written into it refers to it. */
export interface ZoneReference {
  readonly name: string;
  readonly resourceGroupName: string;
  /** The provider of its subscription, if that may be another than the default. */
  readonly provider?: TerraformProvider;
}
