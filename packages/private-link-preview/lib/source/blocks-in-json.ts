import { visit } from "jsonc-parser";
import { isJson } from "../../../common/util";
import type { SourceBlocks } from "./source-blocks";

/** Levels from the top of Terraform's JSON syntax to the source of a module, each of which may be a list. */
const DEPTH = 8;

/** Where the blocks of a configuration in Terraform's JSON syntax are written. The text must be JSON. */
export function blocksInJson(text: string): SourceBlocks {
  const resources = new Map<string, number>();
  const modules = new Map<string, { line: number; source?: string }>();
  let depth = 0;
  const onBegin = () => {
    depth++;
  };
  const onEnd = () => {
    depth--;
  };
  visit(text, {
    onObjectBegin: onBegin,
    onObjectEnd: onEnd,
    onArrayBegin: onBegin,
    onArrayEnd: onEnd,
    onObjectProperty: (name, _offset, _length, line, _character, path) => {
      if (depth > DEPTH) return;
      const [kind, type, ...more] = path().filter((step) => typeof step === "string");
      if (kind === "module" && type === undefined) modules.set(name, { line: line + 1 });
      if ((kind !== "resource" && kind !== "data") || type === undefined || more.length > 0) return;
      resources.set(`${kind === "data" ? "data." : ""}${type}.${name}`, line + 1);
    },
    onLiteralValue: (value: unknown, _offset, _length, _line, _character, path) => {
      if (depth > DEPTH || typeof value !== "string") return;
      const [kind, name = "", attribute, ...more] = path().filter((step) => typeof step === "string");
      const module = kind === "module" && attribute === "source" && more.length === 0 ? modules.get(name) : undefined;
      if (module) module.source = value;
    },
  });
  return { resources, modules };
}

/** Whether a file's JSON is a configuration, and neither a plan nor a state. */
export function isConfiguration(json: unknown): boolean {
  return isJson(json) && !["planned_values", "values", "format_version"].some((key) => key in json);
}
