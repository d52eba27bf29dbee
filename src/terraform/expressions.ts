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
  return `\${one(${addressesOfHost(nic, fqdn)})}`;
}

/** Whether the endpoint has exactly one address for the host name: evaluated when Terraform plans or applies. */
export function hasAddress(nic: string, fqdn: string): string {
  return `\${length(${addressesOfHost(nic, fqdn)}) == 1}`;
}

/** The host names that the endpoint has an address for, as text for a message. */
export function knownHosts(nic: string): string {
  return `\${coalesce(join(", ", try(flatten([for c in ${nic}.output.${IP_CONFIGURATIONS} : ${FQDNS} if can(length(${FQDNS}))]), [])), "none")}`;
}

const FQDNS = "c.properties.privateLinkConnectionProperties.fqdns";

// While the endpoint's connection is pending, any member may be missing or null, and the list too.
function addressesOfHost(nic: string, fqdn: string): string {
  const isFor = `try(contains(${FQDNS}, "${fqdn}") && length(c.properties.privateIPAddress) > 0, false)`;
  return `try([for c in ${nic}.output.${IP_CONFIGURATIONS} : c.properties.privateIPAddress if ${isFor}], [])`;
}

/** The texts of an output of a data source, sorted and separated by commas. */
export function joined(data: string, output: string): string {
  return `\${join(",", sort(${data}.output.${output}))}`;
}

/**
 * Conditions on what a data source has read.
 *
 * @param data - its Terraform address
 */
export const reading = (data: string) => ({
  /** Whether an output is a region, however Azure writes it. */
  isRegion: (output: string, region: string) => `\${lower(replace(${data}.output.${output}, " ", "")) == "${region}"}`,
  /** Whether an output is a text. */
  is: (output: string, text: string) => `\${try(${data}.output.${output}, "") == "${text}"}`,
  /**
   * Whether an output has these texts and no others, in any order; null has none.
   *
   * @param optional - those that may be missing
   */
  isSetOf: (output: string, texts: readonly string[], optional: readonly string[] = []) =>
    `\${join(", ", sort(distinct(concat(${listIn(data, output)}, ${JSON.stringify(optional)})))) == "${[...texts].sort().join(", ")}"}`,
  /** Whether a text is in an output, in upper or lower case. */
  includes: (output: string, text: string) => `\${contains(${listIn(data, output)}, "${text.toLowerCase()}")}`,
  /** An output as text for a message. */
  text: (output: string) => `\${try(${data}.output.${output}, "none")}`,
  /** The texts of an output, for a message. */
  texts: (output: string) => `\${coalesce(join(", ", sort(${listIn(data, output)})), "none")}`,
  /**
   * Whether a registry, by its outputs `publicNetworkAccess`, `defaultAction` and `ranges`, can be reached over its public
   * name by everybody, or from some ranges only. Azure writes the range of one address without its length.
   */
  isOpenTo: (whom: true | readonly string[]) => {
    const ranges = `try([for range in ${data}.output.ranges : trimsuffix(range, "/32")], [])`;
    const wanted = whom === true ? [] : whom.map((range) => range.replace(/\/32$/, "")).sort();
    const rules = [
      // What Azure leaves out is null in the output.
      `coalesce(try(${data}.output.publicNetworkAccess, null), "Enabled") == "Enabled"`,
      `coalesce(try(${data}.output.defaultAction, null), "Allow") == "${whom === true ? "Allow" : "Deny"}"`,
      ...(whom === true ? [] : [`join(",", sort(${ranges})) == "${wanted.join(",")}"`]),
    ];
    return `\${${rules.join(" && ")}}`;
  },
});

/** The same in the data source's own postconditions. */
export const self = reading("self");

/** The texts of an output in lower case, and regions by their API names; null has none. */
function listIn(data: string, output: string): string {
  return `try([for text in ${data}.output.${output} : lower(replace(text, " ", ""))], [])`;
}

/** A subnet of a network that exists, by the Terraform addresses of the data sources that read it. */
export interface SubnetReads {
  readonly subnetId: string;
  /** Reads the ids of the subnet's addresses, as `addresses`. */
  readonly subnet: string;
  /** Reads the addresses of the network's subnets in use, as `subnets` with `id`, `used` and `limit`. */
  readonly usage: string;
}

/**
 * Addresses of a subnet that a network interface has or could get: Azure counts all that are in use, its own among them.
 *
 * @param nic - start of the name of the network interface
 */
export function availableAddresses(reads: SubnetReads, nic: string): string {
  const { subnetId, subnet, usage } = reads;
  const free = `sum([for s in ${usage}.output.subnets : s.limit - s.used if lower(s.id) == "${subnetId.toLowerCase()}"])`;
  const own = `length([for id in coalesce(${subnet}.output.addresses, []) : id if strcontains(lower(id), "/networkinterfaces/${nic.toLowerCase()}")])`;
  return `${free} + ${own}`;
}
