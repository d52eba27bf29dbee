import type { SettingsError } from "./settings/errors";
import type { Settings } from "./schema";
import type { WellFormed } from "./settings/well-formed";
import {
  addressSpacesAreApart,
  addressSpacesAreGiven,
  hubsHaveRoomForBastion,
  hubsHaveRoomForResolver,
  networksHaveRoomForEndpoints,
} from "./network/address-rules";
import { agentPoolFits } from "./registry/agent-pool-rules";
import { cacheRulesFit } from "./registry/cache-rules";
import { clientsFit } from "./network/client-rules";
import { contextOf, type SettingsRule } from "./rule-context";
import { dnsServersAnswerRight, existingZonesFit, sharedZoneIsReachable } from "./dns/dns-rules";
import {
  existingHubsFit,
  existingNetworksFit,
  existingSpokesFit,
  virtualWanHubsFit,
} from "./network/existing-network-rules";
import {
  developerBastionsExist,
  egressFits,
  endpointsAreFew,
  hubsReachAnEndpoint,
  hubsDiffer,
  meshIsSmall,
  someNetworkHasAnEndpoint,
  spokesHaveHubs,
  spokeNamesDiffer,
} from "./network/network-rules";
import {
  regionalEndpointsAreAvailable,
  regionsAreKnown,
  regionsServeNetworks,
  replicasAreFew,
  replicasDiffer,
  someRegionIsRouted,
} from "./registry/region-rules";
import { existingRegistryFits, registryNameFits, rolesDiffer } from "./registry/registry-rules";

/**
 * The errors that show only in several settings together.
 *
 * @param settings - as far as they are well-formed: what is not has an error of its own already
 */
export function errorsAcross(settings: WellFormed<Settings>): SettingsError[] {
  const context = contextOf(settings);
  return RULES.flatMap((rule) => [...rule(context)]);
}

const RULES: readonly SettingsRule[] = [
  regionsAreKnown,
  hubsDiffer,
  spokeNamesDiffer,
  spokesHaveHubs,
  replicasDiffer,
  replicasAreFew,
  addressSpacesAreGiven,
  addressSpacesAreApart,
  hubsHaveRoomForBastion,
  hubsHaveRoomForResolver,
  developerBastionsExist,
  networksHaveRoomForEndpoints,
  regionalEndpointsAreAvailable,
  regionsServeNetworks,
  someRegionIsRouted,
  registryNameFits,
  sharedZoneIsReachable,
  meshIsSmall,
  endpointsAreFew,
  dnsServersAnswerRight,
  existingNetworksFit,
  existingHubsFit,
  virtualWanHubsFit,
  existingSpokesFit,
  existingZonesFit,
  clientsFit,
  existingRegistryFits,
  rolesDiffer,
  agentPoolFits,
  cacheRulesFit,
  someNetworkHasAnEndpoint,
  hubsReachAnEndpoint,
  egressFits,
];
