import { groupBy, unique } from "../../../common/util";
import type { NetworkModel } from "../model/network-model";

/** An address by which a resource of one preview is found in another. */
export type Comparable = (address: string) => string;

/**
 * How the resources of two previews are found in each other. What a file only mentions is called by its Azure id, or by its
 * name and group; what Azure shows by the group, the type and the name. Each is found by group and name, and where a preview
 * has several of these, in several subscriptions, by the subscription too. Terraform addresses are what they are.
 */
export function comparables(...models: readonly NetworkModel[]): Comparable {
  const several = new Set(
    models.flatMap(({ networks, zones, services, endpoints }) => {
      const addresses = unique([networks, zones, services, endpoints].flat().map(({ address }) => address));
      return [...groupBy(addresses, withoutSubscription)].flatMap(([key, same]) => (same.length > 1 ? key : []));
    }),
  );
  return (address) => {
    const key = withoutSubscription(address);
    return several.has(key) ? `${SUBSCRIPTION.exec(address)?.[1]?.toLowerCase() ?? address} ${key}` : key;
  };
}

function withoutSubscription(address: string): string {
  const [, group, name] = ID.exec(address) ?? SHORT.exec(address) ?? [];
  const [, onlyName, ofGroup] = NAMED.exec(address) ?? [];
  return group === undefined && ofGroup === undefined
    ? address
    : `${group ?? ofGroup!} ${name ?? onlyName!}`.toLowerCase();
}

const ID = /^\/subscriptions\/[^/]+\/resourcegroups\/([^/]+)\/providers\/.+\/([^/]+)$/i;
const SHORT = /^(?:[0-9a-f-]{36}\/)?([^/[\]]+)\/[a-z]+\/(?:[^[\]]+\/)?([^/[\]]+)$/i;
const NAMED = /^(\S+) in (\S+)$/;
const SUBSCRIPTION = /^(?:\/subscriptions\/)?([0-9a-f-]{36})\//i;
