import { isJson } from "../../packages/common/util";

/** Terraform's default for operations at the same time. */
const DEFAULT = 10;

/** More connections than this at the same time do not help. */
const MOST = 128;

/**
 * How many operations Terraform should run at the same time to apply a stack, from its Terraform JSON.
 *
 * Terraform's 10 are too few with many spokes: azurerm creates the peerings of a network one after another, under a lock,
 * and each peering that waits for the lock counts as an operation. With fifty spokes, ten waiting peerings would block
 * everything else. So the limit is raised by one for each peering.
 */
export function parallelismFor(json: unknown): number {
  const resources = isJson(json) && isJson(json.resource) ? json.resource : {};
  const peerings = isJson(resources.azurerm_virtual_network_peering) ? resources.azurerm_virtual_network_peering : {};
  return Math.min(MOST, DEFAULT + Object.keys(peerings).length);
}
