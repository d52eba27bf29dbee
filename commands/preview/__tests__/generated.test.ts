import { type Answer, type Finding, previewOf } from "../../../packages/private-link-preview";
import { pictureOf } from "../../../packages/private-link-preview/lib/drawing/draw";
import type { PageData } from "../../../packages/private-link-preview/lib/html/data";
import { diagram, reportOf } from "../../../packages/private-link-preview/report";
import { anyStackOf } from "../../../__tests__/support/any-stack";
import { settings as anySettings } from "../../../__tests__/support/arbitraries";
import { type TerraformJson, synthesize } from "../../../__tests__/support/synth";
import { faultsIn } from "./picture-faults";

const forAnyStack = anyStackOf(anySettings);

const VNET_LINK = "azurerm_private_dns_zone_virtual_network_link";

/** Preview errors of a stack without one of its resources of a type, or its warnings, as "CODE: first resource". */
function errorsWithout(
  json: TerraformJson,
  type: string,
  name: string,
  wanted: Finding["severity"] = "error",
): string[] {
  const others = Object.fromEntries(Object.entries(json.resource[type]!).filter(([other]) => other !== name));
  return previewOf({ ...json, resource: { ...json.resource, [type]: others } })
    .findings.filter(({ severity }) => severity === wanted)
    .map(({ code, resources }) => `${code}: ${resources[0] ?? ""}`)
    .sort();
}

/** The network that a logical id starts with: `spoke1` of `spoke1_zone-link`. */
const networkOf = (name: string) => name.split("_")[0]!;

/** A hub or spoke; `served` in the support folder adds the key. */
interface Part {
  readonly name: string;
  readonly location: string;
  readonly servedBy?: string | string[];
}

interface Told {
  readonly dns: string;
  readonly registry: {
    readonly location: string;
    readonly replicas: readonly (string | { readonly location: string })[];
    readonly regionalEndpoints?: boolean;
    readonly drained?: readonly string[];
    readonly publicAccess?: unknown;
  };
  readonly hub?: object;
  readonly hubs?: readonly Part[];
  readonly spokes: readonly (Part & { readonly hub?: string })[];
  readonly clients: readonly { readonly name: string }[];
}

/** The addresses of a network, and of the clients that get what it gets: all are connected to the first hub. */
function addressesOf({ clients }: Told, network: string): string[] {
  const outside = network === "hub" ? clients.map(({ name }) => `client.${name}`) : [];
  return [`azurerm_virtual_network.${network}_network`, ...outside];
}

/** The hubs by the names of their parts. */
function hubsOf({ hub, hubs = [{ name: "hub", location: "", ...hub }] }: Told): Map<string, Part> {
  return new Map(hubs.map((one) => [one.name === "hub" ? "hub" : `hub-${one.name}`, one]));
}

/** The region that should serve a network, told from the settings alone. */
function serving(settings: Told, network: string): string {
  const { registry, spokes } = settings;
  const { location, replicas, regionalEndpoints, drained = [] } = registry;
  if (!regionalEndpoints) return "azure";
  const regions = [location, ...replicas.map((replica) => (typeof replica === "string" ? replica : replica.location))];
  const spoke = spokes.find(({ name }) => name === network);
  const part = spoke ?? hubsOf(settings).get(network)!;
  const { servedBy } = part;
  const near = spoke || (network !== "hub" && regions.includes(part.location)) ? part.location : location;
  const preferred = servedBy ?? (regions.includes(near) ? [near, ...regions.filter((region) => region !== near)] : []);
  return [preferred].flat().find((region) => !drained.includes(region)) ?? "azure";
}

/** The networks whose endpoints a network should be answered with, told from the settings alone. */
function answering(settings: Told, network: string): string[] {
  const { dns, registry } = settings;
  const hub = hubsOf(settings).get(network);
  const spokes = settings.spokes.filter((spoke) => !hub || dns === "shared" || (spoke.hub ?? "hub") === hub.name);
  const names = spokes.map(({ name }) => name).sort();
  if (dns === "shared") return names;
  if (!hub) return [network];
  const atHome = spokes.filter(({ location }) => location === registry.location).map(({ name }) => name);
  return [[...atHome].sort()[0] ?? names[0]!];
}

/** Checks, for any settings, their stack and one of its resources of a type. */
function forAnyOne(
  name: string,
  type: string,
  check: (settings: Told, json: TerraformJson, name: string) => void,
): void {
  forAnyStack(name, (json, settings) => {
    const names = Object.keys(json.resource[type]!);
    // Any one, but for the same settings the same.
    check(settings, json, names[JSON.stringify(settings).length % names.length]!);
  });
}

forAnyStack(
  "whatever the settings accept, every network gets answers that it reaches, as its picture shows",
  (json, settings) => {
    const preview = previewOf(json);
    const { answers, findings } = preview;
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    const regions = settings.registry.replicas.length + 1;
    const names = 1 + regions * ("regionalEndpoints" in settings.registry ? 2 : 1);
    expect(answers).toHaveLength((settings.spokes.length + hubsOf(settings).size + settings.clients.length) * names);
    expect(answers.filter(({ reachable }) => !reachable)).toEqual([]);
    expect(faultsIn(pictureOf(preview))).toEqual([]);
  },
);

