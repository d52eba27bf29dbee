import { Construct } from "constructs";
import {
  ContainerRegistryAgentPool,
  ContainerRegistryCacheRule,
  ContainerRegistryCredentialSet,
  TerraformOutput,
} from "../terraform";
import type { Network } from "../network/network";
import type { Registry } from "./registry";

/** A rule by which the registry caches images of another one. */
export interface CacheRule {
  readonly name: string;
  /** Repository of the other registry, or a prefix that ends with `/*`: `mcr.microsoft.com/dotnet/*`. */
  readonly source: string;
  /** Repository of this registry in which they are kept, in the same form. */
  readonly target: string;
}

/** A user name and a password of another registry, by the ids of secrets in a key vault. */
export interface CacheCredentials {
  readonly loginServer: string;
  readonly usernameSecretId: string;
  readonly passwordSecretId: string;
}

/** Tasks and cache rules of a registry. */
export interface TasksAndCacheProps {
  readonly registry: Registry;
  /** Networks in which the machines for tasks may be. */
  readonly networks: readonly Network[];
  /**
   * Machines for tasks, in the registry's home region: in an existing subnet, or in that of the network that has one.
   *
   * @default - none
   */
  readonly agentPool?:
    { readonly tier: string; readonly instances: number; readonly subnetId?: string | undefined } | undefined;
  readonly cacheRules?: readonly CacheRule[] | undefined;
  readonly cacheCredentials?: readonly CacheCredentials[] | undefined;
}

/** The machines that run a registry's tasks in the network, and the rules by which it caches images of other registries. */
export class TasksAndCache extends Construct {
  constructor(scope: Construct, id: string, props: TasksAndCacheProps) {
    super(scope, id);
    const { registry, networks, agentPool, cacheRules = [], cacheCredentials = [] } = props;
    const { place } = registry;
    // The settings refuse all of these for an existing registry.
    if (!place) return;
    const provider = place.provider && { provider: place.provider };
    const created = networks.find((network) => network.agentSubnet);
    const subnetId = agentPool?.subnetId;
    const agentSubnet = subnetId === undefined ? created?.agentSubnet : { id: subnetId, writes: [] };
    if (agentPool && agentSubnet)
      new ContainerRegistryAgentPool(this, "agent-pool", {
        name: AGENT_POOL,
        resourceGroupName: place.resourceGroupName,
        location: place.location,
        ...provider,
        containerRegistryName: registry.name,
        tier: agentPool.tier,
        instanceCount: agentPool.instances,
        virtualNetworkSubnetId: agentSubnet.id,
        // Without tags: Azure does not keep those of agent pools, so every plan would add them.
        dependsOn: [...registry.writes, ...agentSubnet.writes],
      });
    const credentialSets = new Map(
      cacheCredentials.map(({ loginServer, usernameSecretId, passwordSecretId }) => [
        loginServer,
        new ContainerRegistryCredentialSet(this, `credentials-${dashed(loginServer)}`, {
          name: dashed(loginServer),
          containerRegistryId: registry.id,
          ...provider,
          loginServer,
          identity: { type: "SystemAssigned" },
          authenticationCredentials: { usernameSecretId, passwordSecretId },
        }),
      ]),
    );
    for (const { name, source, target } of cacheRules) {
      const credentialSet = credentialSets.get(source.split("/")[0]!);
      new ContainerRegistryCacheRule(this, `cache-${name.toLowerCase()}`, {
        name,
        containerRegistryId: registry.id,
        ...provider,
        sourceRepo: source,
        targetRepo: target,
        ...(credentialSet && { credentialSetId: credentialSet.id }),
      });
    }
    if (credentialSets.size > 0) {
      const output = new TerraformOutput(this, "cache_identities", {
        value: Object.fromEntries([...credentialSets].map(([server, set]) => [server, set.identity.principalId])),
        description:
          "For each registry with credentials, the object ID of the identity that reads them from the key vault.",
      });
      output.overrideLogicalId("cache_identities");
    }
  }
}

/** The name of the agent pool, for `az acr build --agent-pool`. */
const AGENT_POOL = "tasks";

function dashed(loginServer: string): string {
  return loginServer.replaceAll(".", "-");
}
