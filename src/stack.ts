import type { Construct, Node } from "constructs";
import { CLOUDS, registryHosts } from "../packages/common/azure";
import { type Preview, previewOf } from "../packages/private-link-preview";
import { parseId } from "./terraform/resource-id";
import { addDns } from "./dns/dns";
import { Naming, registryName } from "./naming";
import { Hub } from "./network/hub";
import type { Network } from "./network/network";
import { peerAll, peeredHub, type SpokeHub } from "./network/peering";
import { Resolver } from "./network/resolver";
import { Spoke } from "./network/spoke";
import { VirtualWanHub } from "./network/virtual-wan-hub";
import { addOutputs } from "./outputs";
import { RegistryEndpoint } from "./registry/endpoint";
import { attachedTo, lock, LogsAndRoles } from "./registry/logs-and-roles";
import { NewRegistry } from "./registry/new-registry";
import type { Registry } from "./registry/registry";
import { TasksAndCache } from "./registry/tasks-and-cache";
import { addTestVms } from "./test-vms/test-vms";
import { asksHub } from "./network/hubs";
import { existingResources } from "./network/existing-resources";
import { REMEDIES } from "./dns/remedies";
import type { HubSettings, Settings, SpokeSettings } from "./schema";
import { regionServing, regionServingHub } from "./dns/served-by";
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

    const hubs = settings.hubs.map((settings) => ({ settings, hub: this.hub(settings) }));
    const hubNetworks = hubs.flatMap(({ settings, hub: { network } }) => (network ? [{ settings, network }] : []));
    const registry = this.registry();
    const spokes = [...settings.spokes].sort(byName).map((spoke) => {
      const { hub, settings: hubSettings } = hubs.find((one) => one.settings.name === spoke.hub)!;
      return { settings: spoke, hub, hubSettings, network: this.spoke(spoke, hubSettings, hub.network) };
    });
    peerAll(
      hubNetworks.map(({ network }) => network),
      naming,
    );
    for (const { network } of hubNetworks) if (network.resolver) new Resolver(network, network.resolver, naming);
    for (const { hub, network } of spokes) hub.connect(network);
    const networks = spokes.map(({ network }) => network);
    if (settings.spokePeering === "mesh") peerAll(networks, naming);

    const endpoints = [
      ...hubNetworks.flatMap(({ settings, network }) => (settings.endpoint ? [this.endpoint(network, registry)] : [])),
      // Spokes that ask their hub's DNS servers have no endpoint: those servers would not return it.
      ...spokes.flatMap(({ settings, hubSettings, network }) =>
        asksHub(settings, hubSettings) ? [] : [this.endpoint(network, registry, settings.manualApproval)],
      ),
    ];
    addDns(this, {
      layout: settings.dns,
      hubs: hubNetworks.map(({ network }) => network),
      endpoints,
      registry,
      servedBy: new Map([
        ...hubNetworks.map((hub) => [hub.network, regionServingHub(hub.settings, settings.registry)] as const),
        ...spokes.map((spoke) => [spoke.network, regionServing(spoke.settings, settings.registry)] as const),
      ]),
      existingZones: new Map([...hubNetworks, ...spokes].map((one) => [one.network, one.settings.existing?.zoneId])),
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
    addOutputs(this, {
      registry,
      endpoints,
      existing: existingResources(settings),
      clients: settings.clients.map(({ connectedTo, ...client }) => {
        const { hub, settings: its } = hubs.find((one) => one.settings.name === connectedTo)!;
        return { ...client, gateway: hub.network?.virtualNetwork ?? its.virtualHubId! };
      }),
    });

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

  private hub(settings: HubSettings): SpokeHub {
    const { name, location, addressSpace, dnsServers, endpoint, resolver, gatewayTransit, existing } = settings;
    const { providers } = this;
    const { naming } = this.common;
    const { virtualHubId } = settings;
    if (virtualHubId !== undefined) return new VirtualWanHub(this, name, { virtualHubId, naming, providers });
    const part = { location, dnsServers, gatewayTransit, ...this.common };
    if (existing) {
      const { virtualNetworkId, endpointSubnetId, resolverSubnetId, resolverAddress, peer } = existing;
      const at = resolver ? { resolver: { subnetId: resolverSubnetId!, address: resolverAddress! } } : {};
      const props = { ...part, virtualNetworkId, endpointSubnetId, ...at, peer, providers };
      return peeredHub(Hub.fromExisting(this, name, props), naming);
    }
    // Checked with the settings: only a network that exists may go without an address space.
    const own = { addressSpace: addressSpace!, bastion: settings.bastion === "basic", endpoint, resolver };
    return peeredHub(new Hub(this, name, { ...part, ...own }), naming);
  }

  private spoke(spoke: SpokeSettings, { bastion, firewallAddress }: HubSettings, hub: Network | undefined): Network {
    const { name, location, addressSpace, dnsServers, existing } = spoke;
    const { registry } = this.settings;
    const egress = firewallAddress === undefined ? this.settings.egress : { firewallAddress };
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
    const bastionRange = hub?.bastionRange;
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
