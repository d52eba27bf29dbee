import type { RegistryHost } from "./azure/registry-hosts";
import { findingsOf } from "./findings";
import { type Finding, isGood } from "./findings/finding";
import { buildNetworkModel } from "./model/build-network-model";
import type { NetworkModel, Registry } from "./model/network-model";
import { readTerraformJson } from "./read/terraform-json";
import { type Lookup, Resolver } from "./resolver";

/** What one network's DNS returns for one host name of a registry. */
export interface Answer {
  /** Name of the virtual network. */
  readonly virtualNetwork: string;
  /** Its Terraform address, or its Azure id if it is not in the file. */
  readonly virtualNetworkAddress: string;
  readonly host: string;
  /** Terraform address of the zone that answers; null where public DNS does, or where that is not known. */
  readonly zone: string | null;
  /** Terraform addresses of the endpoints whose addresses the answer holds. */
  readonly endpoints: readonly string[];
  /** The addresses in the answer; empty where they are (known after apply). */
  readonly addresses: readonly string[];
  /** Whether the network reaches every address in the answer, and there is one. */
  readonly reachable: boolean;
  /**
   * The region that serves the name, or `azure` if Azure chooses it. Null if it is not known, if there is no answer, or if
   * the answer leads to several regions.
   */
  readonly servedBy: string | null;
  /** Whether everything that decides the answer is in the file. */
  readonly known: boolean;
}

/** What each network's DNS returns, and the findings about it. */
export interface Preview {
  readonly model: NetworkModel;
  readonly lookups: readonly Lookup[];
  readonly answers: readonly Answer[];
  readonly findings: readonly Finding[];
}

/**
 * Works out, from Terraform's JSON alone, what each virtual network gets for each host name of each private registry.
 *
 * @param json - a configuration as synthesized, or `terraform show -json` of a plan or a state
 * @param source - where it comes from, for the error
 * @throws UserError if it is none of these
 */
export function previewOf(json: unknown, source = "the stack"): Preview {
  const model = buildNetworkModel(readTerraformJson(json, source));
  const resolver = new Resolver(model);
  const lookups = lookUpAll(model, resolver);
  return { model, lookups, answers: lookups.map(answerOf), findings: findingsOf(model, resolver, lookups) };
}

function lookUpAll(model: NetworkModel, resolver: Resolver): Lookup[] {
  const involved = new Set([
    ...model.links.map(({ network }) => network),
    ...model.endpoints.flatMap(({ network }) => (network ? [network] : [])),
  ]);
  const served = new Set(model.endpoints.map(({ registry }) => registry));
  const registries = model.registries.filter((registry) => served.has(registry) || registry.publicAccess === false);
  return model.networks
    .filter((network) => network.managed || involved.has(network))
    .flatMap((network) =>
      registries.flatMap((registry) => namesOf(registry).map((host) => resolver.lookUp(network, registry, host))),
    );
}

/** The names to look up. */
function namesOf({ hosts, regionalForSure }: Registry): RegistryHost[] {
  return hosts.filter(({ kind }) => kind !== "regional" || regionalForSure);
}

function answerOf(lookup: Lookup): Answer {
  const { network, host, link, endpoints, addresses, servedBy, known } = lookup;
  return {
    virtualNetwork: network.name,
    virtualNetworkAddress: network.address,
    host: host.fqdn,
    zone: link?.zone.address ?? null,
    endpoints: endpoints.map(({ address }) => address),
    addresses,
    reachable: isGood(lookup),
    servedBy: servedBy.length === 1 ? servedBy[0]! : null,
    known,
  };
}
