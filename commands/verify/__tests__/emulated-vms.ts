import { ClientSecretCredential, type TokenCredential } from "@azure/identity";
import {
  type ArmAnswer,
  ArmError,
  type ArmRequest,
  AzureEmulator,
  groupOf,
  type RunCommand,
  type ScriptRun,
  type VirtualMachineState,
} from "../../../packages/azure-emulator";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { deployerRole } from "../../deployer-role";

/** How a virtual machine behaves on which all goes well. */
const ALL_WELL = {
  power: "running" as VirtualMachineState["power"],
  agent: "Ready" as "Ready" | "Not Ready",
  /** When the last operation on it ended. */
  provisioned: undefined as string | undefined,
  /** How many times it is busy (409) when it is asked to do something. */
  busy: 0,
  /** How many requests are throttled (429), and with which headers. */
  throttled: { times: 0, headers: {} as Record<string, string> },
  /** Rights that the caller lacks (403). */
  forbidden: [] as readonly string[],
  /** What becomes of the operation that hands a script over. */
  handover: "begins" as "begins" | "never begins" | { code: string; message: string },
  /** Instance view of its scripts, which are not run. */
  view: undefined as Record<string, unknown> | undefined,
  /** Environment of its scripts, in addition to the PATH. */
  environment: {} as Readonly<Record<string, string>>,
  /** Whether the deletion of a command ends its script, as documented. */
  deletionEnds: false,
  /** Whether deletions of commands are refused. */
  keepsCommands: false,
};
export type VmBehaviour = typeof ALL_WELL;

/** A request, with what is below the VM as its path: "", "/start", "/runCommands/NAME"; or all of it, if it is not a VM's. */
type SeenRequest = Pick<ArmRequest, "method" | "path"> & { body: ArmRequest["body"] };

const GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-test";
const REGION = "swedencentral";

/** An emulated Azure whose virtual machines run their scripts on this machine, and misbehave as a test wants. */
export class EmulatedVms {
  readonly requests: SeenRequest[] = [];
  /** Called for each request, before it is answered. */
  onRequest: (request: SeenRequest) => void = () => undefined;
  /** Signed in with a client secret. */
  readonly credential: TokenCredential;
  readonly #behaviours = new Map<string, VmBehaviour>();
  readonly #folder = mkdtempSync(join(tmpdir(), "emulated-vms-"));
  readonly #scripts: LocalScript[] = [];

