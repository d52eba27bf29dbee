import type { Construct, Node } from "constructs";
import { CLOUDS, registryHosts } from "../packages/common/azure";
import { type Preview, previewOf } from "../packages/private-link-preview";
import { parseId } from "./azure/resource-id";
import {
  addDns,
  addOutputs,
  addTestVms,
  attachedTo,
  Hub,
  lock,
  LogsAndRoles,
  Naming,
  type Network,
  NewRegistry,
  type PartProps,
  peer,
  peerAll,
  type Registry,
  RegistryEndpoint,
  registryName,
  Spoke,
  TasksAndCache,
} from "./constructs";
import { asksHub } from "./settings/hubs";
import { existingResources } from "./settings/existing-resources";
import { REMEDIES } from "./settings/remedies";
import type { HubSettings, Settings, SpokeSettings } from "./settings/schema";
import { regionServing, regionServingHub } from "./settings/served-by";
import { type TerraformElement, TerraformStack } from "./terraform";
import { writeForAzurerm } from "./terraform/azurerm-5";
import { ID, logicalId } from "./terraform/logical-ids";
import { Providers, keepState, resourceProvidersFor } from "./terraform/providers";
import { stackFilesOf, STACK_ID } from "./terraform/stack-files";

/**
 * Hubs, registry, spokes, endpoints, DNS, test VMs: the whole network, as its diagram shows it.
 *
 * Its synthesis fails if a network would get an answer that is wrong or that it can't reach.
 */
export class PrivateRegistryStack extends TerraformStack {
  private readonly common: { readonly naming: Naming; readonly tags: Record<string, string> };
  private readonly providers: Providers;
  private terraform?: object;
  private resolved?: Preview;

  constructor(
    scope: Construct,
    private readonly settings: Settings,
    files = stackFilesOf(),
  ) {
    super(scope, STACK_ID);
    const { environment, owner, releaseVersion: version, cloud, azurerm, testVms } = settings;
    writeForAzurerm(this, azurerm);
    const naming = new Naming(environment);
    this.common = { naming, tags: { ...settings.tags, environment, owner, version } };
    // The construct ids of spokes are their names, in lower case. All other ids here start with a capital letter.
    const used = { testVms: testVms !== false, logs: settings.registry.diagnostics !== false };
    this.providers = new Providers(this, "Providers", {
      cloud,
      azurerm,
      resourceProviders: resourceProvidersFor(used),
    });
    for (const id of settings.formerSubscriptions) this.providers.ofSubscription(id);
    keepState(this.providers, cloud, files, settings.state);

    const hubs = settings.hubs.map((hub) => ({ settings: hub, network: this.hub(hub) }));
    const registry = this.registry();
    const spokes = [...settings.spokes].sort(byName).map((spoke) => {
      const hub = hubs.find(({ settings: { name } }) => name === spoke.hub)!;
      return { settings: spoke, hub: hub.settings, network: this.spoke(spoke, hub.settings, hub.network) };
    });
    peerAll(
      hubs.map(({ network }) => network),
      naming,
    );
    const networks = spokes.map(({ network }) => network);
    for (const network of networks) peer(network.hub!, network, naming, network.usesFirewall);
    if (settings.spokePeering === "mesh") peerAll(networks, naming);

    const endpoints = [
      ...hubs.flatMap(({ settings, network }) => (settings.endpoint ? [this.endpoint(network, registry)] : [])),
      // Spokes that ask their hub's DNS servers have no endpoint: those servers would not return it.
      ...spokes.flatMap(({ settings, hub, network }) =>
        asksHub(settings, hub) ? [] : [this.endpoint(network, registry, settings.manualApproval)],
      ),
    ];
    addDns(this, {
      layout: settings.dns,
      hubs: hubs.map(({ network }) => network),
      endpoints,
      registry,
      servedBy: new Map([
        ...hubs.map((hub) => [hub.network, regionServingHub(hub.settings, settings.registry)] as const),
        ...spokes.map((spoke) => [spoke.network, regionServing(spoke.settings, settings.registry)] as const),
      ]),
      existingZones: new Map([...hubs, ...spokes].map((one) => [one.network, one.settings.existing?.zoneId])),
      providers: this.providers,
      zoneName: CLOUDS[cloud].privateLinkZone,
      ttl: settings.recordTtl,
      naming,
    });
    if (testVms) {
      const { size, encryptionAtHost, shutdownTime, timezone, sshPublicKey } = testVms;
      const machine = { size, encryptionAtHost, shutdownTime, timezone };
      addTestVms(this, { networks, registry, machine, sshPublicKey, naming, keyScope: this.providers });
    }

    const { agentPool, cacheRules, cacheCredentials, deletionProtection } = settings.registry;
    new TasksAndCache(registry, "parts", { registry, networks, agentPool, cacheRules, cacheCredentials });
    if (deletionProtection) lock(registry, attachedTo(registry));
    addOutputs(this, { registry, endpoints, existing: existingResources(settings) });

    this.node.addValidation({
      validate: () =>
        this.preview.findings.filter(({ severity }) => severity === "error").map(({ message }) => message),
    });
  }

