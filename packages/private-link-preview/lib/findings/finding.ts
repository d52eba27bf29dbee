import type { Endpoint, VirtualNetwork } from "../model/network-model";
import type { Lookup } from "../trace";
import { joinWords, unique } from "../../../common/util";
import type { FindingCode } from "./codes";

/** An error or a warning about a network, with what to do about it. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Terraform addresses of the resources involved. */
  readonly resources: readonly string[];
  /** Where it is explained: a page of this package, and a heading in it. */
  readonly page: string;
  /** Whether it is ignored on purpose; absent if not. */
  readonly ignored?: boolean;
  /** Why it is ignored, where a file says so. */
  readonly reason?: string;
}

/** The host names of lookups, as text. */
export function namesIn(lookups: readonly Lookup[]): string {
  return joinWords(unique(lookups.map(({ host }) => host.fqdn)));
}

/** The private zones that can hold the names of lookups, as text. */
export function zonesIn(lookups: readonly Lookup[]): string {
  return joinWords(unique(lookups.map(({ host }) => host.zone)));
}

/** The networks of lookups, as text. */
export function networksIn(lookups: readonly Lookup[]): string {
  const networks = unique(networksOf(lookups).map(({ name }) => name));
  const more = networks.length - MOST_NAMED;
  // One more is named rather than counted.
  return joinWords(more > 1 ? [...networks.slice(0, MOST_NAMED), `${more} more networks`] : networks);
}

/** Endpoints with their networks, as text. */
export function endpointsIn(endpoints: readonly Endpoint[]): string {
  return joinWords(unique(endpoints).map(({ name, network }) => (network ? `${name} (in ${network.name})` : name)));
}

/** Terraform addresses of the record sets that answer lookups. */
export function recordAddresses(lookups: readonly Lookup[]): string[] {
  return unique(lookups.flatMap(({ records }) => records.map(({ address }) => address)));
}

/** Terraform addresses of the networks of lookups. */
export function networkAddresses(lookups: readonly Lookup[]): string[] {
  return unique(networksOf(lookups).map(({ address }) => address));
}

/** The networks that get some answers. */
export function networksOf(lookups: readonly Lookup[]): VirtualNetwork[] {
  const alike = new Map(lookups.map((lookup) => [lookup.network, lookup.alike ?? []]));
  return unique([...alike].flatMap(([network, others]) => [network, ...others]));
}

/** Networks that a message names. */
const MOST_NAMED = 20;