forAnyStack(
  "whatever the settings accept, each network is served by the first region of its preference that is not drained",
  (json, settings) => {
    const { lookups } = previewOf(json);
    const told = lookups
      .filter(({ host }) => host.kind === "global")
      .map(({ network, servedBy }) => [network.address, servedBy]);
    const networks = [...hubsOf(settings).keys(), ...settings.spokes.map(({ name }) => name)];
    const expected = networks.flatMap((name) =>
      addressesOf(settings, name).map((address) => [address, [serving(settings, name)]]),
    );
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(expected));
  },
);

/** Expects that without a resource a network gets the public address: an error, unless the registry is open over it. */
function expectWithout(
  { registry }: Told,
  json: TerraformJson,
  type: string,
  name: string,
  errors: readonly string[],
): void {
  const isOpen = (registry.publicAccess ?? false) !== false;
  expect(errorsWithout(json, type, name)).toEqual(isOpen ? [] : errors);
  expect(errorsWithout(json, type, name, "warning").join()).toMatch(
    isOpen ? /public-answer: / : /^(?!.*public-answer)/,
  );
}

forAnyOne("a link taken away is found", VNET_LINK, (settings, json, name) => {
  const errors = addressesOf(settings, networkOf(name)).map((address) => `no-zone: ${address}`);
  expectWithout(settings, json, VNET_LINK, name, errors);
});

forAnyOne("a record taken away is found", "azurerm_private_dns_a_record", (settings, json, name) => {
  const error = `no-record: azurerm_private_dns_zone.${networkOf(name)}_dns_zone`;
  expectWithout(settings, json, "azurerm_private_dns_a_record", name, [error]);
});

forAnyOne(
  "a peering taken away is found, with the answers that are lost with it",
  "azurerm_virtual_network_peering",
  (settings, json, name) => {
    const [from, to] = name.split("_peering-to-") as [string, string];
    const losing = [
      ...(answering(settings, from).includes(to) ? [from] : []),
      ...(answering(settings, to).includes(from) ? [to] : []),
    ];
    const mixed = losing.some((network) => answering(settings, network).length > 1);
    expect(errorsWithout(json, "azurerm_virtual_network_peering", name)).toEqual(
      [
        `one-sided-peering: azurerm_virtual_network_peering.${to}_peering-to-${from}`,
        ...losing.flatMap((network) => addressesOf(settings, network).map((one) => `unreachable-answer: ${one}`)),
        ...(mixed ? ["mixed-record: azurerm_private_dns_a_record.hub_dns_login-server"] : []),
      ].sort(),
    );
  },
);

forAnyOne(
  "an endpoint taken away is found, in each zone that answered with it",
  "azurerm_private_endpoint",
  (settings, json, name) => {
    const homes =
      settings.dns === "shared" ? ["hub"] : [...hubsOf(settings).keys(), ...settings.spokes.map((spoke) => spoke.name)];
    const zones = homes.filter((home) => answering(settings, home).includes(networkOf(name)));
    expect(errorsWithout(json, "azurerm_private_endpoint", name)).toEqual(
      zones.map((home) => `dangling-record: azurerm_private_dns_a_record.${home}_dns_login-server`).sort(),
    );
  },
);

/** The stack without one of its resources, or with one of its facts hidden, by a number. */
function changed(json: TerraformJson, number: number): TerraformJson {
  const all = Object.entries(json.resource).flatMap(([type, named]) =>
    Object.keys(named).map((name) => [type, name] as const),
  );
  const [type, name] = all[number % all.length]!;
  const resource = structuredClone(json.resource);
  const [body] = [resource[type]![name] as Record<string, unknown>];
  if (type === "azurerm_virtual_network_peering" && number % 2 === 0)
    body.allow_virtual_network_access = "${var.access}";
  else if (type === "azurerm_virtual_network" && number % 2 === 0) body.dns_servers = ["172.16.0.4"];
  else resource[type] = Object.fromEntries(Object.entries(resource[type]!).filter(([one]) => one !== name));
  return { ...json, resource };
}

/** The stack with a network that has lost its link, and a registry that is open to all, to some ranges, or to nobody. */
function unlinked(json: TerraformJson, number: number): TerraformJson {
  const { [VNET_LINK]: links, azurerm_container_registry: registries, ...resource } = structuredClone(json.resource);
  const network_rule_set = [{ default_action: "Deny", ip_rule: [{ ip_range: "203.0.113.0/24" }] }];
  const access = [{}, { network_rule_set }, { public_network_access_enabled: false }][number % 3];
  for (const body of Object.values(registries!))
    Object.assign(body, { public_network_access_enabled: true, ...access });
  const left = Object.fromEntries(Object.entries(links!).filter((_, index) => index !== number % 2));
  return { ...json, resource: { ...resource, azurerm_container_registry: registries!, [VNET_LINK]: left } };
}

