import type { Construct } from "constructs";
import { TerraformElement, type TerraformResource, TerraformStack } from "./index";

interface Synthesized {
  resource?: Record<string, Record<string, object>>;
}

/** Whether these resources are left out of what cdktf evaluates. */
let apart = false;

/**
 * Resources of one type whose attributes hold no tokens, for those of which a stack has tens of thousands. They are not
 * constructs: cdktf looks for tokens in every key and every string of one, twice, which takes most of the time and half of
 * the memory of their synthesis.
 */
export class LiteralResources extends TerraformElement {
  private readonly resources: Record<string, object> = {};

  /** @param type - Terraform type, `azurerm_virtual_network_peering` */
  constructor(
    private readonly scope: Construct,
    id: string,
    private readonly type: string,
  ) {
    super(scope, id, type);
  }

  /**
   * Adds a resource.
   *
   * @param id - as a construct in the same scope would have it: address and metadata are the same
   * @param attributes - as in Terraform JSON; what refers to other resources is an expression, as by {@link reference}
   */
  public add(id: string, attributes: Readonly<Record<string, unknown>>): void {
    const uniqueId = `${TerraformStack.of(this).getLogicalId(this.scope.node)}_${id}`;
    this.resources[uniqueId] = {
      ...attributes,
      "//": { metadata: { path: `${this.scope.node.path}/${id}`, uniqueId } },
    };
  }

  public override toTerraform(): Synthesized {
    return apart || Object.keys(this.resources).length === 0 ? {} : { resource: { [this.type]: this.resources } };
  }

  /** Adds the literal resources in a scope to the Terraform JSON of everything else. */
  public static addTo(scope: Construct, synthesize: () => Synthesized): Synthesized {
    let json: Synthesized;
    apart = true;
    try {
      json = synthesize();
    } finally {
      apart = false;
    }
    for (const element of scope.node.findAll()) {
      if (!(element instanceof LiteralResources)) continue;
      for (const [type, added] of Object.entries(element.toTerraform().resource ?? {}))
        Object.assign(((json.resource ??= {})[type] ??= {}), added);
    }
    return json;
  }
}

/** Terraform address of a resource, `azurerm_virtual_network.hub_virtual-network`. */
export function address({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}

/** An expression for an attribute of a resource. */
export function reference(resource: TerraformResource, attribute: string): string {
  return `\${${address(resource)}.${attribute}}`;
}
