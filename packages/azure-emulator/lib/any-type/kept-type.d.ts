import { type Json } from "../json";
import type { ResourceType } from "../resource-type";
import type { Resource, Store } from "../store";
/** A type that the emulator has no rules for: its resources are kept as they are written, with what {@link COMPUTED} adds. */
export declare function keptType(type: string): ResourceType;
/** A part that exists although nobody has written it; undefined if there is none with this id. */
export declare function inborn(id: string, type: string, store: Store): Resource | undefined;
/** The answer to a POST to a resource of a type without rules: `listKeys`, `config/appsettings/list`, `start`. */
export declare function actionOn(resource: Resource | undefined, id: string, action: string, body: Json): {
    status: number;
    body?: Json;
};
/** What a resource has besides its parts, by the end of the path. Undefined if there is no such thing. */
export declare function documentOf(resource: Resource, name: string): Json | undefined;
