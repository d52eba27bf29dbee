import type { SourceBlocks } from "./source-blocks";

const LABEL = String.raw`\s+"?([\w-]+)"?`;
const RESOURCE = new RegExp(String.raw`^\s*(resource|data)${LABEL}${LABEL}\s*\{`);
const MODULE = new RegExp(String.raw`^\s*module${LABEL}\s*\{`);
const SOURCE = /\bsource\s*=\s*"([^"]*)"/;

/**
 * Where the blocks of a configuration in HCL are written. It looks at the start of each line, where people and formatters
 * write blocks, and understands no more of the language.
 */
export function blocksInHcl(text: string): SourceBlocks {
  const resources = new Map<string, number>();
  const modules = new Map<string, { line: number; source?: string }>();
  let module: { line: number; source?: string } | undefined;
  // Comments that span lines are blanked, so that the lines keep their numbers.
  const lines = text.replace(/\/\*[^]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " ")).split("\n");
  for (const [index, line] of lines.entries()) {
    const [, kind, type = "", name = ""] = RESOURCE.exec(line) ?? [];
    const [, called] = MODULE.exec(line) ?? [];
    if (kind !== undefined) resources.set(`${kind === "data" ? "data." : ""}${type}.${name}`, index + 1);
    if (called !== undefined) modules.set(called, (module = { line: index + 1 }));
    else if (kind !== undefined || line.startsWith("}")) module = undefined;
    const [, source] = (module && SOURCE.exec(line)) ?? [];
    if (module && source !== undefined) module.source ??= source;
  }
  return { resources, modules };
}
