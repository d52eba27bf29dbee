import type { Construct } from "constructs";
import { stringToTerraform, TerraformDataSource, type TerraformMetaArguments, TerraformProvider } from "./index";

// There are no prebuilt bindings of azapi. The stack needs these two classes only.

const AZAPI = {
  providerName: "azapi",
  providerVersion: "2.12.0",
  providerVersionConstraint: "2.12.0",
};

/** Settings of the azapi provider. */
export interface AzapiProviderProps {
  /**
   * Azure's cloud, such as `usgovernment`.
   *
   * @default - that in ARM_ENVIRONMENT, or the public cloud
   */
  readonly environment?: string;
}

/** The azapi provider, which reads properties that azurerm does not have. It signs in as azurerm does. */
export class AzapiProvider extends TerraformProvider {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AzapiProviderProps = {},
  ) {
    super(scope, id, {
      terraformResourceType: "azapi",
      terraformGeneratorMetadata: AZAPI,
      terraformProviderSource: "azure/azapi",
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { skip_provider_registration: true, environment: stringToTerraform(this.props.environment) };
  }
}

/** An Azure resource, and what to read of it. */
export interface AzapiResourceDataProps extends Pick<TerraformMetaArguments, "dependsOn"> {
  /** Resource type and API version, `Microsoft.Network/networkInterfaces@2024-05-01`. */
  readonly type: string;
  /** Id of the resource. */
  readonly resourceId: string;
  /** Paths in the response body, which are then available below `output`. */
  readonly responseExportValues: string[];
}

/** `data "azapi_resource"`: any Azure resource as the API returns it. */
export class AzapiResourceData extends TerraformDataSource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AzapiResourceDataProps,
  ) {
    super(scope, id, {
      terraformResourceType: "azapi_resource",
      terraformGeneratorMetadata: AZAPI,
      ...(props.dependsOn && { dependsOn: props.dependsOn }),
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return {
      type: this.props.type,
      resource_id: stringToTerraform(this.props.resourceId),
      response_export_values: this.props.responseExportValues,
    };
  }
}
