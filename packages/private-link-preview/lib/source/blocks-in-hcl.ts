import { hclBlocks } from "../../../common/util";
import type { SourceBlocks } from "./source-blocks";

/** Where the blocks of a configuration in HCL are written. */
export function blocksInHcl(text: string): SourceBlocks {
  const resources = new Map<string, number>();
  const modules = new Map<string, { line: number; source?: string }>();
  for (const { type, labels, attributes, line } of hclBlocks(text)) {
    const [label = "", name] = labels;
    const source = attributes.get("source");
    if (type === "resource" || type === "data")
      resources.set(`${type === "data" ? "data." : ""}${label}.${name!}`, line);
    if (type === "module") modules.set(label, { line, ...(source !== undefined && { source }) });
  }
  return { resources, modules };
}
