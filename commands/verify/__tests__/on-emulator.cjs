// Leads the commands that work on VMs to an emulated Azure, whose address is in AZURE_EMULATOR.
const dns = require("node:dns/promises");
const timers = require("node:timers/promises");
const { RESOURCE_MANAGERS } = require("../../../packages/common/azure-client/sign-in.ts");

const endpoint = process.env.AZURE_EMULATOR;
Object.assign(RESOURCE_MANAGERS.public, { endpoint, scope: `${endpoint}/.default`, authority: endpoint });

// No request from here to a registry on the internet.
dns.lookup = () => Promise.reject(new Error("ENOTFOUND"));

// This Azure needs no pauses between two requests.
const PAUSE = 20;
const { setTimeout: sleep } = timers;
const { setTimeout: later } = globalThis;
timers.setTimeout = (delay, ...rest) => sleep(Math.min(delay, PAUSE), ...rest);
globalThis.setTimeout = (work, delay = 0, ...rest) =>
  later(work, delay > 10_000 ? delay : Math.min(delay, PAUSE), ...rest);
