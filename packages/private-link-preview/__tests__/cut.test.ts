import { type Answer, previewOf } from "../lib/preview";
import fc, { property } from "../../../__tests__/support/fast-check";
import { REGISTRY, dnsZone, peer, pep, recordAddress, ref, vnet, zoneLink } from "./addresses";
import { type Json, type Part, change, part, shownState, stateOf, without } from "./forms";
import { behindFirewall, perSpoke, selfRegistered, sharedZone } from "./networks";
import { zoneId } from "./ids";
import { zoneGroup } from "./zones";

interface Shown extends Json {
  readonly address: string;
  readonly type: string;
  readonly values: Json;
}

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

/** Networks that are right, and others that are wrong in one way each. */
const WORLDS: readonly Part[][] = [
  perSpoke(),
  sharedZone(),
  selfRegistered(),
  behindFirewall({ dns_proxy_enabled: true }),
  without(perSpoke(), zoneLink("spoke2", "spoke2")),
  without(perSpoke(), peer("hub", "spoke1")),
  change(perSpoke(), vnet("spoke2"), { dns_servers: ["10.12.1.4"] }),
  change(perSpoke(), pep("spoke1"), zoneGroup(ref(dnsZone("spoke1")))),
  ...[{}, RANGES].map((rules) => change(withoutAnswers(), REGISTRY, { public_network_access_enabled: true, ...rules })),
];

/** Which networks or zones a resource may be managed with: whoever manages one of them manages what is in it. */
function homesOf({ type, values }: Shown): readonly string[] {
  const { name, id, virtual_network_name: network, resource_group_name: group, subnet_id: subnet } = values;
  const zone = zoneId(String(group).replace("rg-", ""));
  const networkIn = (id: unknown) => /virtualNetworks\/([^/]+)/.exec(String(id))?.[1];
  if (type === "azurerm_private_dns_zone") return [String(id)];
  if (type === "azurerm_private_dns_a_record") return [zone];
  if (type === "azurerm_private_dns_zone_virtual_network_link") return [networkIn(values.virtual_network_id)!, zone];
  if (type === "azurerm_virtual_network") return [String(name)];
  return [String(network ?? networkIn(subnet) ?? group)];
}

/** The state of what some own, and data sources for networks and zones of others. */
function cut(world: readonly Shown[], owns: (home: string) => boolean, reads: boolean, withZone: boolean): Json {
  const isMine = (one: Shown) => {
    const [home = "", zone] = homesOf(one);
    // Who links a network of others' files to their own zone does so where both may know of it: the zone is read here.
    return owns(reads && withZone && zone !== undefined ? zone : home);
  };
  const read = world
    .filter((one) => reads && !isMine(one) && /^azurerm_private_dns_zone$/.test(one.type))
    .map((one) => ({ ...one, mode: "data", address: `data.${one.address}` }));
  return shownState([...world.filter(isMine), ...read]);
}

const resourcesIn = (state: Json) => (state.values as { root_module: { resources: Shown[] } }).root_module.resources;
const answersOf = (state: Json) => {
  const { answers } = previewOf(state);
  return new Map(answers.map((answer) => [`${answer.virtualNetwork} ${answer.host}`, answer]));
};

const told = ({ reachable, endpoints, answeredBy }: Pick<Answer, "reachable" | "endpoints" | "answeredBy">) => ({
  reachable,
  endpoints: endpoints.map((address) => address.replace(/^data\\./, "")),
  answeredBy,
});

test("the worlds have networks that are answered publicly, which reach the address", () => {
  const [open, ranges] = WORLDS.slice(-2).map((world) =>
    answersOf(stateOf(world)).get("vnet-spoke2 acmeacr.azurecr.io"),
  );
  expect([open, ranges]).toEqual(Array(2).fill(expect.objectContaining({ answeredBy: "public", reachable: true })));
});

property(
  "an answer that is known from a part of what there is is the answer of the whole",
  200,
  fc.property(
    fc.nat(WORLDS.length - 1),
    fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    fc.boolean(),
    fc.boolean(),
    (world, mine, reads, withZone) => {
      const whole = stateOf(WORLDS[world]!);
      const resources = resourcesIn(whole);
      const homes = [...new Set(resources.flatMap(homesOf))];
      const part = cut(resources, (home) => mine[homes.indexOf(home) % mine.length]!, reads, withZone);
      const all = answersOf(whole);
      for (const [key, { known, ...answer }] of answersOf(part)) {
        const expected = all.get(key);
        if (known && expected) expect({ key, ...told(answer) }).toEqual({ key, ...told(expected) });
      }
    },
  ),
);
