import type { Construct } from "constructs";
import {
  stringToTerraform,
  TerraformDataSource,
  type TerraformMetaArguments,
  TerraformProvider,
  TerraformResource,
} from "./index";
import VERSIONS from "./provider-versions.json";

// There are no prebuilt bindings of azapi. The stack needs these classes only.

const SOURCE = "azure/azapi";
const AZAPI = {
  providerName: "azapi",
  providerVersion: VERSIONS[SOURCE],
  providerVersionConstraint: VERSIONS[SOURCE],
};

/** Settings of the azapi provider. */
export interface AzapiProviderProps {
  /** Azure's cloud, such as `usgovernment`. @default - that in ARM_ENVIRONMENT, or the public cloud */
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
      terraformProviderSource: SOURCE,
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { skip_provider_registration: true, environment: stringToTerraform(this.props.environment) };
  }
}

/** What a data source of azapi reads, and checks. */
interface AzapiDataProps extends Pick<TerraformMetaArguments, "dependsOn"> {
  /** Resource type and API version, `Microsoft.Network/networkInterfaces@2024-05-01`. */
  readonly type: string;
  /** What of the response is then available below `output`: paths, or JMESPath queries by the name of their result. */
  readonly responseExportValues: string[] | Readonly<Record<string, string>>;
  /** Conditions on what was read. */
  readonly postconditions?: readonly Condition[];
}

/** A condition, and what is said where it is false. */
export interface Condition {
  readonly condition: string;
  readonly errorMessage: string;
}

abstract class AzapiData extends TerraformDataSource {
  constructor(
    scope: Construct,
    id: string,
    terraformResourceType: string,
    private readonly data: AzapiDataProps,
    private readonly attributes: Record<string, unknown>,
  ) {
    super(scope, id, {
      terraformResourceType,
      terraformGeneratorMetadata: AZAPI,
      ...(data.dependsOn && { dependsOn: data.dependsOn }),
      ...(data.postconditions && { lifecycle: { postcondition: [...data.postconditions] } }),
    });
  }

  /** Terraform address. */
  public get address(): string {
    return `data.${this.terraformResourceType}.${this.friendlyUniqueId}`;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { type, responseExportValues } = this.data;
    return { type, response_export_values: responseExportValues, ...this.attributes };
  }
}

/** An Azure resource, and what to read of it. */
export interface AzapiResourceDataProps extends AzapiDataProps {
  /** Id of the resource. */
  readonly resourceId: string;
}

/** `data "azapi_resource"`: any Azure resource as the API returns it. */
export class AzapiResourceData extends AzapiData {
  constructor(scope: Construct, id: string, props: AzapiResourceDataProps) {
    super(scope, id, "azapi_resource", props, { resource_id: stringToTerraform(props.resourceId) });
  }
}

/** `data "azapi_resource_list"`: all resources of a type in a resource, whose id is `parentId`. */
export class AzapiResourceListData extends AzapiData {
  constructor(scope: Construct, id: string, props: AzapiDataProps & { readonly parentId: string }) {
    super(scope, id, "azapi_resource_list", props, { parent_id: props.parentId });
  }
}

/** `data "azapi_resource_action"`: what a GET request below a resource returns. The action is the path below, `usages`. */
export class AzapiActionData extends AzapiData {
  constructor(scope: Construct, id: string, props: AzapiResourceDataProps & { readonly action: string }) {
    const { resourceId, action } = props;
    super(scope, id, "azapi_resource_action", props, { resource_id: resourceId, action, method: "GET" });
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

abstract class AzapiProperties extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    terraformResourceType: string,
    private readonly props: AzapiPropertiesProps,
    private readonly attributes: Record<string, unknown>,
  ) {
    super(scope, id, {
      terraformResourceType,
      terraformGeneratorMetadata: AZAPI,
      ...(props.dependsOn && { dependsOn: props.dependsOn }),
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { type, resourceId, properties } = this.props;
    return { type, resource_id: stringToTerraform(resourceId), body: { properties }, ...this.attributes };
  }
}

/**
 * `azapi_update_resource`: sets properties of a resource, and reports where others have changed them. It reads the
 * resource, and writes it back with these properties. Destroying it changes nothing in Azure.
 */
export class AzapiUpdateResource extends AzapiProperties {
  constructor(scope: Construct, id: string, props: AzapiPropertiesProps) {
    // Otherwise the state would hold the whole resource.
    super(scope, id, "azapi_update_resource", props, { response_export_values: [] });
  }
}

/** `azapi_resource_action` with PATCH: sets properties of a resource, and does not see what others change in them later. */
export class AzapiPatch extends AzapiProperties {
  constructor(scope: Construct, id: string, props: AzapiPropertiesProps) {
    super(scope, id, "azapi_resource_action", props, { method: "PATCH" });
  }
}

/** `azapi_resource_action` with `when = "destroy"`: sets properties of a resource when it is destroyed, and nothing before. */
export class AzapiUpdateOnDestroy extends AzapiProperties {
  constructor(scope: Construct, id: string, props: AzapiPropertiesProps) {
    super(scope, id, "azapi_resource_action", props, { method: "PATCH", when: "destroy" });
  }
}
