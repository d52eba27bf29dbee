import { Construct } from "constructs";
import { createHash } from "node:crypto";
import type { RegistryHost } from "private-link-preview";
import { parseId } from "../../azure/resource-id";
import { PrivateEndpoint } from "../../terraform";
import { AzapiResourceData } from "../../terraform/azapi";
import { IP_CONFIGURATIONS, addressOf, hasAddress, knownHosts } from "../../terraform/expressions";
import { ID } from "../../terraform/logical-ids";
import type { Naming } from "../naming";
import type { Network, SubnetReference } from "../network/network";
import type { Registry } from "./registry";

/** Where an endpoint is created. */
export interface RegistryEndpointProps {
  readonly registry: Registry;
  readonly network: Network;
  /** A subnet of the network. */
  readonly subnet: SubnetReference;
  /** Whether the registry's owner has to approve the connection. */
  readonly manualApproval: boolean;
  readonly naming: Naming;
}

/**
 * A private endpoint of the registry in one network, without a DNS zone group: two endpoints with zone
 * groups for one zone overwrite each other's records. `RegistryRecord` writes the records.
 */
export class RegistryEndpoint extends Construct {
  public readonly registry: Registry;
  public readonly network: Network;
  private readonly nic: string;

  constructor(scope: Construct, id: string, props: RegistryEndpointProps) {
    super(scope, id);
    const { registry, network, subnet, manualApproval, naming } = props;
    this.registry = registry;
    this.network = network;
    const variant = variantOf(subnet, manualApproval);
    const endpoint = new PrivateEndpoint(this, ID.main, {
      ...network.place,
      name: naming.of("pep", network.name) + variant,
      customNetworkInterfaceName: naming.of("nic", `${network.name}-endpoint`) + variant,
      subnetId: subnet.id,
      privateServiceConnection: {
        name: registry.name,
        // The id is known once the registry and all its replicas are created, so the endpoint waits for them.
        privateConnectionResourceId: registry.resource.id,
        subresourceNames: ["registry"],
        isManualConnection: manualApproval,
        ...(manualApproval && { requestMessage: `Endpoint of ${network.name}, to pull from ${registry.name}` }),
      },
      dependsOn: [...subnet.writes, ...registry.hostWrites],
      lifecycle: {
        ignoreChanges: [
          // A landing zone's policy may attach a zone group. Terraform would remove it at every apply.
          "private_dns_zone_group",
          // An endpoint keeps its name as long as it exists, even if it was created with another one. If it is replaced
          // for another reason, Terraform ignores nothing, and the new endpoint has the name above.
          "name",
          "custom_network_interface_name",
        ],
        // Records with this endpoint's addresses are updated before the endpoint is destroyed, and not after.
        createBeforeDestroy: true,
      },
    });
    // The endpoint's own attributes are out of date when a replica is added, and empty when a policy attaches a zone
    // group. Its network interface is always right. It is read again whenever the registry changes, on which it depends.
    const nic = new AzapiResourceData(this, "nic", {
      type: "Microsoft.Network/networkInterfaces@2024-05-01",
      resourceId: endpoint.networkInterface.get(0).id,
      responseExportValues: [IP_CONFIGURATIONS],
      dependsOn: [registry.resource, ...registry.hostWrites],
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

  /** The precondition that this endpoint has an address for the host name, with a message that says what to do. */
  public hasAddressFor(host: RegistryHost): { condition: string; errorMessage: string } {
    return {
      condition: hasAddress(this.nic, host.fqdn),
      errorMessage:
        `The private endpoint in ${this.network.name} has no address for ${host.fqdn}; it has addresses for: ${knownHosts(this.nic)}. ` +
        "Probably its connection to the registry is pending: with manual approval it is at first, and again after a replica is added. " +
        `The registry's owner finds it with: ${CONNECTION} list --registry-name ${this.registry.name} --output table ` +
        `- and approves it with: ${CONNECTION} approve --registry-name ${this.registry.name} --name NAME - then apply again.`,
    };
  }
}

const CONNECTION = "az acr private-endpoint-connection";

/**
 * The end of the names of an endpoint and of its network interface. It differs for all settings that replace the endpoint
 * in its resource group: the new endpoint is created while the old one still has its name.
 */
function variantOf(subnet: SubnetReference, manualApproval: boolean): string {
  // A network that is created here has the same subnet for endpoints as long as it exists; its id is a reference.
  const mayMove = parseId("subnet", subnet.id) !== undefined;
  const hash = createHash("sha256").update(subnet.id.toLowerCase()).digest("hex").slice(0, 6);
  return (mayMove ? `-${hash}` : "") + (manualApproval ? "-manual" : "");
}
