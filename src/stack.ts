import { join, relative, resolve, sep } from "node:path";
import { LocalBackend, type TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import { AzapiProvider } from "./azapi";
import { CLOUDS } from "./azure/clouds";
import { AzurermProvider } from "./azurerm";
import { oneView, viewPerNetwork } from "./dns/arrangement";
import { DnsView } from "./dns/view";
import { MAIN } from "./main-resource";
import { Naming, registryHosts, registryName } from "./naming";
import { Hub } from "./network/hub";
import { peer } from "./network/peering";
import { Spoke } from "./network/spoke";
import { RegistryEndpoint } from "./registry/endpoint";
import { Registry } from "./registry/registry";
import { type Resolution, resolveNames } from "./resolution/resolution";
import type { Settings } from "./settings/schema";
import { TestVm } from "./test-vms/test-vm";
import { TlsPrivateKey, TlsProvider } from "./tls";

/** Id of the stack, and so of its folder below `cdktf.out/stacks`. */
export const STACK_ID = "private-registry";

/**
 * Hub, registry, spokes, endpoints, DNS, test VMs: the whole network, as its diagram shows it.
 *
 * It does not synthesize if any network would get an answer that is wrong or that it can't reach.
 */
export class PrivateRegistryStack extends TerraformStack {
  private terraform?: object;
  private resolved?: Resolution;

  constructor(scope: Construct, settings: Settings) {
    super(scope, STACK_ID);
    const { registry: registrySettings, testVms } = settings;
    const naming = new Naming(settings.environment);
    const tags = {
      ...settings.tags,
      environment: settings.environment,
      owner: settings.owner,
      version: settings.releaseVersion,
    };
    const common = { naming, tags };
    const cloud = CLOUDS.public;

    new LocalBackend(this, { path: statePath() });
    new AzurermProvider(this, "azurerm", {
      features: [{}],
      resourceProviderRegistrations: "none",
      resourceProvidersToRegister: [
        "Microsoft.ContainerRegistry",
        "Microsoft.Network",
        ...(testVms ? ["Microsoft.Compute", "Microsoft.DevTestLab"] : []),
      ],
    });
    new AzapiProvider(this, "azapi");

    const hub = new Hub(this, { ...settings.hub, ...common });

    const name = registryName(registrySettings.namePrefix, settings.environment);
    const regions = [registrySettings.location, ...registrySettings.replicas].sort();
    const hosts = registryHosts(name, regions, cloud);
    const registry = new Registry(this, "registry", { ...registrySettings, name, hosts, ...common });

    const spokes = [...settings.spokes].sort(byName).map(
      ({ name, location, addressSpace }) =>
        new Spoke(this, name, {
          location,
          addressSpace,
          ...(hub.bastionRange && { bastionRange: hub.bastionRange }),
          ...common,
        }),
    );
    for (const spoke of spokes) peer(hub, spoke, naming);
    if (settings.spokePeering === "mesh") {
      for (const [i, spoke] of spokes.entries()) {
        for (const other of spokes.slice(i + 1)) peer(spoke, other, naming);
      }
    }

    const endpoints = spokes.map(
      (spoke) => new RegistryEndpoint(spoke, "endpoint", { registry, network: spoke, subnet: spoke.endpoints, naming }),
    );

    const atHome = endpoints.find(({ network }) => network.place.location === registrySettings.location);
    const homeEndpoint = atHome ?? endpoints[0]!;
    const views = settings.dns === "shared" ? oneView(hub, endpoints) : viewPerNetwork(hub, homeEndpoint, endpoints);
    for (const { home, ...view } of views) {
      new DnsView(home, "dns", { ...view, zoneName: cloud.privateLinkZone, hosts, ttl: settings.recordTtl, naming });
    }

    if (testVms) {
      const sshPublicKey = testVms.sshPublicKey ?? this.generateKey();
      for (const spoke of spokes) {
        const vm = new TestVm(spoke, "vm", {
          ...testVms,
          network: spoke,
          subnet: spoke.workloads,
          registry,
          sshPublicKey,
          naming,
        });
        if (spoke === homeEndpoint.network) vm.allowPush();
      }
    }

    this.node.addValidation({
      validate: () =>
        this.resolution.findings.filter(({ severity }) => severity === "error").map(({ message }) => message),
    });

    new TerraformOutput(this, "registry_name", { value: name, description: "Name of the registry." });
    new TerraformOutput(this, "login_server", {
      value: `${name}.${cloud.registrySuffix}`,
      description: "Host name for docker login, push and pull.",
    });
    new TerraformOutput(this, "endpoint_addresses", {
      value: Object.fromEntries(endpoints.map((endpoint) => [endpoint.network.name, endpoint.addresses()])),
      description: "For each spoke, the addresses that its endpoint has for the registry's host names.",
    });
  }

  /** Who resolves the registry to what, read from the Terraform JSON and not from what the constructs meant. */
  public get resolution(): Resolution {
    return (this.resolved ??= resolveNames(this.toTerraform()));
  }

  public override prepareStack(): void {
    // Nothing: cdktf would evaluate every element to find references to other stacks, and there are none.
  }

  /** The Terraform JSON, made once: it is validated, summarised and written. */
  public override toTerraform(): object {
    return (this.terraform ??= super.toTerraform() as object);
  }

  private generateKey(): string {
    new TlsProvider(this, "tls");
    const key = new TlsPrivateKey(this, "vm-key");
    new TerraformOutput(this, "vm_private_key", {
      value: key.privateKeyOpenssh,
      sensitive: true,
      description: "Private SSH key of the test VMs' user.",
    });
    return key.publicKeyOpenssh;
  }

  /**
   * The path from the stack to the element, joined by underscores, where a construct's main resource goes by the
   * construct's own name: a plan reads `azurerm_private_endpoint.spoke1_endpoint`, without a hash. No id of a construct
   * holds an underscore, so no two paths give one id.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const [, ...ids] = ("node" in element ? element.node : element).path.split("/");
    return ids.filter((id) => id !== MAIN).join("_");
  }
}

/**
 * The state's file, in the directory where the command runs, as seen from the stack's folder, where Terraform runs:
 * a relative path, so that the JSON is the same wherever the project lies.
 */
function statePath(): string {
  const stackFolder = resolve(process.env.CDKTF_OUTDIR ?? "cdktf.out", "stacks", STACK_ID);
  return join(relative(stackFolder, process.cwd()), `terraform.${STACK_ID}.tfstate`).split(sep).join("/");
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
