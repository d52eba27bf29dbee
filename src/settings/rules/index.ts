import type { SettingsError } from "../errors";
import type { Settings } from "../schema";
import type { WellFormed } from "../well-formed";
import {
  addressSpacesAreApart,
  addressSpacesAreGiven,
  hubsHaveRoomForBastion,
  hubsHaveRoomForResolver,
  networksHaveRoomForEndpoints,
} from "./addresses";
import { agentPoolFits } from "./agent-pool";
import { cacheRulesFit } from "./cache-rules";
import { clientsFit } from "./clients";
import { contextOf, type SettingsRule } from "./context";
import { dnsServersAnswerRight, existingZonesFit, sharedZoneIsReachable } from "./dns";
import { existingHubsFit, existingNetworksFit, existingSpokesFit, virtualWanHubsFit } from "./existing-networks";
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
} from "./networks";
import {
  regionalEndpointsAreAvailable,
  regionsAreKnown,
  regionsServeNetworks,
  replicasAreFew,
  replicasDiffer,
  someRegionIsRouted,
} from "./regions";
import { existingRegistryFits, registryNameFits, rolesDiffer } from "./registry";

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
