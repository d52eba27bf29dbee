import type { Construct } from "constructs";
import { TerraformOutput, type TerraformStack } from "../terraform";
import { ID } from "../terraform/logical-ids";
import { TlsPrivateKey, TlsProvider } from "../terraform/tls";
import type { Naming } from "../naming";
import { type Network, firstIn } from "../network/network";
import type { Registry } from "../registry/registry";
import { TestVm, type TestVmProps } from "./test-vm";

/** Test VMs in the networks that have a subnet for machines. */
export interface TestVmsProps {
  readonly networks: readonly Network[];
  readonly registry: Registry;
  /** What each of them is like. */
  readonly machine: Pick<TestVmProps, "size" | "encryptionAtHost" | "shutdownTime" | "timezone">;
  /** @default - a key is generated, and stored in the state */
  readonly sshPublicKey?: string | undefined;
  readonly naming: Naming;
  /** Where the provider of the generated key is declared. */
  readonly keyScope: Construct;
}

/** A test VM in each network with a subnet for machines. The first one in the registry's home region may push. */
export function addTestVms(stack: TerraformStack, props: TestVmsProps): void {
  const { networks, registry, machine, naming, keyScope } = props;
  const homes = networks.flatMap((network) =>
    network.workloadSubnet ? [{ network, subnet: network.workloadSubnet }] : [],
  );
  if (homes.length === 0) return;
  const sshPublicKey = props.sshPublicKey ?? generatedKey(stack, keyScope);
  const pusher = firstIn(registry.location, homes, ({ network }) => network);
  const vms = homes.map((home) => {
    const { network } = home;
    const vm = new TestVm(network, ID.vm, { ...machine, ...home, registry, sshPublicKey, naming });
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
