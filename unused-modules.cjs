// Modules that the dependencies load and nothing here uses, a quarter of the time of a synthesis: they stay empty.
const Module = require("node:module");

const UNUSED = [
  // Zips the files of cdktf's assets. There are none.
  "archiver",
  // zod's messages in fifty languages. It loads English on its own.
  "../locales/index.cjs",
];

const load = Module._load;
Module._load = (request, ...rest) => (UNUSED.includes(request) ? {} : load(request, ...rest));

module.exports = { UNUSED };
