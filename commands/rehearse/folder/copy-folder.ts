import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { UserError } from "../../../packages/common/util";
import { configurationFiles, moduleFiles, withoutBackend } from "./configuration";

/** Names that are not copied: they belong to the folder's own deployments. */
const LEFT_OUT =
  /^(\.git|\.terraform|\.terragrunt-cache|node_modules|terraform\.tfstate\.d|.*\.tfstate(\..*)?|crash.*\.log)$/;

/** Most bytes that are copied, and most files and folders: links between folders can make many of few. */
const [MOST_BYTES, MOST_ENTRIES] = [500 * 2 ** 20, 50_000];

/**
 * Copies a folder with a configuration, and what it refers to by relative paths outside of it, with the same layout. The
 * backend and cloud blocks are left out of the copy, and symbolic links are copied as what they lead to.
 *
 * @param target - an empty folder
 * @returns the copy of the folder
 * @throws UserError if the folder has no configuration
 */
export function copyFolder(folder: string, target: string): string {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UserError(`--dir: there is no folder ${folder}.`);
  if (configurationFiles(folder).length === 0)
    throw new UserError(`--dir: ${folder} has no files that end in .tf, .tofu, .tf.json or .tofu.json.`);
  const needed = referredTo(realpathSync(folder));
  const top = commonFolder(needed);
  const budget = { left: MOST_BYTES, entries: MOST_ENTRIES };
  for (const path of needed) copy(path, join(target, relative(top, path)), budget, []);
  return join(target, relative(top, realpathSync(folder)));
}

/** A folder, the modules that it calls by relative paths, and theirs, and other files that they name; none inside another. */
function referredTo(folder: string): string[] {
  const modules = new Set<string>();
  const others = new Set<string>();
  const read = (path: string) => {
    if (modules.has(path) || !existsSync(path) || !statSync(path).isDirectory()) return;
    modules.add(path);
    const { sources, paths } = moduleFiles(path);
    for (const source of sources.filter((one) => /^\.\.?(\/|$)/.test(one))) read(resolve(path, source));
    for (const base of [path, folder]) for (const other of paths) others.add(resolve(base, other));
  };
  read(folder);
  // A path to a folder above says nothing about what of it is needed.
  const isAbove = (path: string) => [...modules].some((module) => isWithin(module, path));
  const all = [...modules, ...[...others].filter((path) => existsSync(path) && !isAbove(path))];
  return all.filter((path) => !all.some((other) => other !== path && isWithin(path, other)));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

function commonFolder(paths: readonly string[]): string {
  return paths.reduce((common, path) => {
    while (!isWithin(path, common)) common = dirname(common);
    return common;
  }, dirname(paths[0]!));
}

function copy(from: string, to: string, budget: { left: number; entries: number }, above: readonly string[]): void {
  // A link that leads nowhere is left out.
  if (!existsSync(from)) return;
  const stat = statSync(from);
  budget.entries -= 1;
  if (budget.entries < 0) refuse(from, `more than ${MOST_ENTRIES} files and folders`);
  if (stat.isDirectory()) {
    const real = realpathSync(from);
    // A link to a folder above would be copied without end.
    if (above.includes(real)) return;
    mkdirSync(to, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(from))
      if (!LEFT_OUT.test(name)) copy(join(from, name), join(to, name), budget, [...above, real]);
    return;
  }
  if (!stat.isFile()) return;
  budget.left -= stat.size;
  if (budget.left < 0) refuse(from, `larger than ${MOST_BYTES / 2 ** 20} MiB`);
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  if (/\.(tf|tofu)(\.json)?$/.test(from)) writeFileSync(to, withoutBackend(from, readFileSync(from, "utf8")));
  else copyFileSync(from, to);
}

function refuse(from: string, what: string): never {
  throw new UserError(
    `--dir: ${dirname(from)} and what the folder refers to are ${what}, which is the most that a rehearsal copies.`,
  );
}
