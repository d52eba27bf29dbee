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
      "The file does not show what decides: a value that is (known after apply), a zone or network of another configuration, or an expression that can't be followed. The finding names what hides it, and what would show it.",
    fix: "Preview the state after the apply, with that of the other configuration.",
    ignore: "Ignore it where another team verifies the answer.",
  }),
  "answers-by-other-endpoint": warning({
    means:
      "The network has a private endpoint, but its DNS returns another network's, alone or with its own. Traffic may cross a peering and a region.",
    fix: "Give the network a private DNS zone with only its own endpoint's addresses.",
    ignore: "Ignore it for a shared zone in a mesh.",
  }),
  "azure-dns-from-outside": error({
    means:
      "The DNS of a client outside Azure forwards to 168.63.129.16, which answers in virtual networks only. The names do not resolve. It is a warning where other servers answer in its place.",
    fix: "Forward to a DNS private resolver's inbound endpoint, an Azure Firewall's DNS proxy, or a DNS server in a virtual network.",
    ignore: "Don't ignore it: Azure's DNS does not answer there.",
  }),
  "captured-name": error({
    means: `The network is linked to a private DNS zone of public names, such as ${PUBLIC} or NAME.${PUBLIC}. Azure's DNS answers from it alone: a name without a record there does not resolve. It is a warning where that zone returns private endpoints, or what it returns is not known.`,
    fix: "Remove the link or the zone, and write the records into the private link zone.",
    ignore: "Ignore it where that zone has all names of the service, and is kept current.",
  }),
  "dangling-record": error({
    means: "A record set reads its address from something that is no private endpoint of the service in this file.",
    fix: "Read it from a private endpoint, by the host name.",
    ignore: "Don't ignore it: the record would hold no address.",
  }),
  "dns-proxy-off": error({
    means: "The network's DNS server is an Azure Firewall whose DNS proxy is off. No name resolves.",
    fix: "Set proxy_enabled in the dns block of the firewall's policy, or dns_proxy_enabled of a firewall without a policy.",
    ignore: "Don't ignore it: the firewall does not answer DNS.",
  }),
  "dns-server-not-known": warning({
    means:
      "The network's DNS servers, or those of a forwarding rule, are in no network of this file, or are a firewall whose policy is not in it. What they return is not known.",
    fix: "Check that they forward to a private DNS zone whose endpoint the network reaches, or preview their network's file too.",
    ignore: "Ignore it where their forwarding is verified, such as on premises.",
  }),
  "dns-server-unreachable": error({
    means:
      "The network's DNS servers, or those of a forwarding rule, are in a network that it, or the rule's outbound endpoint, does not reach by peering in both directions, Virtual WAN or Virtual Network Manager. The names do not resolve.",
    fix: "Connect the two networks, or use DNS servers that the network reaches.",
    ignore: "Ignore it where the file does not show a connection, such as a VPN.",
  }),
  "endpoint-in-no-zone": error({
    means: "No record set returns the addresses of this private endpoint, so no client uses it.",
    fix: "Write them into the private DNS zone of its network, or remove the endpoint.",
    ignore: "Ignore it where a central team writes them into another configuration's zone.",
  }),
  "zone-of-other-names": error({
    means:
      "The DNS zone group of a private endpoint has a zone that can't hold the service's names. Azure writes no record, so the names lead to the public address or do not resolve.",
    fix: "Use the zone name that Microsoft documents, and link the zone to the network.",
    ignore: "Ignore it where another configuration writes the records into the right zone.",
  }),
  "zones-of-one-name": error({
    means:
      "The DNS zone group of a private endpoint has several zones of one name. Azure refuses that (DuplicateResourceName).",
    fix: "Keep one in the group, and write the records of the others explicitly.",
    ignore: "Don't ignore it: the apply fails.",
  }),
  "endpoints-overwrite": error({
    means:
      "Several private endpoints of one service have a DNS zone group for one zone. Each overwrites the others' records, and one endpoint's addresses are left.",
    fix: "Remove each private_dns_zone_group, give each network a zone, and write the records explicitly.",
    ignore: "Ignore it only while you migrate: the endpoint that was updated last wins.",
  }),
  "files-differ": warning({
    means:
      "Two files differ about a resource. A plan or a what-if counts before what Azure shows, and that before a state.",
    fix: "Make both files at the same time, or apply what one of them plans.",
    ignore: "Ignore it where one file is older on purpose.",
  }),
  "link-without-fallback": warning({
    means:
      "A network is linked to a private link zone without fallback to public DNS. Any resource of the service that has a private endpoint anywhere stops resolving there unless the zone has its record.",
    fix: 'Set resolution_policy = "NxDomainRedirect" on the link.',
    ignore: "Ignore it where the network uses no other resources of the service.",
  }),
  "manual-approval": warning({
    means:
      "The owner of the service has to approve the private endpoint's connection. Until then it carries no traffic.",
    fix: "Have the connection approved, then preview the state again.",
    ignore: "Ignore it once it is approved, which the configuration does not show.",
  }),
  "mixed-record": error({
    means:
      "A record set holds addresses of several private endpoints, and not every network linked to the zone reaches all. DNS returns them in turn, so part of the connections fail.",
    fix: "Give each network a private DNS zone with its own endpoint.",
    ignore: "Ignore it where the file does not show a connection, such as a VPN.",
  }),
  "module-not-read": warning({
    means: "The file calls a module, and does not show what it creates.",
    fix: "Preview the plan, not the configuration: terraform show -json PLANFILE.",
    ignore: "Ignore it where the module creates nothing of the networks.",
  }),
  "name-not-forwarded": error({
    means:
      "The DNS of a client outside Azure forwards neither the service's public name nor its private link name, so public DNS answers with the public address, which may refuse it.",
    fix: "Forward the service's public zone to DNS servers in a virtual network.",
    ignore: "Ignore it for a client that does not use the service.",
  }),
  "no-endpoint": error({
    means:
      "The file holds no private endpoint whose service is known, and no registry whose public network access is known.",
    fix: "Check that it is the right file, and all of it is deployed if it is a state.",
    ignore: "Ignore it in a pipeline that previews every configuration.",
  }),
  "no-network": error({
    means: "The file shows no virtual network that has to do with a private endpoint.",
    fix: "Check that it is the right file, and all of it is deployed if it is a state.",
    ignore: "Ignore it in a pipeline that previews every configuration.",
  }),
  "no-record": error({
    means:
      "The zone that the network is linked to lacks a host name of the service. The name does not resolve, or leads to the public address, which may refuse it. It is a warning where nothing says that the network uses the service.",
    fix: "Write a record set with the private endpoint's address for that name.",
    ignore: "Ignore it where another configuration writes the record.",
  }),
  "no-zone": error({
    means:
      "The network is linked to no private DNS zone with the service's names, so public DNS answers with the public address, which may refuse it. It is a warning where nothing says that the network uses the service.",
    fix: "Link the network to a private link zone of the service that returns an endpoint which it reaches.",
    ignore: "Ignore it where the network's clients do not use the service.",
  }),
  "one-sided-peering": error({
    means:
      "A peering has no counterpart in the other direction, so no traffic flows. It is a warning where this file does not manage the other network.",
    fix: "Add the peering from the other network, with virtual network access allowed.",
    ignore: "Ignore it where another configuration creates that.",
  }),
  "peering-not-known": warning({
    means:
      "DNS returns an endpoint in another network, and this file manages neither network, nor a peering between them.",
    fix: "Check that they are peered in both directions.",
    ignore: "Ignore it once that is verified where the peerings are managed.",
  }),
  "peering-out-of-sync": error({
    means:
      "A peering was written before the other network got its present address space. Azure does not route to a new range until it is written again. It is a warning where no answer is in such a range, or only the peering's triggers show the difference.",
    fix: 'Run az network vnet peering sync. For later changes, set triggers = { remote_address_space = join(",", azurerm_virtual_network.OTHER.address_space) }.',
    ignore: "Ignore the warning where it was synchronized outside of Terraform, or nothing uses the new range.",
  }),
  "port-denied": error({
    means:
      "A network security group denies TCP 443 to the subnet of a private endpoint, where private_endpoint_network_policies apply. It is a warning where some networks are let in, and for outbound rules of a subnet with machines. Rules that are not known in full are not reported.",
    fix: "Allow TCP 443 from VirtualNetwork to VirtualNetwork with a lower priority number.",
    ignore: "Ignore the warning for machines that do not use the service.",
  }),
  "reach-not-known": warning({
    means:
      "A firewall of a Virtual WAN hub, an appliance or a gateway is between the network and the endpoint that DNS returns; or Virtual Network Manager, a peering or a hub connection is not shown in full. For a client outside Azure, gateway transit, routes of the gateway's subnet or rules for ranges may decide.",
    fix: "Check that the firewall or appliance allows TCP 443 to the endpoint, or preview the state after the apply.",
    ignore: "Ignore it once that is verified elsewhere.",
  }),
  "public-answer": warning({
    means:
      "Public DNS answers, and public network access lets the network in, or may do so. That is not private, and stops when the access is turned off.",
    fix: "First link the network to a private link zone of the service that returns an endpoint which it reaches.",
    ignore: "Ignore it where the network is meant to use the public address.",
  }),
  "record-by-position": error({
    means:
      "A record takes its address by position, such as custom_dns_configs[0], or from private_service_connection, which shows one of several. Their order is not defined, and changes with a replica.",
    fix: "Look the address up by the host name, for example in the network interface's ipConfigurations.",
    ignore: "Don't ignore it: after an update, it may be another name's address.",
  }),
  "regional-name-without-record": warning({
    means:
      "The private endpoints of a registry have addresses for its regional endpoints, and no zone has records of these names. Their clients get public addresses.",
    fix: "Write a record set for each, with the address that the endpoint of the zone's network has for it.",
    ignore: "Ignore it where regional endpoints are turned off, until the state is refreshed.",
  }),
  "registers-elsewhere": warning({
    means:
      "The private endpoint also writes its records into a zone that this file does not manage, mostly because of an Azure Policy assignment.",
    fix: "Nothing has to be fixed while no network of this file is linked to that zone.",
    ignore: "Ignore it where the policy is known.",
  }),
  "resources-not-read": warning({
    means:
      "Azure did not show something, mostly because the login may not read it. An answer that it may decide is not known.",
    fix: "Give the login the role Reader there, or check those answers by hand.",
    ignore: "Ignore it where that has nothing to do with the networks and their DNS.",
  }),
  "self-registering-endpoint": error({
    means:
      "A private endpoint has a DNS zone group for a zone in which Terraform writes the same records, and overwrites them.",
    fix: "Remove its private_dns_zone_group.",
    ignore: "Don't ignore it: both overwrite each other's records.",
  }),
  "served-by-drained-region": warning({
    means:
      "The login server's name leads a network to the regional endpoint of a drained replica, to which Azure routes nobody else.",
    fix: "Lead it to another region, or enable the routing to the replica again.",
    ignore: "Ignore it where only that region is meant to use the replica.",
  }),
  "served-by-other-region": warning({
    means:
      "The login server's name leads a network to another region's regional endpoint, although its own region has the registry too. Pulls take longer and cost traffic.",
    fix: "Write the endpoint's address for the regional name of the network's own region.",
    ignore: "Ignore it while that region is drained, or where another is meant to serve.",
  }),
  "service-not-known": warning({
    means:
      "The host names of what a private endpoint connects to are not known: services.md lacks the service or subresource, or the file does not show the resource.",
    fix: "Look the names up by hand in each network. Report a service of Azure that is missing.",
    ignore: "Ignore it for a private link service of your own.",
  }),
  "several-regions": warning({
    means:
      "The record set of the login server's name holds addresses of several regions. DNS returns them in turn, so pulls and pushes go to any of them.",
    fix: "Write one address: that of the regional name of the region that is meant to serve.",
    ignore: "Ignore it where all are meant to serve the network in turn.",
  }),
  "stale-record": warning({
    means:
      "A record set of a private link zone belongs to no service that Azure has, and holds an address that no network interface has. A new service of that name gets a wrong answer.",
    fix: "Delete the record set.",
    ignore: "Ignore it where the address is of something without a network interface, such as a load balancer.",
  }),
  "static-addresses": error({
    means:
      "A private endpoint of a registry with replicas has static addresses (ip_configuration), but not for each of the registry's names. It gets none by itself for a new replica, so Azure refuses that. It is a warning where each name has one: it works until the next replica.",
    fix: "Remove them: records that look addresses up by name need none. Otherwise add one for registry_data_REGION before each replica.",
    ignore: "Ignore the warning where no replica will be added.",
  }),
  "too-many-records": error({
    means: "A record set holds more than 20 addresses, which Azure refuses.",
    fix: "Divide the networks among several zones.",
    ignore: "Don't ignore it: the apply fails.",
  }),
  "two-zones": error({
    means: "The network is linked to two private DNS zones of one name. Azure allows one.",
    fix: "Keep the link to the zone with the network's own endpoint.",
    ignore: "Don't ignore it: the apply fails.",
  }),
  "unknown-address": error({
    means: "A record set holds an address in a network of this file that no private endpoint has, so connections fail.",
    fix: "Apply again, so that Terraform reads it again, or correct it.",
    ignore: "Ignore it where the endpoint belongs to another configuration.",
  }),
  "unreachable-answer": error({
    means:
      "DNS returns a private endpoint in a network that this one does not reach by peering in both directions, Virtual WAN or Virtual Network Manager. Peering is not transitive: two spokes of one hub do not reach each other. A client outside Azure reaches its gateway's network, and those peered with it that use the gateway.",
    fix: "Link the network to a zone with its own endpoint, or peer the two; with DNS servers in the hub, give the hub an endpoint. For a client outside Azure, set allow_gateway_transit on the gateway's side of the peering, and use_remote_gateways on the other.",
    ignore: "Ignore it where the file does not show a connection, such as a VPN.",
  }),
  "wrong-address": error({
    means: "A record set holds the address that the endpoint has for another host name of the service.",
    fix: "Look the address up by the record's own host name.",
    ignore: "Don't ignore it: connections fail in TLS, or reach the wrong service.",
  }),
  "zone-bypassed": error({
    means:
      "The network is linked to a zone, but its DNS servers are in another network, so it gets what that network gets. It is a warning where that is reachable, or not known.",
    fix: "Give the servers' network an endpoint and its records, or remove the custom DNS servers.",
    ignore: "Ignore it where the link is kept for a time without the servers.",
  }),
} as const satisfies Record<string, FindingHelp>;

/** What can be wrong with a network, or is worth knowing. */
export type FindingCode = keyof typeof FINDING_CODES;
