import { monthly, type Price, type PriceName, PRICES, PRICES_AS_OF, PRICES_REGION } from "../../src/azure/prices";
import { aboutUsd, type Cost, costOf, resourcesIn } from "../plan/costs";
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
    ["Resource", "How many", "Price in USD", "Cost a month, about", "Setting"],
    ...NAMES.map((name) => {
      const { of, setting, usd: price, per } = PRICES[name];
      const number = parts[name] ?? 0;
      return [of, String(number), `${price} ${A[per]} ${per}`, String(Math.round(number * monthly(name))), setting];
    }),
    ["**Together**", "", "", `**${aboutUsd(usd)}**`, ""],
  ];
}

const A: Readonly<Record<Price["per"], string>> = { hour: "an", day: "a", month: "a" };

/** Where each price is from. */
export function priceSources(): Rows {
  return [
    ["Price", `In USD, ${PRICES_REGION}`, "Microsoft's page", `Compared in ${PRICES_AS_OF} with`],
    ...Object.values<Price>(PRICES).map(({ of, usd, per, page, comparedWith }) => [
      of,
      `${usd} ${A[per]} ${per}`,
      `<${page}>`,
      comparedWith === undefined
        ? "no figure was found; the price is the one that this page had before"
        : `<${comparedWith}>`,
    ]),
  ];
}

/** Changes of the default settings that cost less, and what they mean. */
const SAVING: readonly (readonly [change: string, settings: object, consequence: string])[] = [
  [
    '`"hub": { "bastion": "developer" }`',
    { hub: { bastion: "developer" } },
    "Each spoke has a Bastion Developer of its own, which is free: one session at a time, in the Azure portal only",
  ],
  [
    '`"hub": { "bastion": false }`',
    { hub: { bastion: false } },
    "You can't sign in to the test VMs. `verify` and `push-hello` still work",
  ],
  ["Remove a replica", { registry: { replicas: [] } }, "Pulls in that region are served from another region"],
  ['`"testVms": false`', { testVms: false }, "`verify` and `push-hello` don't work"],
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
    ["Change", "Saves a month, about", "Consequence"],
    ...SAVING.map(([change, settings, consequence]) => [
      change,
      String(Math.round(usd - costOfSettings(settings).usd)),
      consequence,
    ]),
  ];
}
