import { join } from "node:path";
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
import { folder, runIn } from "../support/programs";

const STACK = "cdktf.out/stacks/private-registry/cdk.tf.json";

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

describe("a large network", () => {
  const json = synthesized(perSpoke());
  const resource = json.resource as Record<string, object>;
  const many = Object.fromEntries(
    [...Array(5000).keys()].map((i) => [`é${i % 2 === 0 ? i : "é".repeat(i)}`, network("x").body]),
  );
  const large = {
    ...json,
    resource: { ...resource, azurerm_virtual_network: { ...resource.azurerm_virtual_network, ...many } },
  };

  test("is drawn in a time that grows with its size, and not faster, also where ids are much alike", () => {
    const started = performance.now();
    const text = diagram(previewOf(large));
    expect(performance.now() - started).toBeLessThan(10_000);
    const ids = [...text.matchAll(/^ {2}subgraph (\S+)\[/gm)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(5000);
  });
});

describe("two networks in one diagram, from files", () => {
  const more = { registry: { replicas: ["switzerlandnorth", "francecentral"] } };
  const earlier = folder();
  const compared = (...args: string[]) => runIn(folder(more), "diagram", ["--compare", join(earlier, STACK), ...args]);
  beforeAll(() => runIn(earlier, "synth"));

  test("have what differs marked: a replica that is added, and the zones with its records", async () => {
    const { status, stdout } = await compared();
    expect(status).toBe(0);
    expect(stdout).toContain('registry_francecentral[("francecentral<br/>created")]');
    expect(stdout).toMatch(/^ {2}class hub_dns_zone,spoke1_dns_zone,spoke2_dns_zone,registry updated$/m);
    expect(stdout).not.toContain("destroyed");
  });

  test("are no picture", async () => {
    expect(await compared("--svg", "x.svg")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Give --compare without --svg and --png") as string,
    });
  });
});
