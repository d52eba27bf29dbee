import type { Json } from "../json";
/**
 * The answer to `listKeys`, `listCredentials`, `listConnectionStrings` and so on. Services name the members differently; an
 * answer has them all, and each client reads its own.
 */
export declare const SECRETS: Readonly<Json>;
