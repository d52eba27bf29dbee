import { CLOUDS } from "../../../common/azure";

/** What a page says of a finding: one sentence each, or a few. */
export interface FindingHelp {
  /** Severity where nothing softens it; {@link FindingHelp.means} says what does. */
  readonly severity: "error" | "warning";
  /** What is the case, and what follows from it. */
  readonly means: string;
  readonly fix: string;
  /** When it is right to leave it as it is. */
  readonly ignore: string;
}

const error = (help: Omit<FindingHelp, "severity">): FindingHelp => ({ severity: "error", ...help });
const warning = (help: Omit<FindingHelp, "severity">): FindingHelp => ({ severity: "warning", ...help });
const PUBLIC = CLOUDS.public.registrySuffix;

/** Every finding of the preview, by its code. findings.md is generated from it. */
export const FINDING_CODES = {
  "answer-not-known": warning({
    means:
      "What this network's DNS returns depends on something that the file does not show: a value that is (known after apply), a zone or a network that another configuration manages, or an expression that could not be followed. Where an expression hides a value, the finding names its attribute, and what in it does so: a local or a dynamic block, which a plan does not show, an index or an output, or an attribute of another resource; and it says what would show the value.",
    fix: "Apply, and preview the state. For a network or zone of another configuration, preview that configuration's state as well.",
    ignore: "Ignore it where another team manages the zone or the network, and that team verifies the answer.",
  }),
  "answers-by-other-endpoint": warning({
    means:
      "The network has a private endpoint of its own, but its DNS returns another network's endpoint, alone or together with its own. The network reaches it, but pulls may cross a peering and another region.",
    fix: "Give the network a private DNS zone of its own that holds its own endpoint's addresses only.",
    ignore:
      "Ignore it for a shared zone in a mesh, where every network reaches every endpoint and the traffic may go either way.",
  }),
  "azure-dns-from-outside": error({
    means:
      "The DNS of a client outside Azure forwards names to 168.63.129.16. That address answers in virtual networks alone, so the names do not resolve. It is a warning where other servers answer in its place.",
    fix: "Forward to the inbound endpoint of a DNS private resolver, to the DNS proxy of an Azure Firewall, or to a DNS server in a virtual network.",
    ignore: "There is no reason to ignore it: Azure's DNS does not answer there.",
  }),
  "captured-name": error({
    means: `The network is linked to a private DNS zone of a service's public names, such as ${PUBLIC} or NAME.${PUBLIC}. Azure's DNS answers the name that clients ask for from that zone, and never follows it to the private link zone: a name without a record there does not resolve. It is a warning where that zone returns private endpoints, or what it returns is not known.`,
    fix: "Remove the link or the zone, and write the records into the private link zone of the service.",
    ignore:
      "Ignore it where the zone holds the address of a private endpoint for each name of the service on purpose, and is kept current.",
  }),
  "dangling-record": error({
    means: "A record set reads its address from something that is not a private endpoint of the service in this file.",
    fix: "Read the address from a private endpoint that exists, looked up by the host name.",
    ignore: "There is no reason to ignore it: the record would hold no address.",
  }),
  "dns-proxy-off": error({
    means:
      "The network uses an Azure Firewall as its DNS server, and neither the firewall nor its policy turns the DNS proxy on. No name resolves at all.",
    fix: "Set proxy_enabled in the dns block of the firewall's policy, or dns_proxy_enabled of a firewall without a policy.",
    ignore: "There is no reason to ignore it: the firewall does not answer DNS.",
  }),
  "dns-server-not-known": warning({
    means:
      "The network uses custom DNS servers, or a rule of a DNS forwarding ruleset leads its questions to servers, whose addresses lie in no network of this file; or the servers are a firewall whose policy is not in the file. What they return is not known from this file.",
    fix: "Check that the servers forward to a private DNS zone whose endpoint the network reaches; or add the servers' network to the configuration that you preview.",
    ignore:
      "Ignore it where the servers are on premises or in another subscription, and their forwarding is verified there.",
  }),
  "dns-server-unreachable": error({
    means:
      "The network uses DNS servers in a network with which it is not connected: it is neither peered with it in both directions, nor connected by Virtual WAN or Virtual Network Manager; or a DNS forwarding rule leads to servers that its outbound endpoint does not reach. The names do not resolve. A client outside Azure reaches the network of its gateway, and networks that are peered with it and use that gateway.",
    fix: "Peer the two networks in both directions, or use DNS servers that the network reaches.",
    ignore: "Ignore it where the networks are connected in a way that this file does not show, such as a VPN.",
  }),
  "endpoint-in-no-zone": error({
    means: "No record set returns the addresses of this private endpoint, so no client uses it.",
    fix: "Write the endpoint's addresses into the private DNS zone of its network, or remove the endpoint.",
    ignore: "Ignore it where a central team writes the records in a zone that another configuration manages.",
  }),
  "zone-of-other-names": error({
    means:
      "The DNS zone group of a private endpoint has a zone that can't hold the names of the service, such as one with another privatelink name. Azure accepts the group and writes no record, so the names resolve to the public address, or not at all.",
    fix: "Use the private DNS zone with the name that Microsoft documents for the service, and link it to the network.",
    ignore: "Ignore it where another configuration writes the records into the right zone.",
  }),
  "zones-of-one-name": error({
    means:
      "The DNS zone group of a private endpoint has several zones of the same name. Azure refuses it when it is applied, with DuplicateResourceName.",
    fix: "Keep one zone of the name in the group, and write the records of the other zones explicitly.",
    ignore: "Don't ignore it: the apply fails.",
  }),
  "endpoints-overwrite": error({
    means:
      "Several private endpoints of one service have a DNS zone group for the same zone. They write records of the same names, so each overwrites the others' records, and the addresses of one endpoint are left.",
    fix: "Remove the private_dns_zone_group of each endpoint, give each network a zone of its own, and write the records explicitly.",
    ignore:
      "Ignore it only while you migrate: which networks lose their access depends on the endpoint that was updated last.",
  }),
  "files-differ": warning({
    means:
      "Two of the files say something else of the same resource, which has the same id in both. A plan or a what-if counts before what Azure shows, and that before a state.",
    fix: "Make new files, both at the same time, or apply what one of them plans.",
    ignore: "Ignore it where one of the files is older on purpose.",
  }),
  "link-without-fallback": warning({
    means:
      "A network is linked to a private link zone, and names that the zone lacks do not fall back to public DNS. Once a resource of anyone has a private endpoint anywhere, its public name leads to that zone's name: in this network it stops resolving, unless the zone has a record of it. That concerns registries, storage accounts and other services of other teams, of partners and of vendors.",
    fix: 'Set resolution_policy = "NxDomainRedirect" on the link.',
    ignore:
      "Ignore it where the network is meant to use no resources of this service but those that the zone has, or where a central team has records of all of them.",
  }),
  "manual-approval": warning({
    means:
      "The private endpoint's connection has to be approved by the owner of the service. Until then, the endpoint carries no traffic, so it is not known whether a network reaches it.",
    fix: "Have the owner of the service approve the connection, then preview the state again.",
    ignore:
      "Ignore it once the connection is approved: the configuration still says that the connection was requested manually.",
  }),
  "mixed-record": error({
    means:
      "One record set holds the addresses of several private endpoints, and not every network that is linked to the zone reaches all of them. DNS returns the addresses in turn, so part of the connections fail.",
    fix: "Give each network a private DNS zone of its own with its own endpoint.",
    ignore: "Ignore it where the networks are connected in a way that this file does not show, such as a VPN.",
  }),
  "module-not-read": warning({
    means: "The file calls a module, and what the module creates is not in the file.",
    fix: "Preview the plan in place of the configuration: terraform show -json PLANFILE.",
    ignore: "Ignore it where the module creates nothing that belongs to these networks or their DNS.",
  }),
  "name-not-forwarded": error({
    means:
      "The DNS of a client outside Azure forwards neither the public name of the service nor the private link name to which public DNS leads it, so public DNS answers: with the public address, which refuses clients where public network access is disabled. Public DNS leads to the private link name only while the service has a private endpoint.",
    fix: "Forward the service's public zone to DNS servers in a virtual network, as Microsoft documents for each service.",
    ignore: "Ignore it for a client that does not use the service.",
  }),
  "no-endpoint": error({
    means:
      "The file holds no private endpoint of which it is known what it connects to, and no registry of which it is known whether public network access is enabled, so there is nothing to preview.",
    fix: "Check that it is the right file, and that all of the configuration is deployed if it is a state.",
    ignore: "Ignore it in a pipeline that previews every configuration, those without private endpoints included.",
  }),
  "no-network": error({
    means:
      "The file holds no virtual network, and mentions none, or none of which it is known that it has to do with a private endpoint, so there is nothing to preview.",
    fix: "Check that it is the right file, and that all of the configuration is deployed if it is a state.",
    ignore: "Ignore it in a pipeline that previews every configuration, those without networks included.",
  }),
  "no-record": error({
    means:
      "The private DNS zone that the network is linked to has no record of a host name of the service. The name does not resolve, or leads to the public address, which refuses clients where public network access is disabled. It is a warning where nothing in the file says that the network uses the service: it has no endpoint of it, and only reaches one.",
    fix: "Write a record set for the name, with the address that the private endpoint has for it.",
    ignore: "Ignore it where another configuration writes the record.",
  }),
  "no-zone": error({
    means:
      "The network is linked to no private DNS zone with the service's names, so public DNS answers: with the public address, which refuses clients where public network access is disabled. It is a warning where nothing in the file says that the network uses the service: it has no endpoint of it, and only reaches one.",
    fix: "Link the network to a private DNS zone with the private link name of the service, which holds the addresses of an endpoint that the network reaches.",
    ignore: "Ignore it for a network whose clients do not use the service.",
  }),
  "one-sided-peering": error({
    means:
      "A peering has no counterpart in the other direction, so no traffic flows between the two networks. It is a warning where this file does not manage the other network.",
    fix: "Add the peering from the other network, with virtual network access allowed.",
    ignore: "Ignore it where another configuration creates the other side.",
  }),
  "peering-not-known": warning({
    means:
      "A network is answered with an endpoint in another network, and this file manages neither of them, nor a peering between them.",
    fix: "Check that the two networks are peered in both directions.",
    ignore: "Ignore it once that is verified where the peerings are managed.",
  }),
  "peering-out-of-sync": error({
    means:
      "A peering was written before the other network got its present address space. Azure does not route to a new range until the peering is written again, so an address in it is not reached. It is a warning where no answer of this file is in such a range, and where Azure does not say so: the triggers of an azurerm_virtual_network_peering name other ranges than the other network has.",
    fix: 'Synchronize the peering: az network vnet peering sync. In Terraform, have it written with each change: triggers = { remote_address_space = join(",", azurerm_virtual_network.OTHER.address_space) }.',
    ignore:
      "Ignore the warning where the peering was synchronized outside of Terraform, or nothing in the new range is used.",
  }),
  "port-denied": error({
    means:
      "A network security group in this file denies TCP 443 to the subnet of a private endpoint, on which its rules apply because of the subnet's private_endpoint_network_policies. It is a warning where some of the networks that are answered with the endpoint are still let in, and where a group denies the outbound traffic of a subnet with machines. Rules whose addresses, ports or priority can't be told are not reported.",
    fix: "Add a rule that allows TCP 443 from VirtualNetwork to VirtualNetwork, with a lower priority number than the rule that denies it.",
    ignore:
      "Ignore the warning for machines that do not use the service. There is no reason to ignore the error: no connection would be made.",
  }),
  "reach-not-known": warning({
    means:
      "The network's DNS returns a private endpoint in a network that it may reach or not: traffic between them goes through a firewall in a Virtual WAN hub, or through an appliance or gateway that a route names; they are connected by Virtual Network Manager, and the file does not show a deployment or the members; or by a peering or hub connection of which an end is (known after apply). For a client outside Azure, it may depend on gateway transit, on a route of the gateway's subnet, or on rules for address ranges.",
    fix: "Check that the firewall or appliance allows TCP 443 to the endpoint. Where it is the plan that does not tell, preview the state after the apply.",
    ignore: "Ignore it once that is verified where the firewall, or the group's members, are managed.",
  }),
  "public-answer": warning({
    means:
      "Public DNS answers a network that asks for a name of the service, and the public address lets it in, because public network access is enabled. That works, but not privately, and it stops when public network access is turned off. Where it is enabled for some ranges alone, or for clients that the file does not show, whether the network is let in may not be known.",
    fix: "Before you turn public network access off, link the network to a private DNS zone with the private link name of the service, whose records return an endpoint that the network reaches.",
    ignore: "Ignore it where the network is meant to use the public address, and public network access stays enabled.",
  }),
  "record-by-position": error({
    means:
      "A record takes its address by position, such as custom_dns_configs[0], or from private_service_connection, which shows one address of several. The order of an endpoint's addresses is not defined, and changes when a replica is added.",
    fix: "Look the address up by the host name, for example in the network interface's ipConfigurations.",
    ignore: "There is no reason to ignore it: the record may hold another name's address after any update.",
  }),
  "regional-name-without-record": warning({
    means:
      "The private endpoints of a registry list addresses for its regional endpoints, which each region has where they are on, and no zone has records of their names. Clients that use these names get public addresses.",
    fix: "Write a record set for each regional name, with the address that the private endpoint of the zone's network has for it.",
    ignore:
      "Ignore it where regional endpoints were turned off, or are turned off by this plan: the state lists their addresses until it is refreshed.",
  }),
  "registers-elsewhere": warning({
    means:
      "The private endpoint also writes its records into a zone that this file does not manage. Usually an Azure Policy assignment attached the zone group.",
    fix: "Nothing has to be fixed as long as no network of this file is linked to that zone.",
    ignore: "Ignore it where the policy is known.",
  }),
  "resources-not-read": warning({
    means:
      "Azure did not show something that belongs to the networks, mostly because the login may not read it. Where it may decide an answer, that answer is not known.",
    fix: "Give the login the role Reader there, or preview without it and check those answers by hand.",
    ignore: "Ignore it where what is not read has nothing to do with the networks and their DNS.",
  }),
  "self-registering-endpoint": error({
    means:
      "A private endpoint has a DNS zone group for a zone in which Terraform writes records of the same names. The endpoint overwrites these records.",
    fix: "Remove the private_dns_zone_group of the endpoint.",
    ignore: "There is no reason to ignore it: Terraform and the endpoint overwrite each other's records.",
  }),
  "served-by-drained-region": warning({
    means:
      "The login server's name leads a network to one region, by the address of that region's regional endpoint, and the replica there is drained: Azure does not route the login server's name to it. Only the networks whose DNS says so still use it.",
    fix: "Lead the name to the regional endpoint of another region, or enable the routing to the replica again.",
    ignore:
      "Ignore it where only networks of that region are meant to use the replica, and Azure is meant to route no others to it.",
  }),
  "served-by-other-region": warning({
    means:
      "The login server's name leads a network to the regional endpoint of another region, although the registry is in the network's own region too. Pulls cross regions, which takes longer and costs traffic.",
    fix: "Write the address that the endpoint has for the regional name of the network's own region.",
    ignore: "Ignore it while the network's own region is drained, or where another region is meant to serve it.",
  }),
  "service-not-known": warning({
    means:
      "A private endpoint connects to a resource whose host names are not known to this command: of a service that is not in its table, of a subresource that the service does not have there, or of a resource that the file does not show.",
    fix: "Look the endpoint's names up by hand in each network. For a service of Azure that is missing in services.md, report it.",
    ignore: "Ignore it for endpoints of a private link service of your own, whose names are yours.",
  }),
  "several-regions": warning({
    means:
      "The record set of the login server's name holds addresses that lead to different regions. DNS returns them in turn, so an image may be pulled from any of them, and pushed to any of them.",
    fix: "Write one address into the record set: the one that the endpoint has for the regional name of the region that is meant to serve.",
    ignore: "Ignore it where all regions are meant to serve the network in turn.",
  }),
  "stale-record": warning({
    means:
      "A record set of a private link zone is of no service that Azure has, and holds an address of a virtual network that no network interface has. Whoever creates a service of that name gets a wrong answer, and whatever gets that address is asked in its place.",
    fix: "Delete the record set.",
    ignore:
      "Ignore it where the address is of something without a network interface of its own, such as a load balancer.",
  }),
  "static-addresses": error({
    means:
      "A private endpoint of a registry with replicas asks for static addresses (ip_configuration), and for none for one of the registry's names. An endpoint with static addresses gets no address by itself when a replica is added, so Azure refuses the replica. It is a warning where the endpoint has a static address for each name: then it works until the next replica.",
    fix: "Remove the static addresses of the endpoint: records that look the addresses up by name do not need them. If it has to have them, add one for the member registry_data_REGION of each region before the replica is added.",
    ignore: "Ignore the warning where no replica will be added to the registry.",
  }),
  "too-many-records": error({
    means: "A record set holds more than 20 addresses, which Azure refuses.",
    fix: "Divide the networks among several zones.",
    ignore: "There is no reason to ignore it: the apply would fail.",
  }),
  "two-zones": error({
    means: "The network is linked to two private DNS zones of the same name. Azure allows one.",
    fix: "Keep the link to the zone that holds the network's own endpoint, and remove the other.",
    ignore: "There is no reason to ignore it: the apply would fail.",
  }),
  "unknown-address": error({
    means:
      "A record set holds an address in a network of this file that no private endpoint has, so connections to it fail.",
    fix: "Apply again, so that Terraform reads the address from the endpoint again; or correct the address.",
    ignore: "Ignore it where the endpoint belongs to another configuration.",
  }),
  "unreachable-answer": error({
    means:
      "The network's DNS returns addresses of a private endpoint in a network with which it is not connected: neither peered in both directions, nor by Virtual WAN or Virtual Network Manager. Peering is not transitive, so two spokes of one hub do not reach each other. A client outside Azure reaches the network of its gateway, and of those that are peered with it only the ones to which the peering passes the gateway on.",
    fix: "Link the network to a zone with its own endpoint, or peer the two networks. With custom DNS servers in the hub, give the hub an endpoint of its own. For a client outside Azure, set allow_gateway_transit on the peering of the gateway's network, and use_remote_gateways on the other side.",
    ignore: "Ignore it where the networks are connected in a way that this file does not show, such as a VPN.",
  }),
  "wrong-address": error({
    means: "A record set holds the address that the endpoint has for another host name of the service.",
    fix: "Look the address up by the record's own host name.",
    ignore: "There is no reason to ignore it: TLS connections to that address fail or reach the wrong service.",
  }),
  "zone-bypassed": error({
    means:
      "The network is linked to a zone, but uses custom DNS servers in another network, so the link has no effect: the network gets what the servers' network gets. It is a warning where that answer is reachable, or not known.",
    fix: "Give the servers' network an endpoint of its own and records that return it, or remove the custom DNS servers.",
    ignore: "Ignore it where the link is kept for the time without the servers.",
  }),
} as const satisfies Record<string, FindingHelp>;

/** What can be wrong with a network, or is worth knowing. */
export type FindingCode = keyof typeof FINDING_CODES;
