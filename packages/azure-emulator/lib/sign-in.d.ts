import type { ArmAnswer } from "./resource-manager";
/** The one identity that signs in, whatever credentials the client has. */
export declare const IDENTITY: {
    readonly tenantId: "00000000-0000-0000-0000-0000000000aa";
    readonly objectId: "00000000-0000-0000-0000-0000000000bb";
};
/** The metadata of the cloud, and the tokens of Microsoft Entra ID. */
export declare class SignIn {
    private readonly endpoint;
    private readonly issued;
    constructor(endpoint: string);
    /** Answers a request for metadata or for a token; undefined for any other path. */
    answer(path: string, query: URLSearchParams): ArmAnswer | undefined;
    /** @throws ArmError if a request has no token that was issued here */
    requireToken(authorization: string | undefined): void;
}
