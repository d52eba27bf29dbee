import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { synthesize } from "../support/synth";

const PROJECT = join(__dirname, "..", "..");

/** The TypeScript below a folder of the project, as seen from the project. */
function filesOf(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

test("the registry's DNS suffixes are spelled out in one file of the app and of each package", () => {
  const files = ["main.ts", "src", "packages/private-link-preview/lib", "packages/azure-emulator/lib"]
    .flatMap((path) => (path.endsWith(".ts") ? [path] : filesOf(path)))
    .filter((file) => readFileSync(join(PROJECT, file), "utf8").includes("azurecr"));
  expect(files).toEqual([
    join("packages", "private-link-preview", "lib", "azure", "clouds.ts"),
    join("packages", "azure-emulator", "lib", "registry-names.ts"),
  ]);
});

// npm pack compiles a package in place. node and jest prefer JavaScript: a rest of it would hide changes of the sources.
test("no JavaScript is left beside the TypeScript of a package", () => {
  const compiled = readdirSync(join(PROJECT, "packages"))
    .flatMap((name) => filesOf(join("packages", name)))
    .filter((file) => !file.endsWith(".d.ts") && existsSync(join(PROJECT, file.replace(/ts$/, "js"))));
  expect(compiled).toEqual([]);
});

test("cdktf, its CLI and its bindings of the provider are named in one file, the bindings by deep paths", () => {
  const named = ["main.ts", ...["src", "bench", "__tests__"].flatMap(filesOf)]
    .map((file) => ({ file, text: readFileSync(join(PROJECT, file), "utf8") }))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/"(cdkt[fn](?:\/[^"]*)?|@cdkt[fn]\/provider-[^"]*)"/g)].map(([, name]) => ({
        file,
        name: name!,
      })),
    );
  expect([...new Set(named.map(({ file }) => file))]).toEqual([join("src", "terraform", "index.ts")]);
  expect(named.filter(({ name }) => name.endsWith("/provider-azurerm"))).toEqual([]);
});

/**
 * Longest names that Azure takes.
 *
 * Source: "Naming rules and restrictions for Azure resources", Microsoft's resource manager documentation.
 */
const LONGEST: Record<string, number> = {
  azurerm_bastion_host: 80,
  azurerm_container_registry: 50,
  azurerm_linux_virtual_machine: 64,
  azurerm_log_analytics_workspace: 63,
  azurerm_management_lock: 260,
  azurerm_monitor_diagnostic_setting: 260,
  azurerm_network_interface: 80,
  azurerm_network_security_group: 80,
  azurerm_private_dns_a_record: 253,
  azurerm_private_dns_zone: 63,
  azurerm_private_dns_zone_virtual_network_link: 80,
  azurerm_private_endpoint: 64,
  azurerm_public_ip: 80,
  azurerm_resource_group: 90,
  azurerm_subnet: 80,
  azurerm_virtual_network: 64,
  azurerm_virtual_network_peering: 80,
};

test("the longest names that the settings allow make no name too long for Azure", () => {
  const environment = "e".repeat(10);
  const spokes = ["a", "b"].map((letter, i) => ({
    name: letter.repeat(24),
    location: "swedencentral",
    addressSpace: `10.${i}.0.0/16`,
  }));
  const registry = { namePrefix: "p".repeat(37), diagnostics: true, deletionProtection: true };
  const { resource } = synthesize({ environment, spokes, registry, hub: { endpoint: true }, spokePeering: "mesh" });
  for (const [type, named] of Object.entries(resource)) {
    for (const { name } of Object.values(named)) {
      if (typeof name !== "string") continue;
      expect([type, name, LONGEST[type]]).toEqual([type, name.slice(0, LONGEST[type] ?? 0), expect.any(Number)]);
    }
  }
});
