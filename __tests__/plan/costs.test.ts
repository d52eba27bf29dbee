import { readFileSync } from "node:fs";
import { join } from "node:path";
import { costOfSettings } from "../../src/docs/costs-tables";
import { costOf, costText } from "../../src/plan/costs";
import { PROJECT } from "../support/programs";
import { synthesize } from "../support/synth";

const usd = (settings: object) => costOfSettings(settings).usd;

test("the default costs what its parts do, and all of them have a price", () => {
  const { resource } = synthesize();
  const numberOf = (type: string) => Object.keys(resource[type] ?? {}).length;
  expect(costOfSettings({})).toEqual({
    usd: 276.53,
    parts: {
      registry: numberOf("azurerm_container_registry"),
      replica: 1,
      bastion: numberOf("azurerm_bastion_host"),
      publicAddress: numberOf("azurerm_public_ip"),
      endpoint: numberOf("azurerm_private_endpoint"),
      zone: numberOf("azurerm_private_dns_zone"),
      vm: numberOf("azurerm_linux_virtual_machine"),
      disk: numberOf("azurerm_linux_virtual_machine"),
    },
    unpriced: [],
  });
});

test("settings cost more or less by what they have", () => {
  expect(usd({}) - usd({ hub: { bastion: false } })).toBeCloseTo(142.35);
  expect(usd({ registry: { replicas: ["switzerlandnorth", "francecentral"] } }) - usd({})).toBeCloseTo(50.68, 1);
});

test("what has no price in the table is named, and not guessed", () => {
  const { unpriced } = costOfSettings({ testVms: { size: "Standard_D2s_v5" } });
  expect(unpriced).toEqual(["VMs of size Standard_D2s_v5"]);
  expect(costText(costOf([]), costOfSettings({ testVms: { size: "Standard_D2s_v5" } }))).toBe(
    "About 260 USD a month at list prices, without VMs of size Standard_D2s_v5, whose price is not known here. See docs/costs.md.",
  );
  const others = [
    { type: "azurerm_container_registry", values: { sku: "Standard" } },
    { type: "azurerm_bastion_host", values: {} },
    { type: "azurerm_storage_account", values: {} },
  ];
  expect(costOf(others)).toEqual({
    usd: 0,
    parts: {},
    unpriced: ["registries of SKU Standard", "bastions of SKU (known after apply)"],
  });
});

test("the figure of the README is that of the table", () => {
  const said = /about \*\*(\d+) USD a month\*\*/.exec(readFileSync(join(PROJECT, "README.md"), "utf8"))?.[1];
  expect(costText(costOf([]), costOfSettings({}))).toContain(`About ${said!} USD a month`);
});
