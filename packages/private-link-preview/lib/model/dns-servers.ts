import type { Resource } from "../read/module";
import { RangeIndex, groupBy, isIn, once, unique } from "../../../common/util";
import { AZURE_DNS } from "../client";
import type { PlacedClient } from "./clients";
import { draft } from "./draft";
import type { DnsServers, Firewall, ForwardingRule, VirtualNetwork } from "./network-model";
import type { FoundNetwork, Networks } from "./networks";
import { type Resources, TYPES, optional, texts } from "./resources";

/** Sets, for each network with custom DNS servers, where these are, and finds the rules by which Azure's DNS forwards names. */
export function findDnsServers(
  resources: Resources,
  networks: Networks,
  clients: readonly PlacedClient[],
): ForwardingRule[] {
  const finder = new Finder(resources, networks);
  for (const resource of resources.ofType(TYPES.network)) finder.set(networks.of(resource), resource);
  for (const resource of resources.ofType("azurerm_virtual_network_dns_servers")) {
    finder.set(networks.at(resource, "virtual_network_id"), resource);
  }
  for (const client of clients) finder.setOutside(client);
  return finder.forwardingRules();
}

class Finder {
  private readonly spaces = new RangeIndex<VirtualNetwork>();
  private readonly firewalls: readonly Resource[];

  constructor(
    private readonly resources: Resources,
    private readonly networks: Networks,
  ) {
    for (const network of networks.all) {
      if (network.outside) continue;
      for (const range of network.addressSpace) this.spaces.add(range, network);
    }
    this.firewalls = resources.ofType(FIREWALL);
  }

  public set(network: VirtualNetwork | undefined, resource: Resource): void {
    if (!network) return;
    const servers = this.serversAt(resource, ["dns_servers"], network);
    if (servers) draft(network).dnsServers = servers;
  }

  /** Sets the DNS servers of a network outside Azure. Azure's DNS among them is left out: the others answer in its place. */
  public setOutside({ network, dnsServers }: PlacedClient): void {
    const answering = dnsServers.filter((address) => address !== AZURE_DNS);
    const servers = this.serversOf(answering, [], network.outside?.gateway);
    draft(network).dnsServers = answering.length > 0 ? servers : { addresses: dnsServers };
  }

  /** The rules of the rulesets that networks are linked to. */
  public forwardingRules(): ForwardingRule[] {
    const linked = groupBy(this.resources.ofType(RULESET_LINK), (link) => this.rulesetOf(link));
    return this.resources.ofType("azurerm_private_dns_resolver_forwarding_rule").flatMap((rule) => {
      const ruleset = this.rulesetOf(rule);
      const links = ruleset === undefined ? [] : (linked.get(ruleset) ?? []);
      const found = links.map((link) => ({ link, ...this.linkedNetwork(link) }));
      const networks = found.flatMap(({ network }) => network ?? []);
      const open = found.filter(({ network }) => !network);
      const mayBeFor = open.map(({ among }) => among);
      const domain = rule.text("domain_name");
      if (found.length === 0 || domain === undefined || rule.known("enabled")[0] === false) return [];
      // A rule that may be disabled may be in effect in each of its networks.
      const isDoubtful = rule.hides("enabled");
      const path = "private_dns_resolver_outbound_endpoint_ids";
      const outbound = typeof ruleset === "object" ? this.resources.allAt(ruleset, OUTBOUND, path) : [];
      const from = unique(outbound.map((one) => this.networks.ofSubnetAt(one, "subnet_id").network));
      return [
        {
          address: rule.address,
          networks: isDoubtful ? [] : networks,
          mayBeFor: isDoubtful ? [...mayBeFor, networks] : mayBeFor,
          hidden: [
            ...open.map(({ link }) => link.hiddenBy("virtual_network_id")),
            ...(isDoubtful ? [rule.hiddenBy("enabled")] : []),
          ],
          domain: domain.toLowerCase().replace(/\.$/, ""),
          servers: this.serversAt(rule, ["target_dns_servers", "ip_address"]) ?? { addresses: [] },
          ...optional("from", from.length === 1 ? from[0] : undefined),
        },
      ];
    });
  }

  private readonly linkedNetwork = once<Resource, FoundNetwork>({ among: [] }, (link) =>
    this.networks.find(link, "virtual_network_id"),
  );

  /** The ruleset of a rule or a link: a resource, or the id of one that is not in the file. */
  private rulesetOf(resource: Resource): Resource | string | undefined {
    const path = "dns_forwarding_ruleset_id";
    return this.resources.at(resource, RULESET, path) ?? resource.text(path)?.toLowerCase();
  }

  /**
   * The DNS servers at a path of a resource; undefined if there are none but Azure's.
   *
   * @param own - the network that asks them, if it is one
   */
  private serversAt(resource: Resource, path: readonly string[], own?: VirtualNetwork): DnsServers | undefined {
    const addresses = texts(resource.known(...path));
    const mentioned = resource.mentions(...path).map(({ resource }) => resource);
    if (addresses.length + mentioned.length === 0)
      return resource.hides(...path) ? { addresses, hidden: resource.hiddenBy(...path) } : undefined;
    if (addresses.length > 0 && addresses.every((address) => address === AZURE_DNS)) return undefined;
    const servers = this.serversOf(addresses, mentioned, own);
    const isHidden = addresses.length === 0 && !servers.network && !servers.alternatives;
    return isHidden ? { ...servers, hidden: resource.hiddenBy(...path) } : servers;
  }

