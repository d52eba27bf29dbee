// @ts-check
// The script of the page. It runs in a browser, as it is here: in one file, without imports, which the policy refuses.
(() => {
  "use strict";

  /** @typedef {import("../page-data").PageData} PageData */
  /** @typedef {import("../page-data").PageWay} PageWay */

  /** @type {PageData} */
  const data = JSON.parse(document.getElementById("data")?.textContent ?? "");
  const { networks, names, zones, endpoints, services, findings } = data;

  const STATES = ["right", "broken", "unknown", "unknown"];
  const SYMBOLS = ["✓", "✕", "?", "!"];
  const STEP_STATES = ["right", "Breaks here", "Not known from this file"];
  /** States, those first that need a look. */
  const WORST_FIRST = [1, 2, 3, 0];
  /** By the reachability of an answer: its text, and the state that it is shown as. */
  const REACHABLE = /** @type {const} */ ([
    ["Reachable", 0],
    ["Not reachable", 1],
    ["Reachable in part", 1],
    ["Not known", 2],
  ]);
  /** Titles of steps that are more than their kind. @type {Record<string, string>} */
  const STEP_TITLES = { dns: "DNS", rule: "Forwarding rule", name: "Private name" };
  /** The order of names, "spoke2" before "spoke10". */
  const byName = new Intl.Collator("en", { numeric: true });
  /** Networks up to which each has a row of its own, and there is no filter. */
  const FULL = 14;
  /** Names up to which each has a column of its own; beyond, each service has one. */
  const NAMES_IN_COLUMNS = 9;
  /** Lists longer than these are shown in part at first. */
  const FINDINGS_AT_FIRST = 3;
  const ROWS_AT_FIRST = 60;
  const COLUMNS_AT_FIRST = 24;
  const FOOTER = `Written by private-link-preview ${data.version}, from Terraform's JSON alone. This page loads nothing and sends nothing.`;

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

  /** A symbol of a state, which a text beside it says as well. @param {number} state */
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

  const capitalized = (/** @type {string} */ text) => text.charAt(0).toUpperCase() + text.slice(1);

  /** @param {number} number @param {string} noun */
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  /** @param {string} text @param {() => void} onClick */
  function moreButton(text, onClick) {
    const button = el("button", { type: "button", class: "more" }, text);
    button.addEventListener("click", onClick);
    return button;
  }

  /** A region of its own, which scrolls where it is too wide. @param {string} label @param {HTMLElement} content */
  const scrolling = (label, content) =>
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": label }, content);

  /**
   * The items of a long list: the first ones, and a button that shows the others.
   * @template T
   * @param {readonly T[]} items
   * @param {(item: T) => HTMLElement} show
   */
  function shortened(items, show) {
    const most = FINDINGS_AT_FIRST;
    const list = el("ul", {}, ...items.slice(0, most).map(show));
    if (items.length <= most) return [list];
    const button = moreButton(`Show ${items.length - most} more`, () => {
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

  /** The ways of a network, or of another one that gets the same answers, in large files. */
  const waysOf = (/** @type {number} */ network) => data.ways[networks[network]?.sameAs ?? network] ?? [];
  const nameOf = (/** @type {number} */ index) => networks[index]?.name ?? "";
  /** The networks in the order of their names. */
  const ordered = [...networks.keys()].sort((a, b) => byName.compare(nameOf(a), nameOf(b)));
  const asking = ordered.filter((index) => waysOf(index).length > 0);
  const networkAt = new Map(networks.map(({ address }, index) => [address, index]));

  /**
   * The state of a way: that of its answer, unless something is reported about a step of what is reachable.
   * @param {PageWay} way
   */
  function stateOf([, , reachable, , steps]) {
    const state = REACHABLE[reachable][1];
    const reported = steps.some((index) => {
      const [, stepState, , , found] = /** @type {PageData["steps"][number]} */ (data.steps[index]);
      return stepState !== 0 || found.some((one) => findings[one]?.ignored === false);
    });
    return state === 0 && reported ? 3 : state;
  }

  /** The ways by their states. @param {readonly PageWay[]} ways */
  const byState = (ways) => SYMBOLS.map((_, state) => ways.filter((way) => stateOf(way) === state));

  let chosen = { network: -1, name: -1 };

  /** @param {number} network @param {number} name */
  const hashOf = (network, name) =>
    `#network=${encodeURIComponent(networks[network]?.address ?? "")}&name=${encodeURIComponent(names[name]?.fqdn ?? "")}`;

  /** What the address of the page names, where the page has it. */
  function fromHash() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const network = networkAt.get(asked.get("network") ?? "");
    if (network === undefined) return undefined;
    const way = waysOf(network).find(([name]) => names[name]?.fqdn === asked.get("name")) ?? waysOf(network)[0];
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

  // The parts of the page.

  const networkSelect = /** @type {HTMLSelectElement} */ (el("select", { id: "network" }));
  const nameSelect = /** @type {HTMLSelectElement} */ (el("select", { id: "name" }));
  const answer = el("p", { class: "answer", role: "status" });
  const sameNote = el("p", { class: "note" });
  const steps = el("ol", { "aria-label": "The way of the question" });
  const wayHeading = el("h2", { id: "way-heading", tabindex: "-1" }, "Follow a question");
  const caption = el("p", { class: "note" });
  const map = el("div", { class: "map scroll", role: "radiogroup", "aria-label": "Choose a network in the picture" });
  /** The frames of the picture, each with its network, or with several that are alike. @type {Map<SVGElement, number[]>} */
  const frames = new Map();

  function header() {
    return el(
      "header",
      {},
      el("p", { class: "eyebrow" }, data.title, ...(data.source ? [" · ", data.source] : [])),
      el("h1", {}, symbol(data.state), el("span", {}, data.headline)),
      el("ul", { class: "counts", "aria-label": "Counts" }, ...data.counts.map((text) => el("li", {}, text))),
      ...(data.leftOut ? [el("p", { class: "note" }, data.leftOut)] : []),
    );
  }

  /**
   * A part of the page with a heading, which names it.
   * @param {string} id
   * @param {string | HTMLElement} heading
   * @param {(Node | string)[]} children
   */
  function section(id, heading, ...children) {
    const title = typeof heading === "string" ? el("h2", { id: `${id}-heading` }, heading) : heading;
    return el("section", { id, class: "panel", "aria-labelledby": `${id}-heading` }, title, ...children);
  }

  // All networks and names at a glance.

  /** @typedef {{ title: string, sub: string, service: number, names: readonly number[] }} Column */

  function columnsOf() {
    const used = [...new Set(names.map(({ service }) => service))].sort((a, b) => a - b);
    const byService = used.map((service) => [...names.keys()].filter((name) => names[name]?.service === service));
    const inNames = names.length <= NAMES_IN_COLUMNS;
    return used.flatMap((service, at) => {
      const all = byService[at] ?? [];
      const { title = "", label = "" } = services[service] ?? {};
      const whole = { title, sub: `${label}, ${count(all.length, "name")}`, service, names: all };
      if (!inNames) return [whole];
      return all.map((name) => ({ title: names[name]?.text ?? "", sub: "", service, names: [name] }));
    });
  }

  /** What a cell says of the ways of a network to the names of a column. @param {readonly PageWay[]} ways */
  function cellOf(ways) {
    const sums = byState(ways);
    const state = WORST_FIRST.find((one) => (sums[one] ?? []).length > 0);
    if (state === undefined) return { text: "", kind: "" };
    const [way] = /** @type {PageWay[]} */ (sums[state]);
    const some = sums[state]?.length ?? 0;
    const said = way ? REACHABLE[way[2]][0] : "";
    const kinds = new Set(ways.map(([, answerAt]) => data.answers[answerAt]?.[1] ?? ""));
    return {
      state,
      way,
      text: some < ways.length ? `${said}: ${some} of ${ways.length}` : said,
      kind: kinds.size === 1 ? [...kinds].join("") : count(kinds.size, "kind") + " of answer",
    };
  }

  function matrixSection() {
    const bad = new Set(data.ways.flat().flatMap((way) => (stateOf(way) > 0 ? [way[0]] : [])));
    const rank = (/** @type {Column} */ column) => (column.names.some((name) => bad.has(name)) ? 0 : 1);
    const all = [...columnsOf()];
    if (all.length > COLUMNS_AT_FIRST) all.sort((a, b) => rank(a) - rank(b));
    let columns = all.slice(0, COLUMNS_AT_FIRST);
    const columnOf = new Map(all.flatMap(({ names: inColumn }, column) => inColumn.map((name) => [name, column])));
    /** By network of which the answers are shown, its cells. @type {Map<number, ReturnType<typeof cellOf>[]>} */
    const known = new Map();
    const cellsOf = (/** @type {number} */ network) => {
      const shown = networks[network]?.sameAs ?? network;
      let cells = known.get(shown);
      if (!cells) {
        const byColumn = all.map(() => /** @type {PageWay[]} */ ([]));
        for (const way of waysOf(shown)) byColumn[columnOf.get(way[0]) ?? -1]?.push(way);
        known.set(shown, (cells = byColumn.map(cellOf)));
      }
      return cells.slice(0, columns.length);
    };
    let most = ROWS_AT_FIRST;
    /** @type {Set<string>} */
    const opened = new Set();
    const many = networks.length > FULL;
    const input = /** @type {HTMLInputElement} */ (el("input", { id: "filter", type: "search", autocomplete: "off" }));
    const only = /** @type {HTMLInputElement} */ (el("input", { id: "only", type: "checkbox" }));
    const filtered = el("p", { class: "note", role: "status" });
    const grid = el("table", { class: "grid", "aria-labelledby": "matrix-heading" });
    const moreRows = moreButton("", () => {
      most = Infinity;
      render();
      whole.focus();
    });
    const moreColumns = moreButton(`Show ${all.length - columns.length} more services`, () => {
      columns = all;
      render();
      whole.focus();
    });

    /** The networks that the filter leaves, in rows: by region, those that get the same in one. */
    function rowsOf() {
      const wanted = input.value.trim().toLowerCase();
      const left = ordered.filter((index) => {
        const { name, region, ranges } = /** @type {PageData["networks"][number]} */ (networks[index]);
        const text = [name, region, ...ranges].join(" ").toLowerCase();
        return text.includes(wanted) && (!only.checked || waysOf(index).some((way) => stateOf(way) > 0));
      });
      filtered.textContent =
        left.length < networks.length ? `${left.length} of ${count(networks.length, "network")}` : "";
      /** @type {Map<string, { region: string, cells: ReturnType<typeof cellOf>[], members: number[] }>} */
      const rows = new Map();
      for (const index of left) {
        const region = networks[index]?.region ?? "";
        const cells = cellsOf(index);
        const same = `${region}|${cells.map(({ state, text, kind }) => `${state} ${text} ${kind}`).join("|")}`;
        const key = many && !opened.has(same) ? same : `${same}|${index}`;
        const row = rows.get(key);
        if (row) row.members.push(index);
        else rows.set(key, { region, cells, members: [index] });
      }
      return [...rows].sort(
        ([, a], [, b]) => (a.region ? 0 : 1) - (b.region ? 0 : 1) || byName.compare(a.region, b.region),
      );
    }

    function render() {
      const rows = rowsOf();
      moreRows.textContent = `Show ${rows.length - most} more`;
      moreRows.hidden = rows.length <= most;
      moreColumns.hidden = columns.length === all.length;
      /** @type {HTMLElement[]} */
      const bodies = [];
      let region = /** @type {string | undefined} */ (undefined);
      for (const [key, row] of rows.slice(0, most)) {
        if (row.region !== region) {
          region = row.region;
          const title = el("span", {}, region || "Region not known");
          const attributes = { scope: "rowgroup", class: "place", colspan: String(columns.length + 1) };
          bodies.push(el("tbody", {}, el("tr", {}, el("th", attributes, title))));
        }
        bodies.at(-1)?.append(rowOf(key, row));
      }
      grid.replaceChildren(el("thead", {}, ...headOf()), ...bodies);
      markChosen();
    }

    function headOf() {
      const titled = columns.every(({ sub }) => sub === "");
      const spans = columns.flatMap(({ service }, at) =>
        service === columns[at - 1]?.service
          ? []
          : [{ service, size: columns.filter((one) => one.service === service).length }],
      );
      const first = el("th", { scope: "col", ...(titled && { rowspan: "2" }) }, "Network");
      const second = columns.map(({ title, sub }) =>
        el("th", { scope: "col" }, soft(title, 15), ...(sub ? [el("div", { class: "sub" }, sub)] : [])),
      );
      if (!titled) return [el("tr", {}, first, ...second)];
      const above = spans.map(({ service, size }) => {
        const { title = "", label = "" } = services[service] ?? {};
        const sub = el("span", { class: "sub" }, label);
        return el("th", { scope: "colgroup", colspan: String(size) }, soft(title, 15), " ", sub);
      });
      return [el("tr", {}, first, ...above), el("tr", {}, ...second)];
    }

    /** @param {string} key @param {{ cells: ReturnType<typeof cellOf>[], members: number[] }} row */
    function rowOf(key, { cells, members }) {
      const [network = -1, ...more] = members;
      const name = soft(nameOf(network), 15);
      const open = () => {
        opened.add(key);
        render();
        grid.querySelector(/** @type {"a"} */ (`a[href^="${hashOf(network, -1).replace(/&.*/, "&")}"]`))?.focus();
      };
      return el(
        "tr",
        {},
        el(
          "th",
          { scope: "row" },
          name,
          ...(more.length > 0 ? [" ", moreButton(`and ${more.length} more`, open)] : []),
        ),
        ...cells.map(({ state, way, text, kind }) =>
          way && state !== undefined
            ? el(
                "td",
                {},
                symbol(state),
                el("a", { href: hashOf(network, way[0]) }, text),
                el("div", { class: "sub" }, soft(kind + (state === 3 ? ", with a finding" : ""), 15)),
              )
            : el("td", { class: "sub" }, "–", hiddenText("not asked")),
        ),
      );
    }

    input.addEventListener("input", render);
    only.addEventListener("change", render);
    const whole = scrolling("matrix-heading", grid);
    render();
    const filter = el(
      "div",
      { class: "filter" },
      el("div", { class: "field" }, el("label", { for: "filter" }, "Filter by name, region or range"), input),
      el("div", {}, only, " ", el("label", { for: "only" }, "Only with answers that need a look")),
    );
    return section("matrix", "All networks", ...(many ? [filter, filtered] : []), whole, moreRows, moreColumns);
  }

  /** Marks the links to the question that is shown. */
  function markChosen() {
    const shown = hashOf(chosen.network, chosen.name);
    for (const link of document.querySelectorAll("a[aria-current]")) link.removeAttribute("aria-current");
    for (const link of document.querySelectorAll(".grid a"))
      if (link.getAttribute("href") === shown) link.setAttribute("aria-current", "true");
  }

  // The way of one question.

  function waySection() {
    for (const index of asking) {
      const [, broken = [], unknown = []] = byState(waysOf(index));
      const notKnown = unknown.length > 0 ? ` (${unknown.length} not known)` : "";
      const bad = broken.length > 0 ? ` (${broken.length} not reachable)` : notKnown;
      networkSelect.append(el("option", { value: String(index) }, nameOf(index) + bad));
    }
    networkSelect.addEventListener("change", () => choose(Number(networkSelect.value), chosen.name));
    nameSelect.addEventListener("change", () => choose(chosen.network, Number(nameSelect.value)));
    const fields = [
      el("div", { class: "field" }, el("label", { for: "network" }, "Network of the client"), networkSelect),
      el("div", { class: "field" }, el("label", { for: "name" }, "Name that it asks for"), nameSelect),
    ];
    return section("way", wayHeading, el("div", { class: "split" }, el("div", {}, ...fields, answer, sameNote), steps));
  }

  // The picture, which is in the page as SVG: the frames of its networks can be chosen.

  function pictureSection() {
    const svg = document.querySelector("#picture svg");
    document.getElementById("picture")?.remove();
    if (!(svg instanceof SVGSVGElement)) return [];
    // It shrinks to the width of the page as long as its texts can be read.
    svg.style.minWidth = `${0.75 * svg.viewBox.baseVal.width}px`;
    for (const frame of svg.querySelectorAll("[data-address]")) {
      const inFrame = (frame.getAttribute("data-address") ?? "").split("\n").flatMap((one) => networkAt.get(one) ?? []);
      const [first] = inFrame.filter((one) => waysOf(one).length > 0);
      if (!(frame instanceof SVGElement) || inFrame.length === 0) continue;
      frames.set(frame, inFrame);
      const label =
        inFrame.slice(0, 3).map(nameOf).join(", ") + (inFrame.length > 3 ? ` and ${inFrame.length - 3} more` : "");
      const attributes = { role: "radio", "aria-label": label, "aria-checked": "false", tabindex: "-1" };
      for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, value);
      if (first === undefined) frame.setAttribute("aria-disabled", "true");
      else
        frame.addEventListener("click", () =>
          choose(inFrame.find((one) => one === chosen.network) ?? first, chosen.name),
        );
    }
    map.append(svg);
    map.addEventListener("keydown", moveInMap);
    return [section("picture", "Picture", caption, map)];
  }

  /** Moves in the picture by keyboard, as in any group of radio buttons. @param {KeyboardEvent} event */
  function moveInMap(event) {
    const all = [...frames.keys()];
    const at = all.findIndex((frame) => frame === document.activeElement);
    /** @type {Record<string, number>} */
    const moves = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1,
    };
    const frame = all[((moves[event.key] ?? NaN) + all.length) % all.length];
    if (at < 0 || !frame) return;
    event.preventDefault();
    frame.dispatchEvent(new MouseEvent("click"));
    setTabStop(frame);
    frame.focus();
  }

  /** @param {SVGElement | undefined} stop */
  function setTabStop(stop) {
    for (const frame of frames.keys()) frame.setAttribute("tabindex", frame === stop ? "0" : "-1");
  }

  /** @param {PageWay} way */
  function showInPicture([, , reachable, , , dns, homes]) {
    const others = homes.filter((one) => one !== chosen.network);
    for (const [frame, inFrame] of frames) {
      frame.setAttribute("aria-checked", String(inFrame.includes(chosen.network)));
      frame.classList.toggle("client", inFrame.includes(chosen.network));
      frame.classList.toggle("dns", inFrame.includes(dns) && dns !== chosen.network);
      const isHome = others.some((one) => inFrame.includes(one));
      frame.classList.toggle("home", isHome);
    }
    const clientFrame = [...frames.keys()].find((one) => one.classList.contains("client"));
    setTabStop(clientFrame ?? frames.keys().next().value);
    const frame = clientFrame?.getBoundingClientRect();
    const { left, top, right, bottom, width, height } = map.getBoundingClientRect();
    if (frame && (frame.left < left || frame.right > right || frame.top < top || frame.bottom > bottom)) {
      // The picture is scrolled, and not the page.
      map.scrollBy(frame.left - left - (width - frame.width) / 2, frame.top - top - (height - frame.height) / 2);
    }
    caption.replaceChildren(
      `${nameOf(chosen.network)} asks (thick frame)`,
      ...(dns >= 0 && dns !== chosen.network ? [`, the DNS of ${nameOf(dns)} answers (dotted frame)`] : []),
      ...(others.length > 0
        ? [`, with an endpoint in ${others.slice(0, 3).map(nameOf).join(", ")} (dashed frame)`]
        : []),
      `: ${REACHABLE[reachable][0].toLowerCase()}. `,
      el("a", { href: hashOf(chosen.network, chosen.name) }, "Follow the question"),
    );
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
      const { text, service } = /** @type {PageData["names"][number]} */ (names[name]);
      const { title, label } = /** @type {PageData["services"][number]} */ (services[service]);
      const group = byService.get(service) ?? el("optgroup", { label: `${title} (${label})` });
      byService.set(service, group);
      group.append(el("option", { value: String(name) }, `${SYMBOLS[stateOf(way)]} ${text}`));
    }
    nameSelect.replaceChildren(...byService.values());
  }

  /** @param {PageWay} way */
  function showWay(way) {
    const [name, text, reachable, servedBy, stepsOfWay] = way;
    const network = networks[chosen.network];
    const state = stateOf(way);
    answer.className = `answer ${STATES[state]}`;
    answer.replaceChildren(
      el("strong", { class: "verdict" }, symbol(state), REACHABLE[reachable][0]),
      el(
        "span",
        {},
        `${network?.name ?? ""} gets `,
        el("b", {}, soft(data.answers[text]?.[0] ?? "")),
        " for ",
        el("b", {}, soft(names[name]?.text ?? "")),
        servedBy ? `, served by ${servedBy}.` : ".",
        state === 3 ? " A step has a finding." : "",
      ),
    );
    const same = network?.sameAs;
    sameNote.textContent = same === undefined ? "" : `It gets the same answers as ${nameOf(same)}, whose way is shown.`;
    const shown = new Set([network?.address]);
    const client = `A machine in ${network?.name ?? ""} asks for ${names[name]?.text ?? ""}.`;
    steps.replaceChildren(
      stepItem("client", 0, client, [network?.address ?? ""], []),
      ...stepsOfWay.map((index) => {
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
    const content = el(
      "div",
      {},
      el("h3", {}, `${STEP_TITLES[kind] ?? capitalized(kind)} `, mark),
      el("p", {}, soft(sentence)),
      ...(resources.length > 0 ? [list] : []),
      ...found.slice(0, 5).map(findingLink),
    );
    return el("li", { class: `step ${STATES[state]}` }, symbol(state), content);
  }

  /** @param {number} index */
  function findingLink(index) {
    const { code: of, severity, ignored } = /** @type {PageData["findings"][number]} */ (findings[index]);
    const text = `${ignored ? "Ignored " : ""}${severity}: ${of}`;
    return el("a", { href: `#finding-${index}`, class: "finding-link" }, text);
  }

  // The findings.

  function findingsSection() {
    /** @type {Map<string, number[]>} */
    const byCode = new Map();
    // Errors first, then warnings, then what is ignored.
    const rank = (/** @type {PageData["findings"][number]} */ { ignored, severity }) =>
      ignored ? 2 : severity === "error" ? 0 : 1;
    for (const [index, { code: of }] of [...findings.entries()].sort(([, a], [, b]) => rank(a) - rank(b)))
      byCode.set(of, [...(byCode.get(of) ?? []), index]);
    const helpOf = (/** @type {string} */ of) => {
      const { means, fix, ignore } = /** @type {PageData["help"][string]} */ (data.help[of]);
      const terms = Object.entries({ "What it means": means, "How to fix it": fix, "When to ignore it": ignore });
      const list = terms.map(([term, text]) => el("div", {}, el("dt", {}, term), el("dd", {}, text)));
      const summary = el("summary", {}, "What it means, and how to fix it", hiddenText(`: ${of}`));
      return el("details", {}, summary, el("dl", { class: "help" }, ...list));
    };
    return section(
      "findings",
      "Findings",
      ...(findings.length === 0 ? [el("p", {}, "No errors and no warnings.")] : []),
      ...[...byCode].map(([of, indices]) =>
        el(
          "article",
          { class: "code", "aria-labelledby": `code-${of}` },
          el(
            "h3",
            { id: `code-${of}` },
            code(of),
            ...(indices.length > 1 ? [" ", el("span", { class: "sub" }, count(indices.length, "finding"))] : []),
          ),
          ...shortened(indices, findingItem),
          helpOf(of),
        ),
      ),
    );
  }

  /** @param {number} index */
  function findingItem(index) {
    const { severity, message, resources, ignored, reason, way } = /** @type {PageData["findings"][number]} */ (
      findings[index]
    );
    const kind = ignored ? "ignored" : severity;
    const asked = names[way?.[1] ?? -1]?.text ?? "the question";
    const label = `${capitalized(severity)}${ignored ? ", ignored" : ""}`;
    const listed = resources.slice(0, 4).map((one) => el("li", {}, code(one)));
    if (resources.length > 4) listed.push(el("li", {}, `and ${resources.length - 4} more`));
    return el(
      "li",
      { id: `finding-${index}`, class: `finding ${kind}`, tabindex: "-1" },
      el("p", {}, el("span", { class: `severity ${kind}` }, label), " ", soft(message)),
      ...(reason ? [el("p", { class: "note" }, `Ignored because: ${reason}`)] : []),
      ...(listed.length > 0 ? [el("ul", { class: "resources", "aria-label": "Resources" }, ...listed)] : []),
      ...(way && waysOf(way[0]).length > 0
        ? [el("p", {}, el("a", { href: hashOf(...way), class: "see" }, soft(`Follow ${asked} from ${nameOf(way[0])}`)))]
        : []),
    );
  }

  // The tables, which are filled when they are opened.

  function tablesSection() {
    return section(
      "tables",
      "What the file shows",
      details(
        "networks",
        count(networks.length, "network"),
        ["Network", "Region", "Ranges", "DNS", "Connections", "Endpoints"],
        () =>
          ordered.map((index) => {
            const one = /** @type {PageData["networks"][number]} */ (networks[index]);
            const named = one.endpoints.map((at) => endpoints[at]?.name ?? "");
            return [one, one.region, one.ranges, one.dns, one.connected, named];
          }),
      ),
      details("zones", count(zones.length, "private DNS zone"), ["Zone", "Record sets", "Linked networks"], () =>
        zones.map((one) => [
          one,
          one.managed ? String(one.records) : `${one.records}, and those of another configuration`,
          one.networks.length > 0 ? one.networks.map(nameOf) : ["none"],
        ]),
      ),
      details(
        "endpoints",
        count(endpoints.length, "private endpoint"),
        ["Endpoint", "Network", "Service", "Addresses"],
        () =>
          endpoints.map((one) => {
            const addresses = one.addresses.map(([host, address]) => `${address} ${host}`);
            const service = services[one.service]?.title ?? "";
            const shown = addresses.length > 0 ? addresses : ["(known after apply)"];
            return [one, nameOf(one.network) || "not known", service, shown];
          }),
      ),
    );
  }

  /** A row: what it is about, and what is said of it, each a text or a list. @typedef {{ name: string, address: string }} Named */
  /** @typedef {[Named, ...(string | readonly string[])[]]} Row */

  /** @param {string} id @param {string} title @param {readonly string[]} head @param {() => Row[]} rows */
  function details(id, title, head, rows) {
    const summary = el("summary", { id: `${id}-summary` }, title);
    const whole = el("details", { id }, summary);
    const rowOf = (/** @type {Row} */ [{ name, address }, ...cells]) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, name, el("div", { class: "sub" }, code(address))),
        ...cells.map((cell) =>
          el("td", {}, ...(typeof cell === "string" ? [cell] : cell.map((text) => el("div", {}, text)))),
        ),
      );
    const fill = () => {
      if (whole.childElementCount > 1) return;
      const titles = head.map((text) => el("th", { scope: "col" }, text));
      const parts = [el("thead", {}, el("tr", {}, ...titles)), el("tbody", {}, ...rows().map(rowOf))];
      whole.append(scrolling(summary.id, el("table", { "aria-labelledby": summary.id }, ...parts)));
    };
    whole.addEventListener("toggle", fill);
    addEventListener("beforeprint", fill);
    return whole;
  }

  function followHash() {
    const asked = fromHash();
    if (asked) {
      choose(asked.network, asked.name);
      wayHeading.focus({ preventScroll: true });
      wayHeading.scrollIntoView();
      return;
    }
    const [id = "", index = ""] = /^#(finding-(\d+))$/.exec(location.hash)?.slice(1) ?? [];
    // A finding may be among those that a long list does not show yet.
    if (!document.getElementById(id)) {
      const article = document.getElementById(`code-${findings[Number(index)]?.code ?? ""}`)?.parentElement;
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
      findingsSection(),
      ...(asking.length > 0 ? [matrixSection(), waySection()] : []),
      ...pictureSection(),
      tablesSection(),
    ),
    el("footer", {}, el("p", {}, FOOTER)),
  );
  const parts = [...document.querySelectorAll("section")].map(({ id, firstElementChild: heading }) =>
    el("a", { href: `#${id}` }, heading?.textContent ?? ""),
  );
  document.querySelector("header")?.append(el("nav", { "aria-label": "Parts of this page" }, ...parts));
  const first = fromHash() ?? firstChoice();
  if (first) choose(first.network, first.name);
  addEventListener("hashchange", followHash);
  // A link to what the address names already changes nothing there.
  addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("a")?.hash === location.hash) followHash();
  });
  // On paper nothing can be opened.
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
    for (const one of document.querySelectorAll(/** @type {"button"} */ ("#findings .more"))) one.click();
  });
  performance.mark("shown");
})();
