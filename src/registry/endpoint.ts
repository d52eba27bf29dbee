import { Construct } from "constructs";
import { createHash } from "node:crypto";
import type { RegistryHost } from "../../packages/common/azure";
import { parseId } from "../terraform/resource-id";
import { PrivateEndpoint } from "../terraform";
import { AzapiResourceData, type Condition } from "../terraform/azapi";
import {
  IP_CONFIGURATIONS,
  addressOf,
  availableAddresses,
  hasAddress,
  knownHosts,
  type SubnetReads,
} from "../terraform/expressions";
import { ID } from "../terraform/logical-ids";
import type { Naming } from "../naming";
import type { Network, SubnetReference } from "../network/network";
import type { Registry } from "./registry";

/** Where an endpoint is created. */
export interface RegistryEndpointProps {
  readonly registry: Registry;
  /** With a subnet for endpoints. */
  readonly network: Network;
  /** Whether the registry's owner has to approve the connection. */
  readonly manualApproval: boolean;
  /**
   * Whether someone else writes the records, so that what is read of the endpoint is checked here and not by them.
   *
   * @default false
   */
  readonly recordsByOthers?: boolean;
  readonly naming: Naming;
}

/**
 * A private endpoint of the registry in one network, without a DNS zone group: two endpoints with zone
 * groups for one zone overwrite each other's records. `RegistryRecord` writes the records.
 */
export class RegistryEndpoint extends Construct {
  public readonly registry: Registry;
  public readonly network: Network;
  /** Its name in Azure. */
  public readonly name: string;
  private readonly nic: string;

  constructor(scope: Construct, id: string, props: RegistryEndpointProps) {
    super(scope, id);
    const { registry, network, manualApproval, recordsByOthers, naming } = props;
    const subnet = network.endpointSubnet;
    if (!subnet) throw new Error(`${network.name} has no subnet for an endpoint`);
    this.registry = registry;
    this.network = network;
    const variant = variantOf(subnet, manualApproval);
    const nicName = naming.of("nic", `${network.name}-endpoint`);
    this.name = naming.of("pep", network.name) + variant;
    const endpoint = new PrivateEndpoint(this, ID.main, {
      ...network.place,
      name: this.name,
      customNetworkInterfaceName: nicName + variant,
      subnetId: subnet.id,
      privateServiceConnection: {
        name: registry.name,
        // The id is known once the registry and all its replicas are created, so the endpoint waits for them.
        privateConnectionResourceId: registry.id,
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
        ...(subnet.reads && { precondition: [roomIn(subnet.reads, network.name, registry, nicName)] }),
      },
    });
    // The endpoint's own attributes are out of date when a replica is added, and empty when a policy attaches a zone
    // group. Its network interface is always right. It is read again whenever the registry changes, on which it depends.
    const nic = new AzapiResourceData(this, "nic", {
      type: "Microsoft.Network/networkInterfaces@2024-05-01",
      resourceId: endpoint.networkInterface.get(0).id,
      responseExportValues: [IP_CONFIGURATIONS],
      dependsOn: [...registry.writes],
      ...(recordsByOthers && { postconditions: registry.hosts.map((host) => this.hasAddressFor(host, "self")) }),
    });
    this.nic = nic.address;
  }

  /** Address of a host name at this endpoint, known once it exists. */
  public addressOf(host: RegistryHost): string {
    return addressOf(this.nic, host.fqdn);
  }

  /** The addresses of all host names, by name. */
  public addresses(): Record<string, string> {
    return Object.fromEntries(this.registry.hosts.map((host) => [host.fqdn, this.addressOf(host)]));
  }

  /**
   * The condition that this endpoint has an address for the host name, with a message that says what to do.
   *
   * @param nic - how the expression refers to what is read of the network interface
   */
  public hasAddressFor(host: RegistryHost, nic = this.nic): Condition {
    return {
      condition: hasAddress(nic, host.fqdn),
      errorMessage:
        `The private endpoint in ${this.network.name} has no address for ${host.fqdn}; it has addresses for: ${knownHosts(nic)}. ` +
        "Probably its connection to the registry is pending: with manual approval it is at first, and again after a replica is added. " +
        `The registry's owner finds it with: ${CONNECTION} list --registry-name ${this.registry.name} --output table ` +
        `- and approves it with: ${CONNECTION} approve --registry-name ${this.registry.name} --name NAME - then apply again.`,
    };
  }
}

/** The condition that an existing subnet has an address for each host name, those that the endpoint has already included. */
function roomIn(reads: SubnetReads, network: string, { hosts, name }: Registry, nicName: string): Condition {
  const available = availableAddresses(reads, nicName);
  const [subnet, virtualNetwork] = [reads.subnetId.split("/").at(-1)!, reads.subnetId.split("/").at(-3)!];
  return {
    condition: `\${${available} >= ${hosts.length}}`,
    errorMessage: `The subnet ${subnet} of the virtual network ${virtualNetwork} has \${${available}} addresses for the private endpoint of ${network}, which needs ${hosts.length}: one for each host name of ${name}. Ask the owner of the network for a larger subnet, or set existing.endpointSubnetId of ${network} to another one.`,
  };
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
