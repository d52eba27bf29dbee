import { TerraformOutput, type TerraformStack } from "../terraform";
import type { RegistryEndpoint } from "./registry/endpoint";
import type { Registry } from "./registry/registry";

/** What a deployment says of itself. */
export interface OutputsProps {
  readonly registry: Registry;
  readonly endpoints: readonly RegistryEndpoint[];
  /** What exists and is used, in the form of Azure's API. */
  readonly existing: readonly object[];
}

/** Outputs that people and other configurations rely on. */
export function addOutputs(stack: TerraformStack, { registry, endpoints, existing }: OutputsProps): void {
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
}
