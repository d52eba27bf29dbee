import { at, groupBy, isJson, isRangeIn, type Json, unique } from "../../packages/common/util";
import { type Answer, clientsIn } from "../../packages/private-link-preview";
import { nameOf } from "./change";
import type { NetworkIndex } from "./network-index";
import type { Plan, ResourceChange } from "./plan";

/** Who can reach a registry over its public name: everybody, or those who come from some ranges; none for nobody. */
export type OpenTo = "everybody" | readonly string[];

/** A change of who can reach a registry over its public name. */
export interface PublicAccessChange {
  readonly registry: ResourceChange;
  readonly before: OpenTo;
  readonly after: OpenTo;
}

/** The changes of who can reach a registry over its public name, of registries that are created or kept. */
export function publicAccessChanges({ changes }: Plan): PublicAccessChange[] {
  return changes
    .filter(
      ({ type, effect, deposed }) =>
        type === REGISTRY && !deposed && /^(created|updated|imported|replaced)$/.test(effect),
    )
    .map((registry) => ({
      registry,
      before: registry.effect === "created" ? [] : openTo(registry.before),
      after: openTo(registry.after),
    }));
}

const REGISTRY = "azurerm_container_registry";

/** The changes by which a registry is closed to some who could reach it. */
export function closing(plan: Plan): PublicAccessChange[] {
  return publicAccessChanges(plan).filter(({ before, after }) => leavesOut(before, after));
}

/** What azurerm leaves out is as Azure has it by default: open to everybody. */
function openTo(values: Json): OpenTo {
  if (values.public_network_access_enabled === false) return [];
  const [rules] = at(values, ["network_rule_set"]).filter(isJson);
  if (rules?.default_action !== "Deny") return "everybody";
  return at(rules, ["ip_rule", "ip_range"]).filter((range) => typeof range === "string");
}

/** Whether some who are in the one are not in the other. */
export function leavesOut(one: OpenTo, other: OpenTo): boolean {
  if (other === "everybody") return false;
  if (one === "everybody") return true;
  return one.some((range) => !other.some((wider) => isRangeIn(range, wider)));
}

/** A network, with its name in messages: its address where several have the name. */
interface NamedNetwork {
  readonly address: string;
  readonly name: string;
  /** What in it may pull: kinds and names. */
  readonly clients: readonly string[];
}

/** Networks that a plan which closes a registry to some may keep from it, sorted by name. */
export interface PublicNetworks {
  /** They do not reach it afterwards. */
  readonly stop: readonly NamedNetwork[];
  /** They reach it privately afterwards. Until their endpoints and records exist, they do not: the registry is closed first. */
  readonly interrupted: readonly NamedNetwork[];
  /** It is not known whether they reach it afterwards. */
  readonly notKnown: readonly NamedNetwork[];
}

/**
 * The networks that reach a registry before a plan that closes it to some, or of which that is not known, and that do not
 * reach it privately both before and afterwards. An existing network that the plan is the first to use may reach it, too: who
 * links zones to it is not in the state.
 */
export function publicNetworks(plan: Plan, { registry }: PublicAccessChange): PublicNetworks {
  const host = `${nameOf(registry).toLowerCase()}.`;
  const [before, afterwards] = [answersIn(plan.before, host), answersIn(plan.after, host)];
  const known = new Set(plan.before.model.networks.map(({ address }) => address));
  const newlyUsed = plan.after.model.networks.filter(({ address }) => isExisting(address) && !known.has(address));
  const mayReach = unique([
    ...[...before].flatMap(([address, answers]) =>
      answers.some(({ reachable }) => reachable !== false) ? address : [],
    ),
    ...newlyUsed.map(({ address }) => address),
  ]);
  const fates = groupBy(
    // A network that is destroyed has no clients.
    mayReach.filter((address) => isExisting(address) || afterwards.has(address)),
    (address) => fateOf(before.get(address), afterwards.get(address)),
  );
  const names = namesIn(plan);
  const named = (fate: keyof PublicNetworks) =>
    (fates.get(fate) ?? [])
      .map((address) => ({ address, name: names.get(address)!, clients: clientNames(plan, address) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { stop: named("stop"), interrupted: named("interrupted"), notKnown: named("notKnown") };
}

/** What becomes of a network, by its answers; undefined where it goes on to reach the registry. */
function fateOf(before: readonly Answer[] = [], after: readonly Answer[] = []): keyof PublicNetworks | undefined {
  if (after.length === 0 || after.some(({ reachable }) => reachable === false)) return "stop";
  if (after.some(({ reachable }) => reachable === null)) return "notKnown";
  return after.every(isPrivate) && !(before.length > 0 && before.every(isPrivate)) ? "interrupted" : undefined;
}

function isPrivate({ answeredBy, reachable }: Answer): boolean {
  return answeredBy === "zone" && reachable === true;
}

function clientNames({ before, after }: Plan, address: string): string[] {
  const machines = [before, after].flatMap(({ model }) => clientsIn(model, address));
  return unique(machines.map(({ label, name }) => `${label} ${name}`));
}

/** Whether a network is one of those that may be cut off. */
export function isNamed({ name }: NamedNetwork, disconnectNetworks: readonly string[]): boolean {
  return disconnectNetworks.some((one) => one.toLowerCase() === name.toLowerCase());
}

/** All networks that a plan may keep from a registry. */
function lostNetworks(plan: Plan): NamedNetwork[] {
  return closing(plan).flatMap((change) => Object.values(publicNetworks(plan, change)).flat() as NamedNetwork[]);
}

/** Names that are of none of the networks that a plan may keep from a registry. */
export function unknownNetworks(plan: Plan, names: readonly string[]): { wrong: string[]; allowed: string[] } {
  const lost = lostNetworks(plan);
  return {
    wrong: names.filter((name) => !lost.some((network) => isNamed(network, [name]))),
    allowed: lost.map(({ name }) => name),
  };
}

/** The addresses of the networks that stop reaching a registry on purpose. */
export function disconnected(plan: Plan, names: readonly string[]): ReadonlySet<string> {
  const lost = names.length === 0 ? [] : lostNetworks(plan);
  return new Set(lost.filter((network) => isNamed(network, names)).map(({ address }) => address));
}

/** The answers for the names of a registry, by the address of the network that gets them. */
function answersIn({ answers, alike }: NetworkIndex, start: string): Map<string, Answer[]> {
  const found = answers
    .filter(({ host }) => host.startsWith(start))
    .flatMap((answer) =>
      [answer.virtualNetworkAddress, ...(alike[answer.virtualNetworkAddress] ?? [])].map((network) => ({
        network,
        answer,
      })),
    );
  return groupBy(
    found,
    ({ network }) => network,
    ({ answer }) => answer,
  );
}

/** Whether a network is one that the stack uses and does not manage: it has its Azure id as its address. */
function isExisting(address: string): boolean {
  return address.startsWith("/");
}

/** What networks are called, by their addresses: the name, or the address where several have the name. */
function namesIn({ before, after }: Plan): Map<string, string> {
  const names = new Map(
    [...before.model.networks, ...after.model.networks].map(({ address, name }) => [address, name]),
  );
  const byName = groupBy(names.values(), (name) => name.toLowerCase());
  return new Map(
    [...names].map(([address, name]) => [address, byName.get(name.toLowerCase())!.length > 1 ? address : name]),
  );
}
