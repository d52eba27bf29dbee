import { type Json } from "../json";
import type { Resource, Store } from "../store";
/** A UUID that is the same for the same texts. */
export declare function uuidOf(...texts: readonly string[]): string;
/** Adds the members of a template that an object does not have, at any depth. Texts in the template are {@link filled}. */
export declare function addMissing(target: Json, template: Json, resource: Resource, store: Store): void;
/** Gives what a resource has in subnets its addresses: the ones that it had before, or the first free ones. */
export declare function takeAddresses(resource: Resource, old: Resource | undefined, store: Store): void;
/** Gives a resource's managed identities what Microsoft Entra ID knows of them. */
export declare function identify(resource: Resource): void;
