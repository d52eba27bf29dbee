import { SERVICES } from "../../common/azure/services";
import { groupBy, unique } from "../../common/util/collections";
import type { Json } from "../../common/util/json";
import { COMPUTED } from "./any-type/computed";
import { RESOURCE_TYPES } from "./resource-types";

/** Types without rules that belong to a network, besides those that Azure computes something for. */
const OF_NETWORKS = [
  "Microsoft.Compute/virtualMachineScaleSets",
  "Microsoft.ContainerService/managedClusters/agentPools",
  "Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks",
  "Microsoft.Network/firewallPolicies",
  "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
  "Microsoft.Network/networkManagers",
  "Microsoft.Network/networkManagers/connectivityConfigurations",
  "Microsoft.Network/networkManagers/networkGroups",
  "Microsoft.Network/networkManagers/networkGroups/staticMembers",
  "Microsoft.Network/privateDnsZones/ALL",
  "Microsoft.Network/virtualHubs/routingIntent",
  "Microsoft.ResourceGraph/resources",
];

/** The types that are known by name, as Azure spells them, by their name in lower case. */
const TYPES = new Map(
  [
    ...RESOURCE_TYPES.map(({ type }) => type),
    ...Object.keys(COMPUTED),
    ...OF_NETWORKS,
    ...SERVICES.map(({ azureType }) => azureType),
  ].map((type) => [type.toLowerCase(), type]),
);

/** A type as Azure spells it, where the emulator knows that. */
export function spelledType(type: string): string {
  return TYPES.get(type.toLowerCase()) ?? type;
}

/** The versions that each type is said to have, newest first. What is answered does not depend on them. */
const VERSIONS = ["2025-05-01", "2024-05-01", "2023-11-01"];

/** Versions that a provider has besides these. */
const PREVIEWS: Readonly<Record<string, readonly string[]>> = {
  "Microsoft.ContainerRegistry": ["2026-03-01-preview"],
};

/**
 * The resource providers of a subscription, all registered, each with its types.
 *
 * @param more - types that were written besides those that are known by name
 */
export function resourceProviders(subscriptionId: string, more: readonly string[]): Json[] {
  const types = unique([...TYPES.values(), ...more.map(spelledType)]).sort();
  const byNamespace = groupBy(types, (type) => type.split("/")[0]!);
  return [...byNamespace].map(([namespace, own]) => provider(subscriptionId, namespace, own));
}

/** One resource provider. Any that is asked for is registered, also one that has no types here. */
export function resourceProvider(subscriptionId: string, namespace: string, more: readonly string[]): Json {
  const found = resourceProviders(subscriptionId, more).find(
    (one) => String(one.namespace).toLowerCase() === namespace.toLowerCase(),
  );
  return found ?? provider(subscriptionId, namespace, []);
}

function provider(subscriptionId: string, namespace: string, types: readonly string[]): Json {
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    registrationPolicy: "RegistrationRequired",
    registrationState: "Registered",
    resourceTypes: types.map((type) => ({
      resourceType: type.slice(namespace.length + 1),
      locations: [],
      apiVersions: [...(PREVIEWS[namespace] ?? []), ...VERSIONS],
      capabilities: "None",
    })),
  };
}
