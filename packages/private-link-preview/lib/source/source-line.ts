import { isAbsolute, normalize, relative, sep } from "node:path";

/** Where a resource is written. */
export interface SourceLine {
  /** Path of the file as seen from the current folder, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Finds where a resource is written, by its Terraform address; undefined where that can't be told. */
export type Locate = (address: string) => SourceLine | undefined;

/** A path as reports show it: as seen from the current folder, with forward slashes. */
export function shownPath(path: string): string {
  const seen = isAbsolute(path) ? relative(process.cwd(), path) : normalize(path);
  return seen.split(sep).join("/");
}

/** A Terraform address without instances: the modules that lead to a resource or data source, and its address there. */
export interface PlainAddress {
  readonly modules: readonly string[];
  /** Such as `azurerm_subnet.a` or `data.azurerm_subnet.a`; empty for the address of a module. */
  readonly resource: string;
}

/** Takes a Terraform address apart. */
export function plainAddress(address: string): PlainAddress {
  const parts = address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "").split(".");
  const modules: string[] = [];
  while (parts[0] === "module" && parts.length > 1) modules.push(parts.splice(0, 2)[1]!);
  return { modules, resource: parts.join(".") };
}
