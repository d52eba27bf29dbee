// Commands run in this process decide on colours when they are loaded.
process.env.NO_COLOR = "1";
// And tables are as wide as in a pipeline.
delete process.env.COLUMNS;
// cdktf notes of each value where it was created, for its own errors. Under jest, which maps each of these traces to the
// sources, that takes as long as the rest of the synthesis. Virtual, since after the move to CDK Terrain it is not there.
jest.mock("cdktf/lib/tokens/private/stack-trace", () => ({ captureStackTrace: () => [] }), { virtual: true });
