"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.secondsFor = secondsFor;
/** Seconds of the first pattern that matches a path. */
function secondsFor(path, patterns = []) {
    return patterns.find(({ pattern }) => pattern.test(path))?.seconds ?? 0;
}
