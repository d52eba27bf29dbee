import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { CONTEXT_KEY } from "../../src/settings/errors";
import { settingsSchema } from "../../src/schema";

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

/** The reference of all settings, as Markdown lists. What is allowed is said where it first occurs. */
export function settingsReference(): string {
  const { properties = {} } = settingsJsonSchema();
  const plain = Object.entries(properties).filter(([, schema]) => objectsIn(schema).length === 0);
  const groups = Object.entries(properties).filter(([, schema]) => objectsIn(schema).length > 0);
  const parts = [
    list("", Object.fromEntries([...plain, ...groups]), []),
    ...groups.flatMap(([name, schema]) =>
      name === "hubs" ? hubsSection(schema, properties.hub!) : section(name, schema),
    ),
  ];
  const said = new Set<string>();
  return parts
    .join("\n\n")
    .replace(/^(- .*)\n\n(?=- )/gm, "$1\n")
    .replace(/ Allowed: .*$/gm, (allowed) => (said.has(allowed) ? "" : (said.add(allowed), allowed)));
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

/** A list for an object and each object in it, with a heading for the outermost. */
function section(path: string, schema: JsonSchema): string[] {
  return objectsIn(schema).flatMap(({ properties = {}, required = [] }) => {
    const inside = schema.type === "array" ? `${path}[]` : path;
    return [
      ...(path.includes(".") ? [] : [`### \`${inside}\``]),
      list(`${inside}.`, properties, required),
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

/** A list of the settings below a path. */
function list(prefix: string, properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): string {
  return Object.entries(properties)
    .map(([name, schema]) => {
      const value = required.includes(name) ? "required" : defaultOf(schema);
      const allowed = allowedIn(schema);
      return (
        `- \`${prefix}${name}\`${value === "" ? "" : ` (${value})`}: ${schema.description ?? ""}.` +
        (allowed === "" ? "" : ` Allowed: ${allowed}.`)
      );
    })
    .join("\n");
}

const ID_FORM = "an ID of the form ";

/** What is allowed, where the description of an object or of a boolean does not say enough. */
function allowedIn({ allowed, enum: values = [] }: JsonSchema): string {
  if (allowed?.startsWith("a list of objects")) return "";
  if (allowed?.startsWith(ID_FORM)) return `\`${allowed.slice(ID_FORM.length)}\``;
  return allowed ?? values.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
}

function defaultOf({ default: value, type, properties }: JsonSchema): string {
  if (value === undefined || (type === "object" && properties)) return "";
  return Array.isArray(value) && value.length > 1 ? "two spokes" : `\`${JSON.stringify(value)}\``;
}

/** A schema without the members that JSON Schema does not define. */
function withoutNotes(schema: JsonSchema): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key === "allowed" || key === "$schema" ? undefined : value)),
  );
}
