// All networks and names at a glance.

/** Networks up to which each has a row of its own, and there is no filter. */
const FULL = 14;
/** Names up to which each has a column of its own; beyond, each service has one. */
const NAMES_IN_COLUMNS = 9;
/** Larger tables are shown in part at first. */
const ROWS_AT_FIRST = 60;
const COLUMNS_AT_FIRST = 24;

/** @typedef {{ title: string, sub: string, service: number, names: readonly number[] }} Column */
/** @typedef {ReturnType<typeof cellOf>} Cell */
/** @typedef {{ region: string, cells: Cell[], members: number[] }} NetworkRow */

/** @returns {Column[]} */
function columnsOf() {
  const used = [...new Set(names.map(({ service }) => service))].sort((a, b) => a - b);
  return used.flatMap((service) => {
    const all = [...names.keys()].filter((name) => at(names, name).service === service);
    if (names.length <= NAMES_IN_COLUMNS)
      return all.map((name) => ({ title: at(names, name).text, sub: "", service, names: [name] }));
    const { title, label } = at(services, service);
    return [{ title, sub: `${label}, ${count(all.length, "name")}`, service, names: all }];
  });
}

/** What a cell says of the ways of a network to the names of a column. @param {readonly PageWay[]} ways */
function cellOf(ways) {
  const sums = byState(ways);
  const state = WORST_FIRST.find((one) => at(sums, one).length > 0);
  if (state === undefined) return { text: "", kind: "" };
  const worst = at(sums, state);
  const way = at(worst, 0);
  const said = REACHABLE[way[2]][0];
  const kinds = new Set(ways.map(([, answerAt]) => at(data.answers, answerAt)[1]));
  return {
    state,
    way,
    text: worst.length < ways.length ? `${said}: ${worst.length} of ${ways.length}` : said,
    kind: kinds.size === 1 ? [...kinds].join("") : count(kinds.size, "kind") + " of answer",
  };
}

function matrixSection() {
  const bad = new Set(data.ways.flat().flatMap((way) => (stateOf(way) > 0 ? [way[0]] : [])));
  const rank = (/** @type {Column} */ column) => (column.names.some((name) => bad.has(name)) ? 0 : 1);
  const all = columnsOf();
  if (all.length > COLUMNS_AT_FIRST) all.sort((a, b) => rank(a) - rank(b));
  let columns = all.slice(0, COLUMNS_AT_FIRST);
  const columnOf = new Map(all.flatMap(({ names: inColumn }, column) => inColumn.map((name) => [name, column])));
  /** By network of which the answers are shown, its cells. @type {Map<number, Cell[]>} */
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
  const whole = scrolling("matrix-heading", grid);
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
      const { name, region, ranges } = at(networks, index);
      const text = [name, region, ...ranges].join(" ").toLowerCase();
      return text.includes(wanted) && (!only.checked || waysOf(index).some((way) => stateOf(way) > 0));
    });
    filtered.textContent =
      left.length < networks.length ? `${left.length} of ${count(networks.length, "network")}` : "";
    /** @type {Map<string, NetworkRow>} */
    const rows = new Map();
    for (const index of left) {
      const { region } = at(networks, index);
      const cells = cellsOf(index);
      const same = `${region}|${cells.map(({ state, text, kind }) => `${state} ${text} ${kind}`).join("|")}`;
      const key = many && !opened.has(same) ? same : `${same}|${index}`;
      const row = rows.get(key) ?? { region, cells, members: [] };
      row.members.push(index);
      rows.set(key, row);
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
    /** @type {Map<string, HTMLElement>} */
    const bodies = new Map();
    for (const [key, { region, ...row }] of rows.slice(0, most)) {
      const attributes = { scope: "rowgroup", class: "place", colspan: String(columns.length + 1) };
      const place = el("th", attributes, el("span", {}, region || "Region not known"));
      const body = bodies.get(region) ?? el("tbody", {}, el("tr", {}, place));
      body.append(rowOf(key, row));
      bodies.set(region, body);
    }
    grid.replaceChildren(el("thead", {}, ...headOf()), ...bodies.values());
    markChosen();
  }

  function headOf() {
    const titled = columns.every(({ sub: below }) => below === "");
    const first = el("th", { scope: "col", ...(titled && { rowspan: "2" }) }, "Network");
    const second = columns.map(({ title, sub: below }) =>
      el("th", { scope: "col" }, soft(title, 15), below !== "" && sub(below)),
    );
    if (!titled) return [el("tr", {}, first, ...second)];
    const above = [...new Set(columns.map(({ service }) => service))].map((service) => {
      const { title, label } = at(services, service);
      const colspan = String(columns.filter((one) => one.service === service).length);
      return el("th", { scope: "colgroup", colspan }, soft(title, 15), " ", el("span", { class: "sub" }, label));
    });
    return [el("tr", {}, first, ...above), el("tr", {}, ...second)];
  }

  /** @param {string} key @param {Omit<NetworkRow, "region">} row */
  function rowOf(key, { cells, members: [network = -1, ...more] }) {
    const open = () => {
      opened.add(key);
      render();
      grid.querySelector(/** @type {"a"} */ (`a[href^="${hashOf(network, -1).replace(/&.*/, "&")}"]`))?.focus();
    };
    const others = more.length > 0 ? [" ", moreButton(`and ${more.length} more`, open)] : [];
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, soft(nameOf(network), 15), ...others),
      ...cells.map(({ state, way, text, kind }) => {
        if (!way) return el("td", { class: "sub" }, "–", hiddenText("not asked"));
        const link = el("a", { href: hashOf(network, way[0]) }, text);
        return el("td", {}, symbol(state), link, sub(soft(kind + (state === 3 ? ", with a finding" : ""), 15)));
      }),
    );
  }

  input.addEventListener("input", render);
  only.addEventListener("change", render);
  render();
  const filter = el(
    "div",
    { class: "filter" },
    field(input, "Filter by name, region or range"),
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
