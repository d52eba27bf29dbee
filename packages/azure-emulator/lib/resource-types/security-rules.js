"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.SECURITY_RULE = void 0;
exports.rulesOf = rulesOf;
/** Type of the rules of a network security group. */
exports.SECURITY_RULE = "Microsoft.Network/networkSecurityGroups/securityRules";
/** The rules of a network security group, without those that every group has. */
function rulesOf(groupId, store) {
    return store.ofType(exports.SECURITY_RULE, groupId);
}
