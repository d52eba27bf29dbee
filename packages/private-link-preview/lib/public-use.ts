import type { Machine, NetworkModel, Service, VirtualNetwork } from "./model/network-model";
import type { Preview } from "./preview";

/** A network that reaches a service over its public name. */
export interface PublicNetwork {
  readonly network: VirtualNetwork;
  /** False where the public name may refuse it, for example because its outbound address is not known. */
  readonly isCertain: boolean;
  /** What in it may use the service. */
  readonly machines: readonly Machine[];
}

/** Who uses a service over its public name, and would stop reaching it if public access were turned off. */
export interface PublicUse {
  readonly networks: readonly PublicNetwork[];
  /** Networks of which it is not known what their DNS returns. */
  readonly notKnown: readonly VirtualNetwork[];
  /** What may use the service and is in no network, as far as is known. */
  readonly elsewhere: readonly Machine[];
}

/** What runs containers or code, by {@link Machine.label}. Bastions, gateways and DNS resolvers pull nothing. */
const CLIENTS: ReadonlySet<string> = new Set([
  "Virtual machine",
  "Scale set",
  "Kubernetes cluster",
  "Container Apps environment",
  "Container group",
]);

/** What in a network may use a registry, or in none for undefined. */
export function clientsIn({ machines }: Pick<NetworkModel, "machines">, address: string | undefined): Machine[] {
  return machines.filter(({ label, network }) => CLIENTS.has(label) && network?.address === address);
}

/**
 * The networks whose DNS returns the public address of a service, with what is in them. Networks that the public address is
 * known to refuse are not among them.
 */
export function publicUseOf({ model, answers, alike }: Preview, service: Service): PublicUse {
  const byAddress = new Map(model.networks.map((network) => [network.address, network]));
  const networksOf = (found: typeof answers) =>
    [...new Set(found.flatMap(({ virtualNetworkAddress: one }) => [one, ...(alike[one] ?? [])]))].flatMap(
      (address) => byAddress.get(address) ?? [],
    );
  const own = answers.filter((answer) => answer.service === service.address);
  const open = own.filter(({ answeredBy, reachable }) => answeredBy === "public" && reachable !== false);
  const certain = new Set(networksOf(open.filter(({ reachable }) => reachable === true)));
  return {
    networks: networksOf(open).map((network) => ({
      network,
      isCertain: certain.has(network),
      machines: clientsIn(model, network.address),
    })),
    notKnown: networksOf(own.filter(({ answeredBy }) => answeredBy === null)),
    elsewhere: service.publicAccess === "disabled" ? [] : clientsIn(model, undefined),
  };
}
