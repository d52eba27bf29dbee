import { normaliseRegion } from "../../common/azure/regions";
import { ArmError } from "./arm-error";
import type { Json } from "../../common/util/json";
import type { Store } from "./store";

/** Regions whose control plane is down. What has no region, such as private DNS, goes on to work, and so do resource groups. */
export class Outages {
  private readonly regions = new Set<string>();

  public begin(region: string): void {
    this.regions.add(region);
  }

  public end(region: string): void {
    this.regions.delete(region);
  }

  /**
   * The control plane of a resource, and of all that is part of it, is in the region of the resource: that of a registry's
   * replicas in the registry's home region.
   *
   * @throws ArmError if a request is to a resource in such a region
   */
  public require({ path, body }: { readonly path: string; readonly body?: Json }, store: Store): void {
    if (this.regions.size === 0) return;
    const resource = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/i.exec(path)?.[0];
    // An extension, such as a lock or a role assignment, is not part of the resource.
    if (resource === undefined || path.slice(resource.length).toLowerCase().includes("/providers/")) return;
    const region = store.get(resource)?.location ?? body?.location;
    if (typeof region === "string" && this.regions.has(normaliseRegion(region)))
      throw new ArmError(503, "ServiceUnavailable", `The service is temporarily unavailable in ${region}.`);
  }
}