/** The codes of blocking findings, errors and answers, as JSON tells them. */
interface AsJson {
  readonly answers: readonly (Pick<
    Answer,
    "virtualNetworkAddress" | "host" | "reachable" | "known" | "reason" | "answeredBy"
  > & {
    readonly trace: readonly { readonly state: string; readonly findings: readonly string[] }[];
  })[];
  readonly findings: readonly Pick<Finding, "code" | "severity">[];
}

forAnyStack("every format tells the same answers, reasons and counts", (json, settings) => {
  // Any change, but for the same settings the same.
  const { length } = JSON.stringify(settings);
  const preview = previewOf(length % 4 === 0 ? unlinked(json, length / 4) : changed(json, length));
  const as = (format: "table" | "json" | "markdown" | "html" | "sarif" | "junit" | "github") =>
    reportOf(preview, { format }).text;
  const { answers, findings } = JSON.parse(as("json")) as AsJson;
  const codes = findings.map(({ code }) => code);
  const errors = findings.filter(({ severity }) => severity === "error").map(({ code }) => code);
  const having = (wanted: boolean | null) => answers.filter(({ reachable }) => reachable === wanted).length;

  for (const { reachable, known, reason, trace, answeredBy } of answers) {
    const states = trace.map(({ state }) => state);
    expect(reachable).toBe(states.includes("broken") ? false : states.includes("not known") ? null : true);
    expect(known).toBe(!states.includes("not known"));
    const step = trace.find(({ state }) => state === (reachable === false ? "broken" : "not known"));
    const because = answeredBy === "public" ? "public-answer" : null;
    expect(reason).toBe(reachable === true ? because : step!.findings[0]);
  }
  expect(codes).toEqual(expect.arrayContaining(answers.flatMap(({ reason }) => reason ?? [])));

  const some = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
  const notKnown = having(null) > 0 ? `, ${having(null)} not known` : "";
  const counts = `${some(answers.length, "answer")}: ${having(true)} reachable, ${having(false)} not${notKnown}`;
  const found = `${some(errors.length, "error")}, ${some(codes.length - errors.length, "warning")}`;
  for (const format of ["table", "markdown"] as const) expect(as(format)).toContain(`, ${counts}. ${found}.`);
  const sign = errors.length > 0 ? "❌" : having(true) === answers.length && codes.length === 0 ? "✅" : "⚠️";
  expect(as("markdown")).toMatch(new RegExp(`^### ${sign} `));

  const [, island = ""] = /id="data">(.*?)<\/script>/s.exec(as("html")) ?? [];
  const page = JSON.parse(island) as PageData;
  expect(page.counts).toEqual([expect.stringContaining(counts), found]);
  const shown = page.ways.flatMap((ways, network) =>
    ways.map(([name, , reachable, , steps]) => {
      const broken = [undefined, 1, 1, 2][reachable];
      const step = steps.map((index) => page.steps[index]!).find(([, state]) => state === broken);
      const codesOf = (found: readonly number[] = []) => found.map((finding) => page.findings[finding]!.code);
      const all = codesOf(steps.flatMap((index) => page.steps[index]![4]));
      const reason = codesOf(step?.[4])[0] ?? (all.includes("public-answer") ? "public-answer" : null);
      return [page.networks[network]!.address, page.names[name]!.fqdn, [true, false, false, null][reachable], reason];
    }),
  );
  const told = answers.map(({ virtualNetworkAddress, host, reachable, reason }) => [
    virtualNetworkAddress,
    host,
    reachable,
    reason,
  ]);
  expect(shown.map(String).sort()).toEqual(told.map(String).sort());

  const sarif = JSON.parse(as("sarif")) as { runs: { results: { ruleId: string }[] }[] };
  expect(sarif.runs[0]!.results.map(({ ruleId }) => ruleId).sort()).toEqual([...codes].sort());
  expect([...as("github").matchAll(/^::(error|warning) .*title=([^:,]*)/gm)].map(([, , code]) => code)).toEqual(codes);
  expect(new Set([...as("junit").matchAll(/<failure message="([^:]*): /g)].map(([, code]) => code))).toEqual(
    new Set(errors),
  );
  const isLost = answers.some(({ trace }) => trace.some((step) => step.findings.includes("unreachable-answer")));
  expect(diagram(preview).includes("can't reach")).toBe(isLost);
  const isPublic = answers.some(({ reachable, answeredBy }) => answeredBy === "public" && reachable !== false);
  expect([diagram(preview).includes("by the public address"), codes.includes("public-answer")]).toEqual([
    isPublic,
    isPublic,
  ]);
});

test("what a module may hold that is not in the file is not called missing", () => {
  for (const type of [VNET_LINK, "azurerm_private_dns_a_record", "azurerm_virtual_network_peering"]) {
    const json = synthesize();
    const others = { ...json.resource, [type]: {} };
    const { findings } = previewOf({ ...json, resource: others, module: { rest: { source: "./rest" } } });
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(findings.map(({ code }) => code)).toContain("module-not-read");
  }
});
