import type { FindingHelp } from "../../packages/private-link-preview";

/** An error: what it means, how to fix it, and when to ignore it. */
function error(means: string, fix: string, ignore = "`npm run deploy` does not ignore it."): FindingHelp {
  return { severity: "error", means, fix, ignore };
}

/** A warning: what it means, how to fix it, and when to ignore it. */
function warning(means: string, fix: string, ignore: string): FindingHelp {
  return { severity: "warning", means, fix, ignore };
}

/** Every finding about a plan itself, by its code. A section of docs/plan.md is generated from each. */
export const PLAN_FINDING_CODES = {
  "registry-lost": error(
    "The plan destroys or replaces the registry, and all its images are lost. A change of `registry.namePrefix`, `environment` or `registry.location` replaces it.",
    "Undo that change. To move, create a second deployment with a folder, environment and name prefix of its own, and copy the images with `az acr import`.",
    "Ignore it only where the images may be lost: `npm run deploy -- --replace-registry NAME`.",
  ),
  "public-access-closes": error(
    "The registry is closed over its public name (`registry.publicAccess`), and networks no longer reach it, or not for a while: the same plan creates their private endpoints and records, and Azure closes the registry first. Networks of which that is not known are named too. An imported registry is closed unless `registry.publicAccess` says otherwise.",
    "First deploy all networks with `registry.publicAccess` as the registry is. `npm run verify` shows that they pull privately. Then close it.",
    "Ignore it only for networks that may stop reaching it: `npm run deploy -- --disconnect-network NAME`, once for each name in the message.",
  ),
  "no-room-for-replica": error(
    "A replica takes one more address in the subnet of every private endpoint, two with regional endpoints, and turning these on one for each region. A subnet lacks them, so Azure would refuse the change and roll it back. They are counted from the state.",
    "Free addresses, or set `existing.endpointSubnetId` to a larger subnet. Remove a spoke of less than a /23, deploy, and add it with a larger address space. If the state lags behind, apply with `npx cdktf deploy`.",
  ),
  "region-in-use": error(
    "A replica is removed while the login server's name leads networks to it. Pulls and pushes there would fail until the records have changed and their TTL has passed.",
    "Add the region to `registry.drained` and deploy. Then remove it there and from `registry.replicas`, and deploy.",
  ),
  "regional-endpoints-in-use": error(
    "Regional endpoints are turned off while the login server's name leads networks to them. Clients with such an answer would fail.",
    'Set `registry.drained` to all regions, or each `servedBy` to `"azure"`, and deploy. Then set `registry.regionalEndpoints` to false, `registry.drained` to `[]`, and deploy. Clients that use regional names have to stop first.',
  ),
  "replica-replaced": error(
    "A replica is deleted and created again, because Azure reports another zone redundancy than this project expects, for example in a region that gained availability zones, and azurerm can't change it. Another region serves until all images are copied.",
    "Set `zoneRedundancy` of that replica in `registry.replicas` to the value before the change. To replace it on purpose, remove it, deploy, and add it again.",
  ),
  locked: error(
    "The lock on the registry (`registry.deletionProtection`) also protects its replicas, role assignments, diagnostic settings and private endpoints, in any network. The plan deletes one of these and keeps the lock, so the apply would fail halfway, for an endpoint after 60 minutes.",
    "Set `registry.deletionProtection` to false in the same deployment, which deletes the lock first. Set it to true again afterwards.",
  ),
  "endpoint-name-taken": error(
    "A private endpoint is replaced by one of the same name, because it is tainted, `-replace` was asked for, or a setting was undone. The new one is created first, so Azure refuses it.",
    "Run `terraform -chdir=cdktf.out/stacks/private-registry destroy -target=ADDRESS` with its address, then `npm run deploy`. In between, its networks do not pull.",
  ),
  "public-clients-elsewhere": warning(
    "The registry is closed over its public name. Clients that the settings do not know, such as hosted agents, developers and other networks, get status 403.",
    "Find them first, with `npm run adopt` and the registry's sign-in events (`registry.diagnostics`). Add networks to `spokes`, or addresses to `registry.publicAccess`.",
    "Ignore it once you know that they have another way.",
  ),
  "public-access-opens": warning(
    "The registry is opened over its public name, to everybody or to more addresses. Whoever has credentials can pull and push from there, and images can be exported, such as by `az acr import`.",
    "Set `registry.publicAccess` to false, or to the addresses that need it. Push from a machine or an agent pool in the network.",
    "Ignore it where that is the purpose, such as until all clients have private endpoints.",
  ),
  "first-private-endpoint": warning(
    "An existing registry gets its first private endpoint, for all its clients. Blobs then come from `NAME.REGION.data.azurecr.io`, which firewalls may not allow, and its name does not resolve in networks linked to another zone `privatelink.azurecr.io` without fallback. An imported registry may have endpoints already.",
    "First have firewalls allow the data endpoint of each region, and try that with `az acr update --name NAME --data-endpoint-enabled true`. Set `az network private-dns link vnet update --resolution-policy NxDomainRedirect` on links of other zones.",
    "Ignore it once both are done, or where all clients are in networks of this project.",
  ),
  "lock-removed": warning(
    "The lock on the registry is destroyed or replaced. Without it, the registry and its images can be deleted.",
    "Set `registry.deletionProtection` to true.",
    "Ignore it where you remove what the lock protects.",
  ),
  "replica-removed": warning(
    "A replica is removed. Another region serves its clients.",
    "Keep the region in `registry.replicas`.",
    'Ignore it where you give the region up. To try that first, drain it with `"routed": false`.',
  ),
  "role-assignment-mode": warning(
    "With `registry.repositoryPermissions`, AcrPull and AcrPush have no effect; without, the roles for repositories have none. New role assignments take minutes, and cached credentials get status 401 until each client refreshes them, in minutes to hours. Running containers continue.",
    "Undo the change of `registry.repositoryPermissions`.",
    "Ignore it at a time when nobody has to pull or push.",
  ),
  "network-replaced": warning(
    "A network is replaced with everything in it. Its clients have no access meanwhile, and the disks of its VMs are lost. Azure refuses to delete a network with resources of others.",
    "Undo the change that forces it, such as the spoke's region; or add a new spoke and move.",
    "Ignore it where nothing in it is in use.",
  ),
  "address-space-moves": warning(
    "A range is removed from an address space, or a subnet moves. Where a resource has an address in it, Azure refuses that, and the apply fails. An address space that only grows has no finding.",
    "Remove the spoke, deploy, add it with its new address space, and deploy again.",
    "Ignore it where no resource has an address in that range.",
  ),
  "address-space-reused": warning(
    "A new spoke has addresses of one that is destroyed in the same apply, such as under its old name. Azure refuses to peer the hub with both, so the apply may fail.",
    "Give it other addresses, or destroy the old one in an apply before.",
    "Ignore it where an apply may fail halfway: the next one succeeds.",
  ),
  "subnet-replaced": warning(
    "Everything in a subnet is deleted, and clients have no access until it is created again.",
    "Undo the change that forces it.",
    "Ignore it where nothing in it is in use.",
  ),
  "peering-interrupted": warning(
    "The peering of two networks that stay is destroyed or replaced: they do not reach each other, or not meanwhile.",
    "Undo the change, for example of `spokePeering`.",
    "Ignore it where no client uses a private endpoint in the other network.",
  ),
  "endpoint-interrupted": warning(
    "A private endpoint is replaced while DNS returns its addresses. If the new one is created first, as here, transfers break off and succeed when repeated; otherwise pulls and pushes fail meanwhile.",
    "Undo the change that forces it, such as `manualApproval`.",
    "Ignore it while nobody pulls or pushes there.",
  ),
  "zone-changes": warning(
    "Networks are linked to another private DNS zone. The old link is deleted first: for a minute or two, lookups of the registry fail or return public addresses.",
    "Undo the change of `dns`.",
    "Ignore it while nobody pulls or pushes there.",
  ),
  "zone-interrupted": warning(
    "A network's private DNS zone or its link is replaced or lost. Meanwhile, lookups of the registry fail or return public addresses.",
    "Undo the change that forces it.",
    "Ignore it where the network uses the hub's DNS servers from now on, or nobody pulls or pushes there.",
  ),
  "record-interrupted": warning(
    "A record set is replaced. Meanwhile, lookups of that name fail or return public addresses.",
    "Undo the change that forces it.",
    "Ignore it while nobody pulls or pushes there.",
  ),
  "records-of-others-change": warning(
    'With `dns` set to `"external"`, records that others write change. Until they are written, lookups fail, or return old or public addresses.',
    "After the deployment, run `npm run dns-records` and hand over its files.",
    "Ignore it where a pipeline hands them over.",
  ),
  "vm-replaced": warning(
    "A VM is replaced, and its disk is lost.",
    "Undo the change that forces it, for example of the SSH key.",
    "Ignore it for the test VMs: nothing on their disks has to be kept.",
  ),
  "vm-restarts": warning(
    "A VM gets another size, and restarts.",
    "Keep `testVms.size`.",
    "Ignore it where nobody works on it.",
  ),
  "bastion-interrupted": warning(
    "The bastion is destroyed or replaced. Sessions end, and a new one takes some ten minutes.",
    "Keep `hub.bastion`, or undo the change that forces it.",
    "Ignore it where nobody has a session open.",
  ),
  "deposed-object": warning(
    "An earlier apply was interrupted during a replacement, and the old object still exists.",
    "Apply the plan: it destroys it.",
    "Ignore it always: it says why something is destroyed that is not in the configuration.",
  ),
  "changed-by-others": warning(
    "Somebody changed or deleted a resource outside of this project, and the plan undoes that.",
    "Put the change into the settings if it is to stay; otherwise apply.",
    "Ignore it where the plan is right to undo it.",
  ),
} satisfies Record<string, FindingHelp>;

export type PlanFindingCode = keyof typeof PLAN_FINDING_CODES;
