import fc from "fast-check";
import { Testing } from "../src/terraform";

// cdktf's matchers: toHaveResourceWithProperties and its like.
Testing.setupJest();

// A synthesis takes a hundredth of a second: enough runs to try much, few enough to wait for.
fc.configureGlobal({ numRuns: 20 });
