import { parseSettings } from "../../src/settings/load";
import { stackInMemory } from "../../commands/synth/stack-in-memory";
import { isFuzz } from "./fast-check";

/** A resource's attributes, as in Terraform's JSON. */
export type Attributes = Record<string, unknown>;

/** Terraform JSON, by type and name. */
export interface TerraformJson {
  readonly resource: Record<string, Record<string, Attributes>>;
  readonly data: Record<string, Record<string, Attributes>>;
  readonly provider: Record<string, Attributes[]>;
  readonly output: Record<string, Attributes>;
  readonly check?: Record<string, Attributes>;
  readonly terraform: Attributes;
}

/** The Terraform JSON, as text, by the settings that it was synthesized from. */
const synthesized = new Map<string, string>();

/**
 * The Terraform JSON of a stack with these settings, without cdktf's own notes in it. A suite synthesizes the same settings
 * once, and gets an object of its own each time.
 */
export function synthesize(settings: object = {}): TerraformJson {
  const key = JSON.stringify(settings);
  const text =
    synthesized.get(key) ??
    JSON.stringify(stackInMemory(parseSettings(settings)).toTerraform(), (name, value: unknown) =>
      name === "//" ? undefined : value,
    );
  // At length and at random, settings hardly come twice.
  if (!isFuzz) synthesized.set(key, text);
  return JSON.parse(text) as TerraformJson;
}

/** All resources and data sources by address. */
export function resourcesOf({ resource, data }: TerraformJson): Record<string, Attributes> {
  const flat = (kinds: TerraformJson["resource"], prefix: string) =>
    Object.entries(kinds).flatMap(([type, named]) =>
      Object.entries(named).map(([name, attributes]) => [`${prefix}${type}.${name}`, attributes] as const),
    );
  return Object.fromEntries([...flat(resource, ""), ...flat(data, "data.")]);
}

/**
 * The addresses of the resources that differ in two stacks, or are in one of them only.
 *
 * @param replacer - leaves out what may differ, as in JSON.stringify
 */
export function differences(
  one: TerraformJson,
  other: TerraformJson,
  replacer?: (name: string, value: unknown) => unknown,
): string[] {
  const [before, after] = [resourcesOf(one), resourcesOf(other)];
  return Object.keys({ ...before, ...after })
    .filter((address) => JSON.stringify(before[address], replacer) !== JSON.stringify(after[address], replacer))
    .sort();
}

/** The attributes of the one resource of a type, or of the one with the name. */
export function only({ resource }: TerraformJson, type: string, name?: string): Attributes {
  const named = resource[type] ?? {};
  const [found, ...others] = name === undefined ? Object.values(named) : [named[name]];
  if (!found || others.length > 0)
    throw new Error(`not one ${type} ${name ?? ""}, but: ${Object.keys(named).join(", ")}`);
  return found;
}
