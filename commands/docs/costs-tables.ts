import { monthly, type Price, type PriceName, PRICES, PRICES_AS_OF, PRICES_REGION } from "../../src/azure/prices";
import { aboutUsd, type Cost, costOf, resourcesIn } from "../../src/azure/costs";
import { parseSettings } from "../../src/settings/load";
import { stackInMemory } from "../synth/stack-in-memory";
import type { Rows } from "./aligned-table";

/** What the stack of some settings costs a month. */
export function costOfSettings(settings: object): Cost {
  return costOf(resourcesIn(stackInMemory(parseSettings(settings)).toTerraform()));
}

const NAMES = Object.keys(PRICES) as PriceName[];

/** What the default network costs, part by part. */
export function defaultCosts(): Rows {
  const { parts, usd } = costOfSettings({});
  return [
    ["Resource", "How many", `USD, ${PRICES_REGION}, ${PRICES_AS_OF}`, "USD a month", "Setting"],
    ...NAMES.map((name) => {
      const { of, setting, page, usd: price, per } = PRICES[name];
      const number = parts[name] ?? 0;
      return [
        `[${of}](${page})`,
        String(number),
        `${price} ${A[per]} ${per}`,
        aboutUsd(number * monthly(name)),
        setting,
      ];
    }),
    ["**Together**", "", "", `**${aboutUsd(usd)}**`, ""],
  ];
}

const A: Readonly<Record<Price["per"], string>> = { hour: "an", day: "a", month: "a" };

/** Changes of the default settings that cost less, and what they mean. */
const SAVING: readonly (readonly [change: string, settings: object, consequence: string])[] = [
  [
    '`"hub": { "bastion": "developer" }`',
    { hub: { bastion: "developer" } },
    "A free Bastion Developer in each spoke: one session at a time, in the Azure portal, in some regions",
  ],
  [
    '`"hub": { "bastion": false }`',
    { hub: { bastion: false } },
    "You can't sign in to the test VMs. `verify` and `push-hello` still work",
  ],
  ["Remove a replica", { registry: { replicas: [] } }, "Pulls in that region are served from another region"],
  [
    '`"testVms": false`',
    { testVms: false },
    "`push-hello` doesn't work, and `verify` needs VMs of your own or a cluster",
  ],
  [
    '`"dns": "shared"`',
    { dns: "shared", spokePeering: "mesh" },
    "Pulls may use another network's endpoint, and the required peerings between all spokes charge for traffic",
  ],
];

/** What each of these changes saves. */
export function savings(): Rows {
  const { usd } = costOfSettings({});
  return [
    ["Change", "Saves, USD a month", "Consequence"],
    ...SAVING.map(([change, settings, consequence]) => [
      change,
      aboutUsd(usd - costOfSettings(settings).usd),
      consequence,
    ]),
  ];
}
