import { Construct } from "constructs";
import { AzapiResourceData } from "../../terraform/azapi";
import { IP_CONFIGURATIONS, addressOf, hasAddress, knownHosts } from "../../terraform/expressions";
import { MAIN } from "../../terraform/logical-ids";
import type { Naming } from "../naming";
import type { RegistryHost } from "private-link-preview";
import type { Network } from "../network/network";
import { PrivateEndpoint } from "../../terraform";
import type { Registry } from "./registry";

/** Where an endpoint goes. */
export interface RegistryEndpointProps {
  readonly registry: Registry;
  readonly network: Network;
  /** Id of a subnet of the network. */
  readonly subnetId: string;
  /** Whether the registry's owner has to approve the connection by hand. */
  readonly manualApproval: boolean;
  readonly naming: Naming;
}

/**
 * A private endpoint of the registry in one network, without a DNS zone group: two endpoints that register themselves
 * in one zone overwrite each other's records. The records are written by `RegistryRecord`.
 */
export class RegistryEndpoint extends Construct {
  public readonly registry: Registry;
  public readonly network: Network;
  private readonly nic: string;

  constructor(scope: Construct, id: string, props: RegistryEndpointProps) {
    super(scope, id);
    const { registry, network, subnetId, manualApproval, naming } = props;
    this.registry = registry;
    this.network = network;
    const endpoint = new PrivateEndpoint(this, MAIN, {
      ...network.place,
      name: naming.of("pep", network.name),
      customNetworkInterfaceName: naming.of("nic", `${network.name}-endpoint`),
      subnetId,
      privateServiceConnection: {
        name: registry.name,
        // Known once the registry and all its replications are there: the endpoint waits for them.
        privateConnectionResourceId: registry.resource.id,
        subresourceNames: ["registry"],
        isManualConnection: manualApproval,
        ...(manualApproval && { requestMessage: `Endpoint of ${network.name}, to pull from ${registry.name}` }),
      },
      lifecycle: {
        // A landing zone's policy may attach a zone group: leave it alone.
        ignoreChanges: ["private_dns_zone_group"],
        // Records that answer with this endpoint are given another's addresses before it goes, and not after.
        createBeforeDestroy: true,
      },
    });
    // The endpoint's own attributes go stale when a replica comes, and empty when a policy attaches a zone group.
    // Its network interface always tells; depending on the registry, it is read again whenever that changes.
    const nic = new AzapiResourceData(this, "nic", {
      type: "Microsoft.Network/networkInterfaces@2024-05-01",
      resourceId: endpoint.networkInterface.get(0).id,
      responseExportValues: [IP_CONFIGURATIONS],
      dependsOn: [registry.resource],
    });
    this.nic = `data.${nic.terraformResourceType}.${nic.friendlyUniqueId}`;
  }

  /** Address of a host name at this endpoint, known once it exists. */
  public addressOf(host: RegistryHost): string {
    return addressOf(this.nic, host.fqdn);
  }

  /** The addresses of all host names, by name. */
  public addresses(): Record<string, string> {
    return Object.fromEntries(this.registry.hosts.map((host) => [host.fqdn, this.addressOf(host)]));
  }

  /** That this endpoint has an address for the host name, as a precondition which explains itself. */
  public hasAddressFor(host: RegistryHost): { condition: string; errorMessage: string } {
    return {
      condition: hasAddress(this.nic, host.fqdn),
      errorMessage:
        `The private endpoint in ${this.network.name} has no address for ${host.fqdn}; it has them for: ${knownHosts(this.nic)}. ` +
        "See that its connection to the registry is approved and that the registry serves that region, then apply again.",
    };
  }
}
