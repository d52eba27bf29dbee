import { Construct } from "constructs";
import { join, relative, sep } from "node:path";
import type { CloudName } from "../../packages/common/azure";
import { AzapiProvider } from "./azapi";
import { type AzurermMajor, azurermVersion } from "./azurerm-5";
import { AzurermBackend, AzurermProvider, LocalBackend, TerraformStack } from "./index";
import type { StackFiles } from "./stack-files";

/** Properties of the providers. */
export interface ProvidersProps {
  readonly cloud: CloudName;
  /** Major version of azurerm. */
  readonly azurerm: AzurermMajor;
  /** Azure resource providers that the stack uses. */
  readonly resourceProviders: readonly string[];
}

/** azurerm, for the default subscription and for each other subscription in use, and azapi. */
export class Providers extends Construct {
  private readonly subscriptions = new Map<string, AzurermProvider>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ProvidersProps,
  ) {
    super(scope, id);
    TerraformStack.of(this).addOverride("terraform.required_providers.azurerm.version", azurermVersion(props.azurerm));
    this.makeAzurerm("azurerm");
    new AzapiProvider(this, "azapi", props.cloud === "public" ? {} : { environment: props.cloud });
  }

  /** The azurerm provider of a subscription, with an alias. */
  public ofSubscription(subscriptionId: string): AzurermProvider {
    const key = subscriptionId.toLowerCase();
    const known = this.subscriptions.get(key);
    if (known) return known;
    const provider = this.makeAzurerm(`azurerm-${key}`, { alias: `subscription_${key}`, subscriptionId: key });
    this.subscriptions.set(key, provider);
    return provider;
  }

  private makeAzurerm(id: string, subscription: { alias?: string; subscriptionId?: string } = {}): AzurermProvider {
    return new AzurermProvider(this, id, {
      features: [{}],
      ...subscription,
      ...(this.props.cloud !== "public" && { environment: this.props.cloud }),
      // Otherwise azurerm registers about sixty resource providers.
      resourceProviderRegistrations: "none",
      resourceProvidersToRegister: [...this.props.resourceProviders],
    });
  }
}

/** The Azure resource providers that a stack uses. */
export function resourceProvidersFor(parts: { readonly testVms: boolean; readonly logs: boolean }): string[] {
  return [
    "Microsoft.ContainerRegistry",
    "Microsoft.Network",
    ...(parts.testVms ? ["Microsoft.Compute", "Microsoft.DevTestLab"] : []),
    ...(parts.logs ? ["Microsoft.Insights", "Microsoft.OperationalInsights"] : []),
  ];
}

/** A blob in a storage account. */
export interface StateBlob {
  readonly resourceGroup: string;
  readonly storageAccount: string;
  readonly container: string;
  /** @default - that of the files */
  readonly key?: string | undefined;
}

/**
 * Stores the state in a blob, with access by Microsoft Entra ID and not by a key, or in a local file.
 *
 * The file is in the directory in which the command runs. Its path is relative to the stack's folder, in which Terraform
 * runs, so the JSON does not depend on where the project is.
 */
export function keepState(scope: Construct, cloud: CloudName, files: StackFiles, blob?: StateBlob): void {
  if (blob) {
    new AzurermBackend(scope, {
      resourceGroupName: blob.resourceGroup,
      storageAccountName: blob.storageAccount,
      containerName: blob.container,
      key: blob.key ?? files.stateKey,
      useAzureadAuth: true,
      ...(cloud !== "public" && { environment: cloud }),
    });
    return;
  }
  const path = join(relative(files.folder, process.cwd()), files.stateFile);
  new LocalBackend(scope, { path: path.split(sep).join("/") });
}
