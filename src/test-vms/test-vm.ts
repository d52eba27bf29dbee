import { Construct } from "constructs";
import { DevTestGlobalVmShutdownSchedule, LinuxVirtualMachine, NetworkInterface, RoleAssignment } from "../terraform";
import { ID } from "../terraform/logical-ids";
import type { Naming } from "../naming";
import type { Network, SubnetReference } from "../network/network";
import type { Registry } from "../registry/registry";
import type { Permission } from "../registry/repository-permissions";
import { CLOUD_INIT } from "./cloud-init";

/** A VM to test the registry from. */
export interface TestVmProps {
  readonly network: Network;
  readonly subnet: SubnetReference;
  readonly registry: Registry;
  /** VM size, such as `Standard_B2ats_v2`: x64, second generation. */
  readonly size: string;
  /** Whether caches and temporary disks are encrypted on the host too. The feature must be registered in the subscription. */
  readonly encryptionAtHost: boolean;
  /** Public key in the format of `authorized_keys`; the only way to sign in. */
  readonly sshPublicKey: string;
  /** Local time at which the VM shuts down every day, `HHMM`. */
  readonly shutdownTime: string;
  /** Windows name of the time zone of `shutdownTime`. */
  readonly timezone: string;
  readonly naming: Naming;
}

/** A small Ubuntu VM in a spoke, with Docker and an identity that may pull, without a public address or a password. */
export class TestVm extends Construct {
  private readonly registry: Registry;
  private readonly vm: LinuxVirtualMachine;

  constructor(scope: Construct, id: string, props: TestVmProps) {
    super(scope, id);
    const { network, subnet, naming } = props;
    this.registry = props.registry;
    const nic = new NetworkInterface(this, "nic", {
      ...network.place,
      name: naming.of("nic", `${network.name}-vm`),
      ipConfiguration: [{ name: "workload", subnetId: subnet.id, privateIpAddressAllocation: "Dynamic" }],
      dependsOn: [...subnet.writes],
    });
    this.vm = new LinuxVirtualMachine(this, ID.main, {
      ...network.place,
      name: naming.of("vm", network.name),
      size: props.size,
      networkInterfaceIds: [nic.id],
      adminUsername: ADMIN,
      disablePasswordAuthentication: true,
      adminSshKey: [{ username: ADMIN, publicKey: props.sshPublicKey }],
      identity: { type: "SystemAssigned" },
      sourceImageReference: { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
      osDisk: {
        name: naming.of("osdisk", network.name),
        caching: "ReadWrite",
        storageAccountType: "Standard_LRS",
      },
      secureBootEnabled: true,
      vtpmEnabled: true,
      encryptionAtHostEnabled: props.encryptionAtHost,
      customData: CLOUD_INIT,
    });
    new DevTestGlobalVmShutdownSchedule(this, "shutdown", {
      virtualMachineId: this.vm.id,
      location: network.place.location,
      tags: network.place.tags,
      enabled: true,
      dailyRecurrenceTime: props.shutdownTime,
      timezone: props.timezone,
      notificationSettings: { enabled: false },
    });
    this.allow("pull");
  }

  /** Id of the VM. */
  public get id(): string {
    return this.vm.id;
  }

  /** Assigns the role to push as well. */
  public allowPush(): void {
    this.allow("push");
  }

  private allow(permission: Permission): void {
    for (const { id, role } of this.registry.rolesFor(permission)) {
      new RoleAssignment(this, `${id}-role`, {
        scope: this.registry.id,
        roleDefinitionName: role,
        principalId: this.vm.identity.principalId,
        principalType: "ServicePrincipal",
        // A new identity takes a while to replicate, so azurerm must not look it up.
        skipServicePrincipalAadCheck: true,
      });
    }
  }
}

const ADMIN = "azureuser";
