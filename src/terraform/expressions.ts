/**
 * The Terraform expressions of this project.
 *
 * A registry's private endpoint holds one address for each host name. Its network interface has them:
 * every IP configuration has a `privateIPAddress` and the `fqdns` that it is for. Their order is not defined.
 */

/** Path of the addresses in the network interface's API response. */
export const IP_CONFIGURATIONS = "properties.ipConfigurations";

/**
 * The address of a host name at an endpoint.
 *
 * @param nic - Terraform address of the azapi data source that reads the endpoint's network interface
 * @param fqdn - public name of the host
 */
export function addressOf(nic: string, fqdn: string): string {
  return `\${one(${addressesFor(nic, fqdn)})}`;
}

/** Whether the endpoint has exactly one address for the host name: evaluated when Terraform plans or applies. */
export function hasAddress(nic: string, fqdn: string): string {
  return `\${length(${addressesFor(nic, fqdn)}) == 1}`;
}

/** The host names that the endpoint has an address for, as text for a message. */
export function knownHosts(nic: string): string {
  return `\${coalesce(join(", ", try(flatten([for c in ${nic}.output.${IP_CONFIGURATIONS} : ${FQDNS} if can(length(${FQDNS}))]), [])), "none")}`;
}

const FQDNS = "c.properties.privateLinkConnectionProperties.fqdns";

// While the endpoint's connection is pending, any member may be missing or null, and the list too.
function addressesFor(nic: string, fqdn: string): string {
  const isFor = `try(contains(${FQDNS}, "${fqdn}") && length(c.properties.privateIPAddress) > 0, false)`;
  return `try([for c in ${nic}.output.${IP_CONFIGURATIONS} : c.properties.privateIPAddress if ${isFor}], [])`;
}
