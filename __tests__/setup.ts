import "cdktf/lib/testing/adapters/jest";
import { Testing } from "cdktf";
import fc from "fast-check";

// cdktf notes for every token where it was made; under jest, which maps each line back to its source, that is most of
// the time of a synthesis.
jest.mock("cdktf/lib/tokens/private/stack-trace", () => ({ captureStackTrace: () => [] }));

// cdktf's matchers: toHaveResourceWithProperties and its like.
Testing.setupJest();

// A synthesis takes a hundredth of a second: enough runs to try much, few enough to wait for.
fc.configureGlobal({ numRuns: 20 });
