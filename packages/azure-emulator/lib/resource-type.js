"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.resourceType = resourceType;
exports.networkName = networkName;
/** Gives the methods of a resource type the type of its properties, and lets it be listed with other resource types. */
function resourceType(definition) {
    return definition;
}
/** The rule that most names of Microsoft.Network follow. */
function networkName(max) {
    return {
        form: new RegExp(`^(?=.{1,${max}}$)[a-z0-9]([\\w.-]*\\w)?$`, "i"),
        allowed: `1 to ${max} letters, digits, underscores, dots and hyphens, starting with a letter or digit, ending with one or an underscore`,
    };
}
