import { normaliseRegion } from "../../../common/azure";
import { joinWords, unique } from "../../../common/util";
import { publicAddress } from "../text/public-address";
import { AZURE } from "../trace";
import { networkAddresses, networksIn, recordAddresses } from "./finding";
import type { Reasons } from "./said";

/** What is said of the region that serves a network, where its DNS decides that. */
export const REGIONS = {
  "regional-name-without-record": ([registry], _, { model }) => ({
    problem: `Private endpoints of ${registry.name} list addresses for its regional endpoints, whose names no zone of this file holds. If regional endpoints are on, each of these names resolves to ${publicAddress(registry)}.`,
    remedy: "Write a record set for each of them.",
    resources: [
      registry.address,
      ...model.endpoints.flatMap(({ service, address }) => (service === registry ? [address] : [])),
    ],
  }),
  "several-regions": ([network], affected) => {
    const { host, servedBy } = affected[0]!;
    const regions = joinWords(servedBy.map((region) => (region === AZURE ? "whichever region Azure chooses" : region)));
    return {
      problem: `The DNS of ${network.name} returns addresses of ${host.fqdn} that lead to ${regions}, in turn. Which region serves a pull is chance.`,
      remedy: "Write one address into the record set.",
      resources: [network.address, ...recordAddresses(affected)],
    };
  },
  "served-by-drained-region": ([, region], affected) => ({
    problem: `${affected[0]!.host.fqdn} leads ${networksIn(affected)} to ${region}, a replica that is drained: Azure routes no other clients to it.`,
    remedy: "Lead the name to another region, or let Azure route clients to the replica again.",
    resources: [...networkAddresses(affected), ...recordAddresses(affected)],
  }),
  "served-by-other-region": ([, region], affected) => {
    const own = unique(affected.map(({ network }) => normaliseRegion(network.location ?? "")));
    return {
      problem: `${affected[0]!.host.fqdn} leads ${networksIn(affected)} to ${region}, although the registry is in ${joinWords(own)} too: pulls cross regions.`,
      remedy:
        "If that is not on purpose, write the address that the endpoint has for the regional name of its own region.",
      resources: [...networkAddresses(affected), ...recordAddresses(affected)],
    };
  },
} satisfies Partial<Reasons>;
