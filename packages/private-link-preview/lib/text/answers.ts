import { isGood } from "../findings/finding";
import type { Endpoint, VirtualNetwork } from "../model/network-model";
import { AZURE, type Lookup } from "../resolver";

/** What a network's DNS returns for a host name, as text. */
export function answerText(lookup: Lookup): string {
  const { network, link, registry, endpoints, known } = lookup;
  if (endpoints.length > 0) return endpoints.map((endpoint) => endpointText(endpoint, network)).join(" and ");
  if (!known) return "not known";
  if (!link) return `the public address${registry.publicAccess ? "" : ", which refuses clients"}`;
  if (lookup.addresses.length > 0) return "addresses that no endpoint has";
  return link.fallsBack ? "no record: the public address" : "no record: the name does not resolve";
}

function endpointText({ name, network }: Endpoint, asking: VirtualNetwork): string {
  if (network === asking) return `its own endpoint ${name}`;
  return network ? `${name} in ${network.name}` : `${name}, in a network that is not known`;
}

/** Whether the network reaches the addresses in the answer: "yes", "no", "in part", or "not known". */
export function reachableText(lookup: Lookup): "yes" | "no" | "in part" | "not known" {
  if (isGood(lookup)) return "yes";
  if (!lookup.known) return "not known";
  return lookup.endpoints.length > lookup.unreachable.length ? "in part" : "no";
}

/** Which region serves a network that looks up the login server: "swedencentral", "Azure's choice", or "not known". */
export function servedByText({ servedBy, endpoints }: Pick<Lookup, "servedBy" | "endpoints">): string {
  if (servedBy.length === 0) return endpoints.length > 0 ? "not known" : "";
  return servedBy.map((region) => (region === AZURE ? "Azure's choice" : region)).join(" or ");
}
