import type { RegistryHost } from "../../packages/common/azure";
import { TerraformOutput, type TerraformStack } from "../terraform";
import { recordSets } from "./registry-record";
import type { ZoneLayout } from "./zone-layout";

/** The record sets of one network. */
export interface ExternalRecordsProps extends ZoneLayout {
  /** As for a zone that is created. */
  readonly servedBy?: string | undefined;
}

/**
 * The A record sets that others write, as an output. Each is for a zone that is linked to the one network, and to those that
 * use the DNS servers in it.
 */
export function outputRecords(
  stack: TerraformStack,
  networks: readonly ExternalRecordsProps[],
  { zoneName, hosts, ttl }: { zoneName: string; hosts: readonly RegistryHost[]; ttl: number },
): void {
  const records = networks.flatMap(({ home, endpoints, servedBy }) =>
    recordSets(hosts, servedBy).flatMap(({ host, leadsTo }) =>
      endpoints.map((endpoint) => ({
        network: home.name,
        virtual_network: home.virtualNetwork.name,
        virtual_network_id: home.virtualNetwork.id,
        zone: zoneName,
        name: host.record,
        type: "A",
        ttl,
        addresses: [endpoint.addressOf(leadsTo)],
        fqdn: host.fqdn,
        private_endpoint: endpoint.name,
      })),
    ),
  );
  new TerraformOutput(stack, "dns_records", {
    value: records,
    description: "The record sets that others write: for each network, into a zone that is linked to it alone.",
  });
}
