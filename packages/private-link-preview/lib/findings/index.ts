import type { NetworkModel } from "../model/network-model";
import type { Lookup, Resolver } from "../resolver";
import { answers } from "./answers";
import { captured } from "./captured";
import { dnsServers, forwarding } from "./dns-servers";
import { endpoints } from "./endpoints";
import type { Finding } from "./finding";
import { notRead, unplaced } from "./not-read";
import { notExplained } from "./not-known";
import { peerings, peeringsOnTrust, reachNotKnown } from "./peerings";
import { ports } from "./ports";
import { records } from "./records";
import { regions } from "./regions";
import { zoneLinks } from "./zone-links";

/** All findings, causes before effects. */
export function findingsOf(model: NetworkModel, resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const findings = [
    ...notRead(model, lookups),
    ...unplaced(model, lookups),
    ...peerings(model, resolver),
    ...dnsServers(model, resolver, lookups),
    ...forwarding(lookups),
    ...zoneLinks(resolver, lookups),
    ...captured(lookups),
    ...records(model, resolver),
    ...endpoints(model, resolver),
    ...answers(model, resolver, lookups),
    ...ports(model, lookups),
    ...regions(model, lookups),
    ...peeringsOnTrust(resolver, lookups),
    ...reachNotKnown(resolver, lookups),
  ];
  const complete = model.unplaced.length + model.unreadModules.length === 0;
  return complete ? [...findings, ...notExplained(lookups, findings)] : findings;
}
