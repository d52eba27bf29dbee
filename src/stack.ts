import type { Construct, Node } from "constructs";
import { CLOUDS, registryHosts } from "../packages/common/azure";
import { type Preview, previewOf } from "../packages/private-link-preview";
import { parseId } from "./azure/resource-id";
import { addDns } from "./constructs/dns/dns";
import { Naming, registryName } from "./constructs/naming";
import { Hub } from "./constructs/network/hub";
import type { Network } from "./constructs/network/network";
import { peer, peerAll } from "./constructs/network/peering";
import { Spoke } from "./constructs/network/spoke";
import { setAccess } from "./constructs/registry/access";
import { RegistryEndpoint } from "./constructs/registry/endpoint";
import { LogsAndRoles, attachedTo, lock } from "./constructs/registry/logs-and-roles";
import { NewRegistry } from "./constructs/registry/new-registry";
import type { Registry } from "./constructs/registry/registry";
import { TasksAndCache } from "./constructs/registry/tasks-and-cache";
import { addTestVms } from "./constructs/test-vms/test-vms";
import { asksHub } from "./settings/asks-hub";
import { existingResources } from "./settings/existing-resources";
import type { Settings } from "./settings/schema";
import { regionServing, regionServingHub } from "./settings/served-by";
import { type TerraformElement, TerraformOutput, TerraformStack } from "./terraform";
import { ID, logicalId } from "./terraform/logical-ids";
import { Providers, keepState, resourceProvidersFor } from "./terraform/providers";
import { placeOf, STACK_ID } from "./terraform/stack-folder";

