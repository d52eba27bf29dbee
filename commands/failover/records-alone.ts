import { isJson, joinWords, type Json, UserError } from "../../packages/common/util";
import { differences } from "../plan/differences";
import type { Plan, ShownResource } from "../plan/plan";
import type { Move } from "./moves";

/** What of a record set a configuration writes, in azurerm 4 or 5. */
const WRITTEN = ["name", "zone_name", "resource_group_name", "private_dns_zone_id", "ttl", "tags"];

/**
 * The stack's Terraform JSON with each record set that moves as the state has it, but for its address. It then depends on no
 * other resource, so a plan of these record sets alone asks nothing of Azure but for them.
 *
 * @throws UserError if the settings lack one of the record sets
 */
export function recordsAlone(
  stack: object,
  moves: readonly Move[],
  resources: ReadonlyMap<string, ShownResource>,
): object {
  const json = stack as { resource: Record<string, Record<string, Json>> };
  const type = "azurerm_private_dns_a_record";
  const own = json.resource[type] ?? {};
  const moved = moves.map(({ record, toAddress, networks }): [string, Json] => {
    const name = record.slice(type.length + 1);
    const synthesized = own[name];
    const values = resources.get(record)?.values;
    if (!synthesized || !isJson(values))
      throw new UserError(
        `The settings have no ${joinWords(networks)}, which is deployed. Use the settings of the last deployment.`,
      );
    const provider = "provider" in synthesized ? { provider: synthesized.provider } : {};
    const written = WRITTEN.filter((attribute) => isWritten(values[attribute]));
    return [
      name,
      {
        ...Object.fromEntries(written.map((attribute) => [attribute, values[attribute]])),
        ...provider,
        records: [toAddress],
      },
    ];
  });
  return { ...json, resource: { ...json.resource, [type]: { ...own, ...Object.fromEntries(moved) } } };
}

function isWritten(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/**
 * Makes sure that a plan changes the addresses of the record sets that move, and nothing else.
 *
 * @throws UserError with what else it would change
 */
export function requireRecordsAlone({ changes }: Plan, moves: readonly Move[]): void {
  const moving = new Set(moves.map(({ record }) => record));
  const others = changes.filter(
    (change) =>
      change.effect !== "updated" ||
      !moving.has(change.address) ||
      !differences(change).every(({ path }) => path === "records"),
  );
  const missing = [...moving].filter((record) => !changes.some(({ address }) => address === record));
  if (others.length + missing.length > 0)
    throw new UserError(
      `Nothing was applied: the plan does not change the records alone. It would also change ${joinWords(others.map(({ address }) => address)) || "nothing"}, and not change ${joinWords(missing) || "nothing"}.`,
    );
}
