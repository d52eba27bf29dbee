import { normaliseRegion } from "../../common/azure/regions";
import { ArmError } from "./arm-error";
import type { ArmRequest } from "./arm-request";
import type { Store } from "./store";

/**
 * The control plane of a resource, and of all that is part of it, is in the region of the resource: that of a registry's
 * replicas in the registry's home region. What has no region, such as private DNS, continues to work, and so do resource groups.
 *
 * @param regions - those whose control plane is down
 * @throws ArmError if a request is to a resource in such a region
 */
export function refuseInOutage(
  regions: ReadonlySet<string>,
  { path, body }: Pick<ArmRequest, "path" | "body">,
  store: Store,
): void {
  if (regions.size === 0) return;
  const resource = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/i.exec(path)?.[0];
  // An extension, such as a lock or a role assignment, is not part of the resource.
  if (resource === undefined || path.slice(resource.length).toLowerCase().includes("/providers/")) return;
  const region = store.get(resource)?.location ?? body?.location;
  if (typeof region === "string" && regions.has(normaliseRegion(region)))
    throw new ArmError(503, "ServiceUnavailable", `The service is temporarily unavailable in ${region}.`);
}
