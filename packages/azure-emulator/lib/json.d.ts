/** A JSON object. */
export type Json = Record<string, unknown>;
/** Whether a value is a JSON object. */
export declare function isJson(value: unknown): value is Json;
