import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { count, isJson, type Json, parseJson, unique, UserError } from "../../packages/common/util";
import type { Engine } from "./find-engine";
import { FollowedFile } from "./followed-file";
import { guarded, interruptedStatus } from "./interruption";
import { noteEngine } from "./own-folder";

export { Engine, findEngine } from "./find-engine";

/** Progress of the engine with a resource: `apply_start`, `apply_progress`, `apply_complete`, `refresh_start` and so on. */
export interface EngineEvent {
  readonly type: string;
  /** Terraform address. */
  readonly address: string;
  /** `create`, `update`, `delete`, `read`; absent for a refresh. */
  readonly action?: string;
}

/** An error or a warning of the engine or of a provider. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** Terraform address of the resource that it concerns, if any. */
  readonly address?: string;
  /** File and line that it concerns, and what is there: `main.tf:12, in output "a": value = …`. */
  readonly location?: string;
}

/** The engine failed. The message has everything that it reported. */
export class EngineError extends UserError {
  constructor(
    message: string,
    public readonly diagnostics: readonly Diagnostic[],
  ) {
    super(message);
  }
}

/** Where the engine runs, and who receives its events. */
export interface WorkingDirectoryProps {
  readonly engine: Engine;
  /** Folder with the configuration. */
  readonly folder: string;
  /** Receives events while the engine plans and applies. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** How to make a plan. */
export interface PlanOptions {
  /** The plan file to write; a relative path starts at the folder. */
  readonly out: string;
  /** Whether to plan the destruction of all resources. */
  readonly destroy?: boolean;
  /** Whether to ask Azure what has changed since the last apply. @default true */
  readonly refresh?: boolean;
  /** Terraform addresses of the only resources to plan, with all that they depend on. @default - all resources */
  readonly targets?: readonly string[];
  /** Operations at the same time, at most. @default 10, as the engine has it */
  readonly parallelism?: number;
  /** Values of variables, as options of the engine: `-var-file=FILE`, `-var=NAME=VALUE`. @default - those of the folder */
  readonly variables?: readonly string[];
}

/**
 * A folder with a configuration, in which Terraform or OpenTofu runs.
 *
 * Each method throws an {@link EngineError} if the engine fails.
 *
 * A signal is passed on to the engine, and its end is waited for: it finishes what it has begun, writes the state, and
 * releases its lock. See {@link guarded}.
 */
export class WorkingDirectory {
  constructor(private readonly props: WorkingDirectoryProps) {}

  /**
   * Installs the providers and configures the backend. It is quick where that is done already. The configuration pins each
   * provider's version, so a lock file that has another one is of an older configuration.
   */
  public async init(): Promise<void> {
    const init = ["init", "-input=false", "-no-color"];
    try {
      await this.run(init);
    } catch (error) {
      if (!(error instanceof EngineError) || !/must use \w+ init -upgrade/.test(unwrapped(error.message))) throw error;
      await this.run([...init, "-upgrade"]);
    }
  }

  /** Installs the modules alone. */
  public async getModules(): Promise<void> {
    await this.run(["get", "-no-color"]);
  }

  /** The providers that the configuration and its modules require, as a tree. Needs the modules and no providers. */
  public async providers(): Promise<string> {
    const { stdout } = await this.run(["providers", "-no-color"]);
    return stdout;
  }

  /** Creates a workspace, and selects it. */
  public async newWorkspace(name: string): Promise<void> {
    await this.run(["workspace", "new", "-no-color", name]);
  }

  /**
   * Plans.
   *
   * @returns whether there is anything to change
   */
  public async plan(options: PlanOptions): Promise<boolean> {
    const { out, destroy = false, refresh = true, targets = [], parallelism, variables = [] } = options;
    const { status } = await this.run([
      "plan",
      ...JSON_LINES,
      "-detailed-exitcode",
      `-out=${out}`,
      ...(destroy ? ["-destroy"] : []),
      ...(refresh ? [] : ["-refresh=false"]),
      ...parallel(parallelism),
      ...variables,
      ...targets.map((target) => `-target=${target}`),
    ]);
    return status === CHANGES;
  }

  /** The contents of a plan file or, without one, of the state: the object that `terraform show -json` prints. */
  public async show(planFile?: string): Promise<unknown> {
    const { stdout } = await this.run(["show", "-json", "-no-color", ...(planFile === undefined ? [] : [planFile])]);
    return parseJson(stdout, `the output of ${this.props.engine.command} show`);
  }

