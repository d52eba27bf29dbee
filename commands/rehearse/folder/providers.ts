import { UsageError } from "../../../packages/common/util";

/** A provider that a module requires. */
export interface RequiredProvider {
  /** Without the registry's host: `hashicorp/azurerm`. */
  readonly source: string;
  /** Address of the module, such as `module.hub`; empty for the folder itself. */
  readonly module: string;
}

/** Providers that work without a cloud, or with the emulated Azure. */
const ACCEPTED = new Set([
  "hashicorp/azurerm",
  "azure/azapi",
  ...["tls", "random", "time", "null", "local"].map((name) => `hashicorp/${name}`),
  // In the engine itself: terraform_data.
  "builtin/terraform",
]);

/** The providers in what `terraform providers` prints, which is the same for OpenTofu. */
export function requiredProviders(printed: string): RequiredProvider[] {
  const [configuration = ""] = printed.split(/^Providers required by state/m);
  const modules: string[] = [];
  return configuration.split("\n").flatMap((line) => {
    const [, indent = "", what = ""] = /^([│├└─\s]*)([^│├└─\s].*)$/.exec(line) ?? [];
    const depth = Math.floor(indent.length / 4);
    const [, module] = /^(module\.\S+)/.exec(what) ?? [];
    if (module !== undefined) {
      modules.length = depth;
      modules[depth] = module;
      return [];
    }
    const [, source] = /^provider\[(?:[^\]]*\/)?([^/\]]+\/[^/\]]+)\]/.exec(what) ?? [];
    if (source === undefined) return [];
    return [{ source: source.toLowerCase(), module: modules.slice(0, depth).filter(Boolean).join(".") }];
  });
}

/**
 * Refuses providers that would reach something else than the emulated Azure, all together.
 *
 * @param allowed - further providers that the user accepts, as `azure/modtm`
 * @throws UsageError that names each one and the modules that require it
 */
export function refuseProviders(required: readonly RequiredProvider[], allowed: readonly string[]): void {
  const accepted = new Set([...ACCEPTED, ...allowed.map((source) => source.toLowerCase())]);
  const refused = required.filter(({ source }) => !accepted.has(source));
  if (refused.length === 0) return;
  const sources = [...new Set(refused.map(({ source }) => source))].sort();
  const lines = sources.map((source) => {
    const modules = refused.filter((one) => one.source === source).map(({ module }) => module || "the folder itself");
    return `  ${source}, required by ${[...new Set(modules)].join(", ")}`;
  });
  throw new UsageError(
    [
      "Nothing was run, because the folder requires providers that don't work with the emulated Azure alone:",
      ...lines,
      `A provider that does no harm can be accepted: ${sources.map((source) => `--allow-provider ${source}`).join(" ")}`,
    ].join("\n"),
  );
}
