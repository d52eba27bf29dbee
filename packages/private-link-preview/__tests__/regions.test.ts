import { previewOf } from "../lib/preview";
import { reportOf } from "../lib/report";
import { previewText } from "../lib/text/preview-text";
import { createColors } from "picocolors";
import { REGISTRY, pep, recordAddress, vnet } from "./addresses";
import { type Form, type Part, change, part, planOf, planOfJson, stateOf, synthesized, without } from "./forms";
import { registryId } from "./ids";
import { type Host, NAMES, addressAt, fqdn } from "./names";
import { manyNetworks } from "./many-networks";
import { perSpoke, regional, selfRecorded, sharedZone } from "./networks";
import { answerFor, error, resolve, verdicts, warning } from "./outcome";
import { endpoint, network, registry, subnet } from "./parts";
import { leadTo, link, record, view, zone } from "./zones";

const SOME_FORMS: [name: string, form: Form][] = [
  ["a configuration", synthesized],
  ["a plan of a configuration in JSON", planOfJson],
  ["a state", stateOf],
];

const login = (key: string) => recordAddress(key, "login");

/** Each network by the region that is nearest. */
const NEAR = { hub: "swedenLogin", spoke1: "swedenLogin", spoke2: "switzerlandLogin" } as const;

/** A network as it should be, with another record of its login server. */
function leading(home: "hub" | "spoke1" | "spoke2", endpointKey: string, host: Host): Part[] {
  const { address, body, applied } = leadTo(home, endpointKey, host);
  return change(regional(NEAR), address, body, applied);
}

function servedBy(parts: Part[], form: Form, host: Host = "login"): Record<string, string | null> {
  const preview = resolve(parts, form);
  return Object.fromEntries(
    ["hub", "spoke1", "spoke2"].map((key) => [key, answerFor(preview, `vnet-${key}`, host).servedBy]),
  );
}

describe.each(SOME_FORMS)("in %s", (_, form) => {
  test("the login server leads each network to the region whose address its zone holds", () => {
    expect(servedBy(regional(NEAR), form)).toEqual({
      hub: "swedencentral",
      spoke1: "swedencentral",
      spoke2: "switzerlandnorth",
    });
    expect(verdicts(resolve(regional(NEAR), form))).toEqual([]);
  });

  test("Azure chooses where the zone holds the address of the login server itself", () => {
    expect(servedBy(regional({ ...NEAR, hub: "login" }), form)).toMatchObject({
      hub: "azure",
      spoke1: "swedencentral",
    });
  });

  test("Azure chooses where regional endpoints are off", () => {
    expect(servedBy(perSpoke(), form)).toEqual({ hub: "azure", spoke1: "azure", spoke2: "azure" });
  });

  test("the name of a region is served by that region", () => {
    expect(servedBy(regional(NEAR), form, "switzerlandLogin")).toMatchObject({ spoke1: "switzerlandnorth" });
    expect(servedBy(regional(NEAR), form, "sweden")).toMatchObject({ spoke2: "swedencentral" });
  });

  test("a network that is served by another region than its own is found", () => {
    expect(verdicts(resolve(regional({ ...NEAR, spoke1: "switzerlandLogin" }), form))).toEqual([
      warning("served-by-other-region", vnet("spoke1"), login("spoke1")),
    ]);
  });

  test("a network that is served by a replica which is drained is found", () => {
    const drained = [{ location: "Switzerland North", regional_endpoint_enabled: false }];
    const parts = change(regional(NEAR), REGISTRY, { georeplications: drained });
    expect(verdicts(resolve(parts, form))).toEqual([
      warning("served-by-drained-region", vnet("spoke2"), login("spoke2")),
    ]);
    const { body, applied } = leadTo("spoke2", "spoke2", "login");
    expect(verdicts(resolve(change(parts, login("spoke2"), body, applied), form))).toEqual([]);
  });

  test("a name that leads to the regional address of another endpoint is found", () => {
    expect(verdicts(resolve(leading("spoke2", "spoke1", "switzerlandLogin"), form))).toEqual([
      error("unreachable-answer", vnet("spoke2"), login("spoke2"), pep("spoke1")),
    ]);
  });

  test("a regional name without a record is found", () => {
    const parts = without(regional(NEAR), recordAddress("spoke2", "swedenLogin"));
    const { findings } = resolve(parts, form);
    expect(findings).toMatchObject([{ code: "no-record", severity: "error" }]);
    expect(findings[0]!.message).toContain(fqdn("swedenLogin"));
  });

  test("the record of a region that holds the address of another region is found", () => {
    const address = recordAddress("spoke1", "swedenLogin");
    const { body, applied } = leadTo("spoke1", "spoke1", "switzerlandLogin");
    const wrong = change(regional(NEAR), address, { records: body.records }, applied);
    expect(verdicts(resolve(wrong, form))).toEqual([error("wrong-address", address)]);
  });
});

