import { Resvg } from "@resvg/resvg-wasm";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewOf } from "../../../packages/private-link-preview";
import {
  type Json,
  change,
  endpoint,
  network,
  peered,
  perSpoke,
  regional,
  registry,
  sharedZone,
  stateOf,
  subnet,
  synthesized,
  view,
} from "../../../packages/private-link-preview/__tests__/terraform-fixtures";
import { PICTURES } from "../../docs/pictures";
import { diagram } from "../../../packages/private-link-preview/lib/drawing/mermaid";
import { pictureOf } from "../../../packages/private-link-preview/lib/drawing/draw";
import { fonts, ready } from "../png";
import type { Picture } from "../../../packages/private-link-preview/lib/drawing/picture";
import { svgOf } from "../../../packages/private-link-preview/lib/drawing/svg";
import { fit, textWidth } from "../../../packages/private-link-preview/lib/drawing/text-width";
import fc, { property } from "../../../__tests__/support/fast-check";
import { folder, runIn } from "../../../__tests__/support/programs";
import { synthesize } from "../../../__tests__/support/synth";
import { faultsIn } from "./picture-faults";

const directory = mkdtempSync(join(tmpdir(), "picture-"));

const pictureFor = (json: unknown) => pictureOf(previewOf(json));
const textsIn = ({ boxes, texts }: Picture) => [...texts, ...boxes.flatMap((box) => box.texts)].map(({ text }) => text);
/** The texts of the boxes of a kind, each box as one text. */
const boxesOf = ({ boxes }: Picture, kind: string) =>
  boxes
    .filter((box) => box.kind === kind && box.texts.length > 0)
    .map(({ texts }) => texts.map(({ text }) => text).join(" | "));