  /** What each network's DNS returns, worked out from the Terraform JSON and not from the constructs. */
  public get preview(): Preview {
    return (this.resolved ??= previewOf(this.toTerraform(), undefined, REMEDIES));
  }

  /** The Terraform JSON, created once, since it is validated, summarized and written. */
  public override toTerraform(): object {
    return (this.terraform ??= super.toTerraform() as object);
  }

  private hub({ name, location, addressSpace, dnsServers, bastion, endpoint, existing }: HubSettings): Network {
    const { providers } = this;
    const part: PartProps = { location, ...this.common };
    // Checked with the settings: only a network that exists may go without an address space.
    const hub = { ...part, addressSpace: addressSpace!, dnsServers, bastion: bastion === "basic", endpoint };
    if (!existing) return new Hub(this, name, hub);
    const { virtualNetworkId, endpointSubnetId, peer } = existing;
    return Hub.fromExisting(this, name, { ...part, virtualNetworkId, endpointSubnetId, dnsServers, peer, providers });
  }

  private spoke(spoke: SpokeSettings, { bastion }: HubSettings, hub: Network): Network {
    const { name, location, addressSpace, dnsServers, existing } = spoke;
    const { egress, registry } = this.settings;
    const { providers } = this;
    const part = { location, hub, ...this.common };
    if (existing) {
      const { virtualNetworkId, endpointSubnetId, peer } = existing;
      return Spoke.fromExisting(this, name, {
        ...part,
        virtualNetworkId,
        endpointSubnetId,
        dnsServers,
        peer,
        providers,
      });
    }
    const agents = name === registry.agentPool?.spoke;
    const { bastionRange } = hub;
    const access = { bastionRange, bastion: bastion === "developer", egress, agents };
    return new Spoke(this, name, { ...part, addressSpace: addressSpace!, dnsServers, ...access });
  }

  /** The registry, created, imported or existing, with its logs and roles. */
  private registry(): Registry {
    const { environment, cloud, registry: settings } = this.settings;
    const { location, replicas, regionalEndpoints, repositoryPermissions, publicAccess, existing } = settings;
    const name = existing
      ? parseId("registry", existing.registryId)!.names[0]!.toLowerCase()
      : registryName(settings.namePrefix, environment);
    const regions = [location, ...replicas.map((replica) => replica.location)].sort();
    const hosts = registryHosts(name, regions, CLOUDS[cloud], regionalEndpoints);
    const props = { name, location, regionalEndpoints, repositoryPermissions, publicAccess, hosts };
    const registry =
      existing && !existing.import
        ? NewRegistry.fromExisting(this, ID.registry, { ...props, registryId: existing.registryId })
        : new NewRegistry(this, ID.registry, {
            ...props,
            replicas,
            routed: settings.routed,
            retentionDays: settings.retentionDays,
            exports: settings.exports,
            trustedServices: settings.trustedServices,
            tasksBypassNetworkRules: settings.tasksBypassNetworkRules,
            imports: existing && { registryId: existing.registryId, providers: this.providers },
            ...this.common,
          });
    const { diagnostics, pullPrincipals, pushPrincipals } = settings;
    const roles = { pullPrincipals, pushPrincipals, repositoryPermissions };
    new LogsAndRoles(registry, "operations", { registry, diagnostics, roles, naming: this.common.naming });
    return registry;
  }

  private endpoint(network: Network, registry: Registry, manualApproval = false): RegistryEndpoint {
    const recordsByOthers = this.settings.dns === "external";
    const { naming } = this.common;
    return new RegistryEndpoint(network, ID.endpoint, { registry, network, manualApproval, recordsByOthers, naming });
  }

  /** A plan shows `azurerm_private_endpoint.spoke1_endpoint`, without the hash that cdktf would add. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const [, ...ids] = ("node" in element ? element.node : element).path.split("/");
    return logicalId(...ids);
  }
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
