// The way of one question.

const STEP_STATES = ["right", "Breaks here", "Not known from this file"];
/** Titles of steps that are more than their kind. @type {Record<string, string>} */
const STEP_TITLES = { dns: "DNS", rule: "Forwarding rule", name: "Private name" };

const networkSelect = /** @type {HTMLSelectElement} */ (el("select", { id: "network" }));
const nameSelect = /** @type {HTMLSelectElement} */ (el("select", { id: "name" }));
const answer = el("p", { class: "answer", role: "status" });
const sameNote = el("p", { class: "note" });
const steps = el("ol", { "aria-label": "The way of the question" });
const wayHeading = el("h2", { id: "way-heading", tabindex: "-1" }, "Follow a question");

let chosen = { network: -1, name: -1 };

/** What the address of the page names, where the page has it. */
function fromHash() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const network = networkAt.get(asked.get("network") ?? "") ?? -1;
  const ways = waysOf(network);
  const way = ways.find(([name]) => hostOf(name) === asked.get("name")) ?? ways[0];
  return way && { network, name: way[0] };
}

/** The first way that is worth a look. */
function firstChoice() {
  for (const state of WORST_FIRST) {
    for (const network of asking) {
      const way = waysOf(network).find((one) => stateOf(one) === state);
      if (way) return { network, name: way[0] };
    }
  }
  return undefined;
}

function waySection() {
  for (const index of asking) {
    const [, broken = [], unknown = []] = byState(waysOf(index));
    const notKnown = unknown.length > 0 ? ` (${unknown.length} not known)` : "";
    const bad = broken.length > 0 ? ` (${broken.length} not reachable)` : notKnown;
    networkSelect.append(el("option", { value: String(index) }, nameOf(index) + bad));
  }
  networkSelect.addEventListener("change", () => choose(Number(networkSelect.value), chosen.name));
  nameSelect.addEventListener("change", () => choose(chosen.network, Number(nameSelect.value)));
  const fields = [field(networkSelect, "Network of the client"), field(nameSelect, "Name that it asks for")];
  return section("way", wayHeading, el("div", { class: "split" }, el("div", {}, ...fields, answer, sameNote), steps));
}

/**
 * Shows the way of a question. A network that is not asked for the name gets its first name.
 * @param {number} network
 * @param {number} name
 */
function choose(network, name) {
  const ways = waysOf(network);
  const way = ways.find((one) => one[0] === name) ?? ways.find(([one]) => hostOf(one) === hostOf(name)) ?? ways[0];
  if (!way) return;
  const before = chosen;
  chosen = { network, name: way[0] };
  if (before.network !== network) {
    networkSelect.value = String(network);
    fillNames(ways);
  }
  nameSelect.value = String(chosen.name);
  history.replaceState(null, "", hashOf(network, chosen.name));
  showWay(way);
  showInPicture(way);
  markChosen();
}

/** @param {readonly PageWay[]} ways */
function fillNames(ways) {
  /** @type {Map<number, HTMLElement>} */
  const byService = new Map();
  for (const way of ways) {
    const [name] = way;
    const { text, service } = at(names, name);
    const { title, label } = at(services, service);
    const group = byService.get(service) ?? el("optgroup", { label: `${title} (${label})` });
    byService.set(service, group);
    group.append(el("option", { value: String(name) }, `${SYMBOLS[stateOf(way)]} ${text}`));
  }
  nameSelect.replaceChildren(...byService.values());
}

/** @param {PageWay} way */
function showWay(way) {
  const [name, text, reachable, servedBy, indices] = way;
  const network = at(networks, chosen.network);
  const host = at(names, name).text;
  const state = stateOf(way);
  answer.className = `answer ${STATES[state]}`;
  answer.replaceChildren(
    el("strong", { class: "verdict" }, symbol(state), REACHABLE[reachable][0]),
    el(
      "span",
      {},
      `${network.name} gets `,
      el("b", {}, soft(at(data.answers, text)[0])),
      " for ",
      el("b", {}, soft(host)),
      servedBy ? `, served by ${servedBy}.` : ".",
      state === 3 && " A step has a finding.",
    ),
  );
  const same = network.sameAs;
  sameNote.textContent = same === undefined ? "" : `It gets the same answers as ${nameOf(same)}, whose way is shown.`;
  const shown = new Set([network.address]);
  steps.replaceChildren(
    stepItem("client", 0, `A machine in ${network.name} asks for ${host}.`, [network.address], []),
    ...indices.map((index) => {
      const [kind, stepState, sentence, all, found] = at(data.steps, index);
      // A resource is shown at the first step that it decides.
      const resources = all.map((one) => at(data.resources, one)).filter((one) => !shown.has(one));
      for (const one of resources) shown.add(one);
      return stepItem(kind, stepState, sentence, resources, found);
    }),
  );
}

/**
 * @param {string} kind
 * @param {number} state
 * @param {string} sentence
 * @param {readonly string[]} resources
 * @param {readonly number[]} found
 */
function stepItem(kind, state, sentence, resources, found) {
  const mark = state === 0 ? hiddenText("(right)") : el("span", { class: "mark" }, STEP_STATES[state] ?? "");
  const content = el(
    "div",
    {},
    el("h3", {}, `${STEP_TITLES[kind] ?? capitalized(kind)} `, mark),
    el("p", {}, soft(sentence)),
    resourceList(resources.slice(0, 6)),
    ...found.slice(0, 5).map(findingLink),
  );
  return el("li", { class: `step ${STATES[state]}` }, symbol(state), content);
}

/** @param {number} index */
function findingLink(index) {
  const { code: of, severity, ignored } = at(findings, index);
  const text = `${ignored ? "Ignored " : ""}${severity}: ${of}`;
  return el("a", { href: `#finding-${index}`, class: "finding-link" }, text);
}