test("a login server that leads to two regions in turn is found, and served by neither", () => {
  const { address, body } = leadTo("hub", "spoke1", "swedenLogin");
  const records = [addressAt("spoke1", "swedenLogin"), addressAt("spoke1", "switzerlandLogin")];
  const parts = change(regional(NEAR), address, body, { records });
  expect(servedBy(parts, stateOf)).toMatchObject({ hub: null });
  expect(verdicts(resolve(parts, stateOf))).toEqual([warning("several-regions", vnet("hub"), login("hub"))]);
});

test("in a plan whose expressions are not shown, it is not known which region serves, and nothing is reported", () => {
  expect(servedBy(regional(NEAR), planOf)).toEqual({ hub: null, spoke1: null, spoke2: null });
  expect(verdicts(resolve(regional(NEAR), planOf))).toEqual([]);
});

describe("regional endpoints are on", () => {
  const oneSpoke = (...hosts: Host[]) => [
    network("spoke1"),
    subnet("spoke1"),
    ...endpoint("spoke1", {}, hosts),
    registry(),
    ...view("spoke1", ["spoke1"], ["spoke1"]),
  ];
  const withRegional = oneSpoke(...(Object.keys(NAMES) as Host[]));

  test("where an endpoint has an address of one, although nothing in the file turns them on", () => {
    const preview = resolve(withRegional, stateOf);
    expect(verdicts(preview)).toEqual([warning("regional-name-without-record", REGISTRY, pep("spoke1"))]);
    // Whether they are still on is not known: the names are not looked up.
    expect(preview.answers).toHaveLength(3);
  });

  test("and decide who serves, where a record holds such an address", () => {
    const { address, body, applied } = leadTo("spoke1", "spoke1", "swedenLogin");
    const preview = resolve(change(withRegional, address, body, applied), stateOf);
    expect(answerFor(preview, "vnet-spoke1").servedBy).toBe("swedencentral");
    expect(preview.findings.map(({ code }) => code)).toEqual(["regional-name-without-record"]);
  });

  test("not where it has none", () => {
    expect(verdicts(resolve(selfRecorded(), stateOf))).toEqual([]);
  });

  test.each([
    ["azapi_update_resource", { properties: { regionalEndpoints: "Enabled" } }, 1],
    ["azapi_resource_action", { properties: { regionalEndpoints: "Enabled" } }, 1],
    ["azapi_update_resource", JSON.stringify({ properties: { regionalEndpoints: "Enabled" } }), 1],
    ["azapi_update_resource", { properties: { regionalEndpoints: "Disabled" } }, 0],
    ["azapi_update_resource", { properties: { adminUserEnabled: false } }, 0],
    ["azapi_update_resource", "not JSON", 0],
  ])("where %s says so: %j", (type, body, count) => {
    const setting = part(`${type}.registry`, {
      type: "Microsoft.ContainerRegistry/registries@2026-03-01-preview",
      resource_id: `\${${REGISTRY}.id}`,
      body,
    });
    const { findings } = resolve([...selfRecorded(), setting], synthesized);
    expect(findings.filter(({ code }) => code === "no-record")).toHaveLength(count);
  });

  test.each([synthesized, planOfJson, stateOf])(
    "where the home region's own replication is drained: %p",
    (form: Form) => {
      const drained = (when: string, regionEndpointEnabled: boolean) =>
        part(
          `azapi_resource_action.${when}`,
          {
            type: "Microsoft.ContainerRegistry/registries/replications@2023-07-01",
            resource_id: `\${${REGISTRY}.id}/replications/swedencentral`,
            when,
            body: { properties: { regionEndpointEnabled } },
          },
          { resource_id: `${registryId()}/replications/swedencentral` },
        );
      const found = (...parts: Part[]) => resolve([...regional(NEAR), ...parts], form).findings.map(({ code }) => code);
      expect(found(drained("apply", false))).toEqual(["served-by-drained-region"]);
      expect(found(drained("apply", true), drained("destroy", false))).toEqual([]);
    },
  );

  test("where a plan of azurerm 5 drains a replica", () => {
    const drained = [{ location: "Switzerland North", global_endpoint_routing_enabled: false }];
    const { findings } = resolve(change(regional(NEAR), REGISTRY, { georeplications: drained }));
    expect(findings.map(({ code }) => code)).toEqual(["served-by-drained-region"]);
  });
});

