import { AzureEmulator, type Faults } from "../../../packages/azure-emulator";
import { count, isJson } from "../../../packages/common/util";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Diagnostic, Engine, EngineError, type EngineEvent, WorkingDirectory } from "../../engine/engine";
import { EmulatedDeployment, installing, requireLinux } from "../emulated-deployment";
import { ownFolder } from "../../engine/own-folder";
import { copyFolder } from "./copy-folder";
import { missingText, putExistingResources, readExisting } from "./existing-file";
import { overrideProviders } from "./overrides";
import { refuseProviders, requiredProviders } from "./providers";

/** What to rehearse, and how. */
export interface FolderRehearsalProps {
  /** Terraform or OpenTofu, with the environment in which it finds its providers. */
  readonly engine: Engine;
  /** Folder with the configuration. It is not touched. */
  readonly folder: string;
  /** File with the resources that exist, as JSON. @default - none exist */
  readonly existing?: string;
  /** Files with variables, in addition to those that the engine reads by itself. */
  readonly variableFiles?: readonly string[];
  /** Variables: `name=value`. */
  readonly variables?: readonly string[];
  /** @default - the workspace that is selected in the folder */
  readonly workspace?: string;
  /** Providers that are accepted in addition to those that work with the emulated Azure: `azure/modtm`. */
  readonly allowedProviders?: readonly string[];
  readonly faults?: Faults;
  /** Number of concurrent operations. @default 40: most of the time goes into waits of azurerm */
  readonly parallelism?: number;
  /** Called with the current operation, often. */
  readonly onProgress?: (text: string) => void;
  /** Called when the provider first asks for something that the emulated Azure lacks. */
  readonly onLacking?: (what: string) => void;
}

const PARALLELISM = 40;
const PLAN = "rehearsal.tfplan";

/** A deployment of any configuration to an emulated Azure, by the real engine and providers, in a copy of its folder. */
export class FolderRehearsal extends EmulatedDeployment {
  private doing = "";

  private constructor(
    private readonly props: FolderRehearsalProps,
    azure: AzureEmulator,
    temporary: string,
    folder: string,
  ) {
    // Without the environment of the emulator: modules and providers are downloaded as always.
    super(new Engine(props.engine.command, withoutDeployments(props.engine.env)), azure, temporary, folder);
  }

