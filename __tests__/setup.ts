// Commands run in this process decide on colours when they are loaded.
process.env.NO_COLOR = "1";
// And tables are as wide as in a pipeline.
delete process.env.COLUMNS;
