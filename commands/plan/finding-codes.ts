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
    "The plan destroys or replaces the registry, and all its images are lost. A registry is replaced when `registry.namePrefix`, `environment` or the home region (`registry.location`) changes.",
    "Undo that change of the settings. To move the images to another registry instead, create a second deployment beside this one, with a folder, an environment and a name prefix of its own, and copy the images with `az acr import` before you destroy this one.",
    "Only where the images may be lost: `npm run deploy -- --replace-registry NAME`, with the exact name of the registry. No other option makes `npm run deploy` apply the plan.",
  ),
  "public-access-closes": error(
    "The registry is closed over its public name, to everybody or to all but some addresses (`registry.publicAccess`), and networks that may reach it do not reach it any more, or not for a while: private endpoints and records that lead them to it privately are created by the same plan, and Azure closes the registry first. A network of which it is not known whether it reaches the registry, before or afterwards, is named too. So is an existing network that the plan is the first to use. An imported registry is closed by the first apply unless `registry.publicAccess` says that it stays open.",
    "Deploy in two steps. First leave `registry.publicAccess` as the registry is, with all networks in the settings: they get their private endpoints and records, and can use either way. `npm run verify` shows that they pull privately. Then close it.",
    "Only for networks that may stop reaching the registry: `npm run deploy -- --disconnect-network NAME`, once for each of them, with the name that the message has. No other option makes `npm run deploy` apply the plan.",
  ),
  "no-room-for-replica": error(
    "Each new replica takes one more address in the subnet of every private endpoint, two with regional endpoints, and regional endpoints take one for each region. A subnet has not enough free addresses. Azure would refuse the change and roll it back. Free addresses are counted from the state: the subnet's range, without the 5 addresses that Azure reserves and the addresses of the private endpoints and network interfaces in the state. Addresses that others use in a subnet are not known, nor is the size of a subnet that this state does not manage.",
    "Remove what takes addresses in the subnet, or don't add the replica or turn regional endpoints on. To get a larger subnet in an existing network, set `existing.endpointSubnetId` to another one: the endpoint is created there before the old one is destroyed. A spoke that is created here has small subnets if its address space is smaller than a /23, and Azure refuses to change the range of a subnet that is in use: remove the spoke, deploy, and add it again with a larger address space.",
    "`npm run deploy` does not ignore it. Where you know that there is room, because an address was released outside of this project, apply with `npx cdktf deploy`.",
  ),
  "region-in-use": error(
    "A replica is removed while the login server's name leads networks to it, by the address of its regional endpoint. Azure releases that address first, and the records are updated after it. Until then, and until the TTL of the old records has passed, pulls and pushes in these networks fail.",
    "Add the region to `registry.drained` and deploy, so that the networks are led to another region. Then remove it from `registry.replicas` and from `registry.drained`, and deploy again.",
  ),
  "regional-endpoints-in-use": error(
    "Regional endpoints are turned off while the login server's name leads networks to them. Azure releases their addresses, and clients that still have one from the DNS fail to pull and push.",
    'Set `registry.drained` to all regions of the registry and deploy, or set `servedBy` of each network to `"azure"`. Then Azure chooses which region serves. Set `registry.regionalEndpoints` to false and `registry.drained` to an empty list, and deploy again. Clients that use the names of regional endpoints themselves have to stop that first.',
  ),
  "replica-replaced": error(
    "A replica is deleted and created again, because azurerm can't change its zone redundancy in place. Until the new one has copied every image, another region serves what it served. Nobody has to ask for that: it happens when Azure reports another zone redundancy than this project expects, for example because the region gained availability zones.",
    "Set `zoneRedundancy` of that replica in `registry.replicas` to the value that the plan shows before the change.",
    "`npm run deploy` does not ignore it. To replace a replica on purpose, remove it from `registry.replicas`, deploy, add it again, and deploy again.",
  ),
  locked: error(
    "The lock on the registry (`registry.deletionProtection`) also keeps from being deleted its replicas, its role assignments and diagnostic settings, and its private endpoints, in whichever network they are. The plan deletes one of them and keeps the lock, because a spoke, a replica, the test VMs or one of `pullPrincipals` is removed, or because an endpoint or a test VM is replaced. Azure would refuse, and the apply would fail halfway. For a private endpoint, azurerm 4.55 keeps waiting for the deletion, for up to its timeout of 60 minutes.",
    "Set `registry.deletionProtection` to false and deploy. Then make the change, set it to true again if you want to, and deploy again. You can also make the change in the deployment that sets it to false: the lock is deleted first.",
    "`npm run deploy` does not ignore it. Where somebody has removed the lock outside of this project, the next plan shows that, and has no such error.",
  ),
  "endpoint-name-taken": error(
    "A private endpoint is replaced by one whose name is taken. The new one is created before the old one is destroyed, and Azure refuses a second endpoint or network interface of a name. Settings that replace an endpoint give it another name. The name stays the same if the endpoint is tainted, if you request its replacement (`terraform apply -replace`), or if a setting is undone: one that an older version of this project has deployed, or one whose deployment was interrupted, so that the old endpoint still exists.",
    "Destroy the endpoint, with its records and links: run `terraform -chdir=cdktf.out/stacks/private-registry destroy -target=ADDRESS` with its address. Then run `npm run deploy`. In between, pulls and pushes fail in the networks whose DNS returns its addresses.",
  ),
  "public-clients-elsewhere": warning(
    "The registry is closed over its public name, to everybody or to all but some addresses. The plan knows the networks of its settings alone. Other networks, pipelines with hosted agents, developers and services of Azure may use the public name too, and they get the status 403 from then on.",
    "Find them first: `npm run adopt` lists networks and clients that Azure knows of, and the sign-in events of the registry say which addresses and identities pulled, if they are sent to Log Analytics (`registry.diagnostics`). Add networks to `spokes`, or keep addresses in `registry.publicAccess`. To take it back, set `registry.publicAccess` as it was and deploy, which takes a minute.",
    "Ignore it once you know who pulls from elsewhere, and they have another way.",
  ),
  "public-access-opens": warning(
    "The registry is opened over its public name, to everybody or to more addresses than before. Who has credentials for it can then pull and push from there without the private network. Azure permits exports as long as it is open, so images can be copied to other registries with `az acr import`.",
    "Set `registry.publicAccess` to false, or to the addresses that need it. To push from outside, use a machine or an agent pool in the network in place of opening the registry.",
    "Ignore it where the registry is open on purpose, for example until its clients are led to private endpoints.",
  ),
  "first-private-endpoint": warning(
    "A registry that exists gets its first private endpoint, and that changes it for everyone else who uses it. Azure turns its dedicated data endpoints on: blobs no longer come from `*.blob.core.windows.net` but from `NAME.REGION.data.azurecr.io`, so clients elsewhere whose firewalls allow the former alone can't pull any more. And Azure leads its name to `NAME.privatelink.azurecr.io`: networks that are linked to another zone `privatelink.azurecr.io`, for a registry of their own, no longer resolve it, unless their links fall back to public DNS. For an imported registry it is not known from the plan whether it has private endpoints already.",
    "First have the owners of the other clients' firewalls allow the data endpoint of each region. They can be turned on before, to see that pulls work: `az acr update --name NAME --data-endpoint-enabled true`. Have the links of other zones `privatelink.azurecr.io` get the resolution policy NxDomainRedirect: `az network private-dns link vnet update --resolution-policy NxDomainRedirect`. Then deploy.",
    "Ignore it once both are done, or where all clients are in the networks of this project.",
  ),
  "lock-removed": warning(
    "The lock on the registry is destroyed or replaced. Without it, nothing keeps the registry and its images from being deleted.",
    "Set `registry.deletionProtection` to true.",
    "Ignore it where you remove the lock on purpose: replicas, role assignments and diagnostics can be removed only without it.",
  ),
  "replica-removed": warning(
    "A replica is removed. Another region then serves what it served, which is usually what clients in its region pull and push.",
    "Keep the region in `registry.replicas`.",
    'Ignore it where you give the region up on purpose. To try that out, first drain the replica with `"routed": false`.',
  ),
  "role-assignment-mode": warning(
    "The role assignment mode of the registry changes. With permissions for each repository (`registry.repositoryPermissions`), the roles AcrPull and AcrPush have no effect; without them, the roles for repositories have none. The mode changes first, and role assignments take minutes to be in effect. Credentials that clients have cached are refused with status 401 until each client has refreshed them, which takes minutes to hours. Containers that run are not affected.",
    "Undo the change of `registry.repositoryPermissions`.",
    "Ignore it at a time when nobody has to pull or push.",
  ),
  "network-replaced": warning(
    "A hub, a spoke or a virtual network is replaced with everything in it. Clients in it have no access until the new one is created, and what is on the disks of its VMs is lost. Azure refuses to delete a network that still contains resources of others.",
    "Undo the change that forces the replacement, for example of the spoke's region; or add a new spoke and move to it.",
    "Ignore it where nothing in the network is in use. First remove the resources that others have created in it.",
  ),
  "address-space-moves": warning(
    "The address space of a network or the range of a subnet is changed in place, and is not only a larger address space: a range is removed, or a subnet moves. Azure refuses that where a resource has an address in it, and then the apply fails. A network whose address space grows from the same first address keeps its subnets if it was a /23 or larger, a hub a /22: that has no finding, and its peerings are updated in the same apply.",
    "Remove the spoke from the settings, deploy, then add it with its new address space and deploy again.",
    "Ignore it where no resource has an address in the range that is removed: then the apply succeeds.",
  ),
  "address-space-reused": warning(
    "A new spoke has addresses of a spoke that is destroyed in the same apply. Azure refuses to peer the hub with two networks whose addresses overlap, so the apply fails if the new peering is created before the old one is deleted. A spoke that is renamed is destroyed and created under its new name.",
    "Give the new spoke an address space of its own; or destroy the old spoke in one apply, and create the new one in the next.",
    "Ignore it where an apply may fail halfway: apply again, and it succeeds.",
  ),
  "subnet-replaced": warning(
    "A subnet is replaced. Everything in it is deleted first, and clients have no access until it is created again.",
    "Undo the change that forces the replacement.",
    "Ignore it where nothing in the subnet is in use. First remove the resources that others have created in it.",
  ),
  "peering-interrupted": warning(
    "The peering of two networks that stay is destroyed or replaced. They do not reach each other any more, or until the new peering is created.",
    "Undo the change, for example of `spokePeering`.",
    "Ignore it where no client uses a private endpoint in the other network.",
  ),
  "endpoint-interrupted": warning(
    "A private endpoint is replaced while DNS returns its addresses. If the new one is created first, as in this project, pulls and pushes break off that use the old one when it is deleted, and succeed when they are repeated. If the old one is deleted first, pulls and pushes fail until DNS returns the addresses of the new one.",
    "Undo the change that forces the replacement, for example of `manualApproval`.",
    "Ignore it at a time when nobody pulls or pushes in these networks.",
  ),
  "zone-changes": warning(
    "Networks are linked to another private DNS zone. A network can be linked to one zone of a name only, so the old link is deleted first. Until the new link is created, lookups of the registry fail or return public addresses.",
    "Undo the change of `dns`.",
    "Ignore it at a time when nobody pulls or pushes in these networks. The interruption lasts as long as Azure takes to delete a link: a minute or two.",
  ),
  "zone-interrupted": warning(
    "The private DNS zone of a network or its link is replaced, or the network loses its link. Meanwhile, lookups of the registry fail or return public addresses.",
    "Undo the change that forces the replacement.",
    "Ignore it where the network uses the hub's DNS servers from now on, or at a time when nobody pulls or pushes in it.",
  ),
  "record-interrupted": warning(
    "A record set is replaced. Between its deletion and its creation, lookups of that name fail or return public addresses.",
    "Undo the change that forces the replacement.",
    "Ignore it at a time when nobody pulls or pushes in these networks.",
  ),
  "records-of-others-change": warning(
    'The DNS records that others write, with `dns` set to `"external"`, are others after the deployment. Until they are written, lookups of the names that change fail, or return old or public addresses.',
    "After the deployment, run `npm run dns-records` and hand its files to whoever writes the records.",
    "Ignore it where a pipeline hands the records over after each deployment.",
  ),
  "vm-replaced": warning(
    "A VM is replaced, and what is on its disk is lost.",
    "Undo the change that forces the replacement, for example of the SSH key.",
    "Ignore it for the test VMs of this project: nothing on their disks has to be kept.",
  ),
  "vm-restarts": warning(
    "A VM gets another size, and restarts.",
    "Keep `testVms.size`.",
    "Ignore it where nobody works on the VM.",
  ),
  "bastion-interrupted": warning(
    "The bastion is destroyed or replaced. Open sessions end, and there is no access to the VMs' shells without it. A new bastion takes some ten minutes.",
    "Keep `hub.bastion`, or undo the change that forces the replacement.",
    "Ignore it where nobody has a session open.",
  ),
  "deposed-object": warning(
    "An earlier apply was interrupted during a replacement, and the old object still exists. It is destroyed now.",
    "Apply the plan: it destroys the old object.",
    "Ignore it always: it only says why an object is destroyed that is not in the configuration.",
  ),
  "changed-by-others": warning(
    "Somebody changed or deleted a resource outside of this project since the last apply, and the plan changes it back or creates it again. A change that the plan leaves alone, such as a DNS zone group that an Azure Policy attaches to a private endpoint, is not reported.",
    "Put the change into the settings if it shall stay; otherwise apply.",
    "Ignore it where that change was a mistake, and the plan is right to undo it.",
  ),
} satisfies Record<string, FindingHelp>;

export type PlanFindingCode = keyof typeof PLAN_FINDING_CODES;
