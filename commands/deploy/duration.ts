import { count } from "../../packages/common/util";
import type { ResourceChange } from "../plan/plan";

/** Seconds that a peering takes. azurerm creates one at a time in a whole deployment. */
const PEERING = 15;

/** How long a deployment may take, and why; empty where nothing in it takes minutes. The figures are those of docs/deploy.md. */
export function durationText(changes: readonly ResourceChange[]): string {
  const created = (type: string) =>
    changes.filter((change) => change.type === type && /^(created|replaced)$/.test(change.effect)).length;
  const peerings = created("azurerm_virtual_network_peering");
  const minutes = Math.round((peerings * PEERING) / 60);
  if (minutes > 12)
    return `Deploying takes about ${minutes} minutes: ${count(peerings, "peering")} are created, one at a time.`;
  // A Bastion Developer is there at once. The others have a public address.
  if (created("azurerm_bastion_host") > 0 && created("azurerm_public_ip") > 0)
    return "Deploying takes about 12 minutes, ten of them for the bastion.";
  if (created("azurerm_container_registry") > 0)
    return "Deploying takes about six minutes, most of it for the registry, its replicas and the private endpoints.";
  if (created("azurerm_private_endpoint") > 0)
    return "Deploying takes a few minutes: each private endpoint takes one to two.";
  return changes.some(({ type }) => type === "azurerm_container_registry")
    ? "Deploying takes a few minutes: each replica that is added takes one to three."
    : "";
}

/** How long destroying may take. */
export const DESTROY_DURATION =
  "Destroying the default network takes three minutes or more, which are waits of azurerm.";
