import { readFileSync } from "node:fs";
import { join } from "node:path";
import { costOfSettings } from "../../docs/costs-tables";
import { costOf, costText } from "../../../src/azure/costs";
import { readPlan } from "../plan";
import { planDiagram, planMarkdown } from "../plan-markdown";
import { planReport } from "..";
import { PROJECT } from "../../../__tests__/support/programs";
import { synthesize } from "../../../__tests__/support/synth";
import { SPOKE1, SPOKE2, SPOKE3, planOf } from "./plan-of";

/** The plan between two settings; null stands for nothing. */
const plan = (before: object | null, after: object | null) => readPlan(planOf(before, after), "the plan");

/** The classes of a flowchart: by class, the ids that have it. */
const classesIn = (diagram: string) =>
  Object.fromEntries(
    [...diagram.matchAll(/^ {2}class (\S+) (\w+)$/gm)].map(([, ids = "", name = ""]) => [name, ids.split(",")]),
  );

/** The edges of a flowchart, with the stroke that each has. */
function edgesIn(diagram: string): [edge: string, stroke: string][] {
  const strokes = new Map(
    [...diagram.matchAll(/^ {2}linkStyle (\d+) stroke:(#\w+)/gm)].map(([, index, stroke]) => [Number(index), stroke!]),
  );
  return [...diagram.matchAll(/^ {2}(\w+ (?:<-->|-->|-\.->|==>).*)$/gm)].map(([, edge], i) => [
    edge!,
    strokes.get(i) ?? "none",
  ]);
}

const [GREEN, RED] = ["#1a7f37", "#cf222e"];

describe("the network before and after, in one flowchart", () => {
  const changed = planDiagram(
    plan({}, { registry: { replicas: ["switzerlandnorth", "francecentral"] }, spokes: [SPOKE1, SPOKE3] }),
  );

  test("marks what is created, updated and destroyed, and nothing else", () => {
    expect(classesIn(changed)).toEqual({
      created: ["spoke3_network", "spoke3_dns_zone", "spoke3_endpoint", "registry_francecentral"],
      updated: ["hub_dns_zone", "spoke1_dns_zone", "registry"],
      destroyed: ["spoke2_network", "spoke2_dns_zone", "spoke2_endpoint"],
    });
    expect(changed).toContain('spoke3_network["vnet-spoke3-dev (francecentral), created"]');
    expect(changed).toContain('spoke2_endpoint["pep-spoke2-dev<br/>10.11.0.4<br/>destroyed"]');
  });

  test("draws the edges of both, each with the stroke of what happens to it", () => {
    expect(Object.fromEntries(edgesIn(changed))).toMatchObject({
      "hub_network <-->|peered| spoke1_network": "none",
      "hub_network <-->|peered| spoke3_network": GREEN,
      "hub_network <-->|peered| spoke2_network": RED,
      "spoke2_endpoint ==> registry": RED,
    });
  });

  test("what is replaced is marked as that, and drawn once", () => {
    const moved = planDiagram(plan({}, { spokes: [SPOKE1, { ...SPOKE2, location: "norwayeast" }] }));
    expect(classesIn(moved).replaced).toEqual(expect.arrayContaining(["spoke2_network", "spoke2_endpoint"]));
    expect(moved.match(/subgraph spoke2_network\[/g)).toHaveLength(1);
  });

  test("has no marks where nothing changes, and only created where nothing was", () => {
    expect(planDiagram(plan({}, {}))).not.toMatch(/classDef|linkStyle/);
    expect(Object.keys(classesIn(planDiagram(plan(null, {}))))).toEqual(["created"]);
    expect(Object.keys(classesIn(planDiagram(plan({}, null))))).toEqual(["destroyed"]);
  });

  test("a mesh that is created is drawn with its peerings", () => {
    const three = { spokes: [SPOKE1, SPOKE2, SPOKE3] };
    const edges = edgesIn(planDiagram(plan(three, { ...three, dns: "shared", spokePeering: "mesh" })));
    expect(edges).toContainEqual(["spoke1_network <-->|peered| spoke2_network", GREEN]);
  });
});

describe("a plan as Markdown", () => {
  const markdown = (...[before, after]: Parameters<typeof plan>) => {
    const read = plan(before, after);
    return planMarkdown(planReport(read), read);
  };

  test("says what changes, what it costs, and what each network's DNS returns before and after", () => {
    const text = markdown({}, { registry: { replicas: ["switzerlandnorth", "francecentral"] } });
    expect(text).toMatch(
      /^### ✅ What the deployment changes\n\n\d+ to add, \d+ to change, 0 to replace, 0 to destroy\. /,
    );
    expect(text).toContain("\n\nAbout 327 USD a month at list prices, 51 more than before. See docs/costs.md.\n\n");
    expect(text).toContain("- `+` The replica in francecentral is added: ");
    expect(text).toContain("```mermaid\nflowchart LR\n");
    expect(text).toContain("What each network's DNS returns: 3 answers change");
    expect(text).toContain(
      "| `vnet-spoke1-dev` | `xyzdfdacrdev.francecentral.data.azurecr.io` | – | ✅ its own endpoint pep-spoke1-dev |",
    );
  });

  test("an error is seen at once, with its fix", () => {
    const text = markdown({}, { registry: { namePrefix: "contoso" } });
    expect(text).toMatch(/^### ❌ /);
    expect(text).toMatch(/❌ \*\*registry-lost\*\*: /);
    expect(text).toContain("**How to fix it.** Undo that change.");
  });

  test("has no picture where nothing changes", () => {
    expect(markdown({}, {})).toBe(
      "### ✅ No changes. The network matches the settings.\n\nAbout 277 USD a month at list prices. See docs/costs.md.",
    );
  });

  test("fits a comment, however large the network is", () => {
    const spokes = Array.from({ length: 40 }, (_, i) => ({
      ...SPOKE1,
      name: `s${i}`,
      addressSpace: `10.${20 + i}.0.0/16`,
    }));
    const text = markdown(null, { spokes });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain("The network is too large to be drawn here.");
  });
});

describe("the costs of a plan", () => {
  const usd = (settings: object) => costOfSettings(settings).usd;

  test("the default costs what its parts do, and all of them have a price", () => {
    const { resource } = synthesize();
    const numberOf = (type: string) => Object.keys(resource[type] ?? {}).length;
    expect(costOfSettings({})).toEqual({
      usd: 276.53,
      parts: {
        registry: numberOf("azurerm_container_registry"),
        replica: 1,
        bastion: numberOf("azurerm_bastion_host"),
        publicAddress: numberOf("azurerm_public_ip"),
        endpoint: numberOf("azurerm_private_endpoint"),
        zone: numberOf("azurerm_private_dns_zone"),
        vm: numberOf("azurerm_linux_virtual_machine"),
        disk: numberOf("azurerm_linux_virtual_machine"),
      },
      unpriced: [],
    });
  });

  test("settings cost more or less by what they have", () => {
    expect(usd({}) - usd({ hub: { bastion: false } })).toBeCloseTo(142.35);
    expect(usd({ hub: { bastion: "developer" } })).toBe(usd({ hub: { bastion: false } }));
    expect(usd({ registry: { replicas: ["switzerlandnorth", "francecentral"] } }) - usd({})).toBeCloseTo(50.68, 1);
  });

  test("what has no price in the table is named, and not guessed", () => {
    const { unpriced } = costOfSettings({ testVms: { size: "Standard_D2s_v5" } });
    expect(unpriced).toEqual(["VMs of size Standard_D2s_v5"]);
    expect(costText(costOf([]), costOfSettings({ testVms: { size: "Standard_D2s_v5" } }))).toBe(
      "About 263 USD a month at list prices, without VMs of size Standard_D2s_v5, whose price is not known here. See docs/costs.md.",
    );
    const others = [
      { type: "azurerm_container_registry", values: { sku: "Standard" } },
      { type: "azurerm_bastion_host", values: {} },
      { type: "azurerm_storage_account", values: {} },
    ];
    expect(costOf(others)).toEqual({
      usd: 0,
      parts: {},
      unpriced: ["registries of SKU Standard", "bastions of SKU (known after apply)"],
    });
  });

  test("the figure of the README is that of the table", () => {
    const said = /about (\d+) USD a month/.exec(readFileSync(join(PROJECT, "README.md"), "utf8"))?.[1];
    expect(costText(costOf([]), costOfSettings({}))).toContain(`About ${said!} USD a month`);
  });
});