  /**
   * Copies the folder, and starts the emulated Azure with the resources that exist.
   *
   * @throws UserError if the folder has no configuration, or a resource can't exist as it is written
   */
  public static async start(props: FolderRehearsalProps): Promise<FolderRehearsal> {
    requireLinux();
    const existing = props.existing === undefined ? [] : readExisting(props.existing);
    for (const file of props.variableFiles ?? []) readFileSync(file);
    // Only its owner can read what mkdtemp creates.
    const temporary = ownFolder(join(tmpdir(), "private-registry-rehearsal-"));
    try {
      const target = join(temporary, "copy");
      mkdirSync(target);
      const folder = copyFolder(resolve(props.folder), target);
      const azure = await AzureEmulator.start({
        anyType: true,
        onLacking: props.onLacking,
        ...(props.faults && { faults: props.faults }),
      });
      const rehearsal = new FolderRehearsal(props, azure, temporary, folder);
      try {
        putExistingResources(existing, azure);
        return rehearsal;
      } catch (error) {
        await azure.close();
        throw error;
      }
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  }

  public override get environment(): Record<string, string> {
    const { ARM_SUBSCRIPTION_ID = "" } = this.props.engine.env;
    const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(ARM_SUBSCRIPTION_ID);
    return { ...super.environment, ...(isId && { ARM_SUBSCRIPTION_ID }) };
  }

  /**
   * Installs modules and providers, and applies the configuration.
   *
   * @returns how many resources were created
   * @throws UsageError if it requires providers that don't work with the emulated Azure alone; nothing has run then
   * @throws EngineError if the engine fails; its message names the resources that were asked for and not found
   */
  public async apply(): Promise<string> {
    await this.install();
    const options = { parallelism: this.parallelism, variables: this.variables };
    try {
      this.begin("plan");
      await this.directory.plan({ out: PLAN, ...options });
      this.begin("apply");
      await this.directory.apply(PLAN, { parallelism: this.parallelism });
    } catch (error) {
      throw error instanceof EngineError ? this.withMissing(error) : error;
    }
    return `${count(this.done, "resource")} created`;
  }

  /** The state, as `terraform show -json` prints it. */
  public state(): Promise<unknown> {
    return this.directory.show();
  }

  /**
   * Destroys everything.
   *
   * @returns what was done, in words
   * @throws EngineError if that fails
   */
  public async destroy(): Promise<string> {
    this.begin("destroy");
    try {
      await this.directory.destroy({ parallelism: this.parallelism, variables: this.variables });
    } catch (error) {
      const kept = error instanceof EngineError ? error.diagnostics.filter(isPreventDestroy) : [];
      if (kept.length === 0) throw error;
      return "nothing destroyed, because of prevent_destroy";
    }
    return `${count(this.done, "resource")} destroyed`;
  }

  private async install(): Promise<void> {
    const outside = new WorkingDirectory({ engine: this.engine, folder: this.folder });
    this.props.onProgress?.("init: modules");
    await outside.getModules();
    const required = await this.withoutLockFile(async () => requiredProviders(await outside.providers()));
    refuseProviders(required, this.props.allowedProviders ?? []);
    const usesAzurerm = required.some(({ source }) => source === "hashicorp/azurerm");
    const { ARM_TENANT_ID: tenantId = "", ARM_CLIENT_ID: clientId = "" } = this.environment;
    const azure = { host: new URL(this.azure.endpoint).host, tenantId, clientId };
    for (const folder of this.moduleFolders()) overrideProviders(folder, azure, folder === this.folder, usesAzurerm);
    this.props.onProgress?.("init: providers");
    await installing(this.engine, () => outside.init());
    const { workspace = selectedWorkspace(this.props) } = this.props;
    if (workspace !== undefined && workspace !== "default") await outside.newWorkspace(workspace);
  }

  /** With a lock file, the engine lists the required providers only once they are installed. */
  private async withoutLockFile<T>(work: () => Promise<T>): Promise<T> {
    const file = join(this.folder, ".terraform.lock.hcl");
    if (!existsSync(file)) return work();
    const aside = join(this.temporary, "lock.hcl");
    renameSync(file, aside);
    const result = await work();
    renameSync(aside, file);
    return result;
  }

  /** The folders of all modules, as the engine has installed them. */
  private moduleFolders(): string[] {
    const file = join(this.folder, ".terraform", "modules", "modules.json");
    let modules: unknown;
    try {
      modules = JSON.parse(readFileSync(file, "utf8"));
    } catch {
      return [this.folder]; // It calls no modules.
    }
    const listed = isJson(modules) && Array.isArray(modules.Modules) ? (modules.Modules as unknown[]) : [];
    const folders = listed.map((module) => join(this.folder, isJson(module) ? String(module.Dir) : "."));
    return [...new Set([this.folder, ...folders])];
  }

  private get parallelism(): number {
    return this.props.parallelism ?? PARALLELISM;
  }

  private get variables(): string[] {
    const { variableFiles = [], variables = [] } = this.props;
    return [...variableFiles.map((file) => `-var-file=${resolve(file)}`), ...variables.map((one) => `-var=${one}`)];
  }

  private begin(what: string): void {
    this.doing = what;
    this.done = 0;
    this.props.onProgress?.(what);
  }

  protected hear(event: EngineEvent): void {
    // Data sources are read along the way.
    if (event.action === "read") return;
    if (event.type === "apply_complete") this.done += 1;
    if (event.type === "apply_complete" || event.type === "apply_start")
      this.props.onProgress?.(`${this.doing}: ${this.done} done, ${event.address}`);
  }

  /** The error with the resources that were asked for and not found, as far as it is about them. */
  private withMissing(error: EngineError): EngineError {
    const said = error.diagnostics
      .map(({ summary, detail }) => `${summary}\n${detail}`)
      .filter((text) => /not found|not exist|could not be found|NotFound/i.test(text))
      .join("\n");
    const named = this.azure.missing.filter((id) => said.includes(id.split("/").at(-1)!));
    return named.length === 0 ? error : new EngineError(`${error.message}\n${missingText(named)}`, error.diagnostics);
  }
}

/** An environment without what belongs to deployments: logins, the workspace, the folder for the engine's data. */
function withoutDeployments(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const left = /^(ARM_|AZURE_|ACTIONS_ID_TOKEN|SYSTEM_(ACCESSTOKEN|OIDC)|TF_DATA_DIR$|TF_WORKSPACE$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !left.test(name)));
}

function isPreventDestroy({ summary, detail }: Diagnostic): boolean {
  return `${summary}${detail}`.includes("prevent_destroy");
}

/** The workspace that the user has selected: by the environment, or in the folder. */
function selectedWorkspace({ engine, folder }: FolderRehearsalProps): string | undefined {
  const { TF_WORKSPACE, TF_DATA_DIR = ".terraform" } = engine.env;
  if (TF_WORKSPACE) return TF_WORKSPACE;
  try {
    return readFileSync(resolve(folder, TF_DATA_DIR, "environment"), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
