"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.isJson = isJson;
/** Whether a value is a JSON object. */
function isJson(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
