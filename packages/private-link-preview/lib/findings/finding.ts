import { unique } from "../util/collections";
import { joinWords } from "../util/words";
import type { Endpoint, RecordSet, Registry, Zone } from "../model/network-model";
import type { Lookup } from "../resolver";

/** What can be wrong with a network, or is worth knowing of it. */
export type FindingCode =
  | "answer-not-known"
  | "answers-by-other-endpoint"
  | "dangling-record"
  | "dns-server-not-known"
  | "dns-server-unreachable"
  | "endpoint-in-no-zone"
  | "endpoints-overwrite"
  | "manual-approval"
  | "mixed-record"
  | "module-not-read"
  | "no-record"
  | "no-registry"
  | "no-zone"
  | "one-sided-peering"
  | "peering-not-known"
  | "record-by-position"
  | "registers-elsewhere"
  | "registry-name-not-known"
  | "self-registering-endpoint"
  | "too-many-records"
  | "two-zones"
  | "unknown-address"
  | "unreachable-answer"
  | "wrong-address"
  | "zone-bypassed";

/** One thing wrong, or worth knowing, with what to do about it. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Terraform addresses of what is involved. */
  readonly resources: readonly string[];
}

/** A finding that makes an answer missing, wrong or unreachable. */
export function error(code: FindingCode, message: string, resources: readonly string[]): Finding {
  return { code, severity: "error", message, resources: unique(resources) };
}

/** A finding that is worth knowing. */
export function warning(code: FindingCode, message: string, resources: readonly string[]): Finding {
  return { code, severity: "warning", message, resources: unique(resources) };
}

/** The host names of lookups, in words. */
export function namesIn(lookups: readonly Lookup[]): string {
  return joinWords(unique(lookups.map(({ host }) => host.fqdn)));
}

/** The networks of lookups, in words. */
export function networksIn(lookups: readonly Lookup[]): string {
  return joinWords(unique(lookups.map(({ network }) => network.name)));
}

/** Endpoints with their networks, in words. */
export function endpointsIn(endpoints: readonly Endpoint[]): string {
  return joinWords(unique(endpoints).map(({ name, network }) => (network ? `${name} (in ${network.name})` : name)));
}

/** Terraform addresses of the record sets that answer lookups. */
export function recordAddresses(lookups: readonly Lookup[]): string[] {
  return unique(lookups.flatMap(({ records }) => records.map(({ address }) => address)));
}

/** Terraform addresses of the networks of lookups. */
export function networkAddresses(lookups: readonly Lookup[]): string[] {
  return unique(lookups.map(({ network }) => network.address));
}

/** A key for two things together. */
export function pair(a: { address: string }, b: { address: string }): string {
  return `${a.address} ${b.address}`;
}

/** Whether all that a lookup answers is there, right and reachable. */
export function isGood({ endpoints, unreachable, strays, known }: Lookup): boolean {
  return known && endpoints.length > 0 && unreachable.length === 0 && strays.length === 0;
}

/** Which host name of which registry a record set is for. */
export function hostOf(
  zone: Zone,
  record: RecordSet,
  registries: readonly Registry[],
): { fqdn: string; registry: Registry } | undefined {
  const name = `${record.name}.${zone.name}`;
  for (const registry of registries) {
    const host = registry.hosts.find(({ record }) => `${record}.${registry.cloud.privateLinkZone}` === name);
    if (host) return { fqdn: host.fqdn, registry };
  }
  return undefined;
}
