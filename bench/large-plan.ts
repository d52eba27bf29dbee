type Json = Record<string, unknown>;

/** The services of a storage account of which each has an endpoint. */
const KINDS = ["blob", "file", "queue", "table", "dfs"];

/** Collects resources of a plan of a configuration in Terraform's language: what they refer to is known, their ids are not. */
class Plan {
  private readonly planned: Json[] = [];
  private readonly configured: Json[] = [];

  public add(type: string, name: string, values: Json, references: Record<string, string | Json[]> = {}): void {
    const address = `${type}.${name}`;
    const expressions = Object.fromEntries(
      Object.entries(references).map(([key, to]) => [key, typeof to === "string" ? reference(to) : to]),
    );
    this.planned.push({ address, mode: "managed", type, name, values });
    this.configured.push({ address, mode: "managed", type, name, expressions });
  }

  public network(name: string, index: number): void {
    const prefix = `10.${index >> 8}.${index & 255}`;
    this.add("azurerm_virtual_network", name, {
      name,
      resource_group_name: "rg",
      location: "westeurope",
      address_space: [`${prefix}.0/24`],
    });
    this.add(
      "azurerm_subnet",
      name,
      {
        name: "endpoints",
        resource_group_name: "rg",
        virtual_network_name: name,
        address_prefixes: [`${prefix}.0/26`],
      },
      { virtual_network_name: `azurerm_virtual_network.${name}.name` },
    );
  }

  public peered(a: string, b: string): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      this.add(
        "azurerm_virtual_network_peering",
        `${from}-${to}`,
        { name: to, resource_group_name: "rg", virtual_network_name: from, allow_virtual_network_access: true },
        {
          virtual_network_name: `azurerm_virtual_network.${from}.name`,
          remote_virtual_network_id: `azurerm_virtual_network.${to}.id`,
        },
      );
    }
  }

  public zone(name: string, kind: string): void {
    const values = { name: `privatelink.${kind}.core.windows.net`, resource_group_name: `rg-${name}` };
    this.add("azurerm_private_dns_zone", name, values);
  }

  public link(network: string, zone: string): void {
    this.add(
      "azurerm_private_dns_zone_virtual_network_link",
      `${network}-${zone}`,
      { name: network, resource_group_name: `rg-${zone}` },
      {
        private_dns_zone_name: `azurerm_private_dns_zone.${zone}.name`,
        virtual_network_id: `azurerm_virtual_network.${network}.id`,
      },
    );
  }

  /** A storage account with an endpoint for each of its services. */
  public account(name: string, subnet: string, zoneOf: (kind: string) => string): void {
    const values = { name, resource_group_name: "rg", location: "westeurope", public_network_access_enabled: false };
    this.add("azurerm_storage_account", name, values);
    for (const kind of KINDS) {
      this.add(
        "azurerm_private_endpoint",
        `${name}-${kind}`,
        {
          name: `${name}-${kind}`,
          location: "westeurope",
          private_service_connection: [{ is_manual_connection: false, subresource_names: [kind] }],
          private_dns_zone_group: [{ name: "default" }],
        },
        {
          subnet_id: `azurerm_subnet.${subnet}.id`,
          private_service_connection: [
            { private_connection_resource_id: reference(`azurerm_storage_account.${name}.id`) },
          ],
          private_dns_zone_group: [{ private_dns_zone_ids: reference(`azurerm_private_dns_zone.${zoneOf(kind)}.id`) }],
        },
      );
    }
  }

  public toJson(): Json {
    return {
      format_version: "1.2",
      planned_values: { root_module: { resources: this.planned } },
      configuration: { root_module: { resources: this.configured } },
    };
  }
}

function reference(to: string): Json {
  return { references: [to, to.slice(0, to.lastIndexOf("."))] };
}

/**
 * The plan of a hub and spokes with names of storage accounts.
 *
 * @param design - `own`: each spoke has an account and zones of its own; `shared`: all accounts have their endpoints in the
 * hub, and all networks share its zones
 */
export function largePlan(design: "own" | "shared", spokes: number, names: number): object {
  const plan = new Plan();
  plan.network("hub", 65_000);
  const all = Array.from({ length: spokes }, (_, index) => `spoke${index}`);
  for (const [index, spoke] of all.entries()) {
    plan.network(spoke, index);
    plan.peered("hub", spoke);
  }
  const accounts = Array.from({ length: names / KINDS.length }, (_, index) => `account${index}`);
  if (design === "own") {
    for (const [index, account] of accounts.entries()) {
      const spoke = all[index % spokes]!;
      for (const kind of KINDS) {
        plan.zone(`${account}-${kind}`, kind);
        plan.link(spoke, `${account}-${kind}`);
      }
      plan.account(account, spoke, (kind) => `${account}-${kind}`);
    }
  } else {
    for (const kind of KINDS) {
      plan.zone(kind, kind);
      for (const network of ["hub", ...all]) plan.link(network, kind);
    }
    for (const account of accounts) plan.account(account, "hub", (kind) => kind);
  }
  return plan.toJson();
}
