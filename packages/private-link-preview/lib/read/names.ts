import { serviceByTerraformType } from "../../../common/azure/service-names";
import { groupBy } from "../../../common/util";
import type { Configuration } from "./configuration";
import { Instance, type Resource } from "./module";

/** Gives what Azure shows the addresses that Terraform has for the same resources, by their ids. */
export function takeAddresses(azure: readonly Configuration[], terraform: readonly Configuration[]): void {
  const known = groupBy(
    terraform.flatMap(({ resources }) => resources.filter((one) => one.text("id") !== undefined)),
    (resource) => resource.text("id")!.toLowerCase(),
  );
  for (const resource of azure.flatMap(({ resources }) => resources)) {
    const same = (known.get(resource.text("id")?.toLowerCase() ?? "") ?? []).filter((one) => isOfType(one, resource));
    const address = (same.find(({ managed }) => managed) ?? same[0])?.address;
    if (address !== undefined && resource instanceof Instance) resource.rename(address);
  }
}

function isOfType(terraform: Resource, { type, azureType }: Resource): boolean {
  return terraform.type === type || serviceByTerraformType(terraform.type)?.azureType.toLowerCase() === azureType;
}
