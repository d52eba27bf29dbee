import { isJson } from "private-link-preview/util";

/** Terraform's own limit of operations at once. */
const DEFAULT = 10;

/** More than this many connections at once are of no use to anyone. */
const MOST = 128;

/**
 * How many operations Terraform should have under way at once to apply a stack, by its Terraform JSON.
 *
 * Terraform's 10 are too few with many spokes: azurerm makes the peerings of a network one after another, under a lock,
 * and each that waits for the lock holds one of the ten. With a hub that has fifty spokes, ten waiting peerings keep all
 * else from being made. So each peering gets a place to wait in, beside the ten.
 */
export function parallelismFor(json: unknown): number {
  const resources = isJson(json) && isJson(json.resource) ? json.resource : {};
  const peerings = isJson(resources.azurerm_virtual_network_peering) ? resources.azurerm_virtual_network_peering : {};
  return Math.min(MOST, DEFAULT + Object.keys(peerings).length);
}
