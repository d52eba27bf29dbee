import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProviderBlock, moduleFiles } from "./configuration";

/** The file that replaces credentials. It comes last, so that no override of the folder's own replaces it. */
const FILE = "zzz_rehearsal_override.tf.json";

/** Values for the providers of Azure that a configuration may set, and that would lead to another Azure or need a login. */
export interface EmulatedAzure {
  /** Such as `localhost:8443`. */
  readonly host: string;
  readonly tenantId: string;
  readonly clientId: string;
}

/** What replaces an attribute or block of a provider's configuration; `undefined` leaves it. */
function replacements({ host, tenantId, clientId }: EmulatedAzure): Record<string, Record<string, unknown>> {
  const credentials = {
    tenant_id: tenantId,
    auxiliary_tenant_ids: [],
    client_id: clientId,
    client_id_file_path: null,
    client_certificate: null,
    client_certificate_path: null,
    client_certificate_password: null,
    // The emulated Azure accepts any secret.
    client_secret: "none",
    client_secret_file_path: null,
    oidc_request_token: null,
    oidc_request_url: null,
    oidc_token: null,
    oidc_token_file_path: null,
    oidc_azure_service_connection_id: null,
    ado_pipeline_service_connection_id: null,
    use_oidc: false,
    use_msi: false,
    use_cli: false,
    use_aks_workload_identity: false,
    msi_endpoint: null,
    use_powershell: false,
  };
  const url = `https://${host}/`;
  return {
    azurerm: { ...credentials, metadata_host: host, environment: "public" },
    azapi: {
      ...credentials,
      environment: "custom",
      endpoint: [
        { resource_manager_endpoint: url, active_directory_authority_host: url, resource_manager_audience: url },
      ],
      disable_instance_discovery: true,
    },
  };
}

/**
 * Replaces the credentials in a module's configurations of azurerm and azapi by those of the emulated Azure, with an override
 * file. What they do not set comes from the environment.
 *
 * @param isRoot - whether the module is the folder: one without a configuration of azurerm gets one, which azurerm needs
 */
export function overrideProviders(folder: string, azure: EmulatedAzure, isRoot: boolean, usesAzurerm: boolean): void {
  const blocks = moduleFiles(folder).providers;
  const provider: Partial<Record<string, object[]>> = {};
  for (const [name, values] of Object.entries(replacements(azure))) {
    const overrides = blocks.filter((block) => block.name === name).flatMap((block) => override(block, values) ?? []);
    if (overrides.length > 0) provider[name] = overrides;
  }
  if (isRoot && usesAzurerm && !blocks.some(({ name, alias }) => name === "azurerm" && alias === undefined))
    provider.azurerm = [...(provider.azurerm ?? []), { features: [{}] }];
  if (Object.keys(provider).length > 0) writeFileSync(join(folder, FILE), JSON.stringify({ provider }, null, 2));
}

function override({ alias, members }: ProviderBlock, values: Record<string, unknown>): object | undefined {
  const replaced = Object.entries(values).filter(([name]) => members.includes(name));
  return replaced.length === 0 ? undefined : { ...(alias !== undefined && { alias }), ...Object.fromEntries(replaced) };
}
