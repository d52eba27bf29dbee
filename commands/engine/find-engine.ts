import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import { UserError } from "../../packages/common/util";

/** Terraform or OpenTofu, as installed on this machine. */
export class Engine {
  private asked?: { readonly product: Product; readonly version: string };

  /** @param command - path of the program */
  constructor(
    public readonly command: string,
    public readonly env: NodeJS.ProcessEnv,
  ) {}

  /** @throws UserError if the program is neither */
  public get product(): Product {
    return this.ask().product;
  }

  /**
   * Version, such as `1.11.4`.
   *
   * @throws UserError if the program is neither
   */
  public get version(): string {
    return this.ask().version;
  }

  /** Asked for only when needed: it takes a tenth of a second. */
  private ask(): { product: Product; version: string } {
    if (this.asked) return this.asked;
    const { error, stdout } = spawnSync(this.command, ["version"], { env: this.env, encoding: "utf8" });
    // Not from version -json, where OpenTofu reports itself as Terraform.
    const [, product, version] = /^(Terraform|OpenTofu) v(\S+)/m.exec(stdout) ?? [];
    if (product === undefined || version === undefined) {
      throw new UserError(`${this.command} is neither Terraform nor OpenTofu${error ? `: ${error.message}` : "."}`);
    }
    return (this.asked = { product: product as Product, version });
  }
}

type Product = "Terraform" | "OpenTofu";

/**
 * Finds Terraform or OpenTofu: the program in TERRAFORM_BINARY_NAME, otherwise `terraform`, otherwise `tofu`, on the
 * PATH.
 *
 * @throws UserError if there is none
 */
export function findEngine(env: NodeJS.ProcessEnv): Engine {
  const wanted = env.TERRAFORM_BINARY_NAME;
  for (const name of wanted ? [wanted] : ["terraform", "tofu"]) {
    const command = candidates(name, env, process.platform).find(isProgram);
    if (command !== undefined) return new Engine(command, env);
  }
  throw new UserError(
    wanted
      ? `TERRAFORM_BINARY_NAME is ${JSON.stringify(wanted)}, and there is no such program. Set it to the name or path of OpenTofu, or of Terraform 1.5 or newer.`
      : "Neither terraform nor tofu is on the PATH. Install OpenTofu, or Terraform 1.5 or newer; TERRAFORM_BINARY_NAME picks one.",
  );
}

/** Where a program of a name, or a path, can be, in the order of the search. */
export function candidates(name: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const windows = platform === "win32";
  const paths = windows ? win32 : posix;
  const names = windows ? extensions(name, env).map((extension) => name + extension) : [name];
  if (/[/\\]/.test(name)) return names.map((path) => paths.resolve(path));
  // In a copy of the environment, Windows' Path is no longer PATH.
  const path = Object.entries(env).find(([key]) => (windows ? key.toUpperCase() : key) === "PATH")?.[1] ?? "";
  return path
    .split(paths.delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => names.map((file) => paths.resolve(folder, file)));
}

/** Extensions that Windows adds to a program's name, without those of scripts, which need a shell to start. */
function extensions(name: string, { PATHEXT = ".COM;.EXE" }: NodeJS.ProcessEnv): string[] {
  const all = PATHEXT.split(";").filter((extension) => /^\.(com|exe)$/i.test(extension));
  return all.some((extension) => name.toLowerCase().endsWith(extension.toLowerCase())) ? [""] : all;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
