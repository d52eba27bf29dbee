import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { AzureEmulator } from "../../packages/azure-emulator";
import { UserError, writeWhole } from "../../packages/common/util";
import type { Progress } from "../../packages/common/text";
import { Engine, type EngineEvent, WorkingDirectory } from "../engine/engine";
import { guarded } from "../engine/interruption";
import { locked } from "../engine/lock";
import { SUBSCRIPTION } from "./existing";

/** Providers that are kept from one rehearsal to the next. */
export const PROVIDER_CACHE = join(__dirname, "..", "..", "node_modules", ".cache", "terraform-providers");

/** A folder whose configuration the real engine and providers deploy to an emulated Azure. */
export abstract class EmulatedDeployment {
  protected done = 0;

  protected constructor(
    protected readonly engine: Engine,
    public readonly azure: AzureEmulator,
    /** Temporary folder, which is deleted in the end. */
    protected readonly temporary: string,
    /** Folder with the configuration, in the temporary one. */
    public readonly folder: string,
  ) {
    writeFileSync(this.certificate, azure.certificate);
  }

  /** Environment variables for running the engine in the folder by hand. */
  public get environment(): Record<string, string> {
    return this.azure.environment(this.certificate, SUBSCRIPTION);
  }

  /**
   * Does work, which a signal ends, and closes the deployment.
   *
   * @param requests - file for a record of all requests to the emulated Azure. @default - none is written
   */
  public async during<T>(work: () => Promise<T>, progress: Progress, requests: string | undefined): Promise<T> {
    const cleanUp = () => {
      this.removeFolder();
    };
    try {
      return await guarded({ cleanUp }, work);
    } finally {
      progress.clear();
      if (requests !== undefined) writeWhole(requests, `${JSON.stringify(this.azure.requests, null, 2)}\n`);
      await this.close();
    }
  }

  /** Ends the emulated Azure, and deletes the temporary folder. */
  public async close(): Promise<void> {
    await this.azure.close();
    this.removeFolder();
  }

  protected get directory(): WorkingDirectory {
    return new WorkingDirectory({
      engine: new Engine(this.engine.command, { ...this.engine.env, ...this.environment }),
      folder: this.folder,
      onEvent: (event) => {
        this.hear(event);
      },
    });
  }

  protected abstract hear(event: EngineEvent): void;

  private get certificate(): string {
    return join(this.temporary, "azure.pem");
  }

  private removeFolder(): void {
    rmSync(this.temporary, { recursive: true, force: true });
  }
}

/**
 * Does work that installs providers. The engine's cache of providers is not made for several at once, and one whose work was
 * cut off is incomplete.
 */
export async function installing({ env }: Engine, work: () => Promise<void>): Promise<void> {
  if (env.TF_PLUGIN_CACHE_DIR !== PROVIDER_CACHE) return work();
  // Packages that are older may be in use.
  const onLeft = (since: number) => {
    for (const { name, parentPath } of readdirSync(PROVIDER_CACHE, { recursive: true, withFileTypes: true })) {
      const path = join(parentPath, name);
      // HOST/NAMESPACE/TYPE/VERSION/PLATFORM
      if (relative(PROVIDER_CACHE, path).split(sep).length === 5 && statSync(path).ctimeMs >= since)
        rmSync(path, { recursive: true });
    }
  };
  await locked(`${PROVIDER_CACHE}.lock`, { what: PROVIDER_CACHE, waits: true, onLeft }, work);
}

/** @throws UserError on a system on which the providers would not trust the certificate of the emulated Azure */
export function requireLinux(): void {
  if (process.platform !== "linux")
    throw new UserError(
      "A rehearsal needs Linux, for example in the dev container: on other systems the providers trust only the certificates of the system.",
    );
}
