import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { at, type HclBlock, hclBlocks, isJson } from "../../../packages/common/util";

/** A configuration of a provider: `provider "azurerm" { alias = "hub" … }`. */
export interface ProviderBlock {
  readonly name: string;
  readonly alias?: string;
  /** Names of its attributes and blocks. */
  readonly members: readonly string[];
}

/** What a rehearsal has to know of the files of one module. */
export interface ModuleFiles {
  readonly providers: readonly ProviderBlock[];
  /** Sources of the modules that it calls. */
  readonly sources: readonly string[];
  /** Relative paths in its texts, which may lead to files elsewhere. */
  readonly paths: readonly string[];
}

/** The files of a folder that are Terraform's or OpenTofu's. Where both have a file of a name, OpenTofu's counts for OpenTofu. */
export function configurationFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return (
    readdirSync(folder)
      .filter((name) => /\.(tf|tofu)(\.json)?$/.test(name))
      .map((name) => join(folder, name))
      // Links count as what they lead to; a pipe would be waited for.
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
  );
}

/** Reads the files of one module. */
export function moduleFiles(folder: string): ModuleFiles {
  const files = configurationFiles(folder).map((file) => ({ file, text: readFileSync(file, "utf8") }));
  const found = files.map(({ file, text }) => (file.endsWith(".json") ? ofJson(text) : ofHcl(text)));
  return {
    providers: found.flatMap(({ providers }) => providers),
    sources: found.flatMap(({ sources }) => sources),
    paths: files.flatMap(({ text }) => relativePaths(text)),
  };
}

function ofHcl(text: string): Omit<ModuleFiles, "paths"> {
  const blocks = hclBlocks(text);
  return {
    providers: blocks
      .filter(({ type }) => type === "provider")
      .map((block) => provider(block.labels[0] ?? "", block.attributes.get("alias"), membersOf(block))),
    sources: blocks.flatMap(({ type, attributes }) => (type === "module" ? (attributes.get("source") ?? []) : [])),
  };
}

function membersOf({ attributes, blocks }: HclBlock): string[] {
  return [...attributes.keys(), ...blocks.map(({ type }) => type)];
}

function ofJson(text: string): Omit<ModuleFiles, "paths"> {
  const json = parsed(text);
  const providers = Object.entries(isJson(json.provider) ? json.provider : {}).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter(isJson)
      .map((block) => provider(name, typeof block.alias === "string" ? block.alias : undefined, Object.keys(block))),
  );
  const modules = isJson(json.module) ? Object.values(json.module) : [];
  return { providers, sources: modules.flatMap((one) => at(one, ["source"])).filter((one) => typeof one === "string") };
}

function provider(name: string, alias: string | undefined, members: readonly string[]): ProviderBlock {
  return { name, ...(alias !== undefined && { alias }), members };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    return isJson(json) ? json : {};
  } catch {
    return {}; // The engine reports it.
  }
}

/** Paths in strings that start at the module or at the folder: `../templates/x.tpl`, `${path.module}/files`. */
function relativePaths(text: string): string[] {
  return [...text.matchAll(/"(?:\$\{path\.(?:module|root)\}\/)?(\.\.?\/[^"$\n]*|\.\.)/g)].map(([, path = ""]) => path);
}

/** The text of a file without its backend and its cloud block, so that the state is a file of the folder. */
export function withoutBackend(file: string, text: string): string {
  if (file.endsWith(".json")) {
    const json = parsed(text);
    const blocks = [json.terraform].flat().filter(isJson);
    if (!blocks.some((block) => "backend" in block || "cloud" in block)) return text;
    for (const block of blocks) for (const name of ["backend", "cloud"]) Reflect.deleteProperty(block, name);
    return JSON.stringify(json, null, 2);
  }
  const blocks = hclBlocks(text)
    .filter(({ type }) => type === "terraform")
    .flatMap((block) => block.blocks)
    .filter(({ type }) => type === "backend" || type === "cloud");
  // From the end, so that the positions of the others stay right.
  return blocks.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
}
