/**
 * An address by which a resource is found in another preview. What a file only mentions is called by its Azure id, or by its
 * name and group; what Azure shows by the group, the type and the name. Terraform addresses are what they are.
 */
export function comparable(address: string): string {
  const [, group, name] = ID.exec(address) ?? SHORT.exec(address) ?? [];
  const [, onlyName, ofGroup] = NAMED.exec(address) ?? [];
  return group === undefined && ofGroup === undefined
    ? address
    : `${group ?? ofGroup!} ${name ?? onlyName!}`.toLowerCase();
}

const ID = /^\/subscriptions\/[^/]+\/resourcegroups\/([^/]+)\/providers\/.+\/([^/]+)$/i;
const SHORT = /^(?:[0-9a-f-]{36}\/)?([^/[\]]+)\/[a-z]+\/(?:[^[\]]+\/)?([^/[\]]+)$/i;
const NAMED = /^(\S+) in (\S+)$/;
