// @ts-check
// The script of the page begins here. Its files run one after another in one script, without imports, which the policy refuses.
"use strict";

/** @typedef {import("../data").PageData} PageData */
/** @typedef {import("../data").PageWay} PageWay */

/** @type {PageData} */
const data = JSON.parse(document.getElementById("data")?.textContent ?? "");
const { networks, names, zones, endpoints, services, findings } = data;

const STATES = ["right", "broken", "unknown", "unknown"];
const SYMBOLS = ["✓", "✕", "?", "!"];
/** States, those first that need a look. */
const WORST_FIRST = [1, 2, 3, 0];
/** By the reachability of an answer: its text, and the state that it is shown as. */
const REACHABLE = /** @type {const} */ ([
  ["Reachable", 0],
  ["Not reachable", 1],
  ["Reachable in part", 1],
  ["Not known", 2],
]);
/** The order of names, "spoke2" before "spoke10". */
const byName = new Intl.Collator("en", { numeric: true });

/**
 * What an index of the data refers to.
 * @template T
 * @param {readonly T[]} list
 * @param {number} index
 */
const at = (list, index) => /** @type {T} */ (list[index]);

/** The ways of a network, or of another one that gets the same answers, in large files. */
const waysOf = (/** @type {number} */ network) => data.ways[networks[network]?.sameAs ?? network] ?? [];
const nameOf = (/** @type {number} */ index) => networks[index]?.name ?? "";
const hostOf = (/** @type {number} */ name) => names[name]?.fqdn;
/** The networks in the order of their names. */
const ordered = [...networks.keys()].sort((a, b) => byName.compare(nameOf(a), nameOf(b)));
const asking = ordered.filter((index) => waysOf(index).length > 0);
const networkAt = new Map(networks.map(({ address }, index) => [address, index]));

/**
 * The state of a way: that of its answer, unless something is reported about a step of what is reachable.
 * @param {PageWay} way
 */
function stateOf([, , reachable, , indices]) {
  const state = REACHABLE[reachable][1];
  const reported = indices.some((index) => {
    const [, stepState, , , found] = at(data.steps, index);
    return stepState !== 0 || found.some((one) => !at(findings, one).ignored);
  });
  return state === 0 && reported ? 3 : state;
}

/** The ways by their states. @param {readonly PageWay[]} ways */
const byState = (ways) => SYMBOLS.map((_, state) => ways.filter((way) => stateOf(way) === state));

/** @param {number} network @param {number} name */
const hashOf = (network, name) =>
  `#network=${encodeURIComponent(networks[network]?.address ?? "")}&name=${encodeURIComponent(hostOf(name) ?? "")}`;
