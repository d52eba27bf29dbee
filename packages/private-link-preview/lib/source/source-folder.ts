import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { say } from "../../../common/text/output";
import { UserError, once, parseJson, readTextFile } from "../../../common/util";
import { blocksInHcl } from "./blocks-in-hcl";
import { blocksInJson } from "./blocks-in-json";
import { type Locate, type SourceLine, plainAddress, shownPath } from "./source-line";

/** What the files of a folder have, by name. */
interface Blocks {
  readonly resources: ReadonlyMap<string, SourceLine>;
  readonly modules: ReadonlyMap<string, SourceLine & { readonly folder?: string }>;
}

/**
 * Finds resources in the configuration in a folder. One in a module with a local source is found there; of any other module
 * the line that calls it is returned, as its files are not in the repository.
 *
 * @throws UserError if the folder can't be read
 */
export function locateInFolder(folder: string): Locate {
  const budget = { left: MOST_BYTES };
  const blocksIn = once<string, Blocks | undefined>(undefined, (path) => readBlocks(path, budget));
  if (!blocksIn(folder)) throw new UserError(`--source: there is no folder ${folder}.`);
  return (address) => {
    const { modules, resource } = plainAddress(address);
    let [blocks, call]: [Blocks | undefined, SourceLine | undefined] = [blocksIn(folder), undefined];
    for (const module of modules) {
      const next = blocks?.modules.get(module);
      if (next) call = { file: next.file, line: next.line };
      blocks = next?.folder === undefined ? undefined : blocksIn(next.folder);
    }
    return blocks?.resources.get(resource) ?? call;
  };
}

/** Most bytes of the files in which resources are looked for. Configurations have a hundredth of that. */
const MOST_BYTES = 8 * 2 ** 20;

function readBlocks(folder: string, budget: { left: number }): Blocks | undefined {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
  const resources = new Map<string, SourceLine>();
  const modules = new Map<string, SourceLine & { folder?: string }>();
  for (const { name } of entries.filter((entry) => entry.isFile() && /\.(tf|tofu)(\.json)?$/.test(entry.name))) {
    const path = join(folder, name);
    const { size } = statSync(path);
    if (size > budget.left) {
      say(
        `--source: ${shownPath(path)} is left out: with it, the configuration would have more than ${MOST_BYTES / 2 ** 20} MiB.`,
      );
      continue;
    }
    budget.left -= size;
    const text = readTextFile(path);
    // What is not JSON, or too deep, is refused before it is looked through.
    if (name.endsWith(".json")) parseJson(text, path);
    const found = name.endsWith(".json") ? blocksInJson(text) : blocksInHcl(text);
    const file = shownPath(path);
    for (const [address, line] of found.resources) resources.set(address, { file, line });
    for (const [called, { line, source }] of found.modules)
      modules.set(called, {
        file,
        line,
        ...(source !== undefined && /^\.\.?\//.test(source) && { folder: join(folder, source) }),
      });
  }
  return { resources, modules };
}
