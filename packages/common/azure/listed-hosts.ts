import type { CloudName } from "./clouds";
import { normaliseRegion } from "./regions";
import { type ServiceHost, type ValueOf, domainsOf, filled, pattern, subresourceOf } from "./service-names";
import type { NameRule, ServiceType } from "./services";

/**
 * A host name that an endpoint itself lists: as one of a subresource's names.
 *
 * @param name - a public name, or one in a private zone
 */
export function listedHost(
  service: ServiceType,
  subresource: string,
  cloud: CloudName,
  name: string,
): ServiceHost | undefined {
  const { subresource: found } = subresourceOf(service, subresource) ?? {};
  for (const rule of found?.names ?? []) {
    const domains = domainsOf(rule, cloud);
    for (const domain of domains ?? []) {
      const match = new RegExp(`^(?<record>.+)\\.${pattern(domain)}$`, "i").exec(name);
      const { record, ...captured } = match?.groups ?? {};
      const known = record === undefined ? undefined : filled(domains!, captured);
      if (known) return hostOf(found!.name, rule, record!, record!.toLowerCase(), known);
    }
  }
  return undefined;
}

/** Names that stand for those of a resource that Azure makes up when it creates it: one for each zone. */
export function hostsToCome(
  service: ServiceType,
  subresource: string,
  cloud: CloudName,
  valueOf: ValueOf,
  placeholder: string,
): ServiceHost[] {
  const { subresource: found } = subresourceOf(service, subresource) ?? {};
  return (found?.names ?? []).flatMap((rule) => {
    const domains = domainsOf(rule, cloud);
    const known = domains && filled(domains, { location: normaliseRegion(valueOf("location")[0] ?? "") });
    return known ? [hostOf(found!.name, rule, found!.name, placeholder, known)] : [];
  });
}

function hostOf(
  subresource: string,
  rule: NameRule,
  label: string,
  record: string,
  domains: readonly [zone: string, suffix: string],
): ServiceHost {
  const [zone, suffix] = domains.map((domain) => domain.toLowerCase()) as [string, string];
  return {
    subresource,
    label: rule.label !== undefined && !rule.label.includes("{") ? rule.label : label,
    fqdn: `${record}.${suffix}`,
    privateName: `${record}.${zone}`,
    zone,
  };
}
