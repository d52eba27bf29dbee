"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Store = void 0;
exports.isProvisioned = isProvisioned;
const arm_id_1 = require("./arm-id");
/** Whether no operation on a resource is in progress. */
function isProvisioned({ properties }) {
    return properties.provisioningState === "Succeeded";
}
/** All resources, by id. */
class Store {
    namesWhilePending;
    /**
     * @param namesWhilePending - whether the network interface of an endpoint has the host names of a connection that waits for
     * approval. It is not recorded whether Azure's has
     */
    constructor(namesWhilePending = false) {
        this.namesWhilePending = namesWhilePending;
    }
    resources = new Map();
    lingering = new Set();
    get(id) {
        return this.resources.get(id.toLowerCase());
    }
    has(id) {
        return this.resources.has(id.toLowerCase());
    }
    set(resource) {
        this.resources.set(resource.id.toLowerCase(), resource);
    }
    delete(id) {
        this.resources.delete(id.toLowerCase());
    }
    all() {
        return [...this.resources.values()];
    }
    /** Lets a deleted resource go on to have its effect, until {@link release}. */
    linger(resource) {
        this.lingering.add(resource);
    }
    /** Ends the effect of a deleted resource. */
    release(resource) {
        this.lingering.delete(resource);
    }
    /** All resources of a type; with a parent, those that are part of it. */
    ofType(type, parent) {
        return ofType(this.all(), type, parent);
    }
    /** As {@link ofType}, with those that are deleted and still have their effect. */
    withLingering(type, parent) {
        return ofType([...this.all(), ...this.lingering], type, parent);
    }
    /** All resources below an id: parts, parts of parts, extensions. */
    below(id) {
        const prefix = `${id.toLowerCase()}/`;
        return this.all().filter((resource) => resource.id.toLowerCase().startsWith(prefix));
    }
}
exports.Store = Store;
function ofType(resources, type, parent) {
    const prefix = parent === undefined ? undefined : `${parent}/${type.split("/").at(-1)}/`.toLowerCase();
    return resources.filter((resource) => (0, arm_id_1.equalIgnoringCase)(resource.type, type) && (!prefix || resource.id.toLowerCase().startsWith(prefix)));
}