/** The reddish colours of a picture. */
const redIn = (svg: string) =>
  [...new Set([...svg.matchAll(/#[0-9a-f]{6}/g)].map(([colour]) => colour))].filter((colour) => {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as [
      number,
      number,
      number,
    ];
    return red > 150 && Math.max(green, blue) < 0.45 * red;
  });

const REGIONS = ["swedencentral", "switzerlandnorth", "westeurope", "eastus", "japaneast"];
const spokes = (number: number) =>
  Array.from({ length: number }, (_, i) => ({
    name: `spoke${i + 1}`,
    location: REGIONS[i % 5],
    addressSpace: `10.${20 + i}.0.0/16`,
  }));
const HUB_ID =
  "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/theirs/providers/Microsoft.Network/virtualNetworks/their-hub";
const everywhere = { location: REGIONS[0], replicas: REGIONS.slice(1) };

const SETTINGS: Record<string, object> = {
  ...PICTURES,
  "one spoke": { spokes: spokes(1) },
  "a mesh of 12": { spokes: spokes(12), spokePeering: "mesh" },
  "a mesh of 12 with a shared zone": { spokes: spokes(12), spokePeering: "mesh", dns: "shared" },
  "15 spokes in 5 regions with regional endpoints": {
    spokes: spokes(15),
    registry: { ...everywhere, regionalEndpoints: true },
    hub: { endpoint: true },
  },
  "a hub that exists": { spokes: spokes(3), hub: { existing: { virtualNetworkId: HUB_ID, peer: true } } },
};

/** A configuration that nobody would write: networks with any peerings, zones, DNS servers, endpoints and hub connections. */
const foreign = fc.integer({ min: 1, max: 9 }).chain((number) => {
  const any = fc.integer({ min: 0, max: number - 1 });
  const some = fc.subarray([...Array(number).keys()]);
  return fc.record({
    hubs: fc.subarray([...Array(number).keys()], { maxLength: Math.min(2, number) }),
    peerings: fc.array(fc.tuple(any, any, fc.boolean()), { maxLength: 2 * number }),
    mesh: some,
    servers: fc.array(fc.tuple(any, any), { maxLength: 3 }),
    zones: fc.array(some, { maxLength: 4 }),
    endpoints: fc.array(fc.tuple(any, fc.integer({ min: 0, max: 8 })), { maxLength: 12 }),
    connected: some,
    machines: fc.array(any, { maxLength: 5 }),
  });
});

type Foreign = typeof foreign extends fc.Arbitrary<infer Value> ? Value : never;

const EMPTY = { hubs: [], peerings: [], mesh: [], servers: [], zones: [], endpoints: [], connected: [], machines: [] };

function foreignJson({ hubs, peerings, mesh, servers, zones, endpoints, connected, machines }: Foreign): object {
  const resource: Record<string, Record<string, object>> = {};
  const add = (type: string, name: string, body: object) => {
    resource[type] = { ...resource[type], [name]: { name, resource_group_name: "rg", ...body } };
  };
  // More than have a frame of their own if they are alike.
  for (let i = 0; i < 13; i++) {
    const [, server] = servers.find(([asking]) => asking === i) ?? [];
    add("azurerm_virtual_network", `v${i}`, {
      name: hubs.includes(i) ? `hub-${i}` : `vnet-${i}`,
      address_space: [`10.${i}.0.0/16`],
      ...(i % 4 > 0 && { location: REGIONS[i % 4] }),
      ...(server !== undefined && { dns_servers: [`10.${server}.0.4`] }),
    });
    add("azurerm_subnet", `s${i}`, {
      virtual_network_name: `\${azurerm_virtual_network.v${i}.name}`,
      address_prefixes: [`10.${i}.1.0/24`],
    });
  }
  const peer = (from: number, to: number) => {
    if (from !== to)
      add("azurerm_virtual_network_peering", `p${from}-${to}`, {
        virtual_network_name: `\${azurerm_virtual_network.v${from}.name}`,
        remote_virtual_network_id: `\${azurerm_virtual_network.v${to}.id}`,
      });
  };
  for (const [a, b, both] of peerings) {
    peer(a, b);
    if (both) peer(b, a);
  }
  for (const a of mesh) for (const b of mesh) peer(a, b);
  zones.forEach((linked, i) => {
    add("azurerm_private_dns_zone", `z${i}`, {
      name: i === 0 ? "privatelink.blob.core.windows.net" : `zone-${i}.test`,
    });
    for (const n of linked)
      add("azurerm_private_dns_zone_virtual_network_link", `l${i}-${n}`, {
        private_dns_zone_name: `\${azurerm_private_dns_zone.z${i}.name}`,
        virtual_network_id: `\${azurerm_virtual_network.v${n}.id}`,
      });
  });
  endpoints.forEach(([network, account], i) => {
    add("azurerm_storage_account", `a${account}`, {});
    add("azurerm_private_endpoint", `e${i}`, {
      subnet_id: `\${azurerm_subnet.s${network}.id}`,
      private_service_connection: [
        {
          private_connection_resource_id: `\${azurerm_storage_account.a${account}.id}`,
          subresource_names: ["blob"],
          is_manual_connection: false,
        },
      ],
      ...(zones.length > 0 && {
        private_dns_zone_group: [{ private_dns_zone_ids: ["${azurerm_private_dns_zone.z0.id}"] }],
      }),
    });
  });
  for (const n of connected)
    add("azurerm_virtual_hub_connection", `c${n}`, {
      virtual_hub_id: "${azurerm_virtual_hub.hub.id}",
      remote_virtual_network_id: `\${azurerm_virtual_network.v${n}.id}`,
    });
  if (connected.length > 0) add("azurerm_virtual_hub", "hub", {});
  machines.forEach((n, i) => {
    add("azurerm_container_group", `m${i}`, { subnet_ids: [`\${azurerm_subnet.s${n}.id}`] });
  });
  return { resource };
}

const MANY = Array.from({ length: 99 }, (_, i) => `n${i}`);
const manyNetworks = (of: (i: number) => Json) =>
  synthesized([
    ...[network("hub"), registry()],
    ...MANY.flatMap((key, i) => [network(key, of(i)), subnet(key), ...endpoint(key), ...peered("hub", key)]),
    ...MANY.flatMap((key) => view(key, [key], [key])),
  ]);

const FILES: Record<string, object> = {
  "100 networks": manyNetworks(() => ({})),
  "100 networks in as many regions": manyNetworks((i) => ({ location: `region${i}` })),
  "a mesh of networks whose frames are narrower than its title": foreignJson({
    ...EMPTY,
    mesh: [1, 2, 4, 6],
    zones: [[1, 4]],
  }),
  "answers that are not reachable": stateOf(sharedZone()),
  "known addresses": stateOf(perSpoke()),
  "regional endpoints": stateOf(regional({ hub: "switzerlandLogin", spoke1: "swedenLogin", spoke2: "login" })),
};

describe("a picture has no line through a box or a text, and nothing that overlaps or overflows:", () => {
  test.each(Object.entries(SETTINGS))("%s", (_, settings) => {
    expect(faultsIn(pictureFor(synthesize(settings)))).toEqual([]);
  });

  test.each(Object.entries(FILES))("%s", (_, file) => {
    expect(faultsIn(pictureFor(file))).toEqual([]);
  });

  property(
    "a foreign configuration",
    30,
    fc.property(foreign, (configuration) => {
      expect(faultsIn(pictureFor(foreignJson(configuration)))).toEqual([]);
    }),
  );

  const scene = pictureFor(synthesize());
  const [first] = scene.boxes.filter(({ kind }) => kind === "endpoint");
  const at = { x: first!.x - 5, y: first!.y + 3 };
  const line = { kind: "peering", joins: [], dots: [], arrows: [] } as const;

  test.each([
    ["a line through a box", { lines: [{ ...line, segments: [[at, { ...at, x: at.x + 30 }]] as const }] }],
    ["a line on a line", { lines: [...scene.lines, { ...scene.lines.at(-1)!, joins: scene.boxes }] }],
    ["a box on a box", { boxes: [...scene.boxes, { ...first!, x: first!.x + 5 }] }],
    ["a box out of its frame", { boxes: [{ ...first!, y: first!.y + 500 }] }],
    ["a text that is too long", { boxes: [{ ...first!, width: 60 }] }],
    ["a text on a text", { texts: [...scene.texts, scene.texts[0]!] }],
  ])("%s is noticed", (_, wrong) => {
    expect(faultsIn({ ...scene, ...wrong })).not.toEqual([]);
  });
});

describe("a picture shows", () => {
  const scene = pictureFor(stateOf(perSpoke()));

  test("what the network is, and how many of each there are", () => {
    expect(textsIn(pictureFor(synthesize())).slice(0, 3)).toEqual([
      "Private network of the registry xyzdfdacrdev",
      "1 hub · 2 spokes · 2 private endpoints · 3 private DNS zones · 9 answers, all reachable",
      "Addresses of endpoints are (known after apply).",
    ]);
  });

  test("the region and range of each network, with its bastion, virtual machine, zone and endpoint", () => {
    const picture = pictureFor(synthesize());
    expect([...boxesOf(picture, "hub"), ...boxesOf(picture, "network")]).toEqual([
      "vnet-hub-dev | northeurope · 10.12.0.0/16",
      "vnet-spoke1-dev | swedencentral · 10.10.0.0/16",
      "vnet-spoke2-dev | switzerlandnorth · 10.11.0.0/16",
    ]);
    const inFrame = (name: string) =>
      picture.boxes.filter(({ parent }) => parent?.texts[0]?.text === name).map(({ kind }) => kind);
    expect(inFrame("vnet-hub-dev")).toEqual(["bastion", "zone"]);
    expect(inFrame("vnet-spoke1-dev")).toEqual(["zone", "endpoint", "machine"]);
  });

  test("the address of an endpoint for each name, once it is known", () => {
    expect(boxesOf(scene, "endpoint")[0]).toBe(
      "Private endpoint | subnet 10.10.0.0/24 | pep-spoke1 | login server | 10.10.0.4 | data swedencentral | 10.10.0.5 | data switzerlandnorth | 10.10.0.6",
    );
  });

  test("with which endpoint a zone answers, by an arrow if it is one", () => {
    const arrows = (picture: Picture) =>
      picture.lines
        .filter(({ kind, joins }) => kind === "returns" && joins.length > 0)
        .map(({ joins }) => joins.map((box) => `${box.kind} in ${box.parent!.texts[0]!.text}`).join(", "));
    expect(boxesOf(scene, "zone")[0]).toContain("returns pep-spoke1");
    expect(arrows(scene)).toEqual([
      "zone in vnet-spoke1, endpoint in vnet-spoke1",
      "zone in vnet-spoke2, endpoint in vnet-spoke2",
      "zone in vnet-hub, endpoint in vnet-spoke1",
    ]);
    const shared = pictureFor(stateOf(sharedZone()));
    expect(boxesOf(shared, "zone")[0]).toContain("returns pep-spoke1 and pep-spoke2");
    expect(arrows(shared)).toEqual([]);
    const two = [0, 1].map((account): [number, number] => [0, account]);
    expect(boxesOf(pictureFor(foreignJson({ ...EMPTY, endpoints: two, zones: [[0]] })), "zone")).toEqual([
      "privatelink.blob.core.windows.net | returns e0 and e1",
    ]);
  });

  test("which networks can't reach what their DNS returns", () => {
    const picture = pictureFor(stateOf(sharedZone()));
    const unreachable = ["can't reach pep-spoke2", "can't reach pep-spoke1"];
    expect(boxesOf(picture, "network")).toEqual(unreachable.map((text) => expect.stringContaining(text) as unknown));
    expect(textsIn(picture)).toContain("6 of 9 answers not reachable");
  });

  test("a path to each region that serves, by regional endpoints, and one to the registry where Azure chooses", () => {
    const targets = (json: unknown) =>
      pictureFor(json)
        .lines.filter(({ kind, joins }) => kind === "path" && joins.length > 0)
        .map(({ joins }) => joins.at(-1)!.texts[0]!.text);
    expect(targets(synthesize())).toEqual(["xyzdfdacrdev"]);
    const regional = synthesize({ registry: { regionalEndpoints: true } });
    expect(targets(regional)).toEqual(["swedencentral", "switzerlandnorth"]);
  });

  test("a mesh as a frame, with one line to all of it", () => {
    const picture = pictureFor(synthesize({ spokes: spokes(11), spokePeering: "mesh" }));
    const [mesh] = picture.boxes.filter(({ kind }) => kind === "section");
    expect(picture.boxes.filter(({ parent }) => parent === mesh)).toHaveLength(11);
    const peerings = picture.lines.filter(({ kind, joins }) => kind === "peering" && joins.length > 0);
    expect(peerings.map(({ joins }) => joins.map(({ kind }) => kind))).toEqual([["hub", "section"]]);
  });

  test("40 spokes by region, those that are alike as one frame with their number, to be read at the width of a page", () => {
    const others: Record<number, object> = { 8: { dnsServers: ["172.16.0.4"] }, 9: { manualApproval: true } };
    const settings = {
      registry: everywhere,
      spokes: spokes(40).map((one, i) => ({ ...one, ...others[i] })),
    };
    const picture = pictureFor(synthesize(settings));
    expect(boxesOf(picture, "network").map((text) => text.replace(/10\.[^|]* \| /, ""))).toEqual([
      "vnet-spoke1-dev | 10.20.0.0/16",
      "vnet-spoke6 … 36-dev | 7 networks alike",
      "vnet-spoke2 … 37-dev | 8 networks alike",
      "vnet-spoke3 … 38-dev | 8 networks alike",
      "vnet-spoke4 … 39-dev | 7 networks alike",
      "vnet-spoke9-dev | 6 answers not known from this file | asks DNS servers in no network here: 172.16.0.4",
      "vnet-spoke5 … 40-dev | 7 networks alike",
      "vnet-spoke10-dev | 6 answers not known from this file",
    ]);
    expect(textsIn(picture)).toEqual(expect.arrayContaining(REGIONS));
    const named = [...svgOf(picture).matchAll(/class="network" data-address="([^"]*)"/g)].flatMap(([, its]) =>
      its!.split("&#10;"),
    );
    expect(new Set(named)).toEqual(new Set(spokes(40).map(({ name }) => `azurerm_virtual_network.${name}_network`)));
    const smallest = Math.min(
      ...[...picture.texts, ...picture.boxes.flatMap(({ texts }) => texts)].map(({ size }) => size),
    );
    expect((900 / picture.width) * smallest).toBeGreaterThanOrEqual(9);
  });

  test("a region to which no client is led", () => {
    const regions = (registry: object) => boxesOf(pictureFor(synthesize({ registry })), "region");
    expect(regions({ regionalEndpoints: true, drained: ["swedencentral"] })).toEqual([
      "swedencentral | no login server leads here",
      "switzerlandnorth",
    ]);
    const unrouted = { replicas: [{ location: "francecentral", routed: false }] };
    expect(regions(unrouted)[0]).toBe("francecentral | drained: Azure routes no clients here");
  });

  test.each([
    ["12 spokes", PICTURES["12-spokes"]!],
    [
      "a path in the colour of each region",
      { registry: { ...everywhere, regionalEndpoints: true }, spokes: spokes(5) },
    ],
  ])("nothing in red but what is broken: %s", (_, settings) => {
    expect(redIn(svgOf(pictureFor(synthesize(settings))))).toEqual([]);
    expect(redIn(svgOf(pictureFor(stateOf(sharedZone()))))).toEqual(["#c62828"]);
  });

  test("which networks ask DNS servers in another", () => {
    const asking = { ...spokes(1)[0]!, dnsServers: ["10.12.0.100"] };
    const picture = pictureFor(synthesize({ hub: { endpoint: true }, spokes: [asking, spokes(2)[1]!] }));
    const asks = picture.lines.filter(({ kind, joins }) => kind === "asks" && joins.length > 0);
    expect(asks.map(({ joins }) => joins.map(({ texts }) => texts.at(0)!.text))).toEqual([
      ["DNS servers", "vnet-spoke1-dev"],
    ]);
  });

  test("a few of many zones and endpoints in one network, and how many more there are", () => {
    const zones = Array.from({ length: 9 }, (_, i) => i);
    const endpoints = zones.map((i): [number, number] => [0, i]);
    const picture = pictureFor(foreignJson({ ...EMPTY, endpoints, zones: zones.map(() => [0]) }));
    expect(boxesOf(picture, "zone")).toEqual([
      expect.stringMatching(/^privatelink\.blob.* \| and 4 more \| returns 9/),
    ]);
    expect(boxesOf(picture, "endpoint")).toHaveLength(8);
    expect(boxesOf(picture, "endpoint").at(-1)).toBe("and 2 more private endpoints");
    expect(boxesOf(picture, "service")).toEqual([expect.stringMatching(/^9 storage accounts \| a0 .* \| and 4 more$/)]);
    expect(faultsIn(picture)).toEqual([]);
  });

  test("a legend of what occurs, and of nothing else", () => {
    const legend = scene.texts.slice(2).map(({ text }) => text);
    const boxes = ["Hub network", "Virtual network", "Private DNS zone", "Private endpoint", "Region of the registry"];
    expect(legend).toEqual([...boxes, "Peering", "Returns the addresses of", "Data path"]);
  });
});

