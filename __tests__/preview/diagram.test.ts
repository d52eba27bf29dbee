import { previewOf } from "../../packages/private-link-preview";
import {
  type Part,
  change,
  network,
  perSpoke,
  stateOf,
  synthesized,
} from "../../packages/private-link-preview/__tests__/terraform-fixtures";
import { diagram } from "../../src/preview/diagram";

const EVIL =
  'a"]\nclick x "javascript:alert(1)"\n<img src=x onerror=alert(1)> #quot; &lt;b&gt; `c` **d** \\n {|} \u001b[31m\u202e';

/** A network in which a foreign file has chosen each text of the diagram. */
const hostile: Part[] = change(
  change(
    change(perSpoke(), "azurerm_virtual_network.spoke1", { name: EVIL, location: EVIL, address_space: [EVIL] }),
    "azurerm_private_endpoint.spoke1",
    { name: EVIL },
    { custom_dns_configs: [{ fqdn: "acmeacr.azurecr.io", ip_addresses: [EVIL] }] },
  ),
  "azurerm_container_registry.registry",
  { location: EVIL },
);

describe("text of a foreign file in a diagram", () => {
  const parts = [...hostile, network("lonely", { address_space: [EVIL] })];

  test.each([synthesized, stateOf])("ends no label, and is no syntax of Mermaid or HTML", (form) => {
    const lines = diagram(previewOf(form(parts))).split("\n");
    const labels = lines.flatMap((line) => [...line.matchAll(/"([^"]*)"/g)].map(([, label = ""]) => label));
    const foreign = labels.filter((label) => label.includes("javascript"));
    expect(foreign.length).toBeGreaterThan(3);
    for (const label of foreign)
      expect(label.replaceAll("<br/>", "")).toMatch(/^(?:[^"#$%&*;<=>@[\\\]^`{|}~\p{Cc}\p{Cf}]|#\d{5};)*$/u);
    expect(lines.filter((line) => /^\s*(click|<)/.test(line))).toEqual([]);
    expect(lines.length).toBe(diagram(previewOf(form([...perSpoke(), network("lonely")]))).split("\n").length);
  });

  test("is cut where it is longer than any name", () => {
    const long = synthesized(change(perSpoke(), "azurerm_virtual_network.hub", { name: "x".repeat(100_000) }));
    expect(diagram(previewOf(long)).length).toBeLessThan(5000);
  });
});

/** How often the drawing of many networks, the names of which are much alike, looks something up. */
function lookupsFor(networks: number): number {
  const names = [...Array(networks).keys()].map((i) => `é${i % 2 === 0 ? i : "é".repeat(i)}`);
  const { body } = network("x");
  const resource = { azurerm_virtual_network: Object.fromEntries(names.map((name) => [name, body])) };
  const preview = previewOf({ resource });
  const has = jest.spyOn(Map.prototype, "has");
  const text = diagram(preview);
  const lookups = has.mock.calls.length;
  has.mockRestore();
  const ids = [...text.matchAll(/^ {2}subgraph (\S+)\[/gm)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(networks);
  return lookups;
}

test("each network has an id of its own, for which a diagram of twice as many looks up no more than twice as much", () => {
  expect(lookupsFor(600)).toBeLessThan(2.2 * lookupsFor(300));
});
