import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { COMMANDS } from "./catalogue";

/**
 * How the user called a command. It runs in the project's folder, by npm or by bin.js, and the environment says where the
 * user is: npm sets INIT_CWD for each script that it runs, and bin.js sets PRIVATE_REGISTRY_FOLDER.
 */
export class Invocation {
  constructor(
    public readonly name: string,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /** Whether bin.js calls it, and not npm. */
  public get isBin(): boolean {
    return this.env.PRIVATE_REGISTRY_FOLDER !== undefined;
  }

  /** A path in an option, as seen from the user's folder. `-` stands for standard input. */
  public pathOf(path: string): string {
    const folder = this.folder;
    return path === "-" || folder === process.cwd() ? path : resolve(folder, path);
  }

  /** What comes before the arguments, such as `npm run preview --`. */
  public get usage(): string {
    return this.isBin ? this.line("") : `${this.line("")} --`;
  }

  /** How to call this command with arguments, such as `npm run preview -- --json`. */
  public line(args: string): string {
    return lineOf(this.name, args, this.env);
  }

  /** The example in the catalogue. */
  public get example(): string {
    return this.line(COMMANDS.get(this.name)?.example ?? "");
  }

  /**
   * The options of the command that npm took for its own, because no `--` came before them: npm hands them on as variables
   * only. A variable that a file of npm's settings explains is none.
   *
   * @param options - of the command, such as `--json`
   */
  public swallowed(options: readonly string[]): { readonly option: string; readonly value: string }[] {
    if (!this.isScript) return [];
    return options.flatMap((option) => {
      const key = option.slice(2);
      const value = this.env[`npm_config_${key.replaceAll("-", "_")}`] ?? "";
      return value === "" || this.isInSettingsOfNpm(key) ? [] : [{ option, value }];
    });
  }

  private get folder(): string {
    return this.env.PRIVATE_REGISTRY_FOLDER ?? (this.isScript ? this.env.INIT_CWD : undefined) ?? process.cwd();
  }

  /** Whether npm runs this command as the script of its name, and not another one that calls it. */
  private get isScript(): boolean {
    return this.env.npm_lifecycle_event === this.name && !this.isBin;
  }

  private isInSettingsOfNpm(key: string): boolean {
    const { npm_config_userconfig: user, npm_config_globalconfig: all, npm_config_local_prefix: project } = this.env;
    return [user, all, project && join(project, ".npmrc")].some((file) => {
      try {
        return new RegExp(`^\\s*${key}\\s*(=|$)`, "m").test(readFileSync(file ?? "", "utf8"));
      } catch {
        return false;
      }
    });
  }
}

/** How to call a command by the way that the user called this one: by npm, or by the bin. */
export function lineOf(name: string, example: string, env: NodeJS.ProcessEnv = process.env): string {
  const isBin = env.PRIVATE_REGISTRY_FOLDER !== undefined;
  const [options = "", file] = example.split(/(?:^| )> /);
  // npm prints the name of the script on standard output, unless it is silent.
  const command = isBin ? `npx private-registry ${name}` : `npm run ${file === undefined ? "" : "--silent "}${name}`;
  const args = options === "" ? "" : isBin ? ` ${options}` : ` -- ${options}`;
  return `${command}${args}${file === undefined ? "" : ` > ${file}`}`;
}
