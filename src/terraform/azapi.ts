import type { Construct } from "constructs";
import {
  stringToTerraform,
  TerraformDataSource,
  type TerraformMetaArguments,
  TerraformProvider,
  TerraformResource,
} from "./index";

// There are no prebuilt bindings of azapi. The stack needs these classes only.

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

/** The azapi provider, which reads and writes properties that azurerm does not have. It signs in as azurerm does. */
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

/** Some properties of a resource that another resource of the configuration manages. */
export interface AzapiPropertiesProps extends Pick<TerraformMetaArguments, "dependsOn"> {
  /** Resource type and API version, as in {@link AzapiResourceDataProps}. */
  readonly type: string;
  /** Id of the resource. */
  readonly resourceId: string;
  /** Its properties, those to set alone. */
  readonly properties: Record<string, unknown>;
}

/**
 * `azapi_update_resource`: sets properties of a resource, and reports where others have changed them. It reads the
 * resource, and writes it back with these properties. Destroying it changes nothing in Azure.
 */
export class AzapiUpdateResource extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AzapiPropertiesProps,
  ) {
    super(scope, id, {
      terraformResourceType: "azapi_update_resource",
      terraformGeneratorMetadata: AZAPI,
      ...(props.dependsOn && { dependsOn: props.dependsOn }),
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return {
      ...attributesOf(this.props),
      // Otherwise the state would hold the whole resource.
      response_export_values: [],
    };
  }
}

/** `azapi_resource_action` with `when = "destroy"`: sets properties of a resource when it is destroyed, and nothing before. */
export class AzapiUpdateOnDestroy extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AzapiPropertiesProps,
  ) {
    super(scope, id, {
      terraformResourceType: "azapi_resource_action",
      terraformGeneratorMetadata: AZAPI,
      ...(props.dependsOn && { dependsOn: props.dependsOn }),
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...attributesOf(this.props), method: "PATCH", when: "destroy" };
  }
}

function attributesOf({ type, resourceId, properties }: AzapiPropertiesProps): Record<string, unknown> {
  return { type, resource_id: stringToTerraform(resourceId), body: { properties } };
}
