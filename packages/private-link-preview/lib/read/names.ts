import { serviceByTerraformType } from "../../../common/azure/service-names";
import { groupBy } from "../../../common/util";
import type { Configuration } from "./configuration";
import type { Resource } from "./resource";

/** Gives what Azure shows the addresses that Terraform has for the same resources, by their ids. */
export function takeAddresses(azure: readonly Configuration[], terraform: readonly Configuration[]): void {
  const known = groupBy(
    terraform.flatMap(({ resources }) => resources.filter((one) => one.text("id") !== undefined)),
    (resource) => resource.text("id")!.toLowerCase(),
  );
  for (const resource of azure.flatMap(({ resources }) => resources)) {
    const same = (known.get(resource.text("id")?.toLowerCase() ?? "") ?? []).filter(
      (one) => kindOf(one) === kindOf(resource),
    );
    const address = (same.find(({ managed }) => managed) ?? same[0])?.address;
    if (address !== undefined) resource.address = address;
  }
}

/** What a resource is, whether Terraform has a type of its own for it or the form of Azure's API. */
export function kindOf({ type, azureType }: Resource): string {
  return serviceByTerraformType(type)?.azureType.toLowerCase() ?? (type === "azapi_resource" ? azureType : type);
}
