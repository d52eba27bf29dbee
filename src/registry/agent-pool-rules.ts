import { prefixLength } from "../../packages/common/util";
import { AGENT_POOL_REGIONS } from "../limits";
import { AGENTS_SPOKE_PREFIX } from "../network/address-plan";
import type { SettingsError } from "../settings/errors";
import { type Context, errorAt } from "../rule-context";

export function* agentPoolFits({
  cloud,
  newRegions,
  egress,
  registry,
  networks,
  spokes,
}: Context): Iterable<SettingsError> {
  const { agentPool, location } = registry;
  if (!agentPool) return;
  const { spoke: name, subnetId } = agentPool;
  const error = (member: string[], found: unknown, allowed: string) =>
    errorAt(["registry", "agentPool", ...member], found, allowed);
  if (cloud !== undefined && location !== undefined) {
    const regions: readonly string[] = AGENT_POOL_REGIONS[cloud];
    if (![...regions, ...newRegions].includes(location))
      yield error(
        [],
        agentPool,
        `nothing if registry.location is ${location}, which has no agent pools: ${regions.length > 0 ? `they are in ${regions.join(", ")}, or in a region listed in newRegions` : `the Azure ${cloud} cloud has none`}`,
      );
  }
  if ((name === undefined) === (subnetId === undefined)) {
    yield error([], agentPool, "an object with either spoke or subnetId");
    return;
  }
  if (name !== undefined) {
    const spoke = spokes.find((one) => one.name === name);
    if (!spoke) {
      yield error(["spoke"], name, `the name of a spoke: ${spokes.flatMap((one) => one.name ?? []).join(", ")}`);
      return;
    }
    if (spoke.existing) yield error(["spoke"], name, "a spoke that is created here. In an existing one, give subnetId");
    if (location !== undefined && spoke.location !== undefined && spoke.location !== location)
      yield error(["spoke"], name, `a spoke in ${location}, the registry's home region, in which the pool is`);
    if (spoke.addressSpace !== undefined && prefixLength(spoke.addressSpace) > AGENTS_SPOKE_PREFIX)
      yield error(["spoke"], name, `a spoke with an address space of /${AGENTS_SPOKE_PREFIX} or larger`);
    if (egress === "none")
      yield error(
        ["spoke"],
        name,
        'nothing if egress is "none": the pool depends on Azure services with public addresses',
      );
    return;
  }
  const network = networks.find(
    ({ existing }) =>
      existing?.virtualNetworkId !== undefined &&
      subnetId!.toLowerCase().startsWith(`${existing.virtualNetworkId.toLowerCase()}/`),
  );
  if (!network)
    yield error(["subnetId"], subnetId, "a subnet of an existing hub or spoke, whose DNS returns its private endpoint");
  else if (location !== undefined && network.location !== undefined && network.location !== location)
    yield error(["subnetId"], subnetId, `a subnet in ${location}, the registry's home region, in which the pool is`);
  if (network?.existing?.endpointSubnetId?.toLowerCase() === subnetId!.toLowerCase())
    yield error(["subnetId"], subnetId, "another subnet than that of the private endpoint");
}