  /** The network in which DNS servers are: by their addresses, or else by the resources that are mentioned in place of these. */
  private serversOf(addresses: readonly string[], mentioned: readonly Resource[], own?: VirtualNetwork): DnsServers {
    const firewall = this.firewallAmong(addresses, mentioned);
    const homes = groupBy(
      [
        ...addresses.map((address) => ({
          address,
          home: address === AZURE_DNS && own ? own : this.networkHolding(address, own),
        })),
        ...(addresses.length > 0 ? [] : mentioned.map((server) => ({ address: "", home: this.networkOf(server) }))),
      ],
      ({ home }) => home,
      ({ address }) => address,
    );
    const [network, ...others] = homes.keys();
    if (others.length === 0) return { addresses, ...optional("network", network), ...optional("firewall", firewall) };
    const alternatives = [...homes].map(([home, own]) => ({ addresses: own, ...optional("network", home) }));
    return { addresses, alternatives };
  }

  /** The one firewall that DNS servers are. */
  private firewallAmong(addresses: readonly string[], mentioned: readonly Resource[]): Firewall | undefined {
    const found = this.firewalls.filter((resource) =>
      addresses.length === 0
        ? mentioned.includes(resource)
        : addresses.every((address) => this.hasAddress(resource, address)),
    );
    return found.length === 1 ? this.firewallOf(found[0]!) : undefined;
  }

  /** Whether a firewall has an address: the one that is known, or the first of its subnet that Azure gives away. */
  private hasAddress(firewall: Resource, address: string): boolean {
    const known = texts([
      ...firewall.known("ip_configuration", "private_ip_address"),
      ...firewall.known("virtual_hub", "private_ip_address"),
    ]);
    if (known.length > 0) return known.includes(address);
    const { ranges } = this.networks.ofSubnetAt(firewall, "ip_configuration", "subnet_id");
    return ranges.some((range) => isIn(address, range));
  }

  /** A firewall's DNS settings: those of its policy if it has one. */
  private readonly firewallOf = once<Resource, Firewall | undefined>(undefined, (firewall) => {
    const { address } = firewall;
    const policy = this.resources.at(firewall, POLICY, "firewall_policy_id");
    if (!policy && (firewall.text("firewall_policy_id") ?? firewall.mentions("firewall_policy_id")[0]))
      return { address };
    const [dns, proxyPath, path] = policy
      ? [policy, ["dns", "proxy_enabled"], ["dns", "servers"]]
      : [firewall, ["dns_proxy_enabled"], ["dns_servers"]];
    const servers = this.serversAt(dns, path);
    // Without a setting it is off. For a firewall without a policy, servers of its own turn it on.
    const proxy = dns.known(...proxyPath)[0] === true || (!policy && servers !== undefined);
    return {
      address,
      ...(dns.hides(...proxyPath) ? { hidden: dns.hiddenBy(...proxyPath) } : { proxy }),
      ...optional("servers", servers),
    };
  });

  /** The network with an address in its address space: the one that asks, or the only other. */
  private networkHolding(address: string, own?: VirtualNetwork): VirtualNetwork | undefined {
    const holding = this.spaces.holding(address);
    if (own && holding.some((networks) => networks.has(own))) return own;
    const found = unique(holding.flatMap((networks) => [...networks].slice(0, 2)));
    return found.length === 1 ? found[0] : undefined;
  }

  /** The network in which a resource, such as a firewall, has its subnet, directly or by what it refers to. */
  private readonly networkOf: (resource: Resource) => VirtualNetwork | undefined = once(undefined, (resource) => {
    if (resource.type === TYPES.network) return this.networks.of(resource);
    if (resource.type === TYPES.subnet) return this.networks.at(resource, "virtual_network_name");
    // A firewall also refers to its policy, which may refer to anything, so the firewall's own subnets are tried first.
    for (const { resource: next } of [...NESTED_SUBNETS, []].flatMap((path) => resource.mentions(...path))) {
      const found = this.networkOf(next);
      if (found) return found;
    }
    const [id] = texts(NESTED_SUBNETS.flatMap((path) => resource.known(...path)));
    const subnet = id === undefined ? undefined : this.resources.byId(TYPES.subnet, id);
    return subnet && this.networkOf(subnet);
  });
}

/** Attributes that hold the subnet's id in resources that can be DNS servers. */
const NESTED_SUBNETS = [["subnet_id"], ["ip_configuration", "subnet_id"], ["ip_configurations", "subnet_id"]];

const FIREWALL = "azurerm_firewall";
const POLICY = "azurerm_firewall_policy";
const RULESET = "azurerm_private_dns_resolver_dns_forwarding_ruleset";
const RULESET_LINK = "azurerm_private_dns_resolver_virtual_network_link";
const OUTBOUND = "azurerm_private_dns_resolver_outbound_endpoint";
