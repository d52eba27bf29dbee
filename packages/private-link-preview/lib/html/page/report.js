// @ts-check
// The script of the page. It runs in a browser, as it is here: in one file, without imports, which the policy refuses.
(() => {
  "use strict";

  /** @typedef {import("../page-data").PageData} PageData */
  /** @typedef {import("../page-data").PageWay} PageWay */
  /** @typedef {import("../page-data").PageGroup} PageGroup */

  /** @type {PageData} */
  const data = JSON.parse(document.getElementById("data")?.textContent ?? "");
  const { networks, names, zones, endpoints, services, groups, findings } = data;

  const SVG = "http://www.w3.org/2000/svg";
  const STATES = ["right", "broken", "unknown"];
  const SYMBOLS = ["✓", "✕", "?"];
  const STEP_STATES = ["right", "Breaks here", "Not known from this file"];
  /** By the reachability of an answer: its text, and the state that it is shown as. */
  const REACHABLE = /** @type {const} */ ([
    ["Reachable", 0],
    ["Not reachable", 1],
    ["Reachable in part", 1],
    ["Not known", 2],
    ["Reachable, but a step breaks", 1],
  ]);
  /** @type {Record<string, string>} */
  const STEP_TITLES = {
    client: "Client",
    dns: "DNS",
    rule: "Forwarding rule",
    name: "Private name",
    zone: "Zone",
    record: "Record",
    endpoint: "Endpoint",
    connection: "Connection",
    region: "Region",
  };
  /** The order of names, "spoke2" before "spoke10". */
  const byName = new Intl.Collator("en", { numeric: true });
  /** Networks up to which a card shows all that is in its network, and up to which it shows its ranges. */
  const FULL = 14;
  const MEDIUM = 45;
  /** Lists longer than this are shown in part at first. */
  const SHOWN_AT_FIRST = 8;
  const SERVICES_SHOWN = 8;
  const ROWS_AT_FIRST = 60;

  /**
   * An element. Texts are set as text, never as HTML.
   * @param {string} tag
   * @param {Record<string, string>} [attributes]
   * @param {(Node | string)[]} children
   * @returns {HTMLElement}
   */
  function el(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  /** @param {string} text */
  const hiddenText = (text) => el("span", { class: "visually-hidden" }, text);

  /**
   * A symbol of a state, which a text beside it says as well.
   * @param {number} state
   */
  const symbol = (state) =>
    el("span", { class: `symbol ${STATES[state]}`, "aria-hidden": "true" }, SYMBOLS[state] ?? "");

  /**
   * A text of which long names may break after their dots and hyphens.
   * @param {string} text
   * @param {number} longest a name of this length breaks at no place of its own; few lines of a phone have more letters
   */
  function soft(text, longest = 25) {
    const parts = document.createDocumentFragment();
    for (const word of text.split(/(?<=\s)|(?=\s)/)) {
      const pieces = word.length <= longest ? [word] : word.split(/(?<=\S{8}[-._/])(?=\S{8})/);
      pieces.forEach((piece, index) => parts.append(...(index > 0 ? [el("wbr")] : []), piece));
    }
    return parts;
  }

  /** @param {string} text */
  const code = (text) => el("code", {}, soft(text));

  /**
   * @param {number} number
   * @param {string} noun
   */
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  /**
   * The items of a long list: the first ones, and a button that shows the others.
   * @template T
   * @param {readonly T[]} items
   * @param {(item: T) => HTMLElement} show
   * @param {number} most
   */
  function shortened(items, show, most = SHOWN_AT_FIRST) {
    const list = el("ul", {}, ...items.slice(0, most).map(show));
    if (items.length <= most) return [list];
    const button = el("button", { type: "button", class: "more" }, `Show ${items.length - most} more`);
    button.addEventListener("click", () => {
      list.append(...items.slice(most).map(show));
      const next = list.children[most];
      button.remove();
      if (next instanceof HTMLElement) {
        next.tabIndex = -1;
        next.focus();
      }
    });
    return [list, button];
  }

  // What is chosen, and the address of the page that says so.

  /** The network of which the ways are shown: another one that gets the same answers, in large files. */
  const shownFor = (/** @type {number} */ network) => networks[network]?.sameAs ?? network;
  const waysOf = (/** @type {number} */ network) => data.ways[shownFor(network)] ?? [];
  const asking = networks.flatMap((_, index) => (waysOf(index).length > 0 ? [index] : []));

  let chosen = { network: -1, name: -1 };

  /** @returns {PageWay | undefined} */
  const chosenWay = () => waysOf(chosen.network).find(([name]) => name === chosen.name);

  /**
   * @param {number} network
   * @param {number} name
   */
  const hashOf = (network, name) =>
    `#network=${encodeURIComponent(networks[network]?.address ?? "")}&name=${encodeURIComponent(names[name]?.fqdn ?? "")}`;

  /** What the address of the page names, where the page has it. */
  function fromHash() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const network = asking.find((index) => networks[index]?.address === asked.get("network"));
    if (network === undefined) return undefined;
    const way = waysOf(network).find(([name]) => names[name]?.fqdn === asked.get("name")) ?? waysOf(network)[0];
    return way && { network, name: way[0] };
  }

  /** The first way that is worth a look: a broken one, or one that is not known. */
  function firstChoice() {
    for (const state of [1, 2, 0]) {
      for (const network of asking) {
        const way = waysOf(network).find((one) => REACHABLE[one[2]][1] === state);
        if (way) return { network, name: way[0] };
      }
    }
    return undefined;
  }

  // The parts of the page.

  const networkSelect = /** @type {HTMLSelectElement} */ (el("select", { id: "network" }));
  const nameSelect = /** @type {HTMLSelectElement} */ (el("select", { id: "name" }));
  const answer = el("p", { class: "answer", role: "status" });
  const sameNote = el("p", { class: "note" });
  const steps = el("ol", { class: "steps", "aria-label": "The way of the question" });
  const others = el("div", { class: "names" });
  const wayHeading = el("h2", { id: "way-heading", tabindex: "-1" }, "Follow a question");
  const facts = el("dl", { class: "facts", id: "facts" });
  const map = el("div", { class: "map", role: "radiogroup", "aria-label": "Choose a network in the picture" });
  /** Where there are many networks, the picture scrolls beside the way. */
  const scroller = el("div", { class: "scroller" });
  const lines = document.createElementNS(SVG, "svg");
  const serviceList = el("ul", { class: "services", "aria-label": "Services" });
  const filtered = el("p", { class: "note", role: "status" });
  const density = networks.length <= FULL ? "full" : networks.length <= MEDIUM ? "medium" : "compact";
  /** @type {Map<number, { card: HTMLElement, radio: HTMLElement, tags: HTMLElement }>} */
  const cards = new Map();

  function header() {
    return el(
      "header",
      { class: "top" },
      el(
        "p",
        { class: "eyebrow" },
        data.title,
        ...(data.source ? [" · ", el("span", { class: "source" }, data.source)] : []),
      ),
      el("h1", {}, symbol(data.state), el("span", {}, data.headline)),
      el("ul", { class: "counts", "aria-label": "Counts" }, ...data.counts.map((text) => el("li", {}, text))),
      ...(data.leftOut ? [el("p", { class: "note" }, data.leftOut)] : []),
    );
  }

  function waySection() {
    const ordered = [...asking].sort((a, b) => byName.compare(networks[a]?.name ?? "", networks[b]?.name ?? ""));
    for (const index of ordered) {
      const { name, sums } = /** @type {PageData["networks"][number]} */ (networks[index]);
      const bad = sums[1] > 0 ? ` (${sums[1]} not reachable)` : sums[2] > 0 ? ` (${sums[2]} not known)` : "";
      networkSelect.append(el("option", { value: String(index) }, name + bad));
    }
    networkSelect.addEventListener("change", () => choose(Number(networkSelect.value), chosen.name));
    nameSelect.addEventListener("change", () => choose(chosen.network, Number(nameSelect.value)));
    return el(
      "section",
      { class: "way", "aria-labelledby": "way-heading" },
      wayHeading,
      el(
        "div",
        { class: "choose" },
        el("div", { class: "field" }, el("label", { for: "network" }, "Network of the client"), networkSelect),
        el("div", { class: "field" }, el("label", { for: "name" }, "Name that it asks for"), nameSelect),
      ),
      answer,
      sameNote,
      steps,
    );
  }

  function pictureSection() {
    lines.setAttribute("class", "lines");
    lines.setAttribute("aria-hidden", "true");
    map.append(lines, ...groups.map(groupOf));
    map.classList.toggle("linked", hubsAreLinked);
    scroller.append(map);
    map.addEventListener("keydown", moveInMap);
    const legend = el(
      "ul",
      { class: "legend", "aria-label": "Legend" },
      el("li", {}, symbol(0), "reaches all of its answers"),
      el("li", {}, symbol(1), "does not reach some"),
      el("li", {}, symbol(2), "some are not known"),
      el("li", {}, el("span", { class: "sample line" }), "connected"),
      el("li", {}, el("span", { class: "sample broken" }), "no traffic flows"),
      el("li", {}, el("span", { class: "sample taken" }), "the way to the endpoint"),
      el("li", {}, el("span", { class: "sample asks" }), "the way to the DNS servers"),
    );
    return el(
      "section",
      { class: `picture ${density}`, "aria-labelledby": "picture-heading" },
      el("h2", { id: "picture-heading" }, "Networks"),
      ...(networks.length > FULL ? [filter(), filtered, facts] : []),
      density === "full" ? map : scroller,
      serviceList,
      legend,
    );
  }

  function filter() {
    const input = /** @type {HTMLInputElement} */ (el("input", { id: "filter", type: "search", autocomplete: "off" }));
    const only = /** @type {HTMLInputElement} */ (el("input", { id: "only", type: "checkbox" }));
    const apply = () => {
      const wanted = input.value.trim().toLowerCase();
      let left = 0;
      for (const [index, { card }] of cards) {
        const { name, region, ranges, sums } = /** @type {PageData["networks"][number]} */ (networks[index]);
        const text = [name, region, ...ranges].join(" ").toLowerCase();
        card.hidden = !text.includes(wanted) || (only.checked && sums[1] + sums[2] === 0);
        if (!card.hidden) left++;
      }
      for (const group of map.querySelectorAll(".group"))
        /** @type {HTMLElement} */ (group).hidden = group.querySelector(".card:not([hidden])") === null;
      filtered.textContent = left < networks.length ? `${left} of ${networks.length} networks` : "";
      const stop = cards.get(chosen.network);
      if (stop) setTabStop(stop.card.hidden ? visibleRadios()[0] : stop.radio);
      drawLines();
    };
    input.addEventListener("input", apply);
    only.addEventListener("change", apply);
    return el(
      "div",
      { class: "filter" },
      el("div", { class: "field" }, el("label", { for: "filter" }, "Filter by name, region or range"), input),
      el(
        "div",
        { class: "check" },
        only,
        el("label", { for: "only" }, "Only with answers that are not reachable or not known"),
      ),
    );
  }

  /** @param {PageGroup} group */
  function groupOf({ hub, title, members, mesh }) {
    const ordered = [...members].sort((a, b) =>
      byName.compare(networks[a.network]?.name ?? "", networks[b.network]?.name ?? ""),
    );
    const middle =
      hub !== undefined
        ? [cardOf(hub, "", "hub")]
        : title
          ? [el("p", { class: members.some(({ by }) => by !== "") ? "middle" : "rest" }, title)]
          : [];
    return el(
      "div",
      { class: "group" },
      ...middle,
      el(
        "div",
        { class: mesh ? "members mesh" : "members" },
        ...(mesh ? [el("p", { class: "caption" }, "Each peered with every other")] : []),
        ...ordered.map(({ network, by, broken }) =>
          cardOf(network, broken ? by : "", broken ? "cut" : by === "" ? "rest" : ""),
        ),
      ),
    );
  }

  /**
   * @param {number} index
   * @param {string} remark
   * @param {string} kind
   */
  function cardOf(index, remark, kind) {
    const network = /** @type {PageData["networks"][number]} */ (networks[index]);
    const [right, broken, unknown] = network.sums;
    const state = broken > 0 ? 1 : unknown > 0 ? 2 : right > 0 ? 0 : undefined;
    const all = right + broken + unknown;
    const said =
      state === undefined
        ? "asks for no name"
        : state === 0
          ? `reaches all ${count(all, "answer")}`
          : state === 1
            ? `does not reach ${broken} of ${count(all, "answer")}`
            : `${unknown} of ${count(all, "answer")} not known`;
    const radio = el(
      "button",
      {
        type: "button",
        role: "radio",
        "aria-checked": "false",
        tabindex: "-1",
        class: "name",
        ...(waysOf(index).length === 0 && { "aria-disabled": "true" }),
      },
      soft(network.name, 15),
    );
    if (state !== undefined) radio.append(hiddenText(` (${said})`));
    radio.addEventListener("click", () => choose(index, chosen.name));
    const tags = el("span", { class: "tags" });
    const card = el(
      "div",
      { class: `card ${kind}` },
      el("div", { class: "head" }, ...(state === undefined ? [] : [symbol(state)]), radio, tags),
    );
    if (density !== "compact" || kind === "hub")
      card.append(
        el(
          "p",
          { class: "range" },
          [network.region, ...network.ranges].filter(Boolean).join(" · ") || "range not known",
        ),
      );
    if (remark) card.append(el("p", { class: "remark" }, symbol(1), remark));
    // No line leads to these.
    if (kind === "rest" && density === "full")
      card.append(...network.connected.slice(0, 3).map((text) => el("p", { class: "range" }, soft(text))));
    if (density === "full") card.append(...contents(network));
    cards.set(index, { card, radio, tags });
    return card;
  }

  /** @param {PageData["networks"][number]} network */
  function contents(network) {
    const shown = network.zones.slice(0, 4).map((index) => {
      const zone = /** @type {PageData["zones"][number]} */ (zones[index]);
      const shared = zone.networks.length > 1 ? ` (shared by ${zone.networks.length})` : "";
      return el(
        "li",
        { class: "zone" },
        el("span", { class: "label" }, "Zone"),
        el("span", {}, soft(zone.name + shared)),
      );
    });
    const more = network.zones.length - shown.length;
    if (more > 0)
      shown.push(
        el(
          "li",
          { class: "zone" },
          el("span", { class: "label" }, ""),
          el("span", {}, `and ${count(more, "more zone")}`),
        ),
      );
    const its = network.endpoints.slice(0, 4).map((index) => {
      const { name, addresses } = /** @type {PageData["endpoints"][number]} */ (endpoints[index]);
      const first = addresses[0]?.[1] ?? "";
      const rest = addresses.length > 1 ? ` and ${addresses.length - 1} more` : "";
      return el(
        "li",
        { class: "pep" },
        el("span", { class: "label" }, "Endpoint"),
        el("span", {}, soft(name), ...(first ? [" ", el("span", { class: "address" }, first + rest)] : [])),
      );
    });
    const left = network.endpoints.length - its.length;
    if (left > 0)
      its.push(
        el(
          "li",
          { class: "pep" },
          el("span", { class: "label" }, ""),
          el("span", {}, `and ${count(left, "more endpoint")}`),
        ),
      );
    const dns = network.dns.startsWith("Azure's DNS")
      ? []
      : [el("li", {}, el("span", { class: "label" }, "DNS"), el("span", {}, network.dns))];
    const all = [...dns, ...shown, ...its];
    return all.length > 0 ? [el("ul", { class: "contents" }, ...all)] : [];
  }

  // Moving in the picture by keyboard, as in any group of radio buttons.

  const visibleRadios = () => [...cards.values()].filter(({ card }) => !card.hidden).map(({ radio }) => radio);

  /** @param {HTMLElement | undefined} radio */
  function setTabStop(radio) {
    for (const one of cards.values()) one.radio.tabIndex = one.radio === radio ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  function moveInMap(event) {
    const radios = visibleRadios();
    const at = radios.findIndex((radio) => radio === document.activeElement);
    if (at < 0) return;
    /** @type {Record<string, number>} */
    const moves = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: radios.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const radio = radios[(to + radios.length) % radios.length];
    const [index] = [...cards].find(([, card]) => card.radio === radio) ?? [];
    if (!radio || index === undefined) return;
    if (waysOf(index).length > 0) choose(index, chosen.name);
    else setTabStop(radio);
    radio.focus();
  }

  // Choosing a question.

  /**
   * Shows the way of a question. A network that is not asked for the name gets its first name.
   * @param {number} network
   * @param {number} name
   */
  function choose(network, name) {
    const ways = waysOf(network);
    const way =
      ways.find((one) => one[0] === name) ?? ways.find(([one]) => names[one]?.fqdn === names[name]?.fqdn) ?? ways[0];
    if (!way) return;
    const before = chosen;
    chosen = { network, name: way[0] };
    if (before.network !== network) {
      networkSelect.value = String(network);
      fillNames(ways);
      showNames(ways);
    }
    nameSelect.value = String(chosen.name);
    history.replaceState(null, "", hashOf(network, chosen.name));
    showWay(way);
    showInPicture(way);
    for (const link of others.querySelectorAll("a")) {
      if (link.getAttribute("href") === hashOf(network, chosen.name)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** @param {readonly PageWay[]} ways */
  function fillNames(ways) {
    /** @type {Map<number, HTMLElement>} */
    const byService = new Map();
    for (const [name] of ways) {
      const { fqdn, service } = /** @type {PageData["names"][number]} */ (names[name]);
      const { name: of, label } = /** @type {PageData["services"][number]} */ (services[service]);
      const group = byService.get(service) ?? el("optgroup", { label: `${of} (${label})` });
      byService.set(service, group);
      group.append(el("option", { value: String(name) }, fqdn));
    }
    nameSelect.replaceChildren(...byService.values());
  }

  /** @param {PageWay} way */
  function showWay([name, text, reachable, servedBy, its]) {
    const network = networks[chosen.network];
    const [said, state] = REACHABLE[reachable];
    answer.className = `answer ${STATES[state]}`;
    answer.replaceChildren(
      el("strong", { class: "verdict" }, symbol(state), said),
      el(
        "span",
        {},
        `${network?.name ?? ""} gets `,
        el("b", {}, soft(data.answers[text] ?? "")),
        " for ",
        el("b", {}, soft(names[name]?.fqdn ?? "")),
        servedBy ? `, served by ${servedBy}.` : ".",
      ),
    );
    const same = network?.sameAs;
    sameNote.textContent =
      same === undefined ? "" : `It gets the same answers as ${networks[same]?.name ?? ""}, whose way is shown.`;
    const shown = new Set([network?.address]);
    const client = `A machine in ${network?.name ?? ""} asks for ${names[name]?.fqdn ?? ""}.`;
    steps.replaceChildren(
      stepItem("client", 0, client, [network?.address ?? ""], []),
      ...its.map((index) => {
        const [kind, stepState, sentence, all, found] = /** @type {PageData["steps"][number]} */ (data.steps[index]);
        // A resource is shown at the first step that it decides.
        const resources = all.map((one) => data.resources[one] ?? "").filter((one) => !shown.has(one));
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
    const list = el("ul", { class: "resources", "aria-label": "Resources" });
    list.append(...resources.slice(0, 6).map((one) => el("li", {}, code(one))));
    return el(
      "li",
      { class: `step ${STATES[state]}` },
      symbol(state),
      el(
        "div",
        {},
        el("h3", {}, `${STEP_TITLES[kind] ?? kind} `, mark),
        el("p", {}, soft(sentence)),
        ...(resources.length > 0 ? [list] : []),
        ...found.map((one) => findingLink(one)),
      ),
    );
  }

  /** @param {number} index */
  function findingLink(index) {
    const { code: of, severity, ignored } = /** @type {PageData["findings"][number]} */ (findings[index]);
    return el(
      "a",
      { href: `#finding-${index}`, class: "finding-link" },
      `${ignored ? "Ignored " : ""}${severity}: ${of}`,
    );
  }

  /** @param {readonly PageWay[]} ways */
  function showNames(ways) {
    const rowOf = (/** @type {PageWay} */ [name, text, reachable]) => {
      const [said, state] = REACHABLE[reachable];
      return el(
        "tr",
        {},
        el("th", { scope: "row" }, el("a", { href: hashOf(chosen.network, name) }, soft(names[name]?.fqdn ?? "", 15))),
        el("td", {}, soft(data.answers[text] ?? "", 15)),
        el("td", { class: "state" }, symbol(state), said),
      );
    };
    // Those that need a look come first.
    const ordered = [1, 2, 0].flatMap((state) => ways.filter((way) => REACHABLE[way[2]][1] === state));
    const rows = ordered.slice(0, ROWS_AT_FIRST).map(rowOf);
    const whole = table("names-heading", ["Name", "Answer", "Reachable"], rows);
    others.replaceChildren(
      el("h2", { id: "names-heading" }, soft(`What ${networks[chosen.network]?.name ?? ""} gets for each name`)),
      whole,
    );
    if (ordered.length === rows.length) return;
    const button = el("button", { type: "button", class: "more" }, `Show ${ordered.length - rows.length} more`);
    button.addEventListener("click", () => {
      whole.querySelector("tbody")?.append(...ordered.slice(ROWS_AT_FIRST).map(rowOf));
      button.remove();
      whole.focus();
    });
    others.append(button);
  }

  /**
   * A table in a region of its own, which scrolls where the table is too wide.
   * @param {string} label id of the heading that names it
   * @param {readonly string[]} head
   * @param {readonly HTMLElement[]} rows
   */
  function table(label, head, rows) {
    return el(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": label },
      el(
        "table",
        { "aria-labelledby": label },
        el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))),
        el("tbody", {}, ...rows),
      ),
    );
  }

  // The chosen way in the picture.

  /** @param {PageWay} way */
  function showInPicture([name, , , servedBy, , dns, homes]) {
    const tagsOf = (/** @type {number} */ index) => [
      ...(index === chosen.network ? ["client"] : []),
      ...(index === dns && dns !== chosen.network ? ["DNS"] : []),
      ...(homes.includes(index) ? ["endpoint"] : []),
    ];
    for (const [index, { card, radio, tags }] of cards) {
      const its = tagsOf(index);
      tags.replaceChildren(...its.map((text) => el("span", { class: "tag" }, text)));
      card.classList.toggle("chosen", index === chosen.network);
      card.classList.toggle("involved", its.length > 0);
      radio.setAttribute("aria-checked", String(index === chosen.network));
    }
    const at = cards.get(chosen.network);
    setTabStop(at && !at.card.hidden ? at.radio : visibleRadios()[0]);
    if (density !== "full") showFacts();
    showServices(names[name]?.service ?? -1, servedBy);
    drawLines();
    if (at && !at.card.hidden) scrollTo(at.card);
  }

  /**
   * Scrolls the picture, and not the page, to a card.
   * @param {HTMLElement} card
   */
  function scrollTo(card) {
    const [frame, box] = [scroller.getBoundingClientRect(), card.getBoundingClientRect()];
    if (frame.height === 0 || (box.top >= frame.top && box.bottom <= frame.bottom)) return;
    scroller.scrollTop += box.top - frame.top - (frame.height - box.height) / 2;
  }

  function showFacts() {
    const network = /** @type {PageData["networks"][number]} */ (networks[chosen.network]);
    const list = (/** @type {string[]} */ texts) =>
      texts.slice(0, 6).join(", ") + (texts.length > 6 ? ` and ${texts.length - 6} more` : "");
    /** @type {[string, string][]} */
    const rows = [
      ["Network", network.name],
      ["Region and range", [network.region, ...network.ranges].filter(Boolean).join(" · ")],
      ["DNS", network.dns],
      ["Connections", network.connected.join(". ")],
      ["Zones", list(network.zones.map((index) => zones[index]?.name ?? ""))],
      [
        "Endpoints",
        list(
          network.endpoints.map((index) => {
            const { name, addresses } = /** @type {PageData["endpoints"][number]} */ (endpoints[index]);
            return addresses[0] ? `${name} (${addresses[0][1]})` : name;
          }),
        ),
      ],
    ];
    facts.replaceChildren(
      ...rows
        .filter(([, text]) => text !== "")
        .map(([term, text]) => el("div", {}, el("dt", {}, term), el("dd", {}, text))),
    );
  }

  /**
   * @param {number} chosenService
   * @param {string} servedBy
   */
  function showServices(chosenService, servedBy) {
    const order = [chosenService, ...services.keys()].filter((one, at, all) => one >= 0 && all.indexOf(one) === at);
    const shown = services.length <= SERVICES_SHOWN ? [...services.keys()] : order.slice(0, SERVICES_SHOWN);
    serviceList.replaceChildren(
      ...shown.map((index) => {
        const { name, label, regions } = /** @type {PageData["services"][number]} */ (services[index]);
        const here = index === chosenService;
        return el(
          "li",
          { class: here ? "service involved" : "service" },
          el("b", {}, name),
          el("span", { class: "kind" }, label),
          ...regions.map((region) =>
            el(
              "span",
              { class: here && servedBy.split(" or ").includes(region) ? "region serving" : "region" },
              region,
            ),
          ),
          ...(here ? [el("span", { class: "tag" }, "asked for")] : []),
        );
      }),
      ...(services.length > shown.length
        ? [el("li", { class: "service" }, `and ${count(services.length - shown.length, "more service")}`)]
        : []),
    );
  }

  // Lines between the cards, drawn where the browser has put these: in the gaps, from the hub to each of its spokes.

  /** @typedef {{ left: number, right: number, top: number, bottom: number, middle: number, trunk: number }} Box */

  /**
   * @param {Element} element
   * @param {DOMRect} frame
   * @returns {Box}
   */
  function boxOf(element, frame) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const x = left - frame.left;
    const y = top - frame.top;
    return {
      left: x,
      right: right - frame.left,
      top: y,
      bottom: bottom - frame.top,
      middle: y + Math.min(19, (bottom - top) / 2),
      trunk: x - 13,
    };
  }

  /**
   * @param {string} path
   * @param {string} kind
   */
  function draw(path, kind) {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    line.setAttribute("class", kind);
    lines.append(line);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  function cross(x, y) {
    draw(`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, "cross");
  }

  const hubs = new Set(groups.map(({ hub }) => hub));
  const hubsAreLinked = data.lines.some(([from, to]) => hubs.has(from) && hubs.has(to));

  /**
   * By network, its group.
   * @type {Map<number, number>}
   */
  const groupAt = new Map();
  groups.forEach(({ hub, members }, group) => {
    if (hub !== undefined) groupAt.set(hub, group);
    for (const { network } of members) groupAt.set(network, group);
  });

  function drawLines() {
    lines.replaceChildren();
    // The picture stays in sight beside a longer way, where all of it can be seen.
    const side = map.closest(".side");
    side?.classList.toggle("stays", side.clientHeight < innerHeight - 32);
    const frame = map.getBoundingClientRect();
    if (frame.width === 0) return;
    /** @type {Map<number, Box>} */
    const boxes = new Map();
    for (const [index, { card }] of cards) if (!card.hidden) boxes.set(index, boxOf(card, frame));
    const middles = [...map.querySelectorAll(".group")].map((group) => {
      const middle = group.querySelector(".hub, .middle");
      return middle && !(/** @type {HTMLElement} */ (middle).hidden) ? boxOf(middle, frame) : undefined;
    });
    const bus = (/** @type {Box} */ middle) => middle.bottom + 9;
    /**
     * By group, where its line leaves the middle.
     * @type {Map<number, number>}
     */
    const stems = new Map();
    groups.forEach(({ members }, at) => {
      const middle = middles[at];
      const its = members.flatMap(({ network, broken }) => {
        const box = boxes.get(network);
        return box ? [{ box, broken }] : [];
      });
      if (!middle || its.length === 0) return;
      const trunks = [...new Set(its.map(({ box }) => Math.round(box.trunk)))];
      const from = Math.min(...trunks);
      stems.set(at, from);
      draw(
        `M${from} ${middle.bottom}V${bus(middle)}M${Math.min(from, ...trunks)} ${bus(middle)}H${Math.max(from, ...trunks)}`,
        "base",
      );
      for (const trunk of trunks) {
        const last = Math.max(...its.filter(({ box }) => Math.round(box.trunk) === trunk).map(({ box }) => box.middle));
        draw(`M${trunk} ${bus(middle)}V${last}`, "base");
      }
      for (const { box, broken } of its) {
        draw(`M${box.trunk} ${box.middle}H${box.left}`, broken ? "cut" : "base");
        if (broken) cross(box.trunk + 6, box.middle);
      }
    });

    for (const [from, to, broken] of data.lines) {
      const [a, b] = [boxes.get(from), boxes.get(to)];
      if (!a || !b) continue;
      if (hubs.has(from) && hubs.has(to)) {
        const x = Math.min(a.left, b.left) - 10;
        draw(`M${a.left} ${a.middle}H${x}V${b.middle}H${b.left}`, broken ? "cut" : "base");
        if (broken) cross(x, (a.middle + b.middle) / 2);
      } else if (from === chosen.network || to === chosen.network) {
        // Those of all others would cover the picture.
        draw(curve(a, b, groupAt.get(from) === groupAt.get(to)).path, broken ? "cut" : "base");
      }
    }

    const way = chosenWay();
    const client = boxes.get(chosen.network);
    if (!way || !client) return;
    const [, , reachable, , , dns, homes] = way;
    const between = (/** @type {number} */ to, /** @type {string} */ kind) => {
      const box = boxes.get(to);
      if (!box || to === chosen.network) return;
      const at = groupAt.get(chosen.network) ?? -1;
      const group = at === groupAt.get(to) ? groups[at] : undefined;
      const middle = middles[at];
      const broken = kind.includes("broken");
      if (group && middle && (group.hub === to || group.hub === chosen.network)) {
        const spoke = group.hub === to ? client : box;
        draw(
          `M${spoke.left} ${spoke.middle}H${spoke.trunk}V${bus(middle)}H${stems.get(at) ?? spoke.trunk}V${middle.bottom}`,
          kind,
        );
        if (broken) cross(spoke.trunk + 6, spoke.middle);
      } else if (group && middle && group.hub === undefined && !broken) {
        draw(
          `M${client.left} ${client.middle}H${client.trunk}V${bus(middle)}H${box.trunk}V${box.middle}H${box.left}`,
          kind,
        );
      } else {
        const { path, x, y } = curve(client, box, group !== undefined, kind.startsWith("asks") ? 6 : 0);
        draw(path, kind);
        if (broken) cross(x, y);
      }
    };
    const noAnswer = data.steps[way[4].at(-1) ?? -1]?.[0] === "dns";
    if (dns !== chosen.network) between(dns, noAnswer && REACHABLE[reachable][1] === 1 ? "asks broken" : "asks");
    const reached = connectionStates(way);
    for (const home of homes.slice(0, 12))
      between(home, reached.get(home) === 1 ? "taken broken" : reached.get(home) === 2 ? "taken unknown" : "taken");
  }

  /**
   * For each network of an endpoint, the state of the step that leads there.
   * @param {PageWay} way
   */
  function connectionStates([, , , , its, , homes]) {
    /** @type {Map<number, number>} */
    const states = new Map();
    for (const index of its) {
      const [kind, state, , resources] = /** @type {PageData["steps"][number]} */ (data.steps[index]);
      if (kind !== "connection") continue;
      for (const home of homes) {
        const address = networks[home]?.address;
        if (resources.some((one) => data.resources[one] === address)) states.set(home, state);
      }
    }
    return states;
  }

  /**
   * A curve between two cards through the gaps beside them, and where its middle is. Between groups it leads past the names
   * of hubs, on the right.
   * @param {Box} a
   * @param {Box} b
   * @param {boolean} ofOneGroup
   * @param {number} inset keeps two lines apart that lead the same way
   * @returns {{ path: string, x: number, y: number }}
   */
  function curve(a, b, ofOneGroup, inset = 0) {
    const y = (a.middle + b.middle) / 2 + 8;
    if (Math.abs(a.left - b.left) < 40) {
      const [side, bend] = ofOneGroup
        ? [Math.min(a.left, b.left), inset - 22]
        : [Math.max(a.right, b.right), 18 - inset];
      const [from, to] = ofOneGroup ? [a.left, b.left] : [a.right, b.right];
      const x = side + bend;
      return {
        path: `M${from} ${a.middle + 8}C${x} ${a.middle + 8} ${x} ${b.middle + 8} ${to} ${b.middle + 8}`,
        x: side + 0.75 * bend,
        y,
      };
    }
    const [from, to] = a.left < b.left ? [a, b] : [b, a];
    const x = (from.right + to.left) / 2 - inset;
    return {
      path: `M${from.right} ${from.middle + 8}C${x} ${from.middle + 8} ${x} ${to.middle + 8} ${to.left} ${to.middle + 8}`,
      x,
      y,
    };
  }

  // The findings.

  function findingsSection() {
    /** @type {Map<string, number[]>} */
    const byCode = new Map();
    // Errors first, then warnings, then what is ignored.
    const rank = (/** @type {number} */ index) => {
      const finding = findings[index];
      return finding?.ignored ? 2 : finding?.severity === "error" ? 0 : 1;
    };
    for (const index of [...findings.keys()].sort((a, b) => rank(a) - rank(b))) {
      const { code: of } = /** @type {PageData["findings"][number]} */ (findings[index]);
      byCode.set(of, [...(byCode.get(of) ?? []), index]);
    }
    return el(
      "section",
      { class: "findings", id: "findings", "aria-labelledby": "findings-heading" },
      el("h2", { id: "findings-heading" }, "Findings"),
      ...(findings.length === 0 ? [el("p", { class: "none" }, symbol(0), "No errors and no warnings.")] : []),
      ...[...byCode].map(([of, its]) => {
        const help = data.help[of];
        return el(
          "article",
          { class: "code", "aria-labelledby": `code-${of}` },
          el(
            "h3",
            { id: `code-${of}` },
            code(of),
            ...(its.length > 1 ? [" ", el("span", { class: "times" }, `${its.length} findings`)] : []),
          ),
          el("div", { class: "said" }, ...shortened(its, findingItem)),
          ...(help
            ? [
                el(
                  "dl",
                  { class: "help" },
                  ...[
                    ["What it means", help.means],
                    ["How to fix it", help.fix],
                    ["When to ignore it", help.ignore],
                  ].map(([term = "", text = ""]) => el("div", {}, el("dt", {}, term), el("dd", {}, text))),
                ),
              ]
            : []),
        );
      }),
    );
  }

  /** @param {number} index */
  function findingItem(index) {
    const { severity, message, resources, ignored, reason, way } = /** @type {PageData["findings"][number]} */ (
      findings[index]
    );
    const kind = ignored ? "ignored" : severity;
    const label = `${severity.charAt(0).toUpperCase()}${severity.slice(1)}${ignored ? ", ignored" : ""}`;
    const listed = resources.slice(0, 8).map((one) => el("li", {}, code(one)));
    if (resources.length > 8) listed.push(el("li", {}, `and ${resources.length - 8} more`));
    return el(
      "li",
      { id: `finding-${index}`, class: `finding ${kind}`, tabindex: "-1" },
      el("p", {}, el("span", { class: `severity ${kind}` }, label), " ", soft(message)),
      ...(reason ? [el("p", { class: "reason" }, `Ignored because: ${reason}`)] : []),
      ...(listed.length > 0 ? [el("ul", { class: "resources", "aria-label": "Resources" }, ...listed)] : []),
      ...(way && waysOf(way[0]).length > 0
        ? [
            el(
              "p",
              {},
              el(
                "a",
                { href: hashOf(...way), class: "see" },
                soft(`Follow ${names[way[1]]?.fqdn ?? "the question"} from ${networks[way[0]]?.name ?? ""}`),
              ),
            ),
          ]
        : []),
    );
  }

  // The tables, which are filled when they are opened.

  function tablesSection() {
    const nameOf = (/** @type {number} */ index) => networks[index]?.name ?? "not known";
    const list = (/** @type {string[]} */ texts) => el("td", {}, ...texts.map((text) => el("div", {}, text)));
    const headed = (/** @type {string} */ name, /** @type {string} */ address) =>
      el("th", { scope: "row" }, name, el("div", { class: "sub" }, code(address)));
    return el(
      "section",
      { class: "tables", "aria-labelledby": "tables-heading" },
      el("h2", { id: "tables-heading" }, "What the file shows"),
      details(
        "networks",
        count(networks.length, "network"),
        ["Network", "Region", "Ranges", "DNS", "Connections", "Endpoints"],
        () =>
          networks.map((one) =>
            el(
              "tr",
              {},
              headed(one.name, one.address),
              el("td", {}, one.region),
              list([...one.ranges]),
              el("td", {}, one.dns),
              list([...one.connected]),
              list(one.endpoints.map((index) => endpoints[index]?.name ?? "")),
            ),
          ),
      ),
      details("zones", count(zones.length, "private DNS zone"), ["Zone", "Record sets", "Linked networks"], () =>
        zones.map((one) =>
          el(
            "tr",
            {},
            headed(one.name, one.address),
            el("td", {}, one.managed ? String(one.records) : `${one.records}, and those of another configuration`),
            list(one.networks.length > 0 ? one.networks.map(nameOf) : ["none"]),
          ),
        ),
      ),
      details(
        "endpoints",
        count(endpoints.length, "private endpoint"),
        ["Endpoint", "Network", "Service", "Addresses"],
        () =>
          endpoints.map((one) =>
            el(
              "tr",
              {},
              headed(one.name, one.address),
              el("td", {}, nameOf(one.network)),
              el("td", {}, services[one.service]?.name ?? ""),
              el(
                "td",
                {},
                ...(one.addresses.length > 0
                  ? one.addresses.map(([host, address]) =>
                      el("div", { class: "held" }, el("span", { class: "address" }, address), ` ${host}`),
                    )
                  : ["(known after apply)"]),
              ),
            ),
          ),
      ),
    );
  }

  /**
   * @param {string} id
   * @param {string} title
   * @param {readonly string[]} head
   * @param {() => HTMLElement[]} rows
   */
  function details(id, title, head, rows) {
    const summary = el("summary", { id: `${id}-summary` }, title);
    const whole = el("details", { id }, summary);
    const fill = () => {
      if (whole.childElementCount === 1) whole.append(table(summary.id, head, rows()));
    };
    whole.addEventListener("toggle", fill);
    // On paper nothing can be opened.
    addEventListener("beforeprint", () => {
      fill();
      whole.setAttribute("open", "");
    });
    return whole;
  }

  function footer() {
    return el(
      "footer",
      {},
      el(
        "p",
        {},
        `Written by private-link-preview ${data.version}, from Terraform's JSON alone. This page loads nothing and sends nothing.`,
      ),
    );
  }

  function followHash() {
    const asked = fromHash();
    if (asked) {
      choose(asked.network, asked.name);
      wayHeading.focus({ preventScroll: true });
      wayHeading.scrollIntoView();
      return;
    }
    const found = /^#finding-(\d+)$/.exec(location.hash);
    if (found) showFinding(Number(found[1]));
  }

  /** A finding may be among those that a long list does not show yet. */
  function showFinding(/** @type {number} */ index) {
    const id = `finding-${index}`;
    if (!document.getElementById(id)) {
      const article = document.getElementById(`code-${findings[index]?.code ?? ""}`)?.parentElement;
      article?.querySelector(/** @type {"button"} */ ("button.more"))?.click();
    }
    const item = document.getElementById(id);
    item?.focus({ preventScroll: true });
    item?.scrollIntoView();
  }

  document.body.append(
    el("a", { class: "skip", href: "#main" }, "Skip to the content"),
    header(),
    el(
      "main",
      { id: "main", tabindex: "-1" },
      ...(asking.length > 0
        ? [el("div", { class: "split" }, waySection(), el("div", { class: "side" }, pictureSection(), others))]
        : [pictureSection()]),
      findingsSection(),
      tablesSection(),
    ),
    footer(),
  );
  const first = fromHash() ?? firstChoice();
  if (first) choose(first.network, first.name);
  else showServices(-1, "");
  addEventListener("hashchange", followHash);
  new ResizeObserver(drawLines).observe(map);
  performance.mark("shown");
})();
