import { type Answer, previewOf } from "../lib/preview";
import fc, { property } from "../../../__tests__/support/fast-check";
import { type Json, shownState, stateOf } from "./forms";
import { zoneId } from "./ids";
import { WORLDS } from "./worlds";

interface Shown extends Json {
  readonly address: string;
  readonly type: string;
  readonly values: Json;
}

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
/** A client outside Azure asks servers in the hub, and another in a spoke, wherever a file has the hub. */
const CLIENTS = ["10.12.3.4", "10.10.0.9"].map((address) => ({
  name: `office ${address}`,
  connectedTo: "vnet-hub",
  dnsServers: [address],
}));
const answersOf = (state: Json) => {
  const alone = previewOf(state);
  const isThere = alone.model.networks.some(({ name }) => name === "vnet-hub");
  const { answers } = isThere ? previewOf(state, undefined, undefined, { clients: CLIENTS }) : alone;
  return new Map(answers.map((answer) => [`${answer.virtualNetwork} ${answer.host}`, answer]));
};

const told = ({ reachable, endpoints, answeredBy }: Pick<Answer, "reachable" | "endpoints" | "answeredBy">) => ({
  reachable,
  endpoints: endpoints.map((address) => address.replace(/^data\\./, "")),
  answeredBy,
});

test("the worlds have networks that are answered publicly, which reach the address", () => {
  const [open, ranges] = [WORLDS["a registry that is open"], WORLDS["a registry that is open to an address"]].map(
    (world) => answersOf(stateOf(world)).get("vnet-spoke2 acmeacr.azurecr.io"),
  );
  expect([open, ranges]).toEqual(Array(2).fill(expect.objectContaining({ answeredBy: "public", reachable: true })));
});

property(
  "an answer that is known from a part of what there is is the answer of the whole",
  200,
  fc.property(
    fc.constantFrom(...Object.values(WORLDS)),
    fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    fc.boolean(),
    fc.boolean(),
    (world, mine, reads, withZone) => {
      const whole = stateOf(world);
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
