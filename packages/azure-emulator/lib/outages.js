"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Outages = void 0;
const arm_error_1 = require("./arm-error");
/** Regions whose control plane is down. What has no region, such as private DNS, goes on to work, and so do resource groups. */
class Outages {
    regions = new Set();
    begin(region) {
        this.regions.add(region);
    }
    end(region) {
        this.regions.delete(region);
    }
    /**
     * The control plane of a resource, and of all that is part of it, is in the region of the resource: that of a registry's
     * replicas in the registry's home region.
     *
     * @throws ArmError if a request is to a resource in such a region
     */
    require({ path, body }, store) {
        if (this.regions.size === 0)
            return;
        const resource = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/i.exec(path)?.[0];
        // An extension, such as a lock or a role assignment, is not part of the resource.
        if (resource === undefined || path.slice(resource.length).toLowerCase().includes("/providers/"))
            return;
        const region = store.get(resource)?.location ?? body?.location;
        if (typeof region === "string" && this.regions.has(region.toLowerCase().replaceAll(" ", "")))
            throw new arm_error_1.ArmError(503, "ServiceUnavailable", `The service is temporarily unavailable in ${region}.`);
    }
}
exports.Outages = Outages;
