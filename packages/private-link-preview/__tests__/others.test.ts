import { previewOf } from "../lib/preview";
import { pep, ref } from "./addresses";
import { shown } from "./forms";
import { idOf, zoneId } from "./ids";
import { ZONE } from "./names";
import { connection } from "./parts";

const HUB = idOf("theirs", "Microsoft.Network/virtualNetworks", "hub");
const SPOKE = idOf("theirs", "Microsoft.Network/virtualNetworks", "spoke");
const REGISTRY = idOf("theirs", "Microsoft.ContainerRegistry/registries", "images");
const ZONE_ID = zoneId("theirs").replace("rg-", "");
const ENDPOINT = pep("spoke");

const existing = [
  { id: HUB, location: "uksouth", properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } },
  { id: SPOKE, location: "uksouth", properties: { addressSpace: { addressPrefixes: ["10.1.0.0/16"] } } },
  ...[
    [HUB, SPOKE],
    [SPOKE, HUB],
  ].map(([from, to]) => ({
    id: `${from!}/virtualNetworkPeerings/a`,
    properties: { remoteVirtualNetwork: { id: to }, allowVirtualNetworkAccess: true },
  })),
  { id: REGISTRY, location: "uksouth" },
  { id: `${REGISTRY}/replications/ukwest`, location: "ukwest" },
];
const HOSTS = ["images", "images.uksouth.data", "images.ukwest.data"];

const endpoint = {
  name: "pep-spoke",
  location: "uksouth",
  subnet_id: `${SPOKE}/subnets/endpoints`,
  ...connection(REGISTRY),
};
const nic = "data.azapi_resource.nic";
const records = ["hub", "spoke"].flatMap((network) =>
  HOSTS.map((name, i) => ({
    network,
    virtual_network: network,
    virtual_network_id: network === "hub" ? HUB : SPOKE,
    zone: ZONE,
    name,
    addresses: [`10.1.0.${4 + i}`],
    private_endpoint: "pep-spoke",
  })),
);

/** A configuration, or what Terraform shows of it, with outputs of what others manage. */
const FORMS: Record<string, (outputs: Record<string, unknown>) => object> = {
  "a configuration": (outputs) => ({
    resource: { azurerm_private_endpoint: { spoke: endpoint } },
    data: {
      azapi_resource: {
        nic: {
          type: "Microsoft.Network/networkInterfaces@2024-05-01",
          resource_id: ref(ENDPOINT, "network_interface[0].id"),
        },
      },
    },
    output: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => {
        const written = () =>
          (value as typeof records).map((record) => ({ ...record, addresses: [`\${one(${nic}.output.x)}`] }));
        return [name, { value: name === "dns_records" ? written() : value }];
      }),
    ),
  }),
  "a plan that creates the endpoint": (outputs) => ({
    format_version: "1.2",
    planned_values: {
      outputs: { existing_resources: { value: outputs.existing_resources } },
      root_module: { resources: [shown(ENDPOINT, endpoint)] },
    },
    output_changes: {
      dns_records: {
        after: (outputs.dns_records as typeof records).map((record) => ({ ...record, addresses: undefined })),
      },
    },
    configuration: { root_module: {} },
  }),
  "a state": (outputs) => {
    const custom_dns_configs = HOSTS.map((name, i) => ({
      fqdn: `${name}.azurecr.io`,
      ip_addresses: [`10.1.0.${4 + i}`],
    }));
    const id = idOf("theirs", "Microsoft.Network/privateEndpoints", "pep-spoke");
    return {
      format_version: "1.0",
      values: {
        outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }])),
        root_module: { resources: [shown(ENDPOINT, { ...endpoint, id, custom_dns_configs })] },
      },
    };
  },
};