describe("as SVG", () => {
  test("a stack needs nothing but rectangles, paths and texts with colours of their own", () => {
    const svg = svgOf(pictureFor(synthesize({ spokes: spokes(5), spokePeering: "mesh", dns: "shared" })));
    const elements = new Set([...svg.matchAll(/<([^\s/>]+)/g)].map(([, name]) => name));
    expect([...elements].sort()).toEqual(["path", "rect", "svg", "text", "title"]);
    expect(svg).not.toMatch(/var\(|color-mix|style=|url\(|NaN|undefined|Infinity/);
    for (const [, colour] of svg.matchAll(/(?:fill|stroke)="([^"]*)"/g))
      expect(colour).toMatch(/^(none|#[0-9a-f]{6})$/);
  });

  test("a long name is cut", () => {
    const name = "x".repeat(100_000);
    const named = change(perSpoke(), "azurerm_virtual_network.spoke1", { name });
    const scene = pictureFor(synthesized(change(named, "azurerm_container_registry.registry", { name })));
    expect(faultsIn(scene)).toEqual([]);
    expect(svgOf(scene).length).toBeLessThan(20_000);
    expect(scene.width).toBeLessThan(2000);
  });
});

describe("the command", () => {
  const small = join(directory, "small.json");
  writeFileSync(small, JSON.stringify(synthesized([network("hub")])));

  test("writes SVG and PNG of the same picture", async () => {
    const [svg, png] = [join(directory, "both.svg"), join(directory, "both.png")];
    const { status, stderr } = await runIn(directory, "diagram", ["--stack", small, "--svg", svg, "--png", png]);
    expect([status, stderr.trim()]).toEqual([0, `Wrote ${svg} and ${png}.`]);
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(readFileSync(svg, "utf8"))!;
    const written = readFileSync(png);
    expect(written.subarray(1, 4).toString("latin1")).toBe("PNG");
    expect([written.readUInt32BE(16), written.readUInt32BE(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
  });

  test("refuses a network that is too large for a picture", async () => {
    const file = join(directory, "large.json");
    writeFileSync(file, JSON.stringify(synthesized([...Array(401).keys()].map((i) => network(`n${i}`)))));
    const { status, stderr } = await runIn(directory, "diagram", ["--stack", file, "--svg", "large.svg"]);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^Found 401 virtual networks, allowed in a picture: up to 400\./);
  });

  test("marks in a flowchart what differs from another stack: a replica that is added, and the zones with its records", async () => {
    const earlier = folder();
    await runIn(earlier, "synth");
    const later = folder({ registry: { replicas: ["switzerlandnorth", "francecentral"] } });
    const compare = ["--compare", join(earlier, "cdktf.out/stacks/private-registry/cdk.tf.json")];
    const { status, stdout } = await runIn(later, "diagram", compare);
    expect(status).toBe(0);
    expect(stdout).toContain('registry_francecentral[("francecentral<br/>created")]');
    expect(stdout).toMatch(/^ {2}class hub_dns_zone,spoke1_dns_zone,spoke2_dns_zone,registry updated$/m);
    expect(stdout).not.toContain("destroyed");
    expect(await runIn(later, "diagram", [...compare, "--svg", "x.svg"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Give --compare without --svg and --png") as string,
    });
  });
});

describe("the width of a text", () => {
  const SAMPLES = [
    ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)),
    "vnet-spoke1-dev",
    "WAM@%mw",
    "switzerlandnorth · 10.11.0.0/16",
    "…",
    "Ünïcödé žółć",
  ];

  /**
   * Right end of texts of 100 pixels, each between two bars and as far to the left as it is wide at most, as the library for
   * PNG draws them.
   */
  const rightOf = (texts: readonly string[], bold: boolean) => {
    const set = texts.map((text) => {
      const escaped = text.replace(/[&<>]/g, (special) => `&#${special.charCodeAt(0)};`);
      return `<text x="${-textWidth(text, { size: 100, bold })}" y="100" xml:space="preserve">|${escaped}|</text>`;
    });
    const font = `font-family="Arimo" font-size="100"${bold ? ' font-weight="bold"' : ""}`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><g ${font}>${set.join("")}</g></svg>`;
    const { x, width } = new Resvg(svg, { font: { fontBuffers: fonts(), defaultFontFamily: "Arimo" } }).getBBox()!;
    return x + width;
  };

  test.each([false, true])("is at least that in the picture's own font, bold: %s", async (bold) => {
    await ready();
    const most = rightOf([""], bold);
    // All at once first, which is quick.
    const wider = rightOf(SAMPLES, bold) > most ? SAMPLES.filter((text) => rightOf([text], bold) > most) : [];
    expect(wider).toEqual([]);
  });

  test("decides where it is cut", () => {
    const setting = { size: 12 };
    expect(fit("short", 100, setting)).toBe("short");
    const cut = fit("a-name-that-is-too-long", 100, setting);
    expect(cut).toMatch(/^a-name-.*…$/);
    expect(textWidth(cut, setting)).toBeLessThanOrEqual(100);
  });
});

test("a text is cut in a diagram where it is longer than any name", () => {
  const long = synthesized(change(perSpoke(), "azurerm_virtual_network.hub", { name: "x".repeat(100_000) }));
  expect(diagram(previewOf(long)).length).toBeLessThan(5000);
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
