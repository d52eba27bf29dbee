import { type Json } from "../json";
import type { Resource, Store } from "../store";
/**
 * What Azure adds to resources of types that the emulator has no rules for: what Terraform reads of them, and what other
 * resources use. Members that a client wrote stay. In texts these stand for values of the resource:
 *
 * - `{name}`, `{Name}`: its name in lower case, and as it is
 * - `{parent}`: the name of the resource that it is part of, in lower case
 * - `{id}`, `{location}`, `{group}`, `{subscription}`, `{tenant}`
 * - `{uuid}`: a UUID of its own, the same each time; `{uuid:WORD}` is another one for each word
 * - `{code}`: ten letters and digits of its own
 * - `{address:PATH}`: the first free address of the subnet whose id is at this path of the properties; `{address:PATH|10.0.0.4}`
 *   where there may be none
 *
 * Sources: the REST reference of each service, and what azurerm reads.
 */
export declare const COMPUTED: Readonly<Record<string, Json>>;
/** What follows from what a client wrote in a way that {@link COMPUTED} can't say, by type. */
export declare const DERIVED: Readonly<Record<string, (resource: Resource, store: Store) => void>>;
