import { overlap, prefixLength } from "../../packages/common/util";
import { RESERVED_ADDRESSES } from "../limits";
import {
  addressesForEndpoint,
  addressesOfEndpoint,
  BASTION_HUB_PREFIX,
  RESOLVER_HUB_PREFIX,
  planHub,
  planSpoke,
} from "./address-plan";
import type { SettingsError } from "../settings/errors";
import { type Context, errorAt } from "../rule-context";

export function* addressSpacesAreGiven({ networks }: Context): Iterable<SettingsError> {
  for (const { path, addressSpace, existing, ...network } of networks) {
    if (addressSpace !== undefined || existing || ("virtualHubId" in network && network.virtualHubId)) continue;
    yield errorAt(
      [...path, "addressSpace"],
      undefined,
      "a private IPv4 range such as 10.10.0.0/16, or nothing if existing is set",
    );
  }
}

export function* addressSpacesAreApart({ networks }: Context): Iterable<SettingsError> {
  for (const [index, { path, addressSpace }] of networks.entries()) {
    if (addressSpace === undefined) continue;
    const other = networks
      .slice(0, index)
      .find((before) => before.addressSpace !== undefined && overlap(before.addressSpace, addressSpace));
    if (!other) continue;
    yield errorAt(
      [...path, "addressSpace"],
      addressSpace,
      `a range that does not overlap ${other.addressSpace!} of ${other.label}`,
    );
  }
}

export function* hubsHaveRoomForBastion({ hubs }: Context): Iterable<SettingsError> {
  for (const { path, label, addressSpace, bastion } of hubs) {
    if (bastion !== "basic" || addressSpace === undefined || prefixLength(addressSpace) <= BASTION_HUB_PREFIX) continue;
    yield errorAt(
      [...path, "addressSpace"],
      addressSpace,
      `a /${BASTION_HUB_PREFIX} or larger, to have room for Azure Bastion, or ${label}.bastion set to "developer" or false`,
    );
  }
}

export function* hubsHaveRoomForResolver({ hubs }: Context): Iterable<SettingsError> {
  for (const { path, label, addressSpace, resolver, existing } of hubs) {
    if (!resolver || existing || addressSpace === undefined || prefixLength(addressSpace) <= RESOLVER_HUB_PREFIX)
      continue;
    const allowed = `a /${RESOLVER_HUB_PREFIX} or larger, to have room for the DNS resolver, or ${label}.resolver set to false`;
    yield errorAt([...path, "addressSpace"], addressSpace, allowed);
  }
}

export function* networksHaveRoomForEndpoints({ hubs, spokes, registry }: Context): Iterable<SettingsError> {
  const needed = addressesOfEndpoint(registry.replicas.length, registry.regionalEndpoints);
  const planned = [
    ...hubs.filter((hub) => hub.endpoint).map((hub) => ({ ...hub, carve: planHub })),
    ...spokes.filter((spoke) => !spoke.asksHub).map((spoke) => ({ ...spoke, carve: planSpoke })),
  ];
  for (const { path, addressSpace, existing, carve } of planned) {
    if (addressSpace === undefined) continue;
    // The subnet of a network that exists is not in the settings. It is not larger than the network.
    const plan = existing ? (endpoints: string) => ({ endpoints }) : carve;
    const written = prefixLength(addressSpace);
    const prefixes = Array.from({ length: written - 7 }, (_, i) => written - i);
    const smallest = prefixes.find((prefix) => addressesForEndpoint(prefix, plan) >= needed);
    // Where none is large enough, there are more replicas than regions, which is an error of theirs.
    if (smallest === undefined || smallest === written) continue;
    yield errorAt(
      [...path, "addressSpace"],
      addressSpace,
      `a /${smallest} or larger: the private endpoint needs ${needed} addresses, and Azure reserves ${RESERVED_ADDRESSES} addresses in each subnet`,
    );
  }
}
