import { TerraformOutput, type TerraformStack } from "./terraform";
import type { VirtualNetworkReference } from "./network/network";
import type { RegistryEndpoint } from "./registry/endpoint";
import type { Registry } from "./registry/registry";

/** A network outside Azure, connected to the gateway of a hub. */
export interface Client {
  readonly name: string;
  /** The network of that hub, or the id of a Virtual WAN hub. */
  readonly gateway: VirtualNetworkReference | string;
  /** What its DNS forwards names to. */
  readonly dnsServers: readonly string[];
  /** Zones of its conditional forwarders. @default - it forwards all names */
  readonly forwards?: readonly string[] | undefined;
}

/** What a deployment says of itself. */
export interface OutputsProps {
  readonly registry: Registry;
  readonly endpoints: readonly RegistryEndpoint[];
  /** What exists and is used, in the form of Azure's API. */
  readonly existing: readonly object[];
  readonly clients: readonly Client[];
}

/** Outputs that people and other configurations rely on. */
export function addOutputs(stack: TerraformStack, { registry, endpoints, existing, clients }: OutputsProps): void {
  const output = (id: string, value: unknown, description: string) =>
    new TerraformOutput(stack, id, { value, description });
  const addresses = endpoints.map((endpoint) => [endpoint.network.name, endpoint.addresses()] as const);
  output("registry_name", registry.name, "Name of the registry.");
  output("login_server", registry.hosts[0]!.fqdn, "Host name for docker login, push and pull.");
  output(
    "endpoint_addresses",
    Object.fromEntries(addresses),
    "For each network with an endpoint, that endpoint's addresses for the registry's host names.",
  );
  if (existing.length > 0)
    output(
      "existing_resources",
      existing,
      "What is used and not managed here, as the settings say it, in the form of Azure's API.",
    );
  if (clients.length > 0)
    output(
      "dns_clients",
      clients.map(({ name, gateway, dnsServers, forwards }) => ({
        name,
        ...(typeof gateway === "string"
          ? { virtual_hub_id: gateway }
          : { virtual_network: gateway.name, virtual_network_id: gateway.id }),
        dns_servers: dnsServers,
        ...(forwards && { forwards }),
      })),
      "Networks outside Azure, as the settings say it, and what their DNS forwards.",
    );
}
