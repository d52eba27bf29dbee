import type { NetworkModel } from "../model/network-model";
import type { Lookup, Resolver } from "../resolver";
import { answers } from "./answers";
import { dnsServers } from "./dns-servers";
import { endpoints } from "./endpoints";
import type { Finding } from "./finding";
import { notRead, unplaced } from "./not-read";
import { peerings, peeringsOnTrust } from "./peerings";
import { records } from "./records";
import { regions } from "./regions";
import { zoneLinks } from "./zone-links";

/** All findings, causes before effects. */
export function findingsOf(model: NetworkModel, resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  return [
    ...notRead(model),
    ...unplaced(model),
    ...peerings(model, resolver),
    ...dnsServers(model, resolver, lookups),
    ...zoneLinks(model, resolver, lookups),
    ...records(model, resolver),
    ...endpoints(model, resolver),
    ...answers(model, lookups),
    ...regions(model, lookups),
    ...peeringsOnTrust(resolver, lookups),
  ];
}
