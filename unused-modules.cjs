// Modules that the dependencies load although nothing here uses them. Loading them takes a quarter of the time of a
// synthesis, so they are left empty.
const Module = require("node:module");

const UNUSED = [
  // cdktf compresses the files of assets with it. The stack has no assets.
  "archiver",
  // Messages of zod in fifty languages. zod loads the English ones separately.
  "../locales/index.cjs",
];

const load = Module._load;
Module._load = (request, ...rest) => (UNUSED.includes(request) ? {} : load(request, ...rest));
