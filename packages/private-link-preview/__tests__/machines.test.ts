import { previewOf } from "../index";
import { part, planOf, planOfJson, stateOf, synthesized } from "./forms";
import { idOf } from "./ids";
import { network, subnet } from "./parts";

const NIC = idOf("rg-hub", "Microsoft.Network/networkInterfaces", "nic");
const at = { name: "a", subnet_id: "${azurerm_subnet.hub.id}" };
const parts = [
  network("hub"),
  subnet("hub"),
  network("spoke1"),
  part("azurerm_bastion_host.bastion", { name: "bas", resource_group_name: "rg-hub", ip_configuration: [at] }),
  part("azurerm_bastion_host.developer", { name: "dev", virtual_network_id: "${azurerm_virtual_network.spoke1.id}" }),
  part(
    "azurerm_network_interface.vm",
    { name: "nic", resource_group_name: "rg-hub", ip_configuration: [at] },
    { id: NIC },
  ),
  part("azurerm_linux_virtual_machine.vm", {
    name: "vm",
    resource_group_name: "rg-hub",
    network_interface_ids: ["${azurerm_network_interface.vm.id}"],
  }),
  part("azurerm_firewall.elsewhere", {
    name: "afw",
    resource_group_name: "rg-other",
    ip_configuration: [{ name: "a", subnet_id: `${NIC}/no-subnet` }],
  }),
];

test.each([synthesized, planOf, planOfJson, stateOf].map((form) => [form.name, form] as const))(
  "%s: bastions and virtual machines are in the network of their subnet, directly or by their interface",
  (_, form) => {
    const { machines } = previewOf(form(parts)).model;
    expect(machines.map(({ label, name, network }) => [label, name, network?.name])).toEqual([
      ["Bastion", "bas", "vnet-hub"],
      ["Bastion", "dev", "vnet-spoke1"],
      ["Firewall", "afw", undefined],
      ["Virtual machine", "vm", "vnet-hub"],
    ]);
  },
);

test("what a data source reads is none that the file creates", () => {
  const { data, ...rest } = synthesized(parts) as { data: object; resource: Record<string, object> };
  const { azurerm_linux_virtual_machine: vms, ...resource } = rest.resource;
  const { machines } = previewOf({ resource, data: { ...data, azurerm_linux_virtual_machine: vms } }).model;
  expect(machines.map(({ label }) => label)).toEqual(["Bastion", "Bastion", "Firewall"]);
});
