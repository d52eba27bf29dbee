import { REGISTRY, dnsZone, peer, pep, recordAddress, ref, vnet, zoneLink } from "./addresses";
import { type Part, change, changeAll, part, without } from "./forms";
import { behindFirewall, perSpoke, selfRegistered, sharedZone } from "./networks";
import { NO_FALLBACK, zoneGroup } from "./zones";

const RANGES = { network_rule_set: [{ default_action: "Deny", ip_rule: [{ ip_range: "203.0.113.7" }] }] };

/** A network without a zone, which leaves by an address of its own, and one whose zone lacks a name. */
const withoutAnswers = () => [
  ...without(perSpoke(), zoneLink("spoke2", "spoke2"), recordAddress("hub", "sweden")),
  part("azurerm_nat_gateway.n", { name: "n", resource_group_name: "rg-spoke2" }, { id: "/nat/n" }),
  part("azurerm_public_ip.n", { name: "n", resource_group_name: "rg-ip" }, { id: "/ip/n", ip_address: "203.0.113.7" }),
  part("azurerm_subnet_nat_gateway_association.n", {
    subnet_id: "${azurerm_subnet.spoke2.id}",
    nat_gateway_id: "/nat/n",
  }),
  part("azurerm_nat_gateway_public_ip_association.n", {
    resource_group_name: "rg-spoke2",
    nat_gateway_id: "/nat/n",
    public_ip_address_id: "/ip/n",
  }),
];

/** The last, with a registry that is open over its public name. */
const open = (rules: object) => change(withoutAnswers(), REGISTRY, { public_network_access_enabled: true, ...rules });

/** Networks that are right, and others that are wrong in one way each: what holds for any network is tried with each. */
export const WORLDS = {
  "a zone for each network": perSpoke(),
  "one zone for all": sharedZone(),
  "an endpoint that registers itself": selfRegistered(),
  "a firewall that answers DNS": behindFirewall({ dns_proxy_enabled: true }),
  "a firewall that does not": behindFirewall({ dns_proxy_enabled: false }),
  "a network without a link": without(perSpoke(), zoneLink("spoke2", "spoke2")),
  "a link without fallback, and a record less": change(
    without(perSpoke(), recordAddress("spoke2", "login")),
    zoneLink("spoke2", "spoke2"),
    NO_FALLBACK,
  ),
  "a peering without the other side": without(perSpoke(), peer("hub", "spoke1")),
  "a peering that lets nothing in": change(perSpoke(), peer("hub", "spoke1"), { allow_virtual_network_access: false }),
  "DNS servers in another network": change(perSpoke(), vnet("spoke2"), { dns_servers: ["10.12.1.4"] }),
  "a gateway that is passed on": changeAll(perSpoke(), {
    [peer("hub", "spoke1")]: { allow_gateway_transit: true },
    [peer("spoke1", "hub")]: { use_remote_gateways: true },
  }),
  "an endpoint that overwrites records": change(perSpoke(), pep("spoke1"), zoneGroup(ref(dnsZone("spoke1")))),
  "a registry that is open": open({}),
  "a registry that is open to an address": open(RANGES),
} satisfies Readonly<Record<string, Part[]>>;
