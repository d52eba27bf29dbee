import type { TerraformProvider } from "../terraform";

/** A private DNS zone, as its records and links refer to it. */
export interface ZoneReference {
  readonly id: string;
  readonly name: string;
  readonly resourceGroupName: string;
  /** The provider of its subscription, if it may be another than the default. */
  readonly provider?: TerraformProvider;
}
