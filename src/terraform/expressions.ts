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
  return `\${join(", ", flatten([for c in ${nic}.output.${IP_CONFIGURATIONS} : try(c.${FQDNS}, [])]))}`;
}

// Missing in an IP configuration of an endpoint whose connection is not approved.
const FQDNS = "properties.privateLinkConnectionProperties.fqdns";

function addressesFor(nic: string, fqdn: string): string {
  return `[for c in ${nic}.output.${IP_CONFIGURATIONS} : c.properties.privateIPAddress if contains(try(c.${FQDNS}, []), "${fqdn}")]`;
}
