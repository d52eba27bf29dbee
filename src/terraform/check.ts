import type { Construct } from "constructs";
import type { Condition } from "./azapi";
import { TerraformElement } from "./index";

/** A `check` block, for which cdktf has no class: where its condition is false, plans and applies warn and go on. */
export class Check extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly assertion: Condition,
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    const { condition, errorMessage } = this.assertion;
    return { check: { [this.friendlyUniqueId]: { assert: [{ condition, error_message: errorMessage }] } } };
  }
}