describe.each(Object.entries(FORMS))("%s", (_, form) => {
  test("that says what exists and which records others write has every answer known", () => {
    const { answers, findings } = previewOf(form({ existing_resources: existing, dns_records: records }));
    expect(findings).toEqual([]);
    expect(
      answers.map(({ virtualNetwork, host, reachable, endpoints }) => [virtualNetwork, host, reachable, endpoints]),
    ).toEqual(
      ["hub", "spoke"].flatMap((network) => HOSTS.map((name) => [network, `${name}.azurecr.io`, true, [ENDPOINT]])),
    );
  });

  test("that lacks a record for one network shows it", () => {
    const lacking = records.filter(({ network, name }) => network !== "hub" || name !== "images.ukwest.data");
    const { answers } = previewOf(form({ existing_resources: existing, dns_records: lacking }));
    expect(
      answers.filter(({ reachable }) => reachable !== true).map(({ virtualNetwork, host }) => [virtualNetwork, host]),
    ).toEqual([["hub", "images.ukwest.data.azurecr.io"]]);
  });

  test("that says nothing of a peering of others takes it on trust, and warns", () => {
    const apart = existing.filter((one) => !one.id.includes("Peerings"));
    const { findings } = previewOf(form({ existing_resources: apart, dns_records: records }));
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual(["warning peering-not-known"]);
  });

  test("of which an output has another form is refused, with the place", () => {
    expect(() =>
      previewOf(form({ existing_resources: existing, dns_records: [{ network: "hub" }] }), "x.json"),
    ).toThrow(/^x\.json: ?(output|outputs|values\.outputs)\.dns_records\[0\]\.zone: found nothing, allowed: a string$/);
    expect(() => previewOf(form({ existing_resources: "all", dns_records: [] }), "x.json")).toThrow(
      /existing_resources: found "all", allowed: a list$/,
    );
  });
});

test("a data source of what exists is the same network, and not another one", () => {
  const json = FORMS["a configuration"]!({ existing_resources: existing, dns_records: records }) as { data: object };
  const { model } = previewOf({
    ...json,
    data: {
      azapi_resource: {
        ...(json.data as { azapi_resource: object }).azapi_resource,
        hub: { type: "Microsoft.Network/virtualNetworks@2024-05-01", resource_id: HUB },
      },
    },
  });
  expect(model.networks.map(({ address }) => address)).toEqual([HUB, SPOKE]);
});

test("zones of the same name and group in two subscriptions are two, by the subscription of each record's provider", () => {
  const zoneIn = (subscription: string) => ZONE_ID.replace("000000000001", subscription);
  const [mine, theirs] = [zoneIn("00000000000a"), zoneIn("00000000000b")];
  const linked = (zone: string, network: string) => [
    { id: zone },
    { id: `${zone}/virtualNetworkLinks/a`, properties: { virtualNetwork: { id: network } } },
  ];
  const recordIn = (alias: string, name: string) => ({
    provider: `azurerm.${alias}`,
    name,
    zone_name: ZONE,
    resource_group_name: "theirs",
    records: [ref(ENDPOINT, "custom_dns_configs")],
  });
  const aliases = ["a", "b"];
  const json = {
    provider: {
      azurerm: aliases.map((alias) => ({ alias, subscription_id: `00000000-0000-0000-0000-00000000000${alias}` })),
    },
    resource: {
      azurerm_private_endpoint: { spoke: endpoint },
      azurerm_private_dns_a_record: Object.fromEntries(
        aliases.flatMap((alias) =>
          HOSTS.map((name) => [`${alias}-${name.replaceAll(".", "-")}`, recordIn(alias, name)]),
        ),
      ),
    },
    output: { existing_resources: { value: [...existing, ...linked(mine, SPOKE), ...linked(theirs, HUB)] } },
  };
  const { answers } = previewOf(json);
  expect(
    new Set(answers.map(({ virtualNetwork, zone, endpoints }) => `${virtualNetwork} ${zone!} ${endpoints.join()}`)),
  ).toEqual(new Set([`hub ${theirs} ${ENDPOINT}`, `spoke ${mine} ${ENDPOINT}`]));
});
