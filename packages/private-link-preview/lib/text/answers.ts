import type { Endpoint, VirtualNetwork } from "../model/network-model";
import { AZURE, type Lookup, answeredBy, isKnown, isOneOf, isReachable } from "../trace";
import { publicAddress } from "./public-address";

/** What a network's DNS returns for a host name, as text. */
export function answerText(lookup: Lookup): string {
  const { network, link, service, endpoints } = lookup;
  if (endpoints.length > 0)
    return endpoints.map((endpoint) => endpointText(endpoint, network)).join(isOneOf(lookup) ? " or " : " and ");
  const by = answeredBy(lookup);
  if (by === "zone") return "addresses that no endpoint has";
  if (!isKnown(lookup) && by === undefined) return "not known";
  if (!link)
    return by === "public"
      ? publicAddress(service, network)
      : "no answer: its DNS servers are not reached, or do not answer";
  const then = { public: publicAddress(service, network), nothing: "the name does not resolve" };
  return `no record: ${by ? then[by] : "whether public DNS is asked is not known"}`;
}

function endpointText({ name, network }: Endpoint, asking: VirtualNetwork): string {
  if (network === asking) return `its own endpoint ${name}`;
  return network ? `${name} in ${network.name}` : `${name}, in a network that is not known`;
}

/** Whether the network reaches the addresses in the answer: "yes", "no", "in part", or "not known". */
export function reachableText(lookup: Lookup): "yes" | "no" | "in part" | "not known" {
  const reachable = isReachable(lookup);
  if (reachable !== false) return reachable ? "yes" : "not known";
  return lookup.unreachable.length > 0 && lookup.endpoints.length > lookup.unreachable.length && isKnown(lookup)
    ? "in part"
    : "no";
}

/** Which region serves a network that looks up the login server: "swedencentral", "Azure's choice", or "not known". */
export function servedByText({ servedBy, endpoints }: Pick<Lookup, "servedBy" | "endpoints">): string {
  if (servedBy.length === 0) return endpoints.length > 0 ? "not known" : "";
  return servedBy.map((region) => (region === AZURE ? "Azure's choice" : region)).join(" or ");
}