/**
 * Hub, registry, spokes, endpoints, DNS, test VMs: the whole network, as its diagram shows it.
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
    place = placeOf(),
  ) {
    super(scope, STACK_ID);
    const { environment, owner, releaseVersion: version, cloud, testVms } = settings;
    const naming = new Naming(environment);
    this.common = { naming, tags: { ...settings.tags, environment, owner, version } };
    // The construct ids of spokes are their names, in lower case. All other ids here start with a capital letter.
    this.providers = new Providers(this, "Providers", {
      cloud,
      resourceProviders: resourceProvidersFor({
        testVms: testVms !== false,
        logs: settings.registry.diagnostics !== false,
      }),
    });
    for (const id of settings.formerSubscriptions) this.providers.ofSubscription(id);
    keepState(this.providers, cloud, place, settings.state);

    const hub = this.hub();
    const registry = this.registry();
    const spokes = [...settings.spokes].sort(byName).map((spoke) => ({ spoke, network: this.spoke(spoke, hub) }));
    const networks = spokes.map(({ network }) => network);
    for (const network of networks) peer(hub, network, naming, network.usesFirewall);
    if (settings.spokePeering === "mesh") peerAll(networks, naming);

    const endpoints = [
      ...(settings.hub.endpoint ? [this.endpoint(hub, registry)] : []),
      // Spokes that ask the hub's DNS servers have no endpoint: those servers would not return it.
      ...spokes.flatMap(({ spoke, network }) =>
        asksHub(spoke, settings.hub) ? [] : [this.endpoint(network, registry, spoke.manualApproval)],
      ),
    ];
    addDns(this, {
      layout: settings.dns,
      hub,
      endpoints,
      registry,
      servedBy: new Map([
        [hub, regionServingHub(settings.hub, settings.registry)],
        ...spokes.map(({ spoke, network }) => [network, regionServing(spoke, settings.registry)] as const),
      ]),
      existingZones: new Map([
        [hub, settings.hub.existing?.zoneId],
        ...spokes.map(({ spoke, network }) => [network, spoke.existing?.zoneId] as const),
      ]),
      providers: this.providers,
      zoneName: CLOUDS[cloud].privateLinkZone,
      ttl: settings.recordTtl,
      naming,
    });
    if (testVms) addTestVms(this, { ...testVms, networks, registry, naming, keyScope: this.providers });

    new TasksAndCache(registry, "parts", {
      registry,
      networks,
      agentPool: settings.registry.agentPool,
      cacheRules: settings.registry.cacheRules,
      cacheCredentials: settings.registry.cacheCredentials,
    });
    const { tasksBypassNetworkRules, deletionProtection } = settings.registry;
    setAccess(registry, { tasksBypassNetworkRules }, attachedTo(registry));
    if (deletionProtection) lock(registry, attachedTo(registry));
    this.outputs(registry, endpoints);

    this.node.addValidation({
      validate: () =>
        this.preview.findings.filter(({ severity }) => severity === "error").map(({ message }) => message),
    });
  }

  /** What each network's DNS returns, worked out from the Terraform JSON and not from the constructs. */
  public get preview(): Preview {
    return (this.resolved ??= previewOf(this.toTerraform()));
  }

  /** The Terraform JSON, created once, since it is validated, summarized and written. */
  public override toTerraform(): object {
    return (this.terraform ??= super.toTerraform() as object);
  }

  private hub(): Network {
    const { location, addressSpace, dnsServers, bastion, endpoint, existing } = this.settings.hub;
    const { common, providers } = this;
    if (!existing) {
      // Checked with the settings: only a network that exists may go without.
      return new Hub(this, { location, addressSpace: addressSpace!, dnsServers, bastion, endpoint, ...common });
    }
    const { virtualNetworkId, endpointSubnetId, peer } = existing;
    return Hub.fromExisting(this, {
      location,
      dnsServers,
      virtualNetworkId,
      endpointSubnetId,
      peer,
      providers,
      ...common,
    });
  }

  private spoke(spoke: Settings["spokes"][number], hub: Network): Network {
    const { name, location, addressSpace, dnsServers, existing } = spoke;
    const { common, providers } = this;
    if (existing) {
      const { virtualNetworkId, endpointSubnetId, peer } = existing;
      return Spoke.fromExisting(this, name, {
        location,
        dnsServers,
        virtualNetworkId,
        endpointSubnetId,
        peer,
        hub,
        providers,
        ...common,
      });
    }
    const { egress, registry } = this.settings;
    const agents = name === registry.agentPool?.spoke;
    const { bastionRange } = hub;
    return new Spoke(this, name, {
      location,
      addressSpace: addressSpace!,
      dnsServers,
      bastionRange,
      egress,
      agents,
      ...common,
    });
  }

  /** The registry, created, imported or existing, with its logs and roles. */
  private registry(): Registry {
    const { environment, cloud, registry: settings } = this.settings;
    const { location, replicas, regionalEndpoints, repositoryPermissions, existing } = settings;
    const name = existing
      ? parseId("registry", existing.registryId)!.names[0]!.toLowerCase()
      : registryName(settings.namePrefix, environment);
    const regions = [location, ...replicas.map((replica) => replica.location)].sort();
    const hosts = registryHosts(name, regions, CLOUDS[cloud], regionalEndpoints);
    const props = { name, location, regionalEndpoints, repositoryPermissions, hosts };
    const registry =
      existing && !existing.import
        ? NewRegistry.fromExisting(this, ID.registry, { ...props, registryId: existing.registryId })
        : new NewRegistry(this, ID.registry, {
            ...props,
            replicas,
            retentionDays: settings.retentionDays,
            exports: settings.exports,
            trustedServices: settings.trustedServices,
            imports: existing && { registryId: existing.registryId, providers: this.providers },
            ...this.common,
          });
    const { diagnostics, pullPrincipals, pushPrincipals } = settings;
    const { naming } = this.common;
    new LogsAndRoles(registry, "operations", {
      registry,
      diagnostics,
      pullPrincipals,
      pushPrincipals,
      repositoryPermissions,
      naming,
    });
    return registry;
  }

  private endpoint(network: Network, registry: Registry, manualApproval = false): RegistryEndpoint {
    return new RegistryEndpoint(network, ID.endpoint, {
      registry,
      network,
      // The settings have a subnet for each endpoint.
      subnet: network.endpointSubnet!,
      manualApproval,
      recordsByOthers: this.settings.dns === "external",
      naming: this.common.naming,
    });
  }

  private outputs({ name, hosts: [loginServer] }: Registry, endpoints: readonly RegistryEndpoint[]): void {
    const output = (id: string, value: unknown, description: string) =>
      new TerraformOutput(this, id, { value, description });
    const existing = existingResources(this.settings);
    if (existing.length > 0)
      output(
        "existing_resources",
        existing,
        "What is used and not managed here, as the settings say it, in the form of Azure's API.",
      );
    output("registry_name", name, "Name of the registry.");
    output("login_server", loginServer!.fqdn, "Host name for docker login, push and pull.");
    output(
      "endpoint_addresses",
      Object.fromEntries(endpoints.map((endpoint) => [endpoint.network.name, endpoint.addresses()])),
      "For each network with an endpoint, that endpoint's addresses for the registry's host names.",
    );
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
