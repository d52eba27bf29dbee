import type { Json } from "./json";
import type { Store } from "./store";
/** Regions whose control plane is down. What has no region, such as private DNS, goes on to work, and so do resource groups. */
export declare class Outages {
    private readonly regions;
    begin(region: string): void;
    end(region: string): void;
    /**
     * The control plane of a resource, and of all that is part of it, is in the region of the resource: that of a registry's
     * replicas in the registry's home region.
     *
     * @throws ArmError if a request is to a resource in such a region
     */
    require({ path, body }: {
        readonly path: string;
        readonly body?: Json;
    }, store: Store): void;
}
