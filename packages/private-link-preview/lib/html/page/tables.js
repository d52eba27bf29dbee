// The tables, which are filled when they are opened.

function tablesSection() {
  const networkTable = details(
    "networks",
    count(networks.length, "network"),
    ["Network", "Region", "Ranges", "DNS", "Connections", "Endpoints"],
    () =>
      ordered.map((index) => {
        const one = at(networks, index);
        const named = one.endpoints.map((endpoint) => at(endpoints, endpoint).name);
        return [one, one.region, one.ranges, one.dns, one.connected, named];
      }),
  );
  const zoneHead = ["Zone", "Record sets", "Linked networks"];
  const zoneTable = details("zones", count(zones.length, "private DNS zone"), zoneHead, () =>
    zones.map((one) => [
      one,
      one.managed ? String(one.records) : `${one.records}, and those of another configuration`,
      one.networks.length > 0 ? one.networks.map(nameOf) : ["none"],
    ]),
  );
  const endpointHead = ["Endpoint", "Network", "Service", "Addresses"];
  const endpointTable = details("endpoints", count(endpoints.length, "private endpoint"), endpointHead, () =>
    endpoints.map((one) => {
      const addresses = one.addresses.map(([host, address]) => `${address} ${host}`);
      const shown = addresses.length > 0 ? addresses : ["(known after apply)"];
      return [one, nameOf(one.network) || "not known", at(services, one.service).title, shown];
    }),
  );
  return section("tables", "What the file shows", networkTable, zoneTable, endpointTable);
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
      el("th", { scope: "row" }, name, sub(code(address))),
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
