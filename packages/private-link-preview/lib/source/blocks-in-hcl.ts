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
  for (const [index, line] of withoutComments(text).split("\n").entries()) {
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

/** The text with blanks in place of comments that span lines, so that the lines keep their numbers. */
function withoutComments(text: string): string {
  let kept = "";
  let position = 0;
  for (;;) {
    const start = text.indexOf("/*", position);
    const end = start < 0 ? -1 : text.indexOf("*/", start + 2);
    if (end < 0) return kept + text.slice(position);
    kept += text.slice(position, start) + text.slice(start, end + 2).replace(/[^\n]/g, " ");
    position = end + 2;
  }
}
