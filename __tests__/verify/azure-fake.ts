import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a virtual machine of the fake behaves. */
export interface FakeVm {
  power: string;
  agent: "Ready" | "Not Ready";
  /** How many times it is busy (409) when it is asked to do something. */
  busy: number;
  /** How many requests are throttled (429), and with which headers. */
  throttled: { times: number; headers: Record<string, string> };
  /** Rights that the caller lacks. */
  forbidden: string[];
  /** What becomes of the operation that hands a script over. */
  handover: "begins" | "never begins" | { code: string; message: string };
  /** What is told of a script instead of running it. */
  view?: Record<string, unknown>;
  /** Whether the deletion of a command ends its script, as documented. */
  deletionEnds: boolean;
  /** Whether deletions are refused. */
  keepsCommands: boolean;
}

/** A request that the fake got. */
export interface FakeRequest {
  readonly method: string;
  /** Below the VM: "", "/start", "/runCommands/NAME"; or the whole path if it is not a VM's. */
  readonly path: string;
  readonly body: { properties?: Record<string, unknown>; location?: string } | undefined;
  /** Milliseconds, of any clock that does not go back. */
  readonly at: number;
}

/** Token that the fake takes. */
export const TOKEN = "a-token-for-tests";

const GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-test";

/** How many times an operation is in progress when it is asked for. */
const OPERATION_POLLS = 2;

/** An Azure Resource Manager on loopback, as far as VMs and their managed Run Commands go. It runs the scripts. */
export class AzureFake {
  readonly requests: FakeRequest[] = [];
  /** Status of the connection of private endpoints, by their ids. */
  readonly connections = new Map<string, string>();
  readonly #vms = new Map<string, FakeVm>();
  readonly #commands = new Map<string, FakeCommand>();
  readonly #operations = new Map<string, { polls: number; end: () => { status: string; error?: unknown } }>();
  readonly #folder = mkdtempSync(join(tmpdir(), "azure-fake-"));
  readonly #server: Server;
  readonly #scripts: FakeCommand[] = [];

  private constructor(
    readonly ca: string,
    key: string,
  ) {
    this.#server = createServer({ cert: ca, key }, (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<AzureFake> {
    const { certificate, key } = selfSigned();
    const fake = new AzureFake(certificate, key);
    fake.#server.listen(0, "127.0.0.1");
    await once(fake.#server, "listening");
    return fake;
  }

  get endpoint(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Adds a VM and returns its id. */
  vm(name: string, behaviour: Partial<FakeVm> = {}): string {
    this.#vms.set(name, {
      power: "running",
      agent: "Ready",
      busy: 0,
      throttled: { times: 0, headers: {} },
      forbidden: [],
      handover: "begins",
      deletionEnds: false,
      keepsCommands: false,
      ...behaviour,
    });
    return idOf(name);
  }

  /** The id of a VM, whether there is one or not. */
  id(name: string): string {
    return idOf(name);
  }