  private constructor(private readonly azure: AzureEmulator) {
    this.credential = new ClientSecretCredential("tenant", "client", "secret", {
      authorityHost: azure.endpoint,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: azure.certificate },
    });
  }

  static async start(): Promise<EmulatedVms> {
    const azure = await AzureEmulator.start({
      requireToken: true,
      role: deployerRole(),
      intercept: (request) => vms.#intercept(request),
      runScript: (command) => vms.#run(command),
    });
    const vms = new EmulatedVms(azure);
    azure.put(GROUP, { location: REGION });
    return vms;
  }

  get endpoint(): string {
    return this.azure.endpoint;
  }

  get ca(): string {
    return this.azure.certificate;
  }

  /** Creates a VM and returns its id. */
  vm(name: string, behaviour: Partial<VmBehaviour> = {}): string {
    this.azure.put(this.id(name), { location: REGION });
    this.#behaviours.set(name, { ...ALL_WELL });
    this.change(name, behaviour);
    return this.id(name);
  }

  /** The id of a VM, whether there is one or not. */
  id(name: string): string {
    return `${GROUP}/providers/Microsoft.Compute/virtualMachines/${name}`;
  }

  /** Changes how a VM behaves. */
  change(name: string, behaviour: Partial<VmBehaviour>): void {
    Object.assign(this.#behaviours.get(name)!, behaviour);
    const { power, agent, provisioned } = behaviour;
    this.azure.setVirtualMachine(this.id(name), {
      ...(power && { power }),
      ...(provisioned !== undefined && { provisioned }),
      ...(agent && { agentReady: agent === "Ready" }),
    });
  }

  /** Creates a private endpoint of a registry, or changes the status of its connection. */
  endpointConnection(id: string, status: string): void {
    const network = `${groupOf(id)}/providers/Microsoft.Network/virtualNetworks/vnet`;
    const registry = `${groupOf(id)}/providers/Microsoft.ContainerRegistry/registries/hello`;
    const subnet = `${network}/subnets/endpoints`;
    this.azure.put(groupOf(id), { location: REGION });
    this.azure.put(registry, { location: REGION, sku: { name: "Premium" } });
    this.azure.put(network, { location: REGION, properties: { addressSpace: { addressPrefixes: ["10.0.0.0/24"] } } });
    if (!this.azure.resources.some((resource) => resource.id === subnet))
      this.azure.put(subnet, { properties: { addressPrefix: "10.0.0.0/24" } });
    const state = { status, description: "", actionsRequired: "None" };
    const properties = { privateLinkServiceId: registry, groupIds: ["registry"] };
    const connection = { name: "registry", properties: { ...properties, privateLinkServiceConnectionState: state } };
    this.azure.put(id, {
      location: REGION,
      properties: { subnet: { id: subnet }, privateLinkServiceConnections: [connection] },
    });
  }

  /** Ids of the commands that VMs have. */
  get commands(): string[] {
    return this.azure.resources.map(({ id }) => id).filter((id) => id.includes("/runCommands/"));
  }

  /** Removes all commands, as someone else may. */
  removeCommands(): void {
    for (const id of this.commands) this.azure.delete(id);
  }

  /** Whether a process of any script is alive. */
  get scriptsRun(): boolean {
    return this.#scripts.some((script) => script.runs);
  }

  /** Requests that change something, as "PUT /runCommands/NAME" without what is random in the name. */
  get changes(): string[] {
    return this.requests
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{16}/, "*")}`);
  }

  /** Removes all VMs, and ends the scripts that still run. */
  async reset(): Promise<void> {
    await this.#endScripts();
    this.removeCommands();
    for (const name of this.#behaviours.keys()) this.azure.delete(this.id(name));
    this.#behaviours.clear();
    this.requests.length = 0;
    this.onRequest = () => undefined;
  }

  /** Ends the emulator, and the scripts that still run. */
  async close(): Promise<void> {
    await this.azure.close();
    await this.#endScripts();
    rmSync(this.#folder, { recursive: true });
  }

  async #endScripts(): Promise<void> {
    for (const script of this.#scripts) script.kill();
    await Promise.all(this.#scripts.splice(0).map(({ ended }) => ended));
  }

  /** The faults that the emulator does not have. */
  #intercept({ method, path, body }: ArmRequest): ArmAnswer | undefined {
    const [, name = "", below = ""] = /\/virtualMachines\/([^/]+)(.*)$/.exec(path) ?? [];
    const request = { method, path: name ? below : path, body };
    this.requests.push(request);
    this.onRequest(request);
    const vm = this.#behaviours.get(name);
    if (!vm) return undefined;
    if (vm.throttled.times > 0) {
      vm.throttled.times -= 1;
      return refusal(429, "OperationNotAllowed", "The server rejected the request.", vm.throttled.headers);
    }
    const right = rightFor(method, below);
    const missing = `does not have authorization to perform action '${right}' over scope '${path}'`;
    if (vm.forbidden.includes(right))
      return refusal(403, "AuthorizationFailed", `The client 'x' with object id 'y' ${missing}.`);
    if (vm.busy > 0 && method !== "GET") {
      vm.busy -= 1;
      return refusal(409, "Conflict", "Run command extension execution is in progress.");
    }
    return vm.keepsCommands && method === "DELETE" ? refusal(400, "BadRequest", "No.") : undefined;
  }

  async #run({ id, vmId, script }: RunCommand): Promise<ScriptRun> {
    const { handover, view, deletionEnds, environment } = this.#behaviours.get(vmId.split("/").at(-1)!)!;
    // An agent takes its time: the client has to poll.
    if (handover === "begins") await sleep(10);
    else if (handover === "never begins") await new Promise(() => undefined);
    else throw new ArmError(409, handover.code, handover.message);
    if (view && !id.endsWith("-end")) return { instanceView: view, ended: Promise.resolve(), cancel: () => undefined };
    const run = new LocalScript(this.#folder, script, environment, deletionEnds);
    this.#scripts.push(run);
    return run;
  }
}

/** A script of a VM: run as the agent's extension runs it, but here. */
class LocalScript implements ScriptRun {
  instanceView: Record<string, unknown>;
  readonly ended: Promise<unknown>;
  readonly #process: ChildProcess;

  constructor(
    folder: string,
    script: string,
    environment: Readonly<Record<string, string>>,
    private readonly endsWithCommand: boolean,
  ) {
    const path = mkdtempSync(join(folder, "command-"));
    const file = join(path, "script.sh");
    writeFileSync(file, script, { mode: 0o500 });
    const startTime = now();
    const streams = { output: join(path, "stdout"), error: join(path, "stderr") };
    const run = `exec >${streams.output} 2>${streams.error}; ${file}`;
    this.instanceView = { executionState: "Running", startTime };
    const options = { cwd: path, env: { PATH: process.env.PATH, ...environment }, detached: true };
    this.#process = spawn("/bin/bash", ["-c", run], { ...options, stdio: "ignore" });
    this.#process.on("exit", (code) => {
      this.instanceView = {
        executionState: code === 0 ? "Succeeded" : "Failed",
        exitCode: code ?? -1,
        ...{ output: tail(streams.output), error: tail(streams.error) },
        ...{ startTime, endTime: now() },
      };
    });
    this.ended = once(this.#process, "exit");
  }

  get runs(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  cancel(): void {
    if (this.endsWithCommand) this.kill();
  }

  kill(): void {
    if (this.runs) process.kill(-this.#process.pid!, "SIGTERM");
  }
}

/** The end of a file that Azure keeps: 4,096 bytes. */
function tail(file: string): string {
  return readFileSync(file).subarray(-4096).toString();
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): ArmAnswer {
  return { status, body: { error: { code, message } }, headers };
}

function rightFor(method: string, path: string): string {
  const verb = path === "/start" ? "start/action" : { GET: "read", PUT: "write", DELETE: "delete" }[method];
  const type = path.startsWith("/runCommands/") ? "/runCommands" : "";
  return `Microsoft.Compute/virtualMachines${type}/${verb}`;
}