  /**
   * Applies a plan file, without asking.
   *
   * @throws EngineError if anything fails; the state has what succeeded
   */
  public async apply(planFile: string, { parallelism }: { readonly parallelism?: number } = {}): Promise<void> {
    await this.run(["apply", ...JSON_LINES, ...parallel(parallelism), planFile]);
  }

  /**
   * Destroys the resources in the state, without asking.
   *
   * @throws EngineError if anything fails; the state has what is left
   */
  public async destroy(options: Pick<PlanOptions, "parallelism" | "variables"> = {}): Promise<void> {
    const { parallelism, variables = [] } = options;
    await this.run(["apply", "-destroy", "-auto-approve", ...JSON_LINES, ...parallel(parallelism), ...variables]);
  }

  /** Imports an existing resource into the state, under an address of the configuration. */
  public async import(address: string, id: string): Promise<void> {
    await this.run(["import", "-input=false", "-no-color", address, id]);
  }

  /** Keeps a resource that an apply has created in part, so that the next plan does not replace it. */
  public async untaint(address: string): Promise<void> {
    await this.run(["untaint", "-no-color", address]);
  }

  /** The values of the outputs that are not sensitive, by name. */
  public async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.run(["output", "-json", "-no-color"]);
    const outputs = parseJson(stdout, `the output of ${this.props.engine.command} output`);
    return Object.fromEntries(
      Object.entries(isJson(outputs) ? outputs : {}).flatMap(([name, output]) =>
        isJson(output) && output.sensitive !== true ? [[name, output.value]] : [],
      ),
    );
  }

  private run(args: readonly string[]): Promise<{ status: number; stdout: string }> {
    const [verb = ""] = args;
    let child: ChildProcess | undefined;
    const file = verb === "apply" ? new FollowedFile() : undefined;
    return guarded(
      {
        // HUP would end the engine at once: it waits for INT and TERM only.
        stop: (signal) => child?.kill(signal === "SIGHUP" ? "SIGTERM" : signal),
        cleanUp: () => file?.end(),
        leaves: LEAVING[verb] && `${this.props.engine.command} ${verb}: ${LEAVING[verb]}`,
      },
      () =>
        this.wait(args, file, (started) => {
          child = started;
        }),
    );
  }

  private wait(
    args: readonly string[],
    file: FollowedFile | undefined,
    onStart: (child: ChildProcess) => void,
  ): Promise<{ status: number; stdout: string }> {
    const { engine, folder, onEvent } = this.props;
    const [verb = ""] = args;
    return new Promise((resolve, reject) => {
      const to = file?.descriptor ?? "pipe";
      const child = withPrivateFiles(() =>
        spawn(engine.command, args, {
          cwd: folder,
          env: { ...engine.env, TF_IN_AUTOMATION: "1" },
          stdio: ["ignore", to, to],
          // In a process group of its own: the terminal would send SIGINT too, and the engine stops at once at a second one.
          detached: process.platform !== "win32",
        }),
      );
      noteEngine(folder, child.pid);
      onStart(child);
      const diagnostics: Diagnostic[] = [];
      const plain: string[] = [];
      /** The state, where the engine could store it nowhere, as on a full disk. */
      let unstored: Json | undefined;
      const chunks: Buffer[] = [];
      const output = file?.content ?? child.stdout!;
      if (args.includes("-json") && verb !== "show" && verb !== "output") {
        createInterface({ input: output }).on("line", (line) => {
          let message: unknown;
          try {
            message = JSON.parse(line);
          } catch {
            plain.push(line);
          }
          if (!isJson(message) || typeof message.type !== "string") return;
          const { type, hook, diagnostic, state } = message;
          if (isJson(state)) unstored = state;
          if (isJson(diagnostic)) diagnostics.push(diagnosticOf(diagnostic));
          if (isJson(hook) && isJson(hook.resource)) onEvent?.(eventOf(type, hook.action, hook.resource));
        });
      } else {
        output.on("data", (chunk: Buffer) => chunks.push(chunk));
      }
      if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => plain.push(line));

      child.on("error", (error) => {
        reject(new EngineError(`Can't run ${engine.command} in ${folder}: ${error.message}`, []));
      });
      const onEnd = (status: number | null, signal: NodeJS.Signals | null) => {
        const stdout = Buffer.concat(chunks).toString("utf8");
        if (status === 0 || (verb === "plan" && status === CHANGES)) {
          resolve({ status, stdout });
          return;
        }
        const interrupted = interruptedStatus() !== undefined;
        const reason = interrupted ? "was interrupted" : signal === null ? "failed" : `was ended by ${signal}`;
        const said = diagnostics.some(({ severity }) => severity === "error")
          ? [diagnosticsText(withoutCrashed(diagnostics)), ...crashText(plain)].join("\n")
          : [...plain, ...(verb === "init" ? [stdout] : [])].join("\n").trim();
        const known = explanationOf(said, engine.command, folder);
        const message = known ?? `${engine.command} ${verb} ${reason} in ${folder}:\n${said}`.trimEnd();
        const kept = unstored ? `\n\n${keepState(unstored, engine.command, folder)}` : "";
        reject(new EngineError(message + kept, diagnostics));
      };
      child.on("close", (status, signal) => {
        file?.end();
        const isRead = file ? finished(output) : Promise.resolve();
        void isRead.then(() => {
          onEnd(status, signal);
        });
      });
    });
  }
}