test("an address that is fixed for a region's member is the address of that region's name", () => {
  const members = { registry: "login", registry_data_swedencentral: "sweden", registry_swedencentral: "swedenLogin" };
  const fixed = Object.entries(members).map(([member_name, host]) => ({
    member_name,
    private_ip_address: addressAt("spoke1", host as Host),
  }));
  const parts = [
    network("spoke1"),
    subnet("spoke1"),
    ...endpoint("spoke1", { ip_configuration: fixed }, []),
    registry({ georeplications: [] }),
    zone("spoke1"),
    link("spoke1", "spoke1"),
    record("spoke1", "login", [], { records: [addressAt("spoke1", "swedenLogin")] }),
    ...(["sweden", "swedenLogin"] as const).map((host) =>
      record("spoke1", host, [], { records: [addressAt("spoke1", host)] }),
    ),
  ];
  const preview = previewOf(synthesized(parts));
  expect(verdicts(preview)).toEqual([]);
  expect(answerFor(preview, "vnet-spoke1").servedBy).toBe("swedencentral");
});

describe("the table", () => {
  const plain = createColors(false);

  test("has a column for the region that serves each network", () => {
    const preview = resolve(regional({ ...NEAR, hub: "login" }), stateOf);
    const text = previewText(preview, plain);
    expect(text).toMatch(/│ Virtual.*│ Zone +│ Answer +│ Served by +│ Reachable/);
    expect(text).toMatch(/│ vnet-hub .*│ Azure's choice +│ yes/);
    expect(text).toMatch(/│ vnet-spoke1 .*│ swedencentral +│ yes/);
    expect(text).toMatch(/│ vnet-spoke2 .*│ switzerlandnorth +│ yes/);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(reportOf(preview, { format: "markdown" }).text).toMatch(
      /^\| `vnet-hub` .* \| Azure's choice \| ✅ yes \|$/m,
    );
  });

  test("has a name that is (known after apply) in words, below the address of what has it", () => {
    const text = previewText(resolve(change(perSpoke(), REGISTRY, { name: "${var.name}" })), plain);
    expect(text).toMatch(/^azurerm_container_registry\.registry\n {2}login server \(known after apply\)\.azurecr\.io,/);
  });

  test("names the zone, and its resource only where several of its name answer; spoke2 is before spoke10", () => {
    const text = previewText(resolve(manyNetworks(10)), plain);
    const cells = (column: number) =>
      text
        .split("\n")
        .map((line) => line.split("│")[column]?.trim() ?? "")
        .filter(Boolean);
    expect(cells(1)).toEqual([
      "Virtual network",
      "vnet-hub",
      ...Array.from({ length: 10 }, (_, i) => `vnet-spoke${i + 1}`),
    ]);
    expect(cells(2).slice(0, 3)).toEqual(["Zone", "privatelink.azurecr.io", "(hub)"]);
    expect(previewText(resolve(sharedZone()), plain)).not.toMatch(/│ privatelink\.azurecr\.io +│[^\n]*\n│[^\n]*│ \(/);
  });

  test("says that Azure chooses where regional endpoints are off", () => {
    const text = previewText(resolve(perSpoke(), stateOf), plain);
    expect(text).toContain("login server acmeacr.azurecr.io, served by the region that Azure chooses");
    expect(text).not.toContain("Served by");
  });
});
