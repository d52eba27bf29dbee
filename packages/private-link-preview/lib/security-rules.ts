import type { SecurityRule } from "./model/network-model";
import { isIn, isPrivateRange } from "../../common/util";

/** HTTPS between addresses of networks that are the same or peered, or from such to the internet. */
export interface Https {
  readonly direction: "Inbound" | "Outbound";
  /** CIDR ranges that it comes from; empty where they are not known. */
  readonly from: readonly string[];
  /** CIDR ranges that it goes to; empty where they are not known. */
  readonly to: readonly string[] | "Internet";
}

/** Whether a rule is for some traffic: for all of it, for none, or for a part of it, or that can't be told. */
type Match = "all" | "none" | "maybe";

/**
 * The rule that denies all of some traffic for certain; undefined if none does.
 *
 * Rules apply by priority, and the first that is for the traffic decides. After all of them comes Azure's default rule
 * AllowVnetInBound or AllowVnetOutBound, which allows traffic between networks that are the same or peered.
 *
 * @param rules - by priority
 */
export function denialOf(traffic: Https, rules: readonly SecurityRule[]): SecurityRule | undefined {
  for (const rule of rules) {
    const match = matchOf(traffic, rule);
    if (match === "none") continue;
    // A rule that may allow a part of the traffic leaves it open whether the rest is denied.
    if (rule.access !== "Deny") return undefined;
    if (match === "all") return rule;
  }
  return undefined;
}

/**
 * Whether it is not known if rules deny some traffic, because those that may be for it differ in what they do with it.
 *
 * @param rules - by priority
 */
export function isOpen(traffic: Https, rules: readonly SecurityRule[]): boolean {
  const may = new Set<string>();
  for (const rule of rules) {
    const match = matchOf(traffic, rule);
    if (match !== "none") may.add(rule.access);
    if (match === "all") return may.size > 1;
  }
  return may.has("Deny");
}

/**
 * Whether rules allow all of some traffic for certain, where traffic that no rule is for is denied.
 *
 * @param rules - by priority
 */
export function isAllowed(traffic: Https, rules: readonly SecurityRule[]): boolean {
  const deciding = rules.find((rule) => matchOf(traffic, rule) !== "none");
  const inOrder = rules.every(({ priority }) => !Number.isNaN(priority));
  return inOrder && deciding?.access === "Allow" && matchOf(traffic, deciding) === "all";
}

function matchOf(traffic: Https, rule: SecurityRule): Match {
  const matches = [
    among(rule.direction, ["Inbound", "Outbound"], [traffic.direction]),
    among(rule.protocol, ["Udp", "Icmp", "Esp", "Ah", "Tcp", "*"], ["Tcp", "*"]),
    anyOf(rule.toPorts.map((ports) => (rangeOf(ports) ? (holds(ports, 443) ? "all" : "none") : "maybe"))),
    anyOf(rule.fromPorts.map((ports) => (holds(ports, 0) && holds(ports, 65_535) ? "all" : "maybe"))),
    addressed(rule.from, traffic.from),
    addressed(rule.to, traffic.to),
  ];
  return matches.includes("none") ? "none" : matches.includes("maybe") ? "maybe" : "all";
}

function among(text: string, known: readonly string[], wanted: readonly string[]): Match {
  const found = known.find((one) => one.toLowerCase() === text.toLowerCase());
  return found === undefined ? "maybe" : wanted.includes(found) ? "all" : "none";
}

function anyOf(matches: readonly Match[]): Match {
  if (matches.includes("all")) return "all";
  return matches.length === 0 || matches.includes("maybe") ? "maybe" : "none";
}

/** The first and the last port of `*`, `443` or `400-500`. */
function rangeOf(ports: string): readonly [first: number, last: number] | undefined {
  if (ports === "*") return [0, 65_535];
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(ports) ?? [];
  return first === undefined ? undefined : [Number(first), Number(last)];
}

function holds(ports: string, port: number): boolean {
  const [first, last] = rangeOf(ports) ?? [1, 0];
  return first <= port && port <= last;
}

/** Private addresses of networks that are the same or peered: VirtualNetwork has all of them, and these others none. */
const TAGS: ReadonlyMap<string, Match> = new Map([
  ["*", "all"],
  ["0.0.0.0/0", "all"],
  ["virtualnetwork", "all"],
  ["internet", "none"],
  ["azureloadbalancer", "none"],
]);

/** Public addresses: of tags of services, each has some. */
const PUBLIC_TAGS: ReadonlyMap<string, Match> = new Map([
  ["*", "all"],
  ["0.0.0.0/0", "all"],
  ["internet", "all"],
  ["virtualnetwork", "none"],
  ["azureloadbalancer", "none"],
]);

function addressed(prefixes: readonly string[], ranges: readonly string[] | "Internet"): Match {
  if (prefixes.length === 0) return "maybe";
  if (ranges === "Internet")
    return anyOf(prefixes.map((one) => PUBLIC_TAGS.get(one.toLowerCase()) ?? (isPrivateRange(one) ? "none" : "maybe")));
  const [cidrs = [], names = []] = [true, false].map((wanted) =>
    prefixes.filter((prefix) => (/^[\d.]+(\/\d+)?$/.test(prefix) && !TAGS.has(prefix)) === wanted),
  );
  const each = ranges.map((range): Match => {
    if (cidrs.some((cidr) => isIn(range, cidr))) return "all";
    return cidrs.some((cidr) => isIn(cidr, range)) ? "maybe" : "none";
  });
  const [first = "maybe", ...others] = each;
  const inCidrs = cidrs.length === 0 ? "none" : others.every((one) => one === first) ? first : "maybe";
  return anyOf([...names.map((name) => TAGS.get(name.toLowerCase()) ?? "maybe"), inCidrs]);
}
