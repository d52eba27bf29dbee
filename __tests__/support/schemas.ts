import Ajv from "ajv";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isJson, type Json } from "../../packages/common/util";
import { PROJECT } from "./programs";

const PREVIEW = "packages/private-link-preview/preview.schema.json";

const COMMANDS = "docs/commands.schema.json";

/** docs/commands.schema.json. */
export const COMMANDS_SCHEMA = schema(COMMANDS);

/** The names of what docs/commands.schema.json defines. */
export const DEFINITIONS = Object.keys(COMMANDS_SCHEMA.definitions as Json);

const ajv = new Ajv({ strict: false }).addSchema(schema(PREVIEW), PREVIEW);
ajv.addSchema(COMMANDS_SCHEMA, COMMANDS);

/**
 * What is wrong with the JSON that a command has printed, by docs/commands.schema.json or, for what that does not define, by
 * that of the preview. A member that the schema does not describe is wrong too.
 *
 * @param definition - name of what it is
 */
export function schemaErrors(definition: string, json: unknown): readonly string[] {
  const $ref = `${DEFINITIONS.includes(definition) ? COMMANDS : PREVIEW}#/definitions/${definition}`;
  const validate = ajv.getSchema($ref) ?? ajv.compile({ $ref });
  void validate(json);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** A schema of the project, closed: its objects have no members but those that it describes. */
function schema(path: string): Json {
  return JSON.parse(readFileSync(join(PROJECT, path), "utf8"), (_, value: unknown) =>
    isJson(value) && isJson(value.properties) && value.type === "object"
      ? { ...value, additionalProperties: false }
      : value,
  ) as Json;
}
