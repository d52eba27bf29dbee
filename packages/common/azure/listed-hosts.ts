import type { CloudName } from "./clouds";
import { normaliseRegion } from "./regions";
import { type ServiceHost, type ValueOf, domainsOf, fill, pattern, subresourceOf } from "./service-names";
import type { ServiceType } from "./services";

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
  const found = subresourceOf(service, subresource);
  for (const rule of found?.subresource.names ?? []) {
    const { zone, suffix } = domainsOf(rule, cloud);
    for (const domain of [zone, suffix]) {
      if (domain === undefined || zone === undefined || suffix === undefined) continue;
      const match = new RegExp(`^(?<record>.+)\\.${pattern(domain)}$`, "i").exec(name);
      const { record, ...captured } = match?.groups ?? {};
      const [itsZone, itsSuffix] = [fill(zone, captured), fill(suffix, captured)];
      if (record === undefined || itsZone === undefined || itsSuffix === undefined) continue;
      return {
        subresource: found!.subresource.name,
        label: rule.label !== undefined && !rule.label.includes("{") ? rule.label : record,
        fqdn: `${record}.${itsSuffix}`.toLowerCase(),
        privateName: `${record}.${itsZone}`.toLowerCase(),
        zone: itsZone.toLowerCase(),
      };
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
  const found = subresourceOf(service, subresource);
  return (found?.subresource.names ?? []).flatMap((rule) => {
    const { zone, suffix } = domainsOf(rule, cloud);
    const values = { location: normaliseRegion(valueOf("location")[0] ?? "") };
    const [itsZone, itsSuffix] = [fill(zone ?? "{}", values), fill(suffix ?? "{}", values)];
    if (itsZone === undefined || itsSuffix === undefined || itsZone.includes("{")) return [];
    return [
      {
        subresource: found!.subresource.name,
        label: rule.label !== undefined && !rule.label.includes("{") ? rule.label : found!.subresource.name,
        fqdn: `${placeholder}.${itsSuffix}`,
        privateName: `${placeholder}.${itsZone}`,
        zone: itsZone,
      },
    ];
  });
}