/** What the engine says of a resource whose provider, which is named after its subscription, is not configured any more. */
const FORMER_SUBSCRIPTION = /subscription_([0-9a-f-]{36})\s+is\s+required,\s+but\s+it\s+has\s+been\s+removed/g;

/** The engine's words without the frame and the line breaks of a terminal. */
function unwrapped(said: string): string {
  return said.replace(/[\s│╷╵]+/g, " ");
}

/** What the providers and the backend say where there is no login. */
const NO_LOGIN =
  /((?:unable to build authorizer|could not configure \w+ Authorizer|[^.]{0,80}Please run '?az login|.subscription_id. is a required provider property|subscription ID could not be determined|Credential: failed to acquire a token|Error building ARM Config).{0,300}?)(?=\.? Error:|[.] | Initializing|$)/i;

/** What the engine says where neither a registry nor a mirror has a provider. */
const NO_PROVIDER =
  /Could not retrieve the list of available versions for provider (\S+): (.+?)(?= To see which| Did you intend| Error:|$)/;

/** What an error of the engine means where its own words do not say what to do; undefined for any other. */
function explanationOf(said: string, command: string, folder: string): string | undefined {
  if (
    /Backend configuration changed|Backend configuration block has changed|Unsetting the previously set backend/i.test(
      said,
    )
  )
    return `The settings keep the state in another place than before. To move it there, run: ${command} -chdir=${folder} init -migrate-state. Or undo the change of state in the settings.`;
  const former = unique([...said.matchAll(FORMER_SUBSCRIPTION)].map(([, id]) => id));
  if (former.length > 0)
    return `The state has resources in subscriptions that the settings no longer name. To destroy them, add this to the settings, and remove it after the deployment:\n  "formerSubscriptions": ${JSON.stringify(former)}`;
  const plain = unwrapped(said);
  const [, login] = NO_LOGIN.exec(plain) ?? [];
  if (login !== undefined)
    return `There is no login to Azure for ${command}. Run: az login. A pipeline signs in with ARM_TENANT_ID, ARM_CLIENT_ID, ARM_SUBSCRIPTION_ID and one of ARM_CLIENT_SECRET, ARM_USE_OIDC=true and ARM_USE_MSI=true.\nIt says: ${login.trim()}`;
  const unreachable =
    /could not connect to (\S+): (?:failed to request discovery document: )?(.+?)(?= To see which| Error:|$)/;
  const [, registry, reason] = unreachable.exec(plain) ?? [];
  if (registry !== undefined)
    return `${command} can't download providers from ${registry}: ${reason!.trim()}\nCheck the connection to the internet, and HTTPS_PROXY where there is a proxy. Without internet, name a mirror of the providers in the CLI configuration file: https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation`;
  const [, provider, why] = NO_PROVIDER.exec(plain) ?? [];
  if (provider !== undefined)
    return `${command} can't get the provider ${provider}: ${why!.trim()}\nCheck provider_installation in the CLI configuration file, ~/.terraformrc or the one that TF_CLI_CONFIG_FILE names: https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation`;
  if (!/Error acquiring the state lock/i.test(said)) return undefined;
  const about = (name: string) => new RegExp(`^[ │]*${name}: +(\\S.*)$`, "m").exec(said)?.[1]?.trim();
  const [id, who, operation, created] = ["ID", "Who", "Operation", "Created"].map(about);
  if (id === undefined) return undefined;
  const isLocal = /resource temporarily unavailable|being used by another process/i.test(said);
  const since = created === undefined ? "" : ` since ${created.replace(/\.\d+/, "")}`;
  return [
    `The state is locked: ${who ?? "somebody"} holds it${since} (${operation ?? "an operation"}). Wait until that has ended.`,
    isLocal
      ? "The lock ends with the process that holds it, on this machine."
      : `If it no longer runs, as after a crash, release the lock: ${command} -chdir=${folder} force-unlock ${id}`,
  ].join("\n");
}

/** Keeps a state that the engine could not store, and says where. */
function keepState(state: Json, command: string, folder: string): string {
  const file = join(tmpdir(), `unstored-${randomBytes(8).toString("hex")}.tfstate`);
  try {
    writeFileSync(file, JSON.stringify(state), { flag: "wx", mode: 0o600 });
  } catch (error) {
    return `The state could not be stored, and not written to ${file} either: ${(error as Error).message}. What was created exists in Azure: npm run deploy -- --import-existing`;
  }
  return `The state could not be stored. It is in ${file}, with all secrets in it. Once there is room, move it over a local state, or store it in a remote one and delete it: ${command} -chdir=${folder} state push ${file}`;
}

/** What an engine may leave if it is ended at once, by what it does. */
const LEAVING: Readonly<Record<string, string>> = {
  plan: "the state may still be locked. The next command says so, with the ID of the lock.",
  apply:
    "the state may still be locked, and may lack resources that were being created. docs/day-2.md describes how to continue.",
  import: "the state may still be locked. The next command says so, with the ID of the lock.",
};

/** Starts a program that writes files, such as the state, which only their owner can read. */
function withPrivateFiles<T>(start: () => T): T {
  const before = process.umask(0o077);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

/** Exit status of `plan -detailed-exitcode` where there is something to change. */
const CHANGES = 2;

const JSON_LINES = ["-json", "-input=false"];

function parallel(parallelism?: number): string[] {
  return parallelism === undefined ? [] : [`-parallelism=${parallelism}`];
}

function eventOf(type: string, action: unknown, { addr }: Json): EngineEvent {
  return { type, address: text(addr), ...(typeof action === "string" && { action }) };
}

function diagnosticOf(given: Json): Diagnostic {
  const { severity, summary, detail } = given;
  const address = given.address ?? conditionOf(given);
  const location = sourceText(given);
  return {
    severity: severity === "warning" ? "warning" : "error",
    summary: text(summary),
    detail: text(detail),
    ...(typeof address === "string" && address !== "" && { address }),
    ...(location !== undefined && { location }),
  };
}

/** The resource whose own condition failed. The message of the condition says the rest. */
function conditionOf({ snippet }: Record<string, unknown>): string | undefined {
  const context = isJson(snippet) ? text(snippet.context) : "";
  return /^(?:resource\.)?(.+)\.lifecycle\.(?:pre|post)condition\[\d+\]$/.exec(context)?.[1];
}

/** Most of a line of code that an error shows. Synthesized JSON is one line. */
const MAX_CODE = 120;

function sourceText({ range, snippet }: Record<string, unknown>): string | undefined {
  if (!isJson(range) || !isJson(range.start)) return undefined;
  const { context, code } = isJson(snippet) ? snippet : {};
  const line = text(code).trim();
  const shown = line.length > MAX_CODE ? `${line.slice(0, MAX_CODE)}…` : line;
  const what = [typeof context === "string" ? `in ${context}` : "", shown].filter((part) => part !== "");
  return [`${text(range.filename)}:${String(range.start.line)}`, ...(what.length > 0 ? [what.join(": ")] : [])].join(
    ", ",
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The errors without those of resources that only met a provider which had crashed before. */
function withoutCrashed(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const isCrashed = ({ summary }: Diagnostic) => /^(Plugin did not respond|Request cancelled)$/.test(summary);
  const first = diagnostics.find(isCrashed);
  return diagnostics.filter((diagnostic) => diagnostic === first || !isCrashed(diagnostic));
}

/** What a provider that crashed said of the reason, and where in its own code it was. */
function crashText(plain: readonly string[]): string[] {
  const start = plain.findIndex((line) => line.startsWith("panic: "));
  if (start < 0) return [];
  const frames = plain.slice(start).filter((line) => /terraform-provider-[\w-]+\/internal\/services\//.test(line));
  return ["A provider crashed:", `  ${plain[start]!}`, ...frames.slice(0, 4).map((line) => `    ${line.trim()}`)];
}

/** The errors, each with its resource; the same error of several resources is shown for each. */
function diagnosticsText(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return [
    `${count(errors.length, "error")}:`,
    ...errors.flatMap(({ summary, detail, address, location }) => [
      `  ${address === undefined ? "" : `${address}: `}${summary}`,
      // An address says where it is.
      ...(address === undefined && location !== undefined ? [`    ${location}`] : []),
      ...detail
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => `    ${line}`),
    ]),
  ].join("\n");
}
