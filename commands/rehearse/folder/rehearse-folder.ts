import { print } from "../../../packages/common/text";
import type { Faults } from "../../../packages/azure-emulator";
import { printableJson, writeWhole } from "../../../packages/common/util";
import { previewOf } from "../../../packages/private-link-preview";
import { type IgnoreOptions, reportOf } from "../../../packages/private-link-preview/report";
import { EXIT, type ExitStatus } from "../../cli/command";
import type { Progress } from "../../../packages/common/text";
import type { Engine } from "../../engine/engine";
import { FolderRehearsal } from "./folder-rehearsal";

/** Options of `npm run rehearse` that are for folders. */
export interface FolderOptions extends IgnoreOptions {
  readonly dir: string;
  readonly existing?: string;
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
  readonly workspace?: string;
  readonly allowProvider?: readonly string[];
  readonly stateJson?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly zoneGroups?: boolean;
  readonly parallelism?: number;
  readonly requests?: string;
}

/**
 * Applies a copy of a folder to the emulated Azure, previews the state, and destroys it.
 *
 * @param keep - keeps the emulated Azure running until the user ends it
 * @returns the exit status of the preview
 * @throws UsageError if the folder requires providers that don't work with the emulated Azure alone
 * @throws UserError if the folder can't be applied or destroyed
 */
export async function rehearseFolder(
  options: FolderOptions,
  engine: Engine,
  faults: Faults,
  progress: Progress,
  keep: (rehearsal: FolderRehearsal) => Promise<void>,
): Promise<ExitStatus> {
  const { ignore, ignoreFile, json = false, zoneGroups = false, stateJson, requests } = options;
  const rehearsal = await FolderRehearsal.start({
    engine,
    faults,
    folder: options.dir,
    ...(options.existing !== undefined && { existing: options.existing }),
    variableFiles: options.varFile ?? [],
    variables: options.var ?? [],
    ...(options.workspace !== undefined && { workspace: options.workspace }),
    allowedProviders: options.allowProvider ?? [],
    ...(options.parallelism !== undefined && { parallelism: options.parallelism }),
    onProgress: (text) => {
      progress.update(text);
    },
    onLacking: (what) => {
      progress.line(`The emulated Azure lacks what the provider asks for: ${what}`);
    },
  });
  const timed = async (name: string, step: () => Promise<string>) => {
    const start = performance.now();
    const outcome = await step();
    progress.line(`${name}: ${outcome} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  };
  const work = async () => {
    await timed("apply", () => rehearsal.apply());
    const state = await rehearsal.state();
    if (stateJson !== undefined) writeWhole(stateJson, `${JSON.stringify(state)}\n`);
    const { text, passed } = reportOf(previewOf(state, "the state", undefined, { zoneGroups }), {
      json,
      ...(ignore && { ignore }),
      ...(ignoreFile !== undefined && { ignoreFile }),
    });
    const { keptTypes } = rehearsal.azure;
    if (options.keep) await keep(rehearsal);
    else await timed("destroy", () => rehearsal.destroy());
    progress.clear();
    print(
      json
        ? printableJson({ ...(JSON.parse(text) as object), keptTypes })
        : [text, keptText(keptTypes)].filter((part) => part !== "").join("\n\n"),
    );
    return passed ? EXIT.done : EXIT.wrong;
  };
  return rehearsal.during(work, progress, requests);
}

/** Which resources were not held to rules of Azure; empty if there are none. */
export function keptText(types: readonly string[]): string {
  if (types.length === 0) return "";
  return [
    "Kept as written, because the emulated Azure has no rules for these types:",
    ...types.map((type) => `  ${type}`),
  ].join("\n");
}
