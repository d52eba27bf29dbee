"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.ArmError = void 0;
exports.notProvisioned = notProvisioned;
/** An error of Azure Resource Manager: an HTTP status, a code, a message, and the errors that caused it. */
class ArmError extends Error {
    status;
    code;
    details;
    constructor(status, code, message, details = []) {
        super(message);
        this.status = status;
        this.code = code;
        this.details = details;
    }
    /** The body of the answer. */
    get body() {
        const { code, message, details } = this;
        return { error: { code, message, ...(details.length > 0 && { details }) } };
    }
}
exports.ArmError = ArmError;
/** The error of a resource that uses another one which is being written or deleted. */
function notProvisioned({ id, properties }, user) {
    return {
        code: "ReferencedResourceNotProvisioned",
        message: `Cannot proceed with operation because resource ${id} used by resource ${user} is not in Succeeded state. Resource is in ${String(properties.provisioningState)} state.`,
    };
}
