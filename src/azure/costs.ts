import { groupBy, isJson, joinWords, type Json, objects, unique } from "../../packages/common/util";
import { monthly, PRICED_VM_SIZE, type PriceName } from "./prices";

/** A resource that may cost something. */
export interface Billed {
  /** Terraform type. */
  readonly type: string;
  readonly values: Json;
}

/** What resources cost a month at list prices, by time alone. */
export interface Cost {
  readonly usd: number;
  /** How many there are of what has a price. */
  readonly parts: Readonly<Partial<Record<PriceName, number>>>;
  /** What has a price that the table lacks: "VMs of size Standard_D2s_v5". */
  readonly unpriced: readonly string[];
}

/** What one resource pays for: names of prices, and what has no price here, in words. */
type Pays = readonly (PriceName | { readonly unpriced: string })[];

/** By Terraform type, what a resource pays for. Types that are not here cost nothing, or by use. */
const PAYS_FOR: Readonly<Record<string, (values: Json) => Pays>> = {
  azurerm_container_registry: ({ sku, georeplications }) =>
    sku === "Premium"
      ? ["registry", ...objects(georeplications).map(() => "replica" as const)]
      : [{ unpriced: `registries of SKU ${known(sku)}` }],
  azurerm_container_registry_agent_pool: ({ tier, instance_count: count }) =>
    count === 0 ? [] : [{ unpriced: `agent pools of tier ${known(tier)}` }],
  azurerm_bastion_host: ({ sku }) =>
    sku === "Developer" ? [] : [sku === "Basic" ? "bastion" : { unpriced: `bastions of SKU ${known(sku)}` }],
  azurerm_public_ip: () => ["publicAddress"],
  azurerm_private_endpoint: () => ["endpoint"],
  azurerm_private_dns_resolver_inbound_endpoint: () => ["resolver"],
  azurerm_private_dns_zone: () => ["zone"],
  azurerm_linux_virtual_machine: ({ size }) => [
    size === PRICED_VM_SIZE ? "vm" : { unpriced: `VMs of size ${known(size)}` },
    "disk",
  ],
};

const known = (value: unknown) => (typeof value === "string" ? value : "(known after apply)");

/** What resources cost a month: those of a state, of a plan, or of a stack. */
export function costOf(resources: Iterable<Billed>): Cost {
  const pays = [...resources].flatMap(({ type, values }) => PAYS_FOR[type]?.(values) ?? []);
  const parts = groupBy(
    pays.filter((one) => typeof one === "string"),
    (name) => name,
  );
  const cents = [...parts].reduce((sum, [name, { length }]) => sum + length * monthly(name), 0) * 100;
  return {
    usd: Math.round(cents) / 100,
    parts: Object.fromEntries([...parts].map(([name, { length }]) => [name, length])),
    unpriced: unique(pays.flatMap((one) => (typeof one === "string" ? [] : one.unpriced))),
  };
}

/** The resources in synthesized Terraform JSON. */
export function resourcesIn(stack: unknown): Billed[] {
  if (!isJson(stack) || !isJson(stack.resource)) return [];
  return Object.entries(stack.resource).flatMap(([type, named]) =>
    isJson(named) ? Object.values(named).flatMap((values) => (isJson(values) ? [{ type, values }] : [])) : [],
  );
}

/** An amount to the dollar. */
export function aboutUsd(usd: number): string {
  return String(Math.round(usd));
}

/** "About 327 USD a month at list prices, 51 more than before"; empty where neither side costs anything. */
export function costText(before: Cost, after: Cost): string {
  if (before.usd === 0 && after.usd === 0) return "";
  const more = after.usd - before.usd;
  const change =
    before.usd === 0 || Math.abs(more) < 0.5
      ? ""
      : `, ${aboutUsd(Math.abs(more))} ${more > 0 ? "more" : "less"} than before`;
  const left = after.unpriced.length > 0 ? `, without ${joinWords(after.unpriced)}, whose price is not known here` : "";
  return `About ${aboutUsd(after.usd)} USD a month at list prices${change}${left}. See docs/costs.md.`;
}
