import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CACHES } from "./arbitraries";

const EXAMPLES = join(__dirname, "..", "..", "examples");

/** The settings of each example, that of the default network included, by name. */
export const exampleSettings: readonly (readonly [string, object])[] = readdirSync(EXAMPLES, {
  recursive: true,
  encoding: "utf8",
})
  .filter((file) => file.endsWith(".json"))
  .flatMap((file) => {
    const text = readFileSync(join(EXAMPLES, file), "utf8");
    const { privateRegistry } = JSON.parse(text) as { privateRegistry?: object };
    // The others are plans.
    return privateRegistry ? [[file.replace(/\W/g, "-"), privateRegistry] as const] : [];
  });

/** The examples that are networks of their own: none is one change of the default network. */
export const exampleNetworks = exampleSettings.filter(([name]) => !name.startsWith("changes-"));

/** Two networks, small ones, that together have every type of resource and of data source that a stack can have. */
export const everyType: readonly (readonly [string, object])[] = [
  [
    "a network with everything",
    {
      tags: { for: "Größe 部署", "a.b": "a\\b", a_b: '"{"', "a-b": "👩💻" },
      egress: { firewallAddress: "10.254.0.4" },
      hub: { resolver: true },
      registry: {
        ...CACHES,
        agentPool: { spoke: "spoke1" },
        diagnostics: true,
        deletionProtection: true,
        regionalEndpoints: true,
        repositoryPermissions: [
          {
            principalId: "11111111-2222-3333-4444-555555555555",
            role: "writer",
            repositories: ["team-a/*", "base/ubuntu"],
          },
        ],
      },
      spokes: [{ name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" }],
    },
  ],
  ...exampleSettings.filter(([name]) => name === "landing-zone-json"),
  [
    "a Virtual WAN hub",
    {
      hub: {
        virtualHubId:
          "/subscriptions/00000000-0000-0000-0000-00000000000b/resourceGroups/wan/providers/Microsoft.Network/virtualHubs/east",
      },
      spokes: [{ name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" }],
    },
  ],
];
