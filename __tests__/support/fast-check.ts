import fc from "fast-check";

// A synthesis takes a hundredth of a second: enough runs to try much, few enough to wait for.
fc.configureGlobal({ numRuns: 20 });

export default fc;
