/** An error of Azure Resource Manager: an HTTP status, a code, a message, and the errors that caused it. */
export declare class ArmError extends Error {
    readonly status: number;
    readonly code: string;
    readonly details: readonly {
        readonly code: string;
        readonly message: string;
    }[];
    constructor(status: number, code: string, message: string, details?: readonly {
        readonly code: string;
        readonly message: string;
    }[]);
    /** The body of the answer. */
    get body(): object;
}
/** The error of a resource that uses another one which is being written or deleted. */
export declare function notProvisioned({ id, properties }: {
    readonly id: string;
    readonly properties: object;
}, user: string): {
    readonly code: string;
    readonly message: string;
};
