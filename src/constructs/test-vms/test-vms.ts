import type { Construct } from "constructs";
import { TerraformOutput, type TerraformStack } from "../../terraform";
import { ID } from "../../terraform/logical-ids";
import { TlsPrivateKey, TlsProvider } from "../../terraform/tls";
import { type Network, firstIn } from "../network/network";
import { TestVm, type TestVmProps } from "./test-vm";

/** Test VMs in the networks that have a subnet for machines. */
export interface TestVmsProps extends Omit<TestVmProps, "network" | "subnet" | "sshPublicKey"> {
  readonly networks: readonly Network[];
  /** @default - a key is generated, and stored in the state */
  readonly sshPublicKey?: string | undefined;
  /** Where the provider of the generated key is declared. */
  readonly keyScope: Construct;
}

/** A test VM in each network with a subnet for machines. The first one in the registry's home region may push. */
export function addTestVms(stack: TerraformStack, { networks, keyScope, ...props }: TestVmsProps): void {
  const homes = networks.flatMap((network) =>
    network.workloadSubnet ? [{ network, subnet: network.workloadSubnet }] : [],
  );
  if (homes.length === 0) return;
  const sshPublicKey = props.sshPublicKey ?? generatedKey(stack, keyScope);
  const pusher = firstIn(props.registry.location, homes, ({ network }) => network);
  const vms = homes.map((home) => {
    const { network } = home;
    const vm = new TestVm(network, ID.vm, { ...props, ...home, sshPublicKey });
    const mayPush = home === pusher;
    if (mayPush) vm.allowPush();
    return [network.name, { id: vm.id, virtual_network: network.virtualNetwork.name, may_push: mayPush }] as const;
  });
  new TerraformOutput(stack, "test_vms", {
    value: Object.fromEntries(vms),
    description: "For each spoke with a test VM, the VM's id, its virtual network, and whether it may push.",
  });
}

function generatedKey(stack: TerraformStack, scope: Construct): string {
  new TlsProvider(scope, "tls");
  const key = new TlsPrivateKey(stack, ID.testVmKey);
  new TerraformOutput(stack, "vm_private_key", {
    value: key.privateKeyPem,
    sensitive: true,
    description: "Private SSH key of the test VMs' user, in PEM format.",
  });
  return key.publicKeyOpenssh;
}
