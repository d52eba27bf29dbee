import { markdownTable } from "../../packages/common/text";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { CONTEXT_KEY } from "./errors";
import { settingsSchema } from "./schema";

/** The parts of JSON Schema that the settings use. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly allowed?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** JSON Schema of `cdktf.json`, for editors: what may stand below its `context`. */
export function cdktfJsonSchema(): object {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "cdktf.json of a private container registry",
    type: "object",
    properties: {
      context: { type: "object", properties: { [CONTEXT_KEY]: withoutNotes(settingsJsonSchema()) } },
    },
  };
}

/** The reference of all settings, as Markdown tables. */
export function settingsReference(): string {
  const { properties = {} } = settingsJsonSchema();
  const plain = Object.entries(properties).filter(([, schema]) => objectsIn(schema).length === 0);
  const groups = Object.entries(properties).filter(([, schema]) => objectsIn(schema).length > 0);
  return [
    table("", Object.fromEntries([...plain, ...groups]), []),
    ...groups.flatMap(([name, schema]) =>
      name === "hubs" ? hubsSection(schema, properties.hub!) : section(name, schema),
    ),
  ].join("\n\n");
}

/** Of hubs in a list, what they do not have in common with the one hub. */
function hubsSection(hubs: JsonSchema, hub: JsonSchema): string[] {
  const [{ properties = {}, required } = {}] = objectsIn(hubs);
  const own = Object.entries(properties).filter(([key, one]) => !isDeepStrictEqual(one, hub.properties?.[key]));
  const items = { type: "object", properties: Object.fromEntries(own), required: required ?? [] };
  return [...section("hubs", { type: "array", items }), "The other keys are those of `hub`."];
}

function settingsJsonSchema(): JsonSchema {
  return z.toJSONSchema(settingsSchema, { io: "input", target: "draft-7", unrepresentable: "any" }) as JsonSchema;
}

/** A heading and a table for an object and each object in it. */
function section(path: string, schema: JsonSchema): string[] {
  return objectsIn(schema).flatMap(({ properties = {}, required = [] }) => {
    const inside = schema.type === "array" ? `${path}[]` : path;
    return [
      `### \`${inside}\``,
      table(`${inside}.`, properties, required),
      ...Object.entries(properties).flatMap(([name, member]) => section(`${inside}.${name}`, member)),
    ];
  });
}

/** The objects that a value may be or hold. */
function objectsIn(schema: JsonSchema): JsonSchema[] {
  const candidates = [
    schema,
    ...(schema.anyOf ?? []),
    ...(schema.items ? [schema.items, ...(schema.items.anyOf ?? [])] : []),
  ];
  return candidates.filter(({ properties }) => properties !== undefined);
}

/** A table of the settings below a path. */
function table(prefix: string, properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): string {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${prefix}${name}\``,
    schema.description ?? "",
    allowedIn(schema),
    required.includes(name) ? "required" : defaultOf(schema),
  ]);
  return markdownTable(["Key", "What it does", "Allowed", "Default"], rows);
}

function allowedIn(schema: JsonSchema): string {
  if (schema.allowed !== undefined) return schema.allowed;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  return schema.type === "boolean" ? "true or false" : "an object";
}

function defaultOf({ default: value, type, properties }: JsonSchema): string {
  if (value === undefined || (type === "object" && properties)) return "";
  return Array.isArray(value) && value.length > 1
    ? "the two spokes of the [README](../README.md)"
    : `\`${JSON.stringify(value)}\``;
}

/** A schema without the members that JSON Schema does not define. */
function withoutNotes(schema: JsonSchema): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key === "allowed" || key === "$schema" ? undefined : value)),
  );
}
