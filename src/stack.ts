import type { Construct, Node } from "constructs";
import { CLOUDS, registryHosts } from "../packages/common/azure";
import { type Preview, previewOf } from "../packages/private-link-preview";
import { parseId } from "./azure/resource-id";
import { outputRecords } from "./constructs/dns/records-of-others";
import { RegistryZone } from "./constructs/dns/registry-zone";
import { sharedZone, zonePerNetwork } from "./constructs/dns/zone-layout";
import type { ExistingZone } from "./constructs/dns/zone-reference";
import { Naming, registryName } from "./constructs/naming";
import { ExistingNetwork } from "./constructs/network/existing-network";
import { Hub } from "./constructs/network/hub";
import type { Network } from "./constructs/network/network";
import { peer } from "./constructs/network/peering";
import { Spoke } from "./constructs/network/spoke";
import { RegistryEndpoint } from "./constructs/registry/endpoint";
import { setAccess } from "./constructs/registry/access";
import { LogsAndRoles, attachedTo, lock } from "./constructs/registry/logs-and-roles";
import { ExistingRegistry } from "./constructs/registry/existing-registry";
import { NewRegistry } from "./constructs/registry/new-registry";
import type { Registry } from "./constructs/registry/registry";
import { TasksAndCache } from "./constructs/registry/tasks-and-cache";
import { TestVm } from "./constructs/test-vms/test-vm";
import { asksHub } from "./settings/asks-hub";
import { existingResources } from "./settings/existing-resources";
import type { Settings } from "./settings/schema";
import { regionServing, regionServingHub } from "./settings/served-by";
import { type TerraformElement, TerraformOutput, TerraformStack } from "./terraform";
import { ID, logicalId } from "./terraform/logical-ids";
import { Providers, keepState } from "./terraform/providers";
import { placeOf, STACK_ID } from "./terraform/stack-folder";
import { TlsPrivateKey, TlsProvider } from "./terraform/tls";

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
    const { environment, owner, releaseVersion: version } = settings;
    const naming = new Naming(environment);
    this.common = { naming, tags: { ...settings.tags, environment, owner, version } };
    // The construct ids of spokes are their names, in lower case. All other ids here start with a capital letter.
    this.providers = new Providers(this, "Providers", {
      cloud: settings.cloud,
      resourceProviders: resourceProvidersFor(settings),
    });
    for (const id of settings.formerSubscriptions) this.providers.ofSubscription(id);
    keepState(this.providers, settings.cloud, place, settings.state);

    const hub = this.makeHub();
    const registry = this.makeRegistry();
    const spokes = [...settings.spokes]
      .sort(byName)
      .map((spoke) => ({ ...spoke, network: this.makeSpoke(spoke, hub) }));
    const networks = spokes.map(({ network }) => network);
    for (const spoke of networks) peer(hub, spoke, naming, spoke instanceof Spoke && spoke.usesFirewall);
    if (settings.spokePeering === "mesh") {
      for (const [i, spoke] of networks.entries()) {
        for (const other of networks.slice(i + 1)) peer(spoke, other, naming);
      }
    }

    // Spokes that ask the hub's DNS servers have no endpoint: those servers would not return it.
    const endpoints = [
      ...(settings.hub.endpoint ? [this.makeEndpoint(hub, registry)] : []),
      ...spokes
        .filter((spoke) => !asksHub(spoke, settings.hub))
        .map(({ network, manualApproval }) => this.makeEndpoint(network, registry, manualApproval)),
    ];
    const servedBy = new Map([
      [hub, regionServingHub(settings.hub, settings.registry)],
      ...spokes.map((spoke) => [spoke.network, regionServing(spoke, settings.registry)] as const),
    ]);
    this.makeDns(hub, endpoints, registry, servedBy);
    this.makeTestVms(networks, registry);
    new TasksAndCache(registry, "parts", { ...settings.registry, registry, networks });
    setAccess(registry, settings.registry, attachedTo(registry));
    if (settings.registry.deletionProtection) lock(registry, attachedTo(registry));
    this.makeOutputs(registry, endpoints);

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

  private makeHub(): Network {
    const { addressSpace, existing, ...hub } = this.settings.hub;
    return existing
      ? this.makeExisting(ID.hub, hub, existing)
      : // Checked with the settings: only a network that exists may go without.
        new Hub(this, { ...hub, addressSpace: addressSpace!, ...this.common });
  }

  private makeSpoke({ name, existing, addressSpace, ...spoke }: Settings["spokes"][number], hub: Network): Network {
    if (existing) return this.makeExisting(name, spoke, existing);
    const bastionRange = hub instanceof Hub ? hub.bastionRange : undefined;
    return new Spoke(this, name, {
      ...spoke,
      addressSpace: addressSpace!,
      ...(bastionRange && { bastionRange }),
      egress: this.settings.egress,
      agents: name === this.settings.registry.agentPool?.spoke,
      ...this.common,
    });
  }

  /** A network that exists, in the subscription of its id. */
  private makeExisting(
    name: string,
    { location, dnsServers }: { location: string; dnsServers: readonly string[] },
    existing: NonNullable<Settings["spokes"][number]["existing"]>,
  ): Network {
    const { virtualNetworkId, endpointSubnetId, peer } = existing;
    const hubId = this.settings.hub.existing?.virtualNetworkId;
    return new ExistingNetwork(this, name, {
      location,
      dnsServers,
      virtualNetworkId,
      peer: peer === true,
      ...(peer === "existing" && hubId !== undefined && { peeredWith: hubId }),
      ...(endpointSubnetId !== undefined && { endpointSubnetId }),
      provider: this.providers.ofSubscription(parseId("virtualNetwork", virtualNetworkId)!.subscriptionId),
      ...this.common,
    });
  }

  /** The registry: created, imported, or one of others. */
  private makeRegistry(): Registry {
    const { environment, cloud, registry: settings } = this.settings;
    const existing = settings.existing && {
      ...settings.existing,
      ...parseId("registry", settings.existing.registryId)!,
    };
    const name = existing ? existing.names[0]!.toLowerCase() : registryName(settings.namePrefix, environment);
    const regions = [settings.location, ...settings.replicas.map(({ location }) => location)].sort();
    const hosts = registryHosts(name, regions, CLOUDS[cloud], settings.regionalEndpoints);
    const props = { ...settings, name, hosts, ...this.common };
    const registry =
      existing && !existing.import
        ? new ExistingRegistry(this, ID.registry, { ...props, registryId: existing.registryId })
        : new NewRegistry(this, ID.registry, {
            ...props,
            ...(existing && {
              imports: { ...existing, provider: this.providers.ofSubscription(existing.subscriptionId) },
            }),
          });
    new LogsAndRoles(registry, "operations", { ...settings, registry, ...this.common });
    return registry;
  }

  private makeEndpoint(network: Network, registry: Registry, manualApproval = false): RegistryEndpoint {
    // The settings have a subnet for each endpoint.
    const subnet = network.endpointSubnet!;
    const recordsByOthers = this.settings.dns === "external";
    const props = { registry, network, subnet, manualApproval, recordsByOthers, ...this.common };
    return new RegistryEndpoint(network, ID.endpoint, props);
  }

  private makeDns(
    hub: Network,
    endpoints: readonly RegistryEndpoint[],
    { hosts }: Registry,
    servedBy: ReadonlyMap<Network, string | undefined>,
  ): void {
    const { dns, cloud, recordTtl: ttl, registry } = this.settings;
    const zoneName = CLOUDS[cloud].privateLinkZone;
    // The owners of two networks that exist peer them.
    const reachesFromHub = ({ network }: RegistryEndpoint) =>
      network.peeredByOwner || network.openToPeering === hub.openToPeering;
    const hubAnswer = firstAt(registry.location, endpoints.filter(reachesFromHub), ({ network }) => network);
    const layouts = dns === "shared" ? sharedZone(hub, endpoints) : zonePerNetwork(hub, hubAnswer, endpoints);
    const served = layouts.map((layout) => ({ ...layout, servedBy: servedBy.get(layout.home) }));
    if (dns === "external") {
      outputRecords(this, served, { zoneName, hosts, ttl });
      return;
    }
    for (const { home, servedBy: region, ...layout } of served) {
      const existingZone = this.existingZoneOf(home);
      new RegistryZone(home, ID.dns, {
        ...layout,
        zoneName,
        ...(existingZone && { existingZone }),
        hosts,
        ...(region !== undefined && { servedBy: region }),
        ttl,
        ...this.common,
      });
    }
  }

  /** The zone that is linked to a network already. */
  private existingZoneOf({ name }: Network): ExistingZone | undefined {
    const { hub, spokes } = this.settings;
    const zoneId = (name === ID.hub ? hub : spokes.find((spoke) => spoke.name === name))?.existing?.zoneId;
    if (zoneId === undefined) return undefined;
    const { names, resourceGroupName, subscriptionId } = parseId("privateDnsZone", zoneId)!;
    return { id: zoneId, name: names[0]!, resourceGroupName, provider: this.providers.ofSubscription(subscriptionId) };
  }

  /** A test VM in each spoke that is created here. The first one in the registry's home region may push. */
  private makeTestVms(networks: readonly Network[], registry: Registry): void {
    const { testVms } = this.settings;
    const spokes = networks.filter((network) => network instanceof Spoke);
    if (!testVms || spokes.length === 0) return;
    const sshPublicKey = testVms.sshPublicKey ?? this.makeKey();
    const pusher = firstAt(registry.location, spokes, (spoke) => spoke);
    const vms = spokes.map((network) => {
      const { workloadSubnet: subnet } = network;
      const vm = new TestVm(network, ID.vm, { ...testVms, network, subnet, registry, sshPublicKey, ...this.common });
      const mayPush = network === pusher;
      if (mayPush) vm.allowPush();
      return [network.name, { id: vm.id, virtual_network: network.virtualNetwork.name, may_push: mayPush }] as const;
    });
    new TerraformOutput(this, "test_vms", {
      value: Object.fromEntries(vms),
      description: "For each spoke with a test VM, the VM's id, its virtual network, and whether it may push.",
    });
  }

  private makeKey(): string {
    new TlsProvider(this.providers, "tls");
    const key = new TlsPrivateKey(this, ID.testVmKey);
    new TerraformOutput(this, "vm_private_key", {
      value: key.privateKeyPem,
      sensitive: true,
      description: "Private SSH key of the test VMs' user, in PEM format.",
    });
    return key.publicKeyOpenssh;
  }

  private makeOutputs({ name, hosts: [loginServer] }: Registry, endpoints: readonly RegistryEndpoint[]): void {
    const existing = existingResources(this.settings);
    if (existing.length > 0) {
      new TerraformOutput(this, "existing_resources", {
        value: existing,
        description: "What is used and not managed here, as the settings say it, in the form of Azure's API.",
      });
    }
    new TerraformOutput(this, "registry_name", { value: name, description: "Name of the registry." });
    new TerraformOutput(this, "login_server", {
      value: loginServer!.fqdn,
      description: "Host name for docker login, push and pull.",
    });
    new TerraformOutput(this, "endpoint_addresses", {
      value: Object.fromEntries(endpoints.map((endpoint) => [endpoint.network.name, endpoint.addresses()])),
      description: "For each network with an endpoint, that endpoint's addresses for the registry's host names.",
    });
  }

  /** A plan shows `azurerm_private_endpoint.spoke1_endpoint`, without the hash that cdktf would add. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const [, ...ids] = ("node" in element ? element.node : element).path.split("/");
    return logicalId(...ids);
  }
}

/** The Azure resource providers that a stack of these settings uses. */
function resourceProvidersFor({ testVms, registry }: Settings): string[] {
  return [
    "Microsoft.ContainerRegistry",
    "Microsoft.Network",
    ...(testVms ? ["Microsoft.Compute", "Microsoft.DevTestLab"] : []),
    ...(registry.diagnostics ? ["Microsoft.Insights", "Microsoft.OperationalInsights"] : []),
  ];
}

/** Of things in alphabetical order, the first whose network is in a region, else the first. */
function firstAt<T>(region: string, things: readonly T[], networkOf: (thing: T) => Network): T | undefined {
  return things.find((thing) => networkOf(thing).location === region) ?? things[0];
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
