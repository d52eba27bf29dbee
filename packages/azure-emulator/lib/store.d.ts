import type { Json } from "./json";
/** A resource, as it is stored. */
export interface Resource<Properties = Json> {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    location?: string;
    tags?: Record<string, string>;
    properties: Properties;
    /** SKU, identity and other members beside the properties. */
    [member: string]: unknown;
}
/** Whether no operation on a resource is in progress. */
export declare function isProvisioned({ properties }: Resource<object>): boolean;
/** All resources, by id. */
export declare class Store {
    readonly namesWhilePending: boolean;
    /**
     * @param namesWhilePending - whether the network interface of an endpoint has the host names of a connection that waits for
     * approval. It is not recorded whether Azure's has
     */
    constructor(namesWhilePending?: boolean);
    private readonly resources;
    private readonly lingering;
    get<Properties = Json>(id: string): Resource<Properties> | undefined;
    has(id: string): boolean;
    set(resource: Resource): void;
    delete(id: string): void;
    all(): Resource[];
    /** Lets a deleted resource go on to have its effect, until {@link release}. */
    linger(resource: Resource): void;
    /** Ends the effect of a deleted resource. */
    release(resource: Resource): void;
    /** All resources of a type; with a parent, those that are part of it. */
    ofType<Properties = Json>(type: string, parent?: string): Resource<Properties>[];
    /** As {@link ofType}, with those that are deleted and still have their effect. */
    withLingering<Properties = Json>(type: string, parent?: string): Resource<Properties>[];
    /** All resources below an id: parts, parts of parts, extensions. */
    below(id: string): Resource[];
}