  /** Changes how a VM behaves. */
  change(name: string, behaviour: Partial<FakeVm>): void {
    Object.assign(this.#vms.get(name)!, behaviour);
  }

  /** Names of the commands that VMs have. */
  get commands(): string[] {
    return [...this.#commands.keys()];
  }

  /** Removes all commands, as someone else may. */
  removeCommands(): void {
    this.#commands.clear();
  }

  /** Whether a process of any script is alive. */
  get scriptsRun(): boolean {
    return this.#scripts.some((command) => command.runs);
  }

  /** Requests that change something, as "PUT /runCommands/NAME" without what is random in the name. */
  get changes(): string[] {
    return this.requests
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{16}/, "*")}`);
  }

  /** Forgets all, ends what still runs. */
  clear(): void {
    for (const command of this.#scripts) command.kill();
    this.#scripts.length = 0;
    this.requests.length = 0;
    this.connections.clear();
    this.#vms.clear();
    this.#commands.clear();
    this.#operations.clear();
  }

  async close(): Promise<void> {
    this.clear();
    rmSync(this.#folder, { recursive: true });
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { pathname, searchParams } = new URL(request.url!, this.endpoint);
    const [, vmName, path = ""] = /\/virtualMachines\/([^/]+)(.*)$/.exec(pathname) ?? [];
    const method = request.method!;
    const body = text ? (JSON.parse(text) as FakeRequest["body"]) : undefined;
    this.requests.push({ method, path: vmName ? path : pathname, body, at: performance.now() });

    const answer = (status: number, content?: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(content === undefined ? undefined : JSON.stringify(content));
    };
    if (pathname.includes("/privateEndpoints/")) {
      const status = this.connections.get(pathname);
      const state = { privateLinkServiceConnectionState: { status } };
      answer(status === undefined ? 404 : 200, {
        properties: { privateLinkServiceConnections: [{ properties: state }] },
      });
      return;
    }
    const refuse = (status: number, code: string, message: string, headers?: Record<string, string>) => {
      answer(status, { error: { code, message } }, headers);
    };

    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      refuse(401, "InvalidAuthenticationToken", "The access token is invalid.");
      return;
    }
    const operation = this.#operations.get(pathname);
    if (operation) {
      operation.polls -= 1;
      answer(200, operation.polls >= 0 ? { status: "InProgress" } : operation.end(), { "retry-after": "0" });
      return;
    }
    const vm = this.#vms.get(vmName ?? "");
    if (!vm || !vmName) {
      refuse(404, "ResourceNotFound", `The Resource 'Microsoft.Compute/virtualMachines/${vmName}' was not found.`);
      return;
    }
    if (vm.throttled.times > 0) {
      vm.throttled.times -= 1;
      refuse(429, "OperationNotAllowed", "The server rejected the request: too many requests.", vm.throttled.headers);
      return;
    }
    const right = rightFor(method, path);
    if (vm.forbidden.includes(right)) {
      refuse(
        403,
        "AuthorizationFailed",
        `The client 'x' with object id 'y' does not have authorization to perform action '${right}' over scope '${pathname}'.`,
      );
      return;
    }
    if (vm.busy > 0 && method !== "GET") {
      vm.busy -= 1;
      refuse(409, "Conflict", "Run command extension execution is in progress.");
      return;
    }
    const begin = (polls: number, end: () => { status: string; error?: unknown }) => {
      const address = `${GROUP}/operations/${randomUUID()}`;
      this.#operations.set(address, { polls, end });
      const url = `${this.endpoint}${address}?api-version=fake`;
      return { "azure-asyncoperation": url, location: url, "retry-after": "0" };
    };

    switch (right) {
      case "Microsoft.Compute/virtualMachines/read":
        answer(200, {
          id: idOf(vmName),
          location: "swedencentral",
          properties: {
            instanceView: {
              vmAgent: { statuses: [{ code: "ProvisioningState/succeeded", displayStatus: vm.agent }] },
              statuses: [{ code: "ProvisioningState/succeeded" }, { code: `PowerState/${vm.power}` }],
            },
          },
        });
        return;
      case "Microsoft.Compute/virtualMachines/start/action":
        vm.power = "starting";
        answer(
          202,
          undefined,
          begin(OPERATION_POLLS, () => {
            vm.power = "running";
            return { status: "Succeeded" };
          }),
        );
        return;
      case "Microsoft.Compute/virtualMachines/runCommands/write": {
        if (vm.power !== "running") {
          refuse(409, "OperationNotAllowed", "Cannot modify extensions in the VM when the VM is not running.");
          return;
        }
        const command = new FakeCommand(this.#folder, (body?.properties?.source as { script: string }).script);
        this.#commands.set(path, command);
        this.#scripts.push(command);
        const polls = vm.handover === "never begins" ? Infinity : OPERATION_POLLS;
        const headers = begin(polls, () => {
          if (typeof vm.handover === "object") return { status: "Failed", error: vm.handover };
          if (!vm.view || path.endsWith("-end")) command.begin();
          return { status: "Succeeded" };
        });
        answer(201, { location: body?.location, properties: { provisioningState: "Creating" } }, headers);
        return;
      }
      case "Microsoft.Compute/virtualMachines/runCommands/read": {
        const command = this.#commands.get(path);
        const instanceView = searchParams.get("$expand") === "instanceView" && command && (command.view ?? vm.view);
        if (command) answer(200, { location: "swedencentral", properties: { instanceView } });
        else
          refuse(
            404,
            "ResourceNotFound",
            `The Resource 'Microsoft.Compute/virtualMachines/${vmName}${path}' was not found.`,
          );
        return;
      }
      case "Microsoft.Compute/virtualMachines/runCommands/delete": {
        if (vm.keepsCommands) {
          refuse(400, "BadRequest", "No.");
          return;
        }
        const command = this.#commands.get(path);
        this.#commands.delete(path);
        if (vm.deletionEnds) command?.kill();
        if (command)
          answer(
            202,
            undefined,
            begin(OPERATION_POLLS, () => ({ status: "Succeeded" })),
          );
        else answer(204);
        return;
      }
      default:
        refuse(404, "NotFound", pathname);
    }
  }
}

/** A script on a VM: run as the agent's extension does it, but here. */
class FakeCommand {
  view: Record<string, unknown> | undefined;
  #process: ChildProcess | undefined;

  constructor(
    private readonly folder: string,
    private readonly script: string,
  ) {}

  get runs(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  begin(): void {
    const path = mkdtempSync(join(this.folder, "command-"));
    const file = join(path, "script.sh");
    writeFileSync(file, this.script, { mode: 0o500 });
    const startTime = now();
    const streams = { output: join(path, "stdout"), error: join(path, "stderr") };
    const run = `exec >${streams.output} 2>${streams.error}; ${file}`;
    this.view = { executionState: "Running", startTime };
    this.#process = spawn("/bin/bash", ["-c", run], { cwd: path, stdio: "ignore", detached: true });
    this.#process.on("exit", (code) => {
      this.view = {
        executionState: code === 0 ? "Succeeded" : "Failed",
        exitCode: code ?? -1,
        output: tail(streams.output),
        error: tail(streams.error),
        startTime,
        endTime: now(),
      };
    });
  }

  kill(): void {
    if (this.runs) process.kill(-this.#process!.pid!, "SIGTERM");
  }
}

/** The end of a file that Azure keeps: 4,096 bytes. */
function tail(file: string): string {
  return readFileSync(file).subarray(-4096).toString();
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

function idOf(vm: string): string {
  return `${GROUP}/providers/Microsoft.Compute/virtualMachines/${vm}`;
}

function rightFor(method: string, path: string): string {
  const verb = { GET: "read", PUT: "write", DELETE: "delete" }[method];
  const type = path.startsWith("/runCommands/") ? "/runCommands" : "";
  return path === "/start"
    ? "Microsoft.Compute/virtualMachines/start/action"
    : `Microsoft.Compute/virtualMachines${type}/${verb}`;
}

/** A certificate for 127.0.0.1, valid for a day. */
function selfSigned(): { certificate: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const algorithm = der(0x30, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const commonName = der(0x30, der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from("azure-fake")));
  const name = der(0x30, der(0x31, commonName));
  const time = (ms: number) =>
    der(0x17, Buffer.from(new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, "") + "Z"));
  const validity = der(0x30, time(Date.now() - 3_600_000), time(Date.now() + 86_400_000));
  const address = der(0x30, der(0x87, Buffer.from([127, 0, 0, 1])));
  const alternativeName = der(0x30, der(0x06, Buffer.from("551d11", "hex")), der(0x04, address));
  const content = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(0x30, alternativeName)),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", content, privateKey));
  const base64 = der(0x30, content, algorithm, signature).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

/** A DER value: its tag, its length, its content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
