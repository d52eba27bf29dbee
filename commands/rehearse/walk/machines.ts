import { execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type AzureEmulator, PUBLIC_ADDRESS } from "../../../packages/azure-emulator";
import { at, UserError } from "../../../packages/common/util";
import { isSameId } from "../../../src/terraform/resource-id";
import type { DeployedVm, Deployment } from "../../verify/deployment";
import type { RunScriptProps, ScriptResult, VmScripts } from "../../verify/run-command/vm-scripts";

/** Namespaces of a machine: the first lets a user have the others. */
const NAMESPACES = ["--user", "--map-root-user", "--net", "--mount", "--uts"];
/** Longest path of a folder with the sockets of a machine, of which the system takes 107 bytes. */
const LONGEST_PATH = 80;
/** Azure's name server in every network. */
const AZURE_DNS = "168.63.129.16";

const isInstalled = (tool: string) => spawnSync("/bin/sh", ["-c", `command -v ${tool}`]).status === 0;

/** Why machines can't be in network namespaces here; undefined if they can. */
export function withoutNamespaces(): string | undefined {
  const missing = ["hostname", "ip", "mount", "unshare"].filter((tool) => !isInstalled(tool));
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  const { status, stderr } = spawnSync("unshare", [...NAMESPACES, "true"], { encoding: "utf8" });
  return status === 0 ? undefined : stderr.trim().split("\n")[0];
}

/** What runs a script: a command, its arguments, its environment, and what its output has in place of Azure's addresses. */
interface Started {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Addresses of Azure by those on loopback. */
  readonly standIns?: ReadonlyMap<string, string>;
}

/** A machine of the emulated Azure. */
interface Machine {
  readonly vm: DeployedVm;
  /** With its script. */
  readonly folder: string;
  /** The addresses that its DNS returns, by host name. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
  /** What is called to run its script. */
  readonly script: readonly string[];
}

/**
 * The test VMs of a deployment to the emulated Azure, on which scripts run as on those of Azure: with the DNS of the VM's
 * network, its private endpoints, and the metadata service with the identity of the VM. Each is in a network namespace with
 * the addresses of Azure; where that can't be, the script has a stand-in for getent, and curl is told where to connect to.
 */
export class EmulatedMachines implements Pick<VmScripts, "run" | "powerState" | "start"> {
  private readonly environment: Record<string, string>;
  private readonly certificate: string;
  private runs = 0;

  /**
   * @param folder - temporary, with a short path: sockets are in it
   * @param lacking - why machines can't be in network namespaces
   * @throws UserError if the tools of the scripts are missing
   */
  constructor(
    private readonly azure: AzureEmulator,
    private readonly deployment: Deployment,
    private readonly folder: string,
    public readonly lacking = folder.length > LONGEST_PATH
      ? `the path of ${folder} is too long for sockets`
      : withoutNamespaces(),
  ) {
    // The script would install them, as on a new VM.
    const missing = ["curl", "jq", "tar"].filter((tool) => !isInstalled(tool));
    if (missing.length > 0) throw new UserError(`--pull needs ${missing.join(" and ")}. Install what is missing.`);
    const bin = this.made("bin");
    command(bin, "docker", `exec '${process.execPath}' '${join(__dirname, "docker.cjs")}' "$@"`);
    this.certificate = join(folder, "registries.pem");
    writeFileSync(this.certificate, azure.certificate);
    this.environment = {
      PATH: `${bin}:${process.env.PATH ?? ""}`,
      // What is not there at once in the emulated Azure does not come later.
      PROBE_ROLE_LIMIT: "0",
      PROBE_RETRY_LIMIT: "0",
    };
  }

  public async run({ vmId, script, args = [], timeoutSeconds, signal }: RunScriptProps): Promise<ScriptResult> {
    const vm = this.deployment.vms.find(({ id }) => id === vmId)!;
    this.runs += 1;
    const folder = this.made(`run${this.runs}`);
    const file = join(folder, "script.sh");
    writeFileSync(file, script);
    const hosts = this.deployment.hosts.map(({ fqdn }) => fqdn);
    const answers = hosts.map((host) => [host, this.azure.addressesFor(networkOf(vm), host)]);
    const machine = { vm, folder, answers: Object.fromEntries(answers) as Machine["answers"], script: [file, ...args] };
    const started = await (this.lacking === undefined ? this.inNamespaces(machine) : this.onLoopback(machine));
    const options = {
      env: { ...this.environment, TMPDIR: folder, ...started.env },
      timeout: timeoutSeconds * 1000,
      signal,
    };
    return new Promise((resolve) => {
      execFile(started.command, started.args, options, (error, stdout, stderr) => {
        const inAzure = [...(started.standIns ?? [])].reduce(
          (text, [one, real]) => text.replaceAll(`"${one}"`, `"${real}"`),
          stdout,
        );
        resolve({ stdout: inAzure, stderr, exitCode: error ? Number(error.code ?? 1) : 0 });
      });
    });
  }

  public powerState(): Promise<"running"> {
    return Promise.resolve("running");
  }

  public start(): Promise<void> {
    return Promise.resolve();
  }

  private async inNamespaces({ vm, folder, answers, script }: Machine): Promise<Started> {
    const [registries, metadata] = ["registries", "metadata"].map((name) => join(folder, name)) as [string, string];
    await this.azure.proxyFor(networkOf(vm), { path: registries });
    await this.azure.listenForMetadata(vm.id, { path: metadata });
    const { resources } = this.azure;
    const propertiesOf = (of: string) => resources.find(({ id }) => isSameId(id, of))?.properties;
    const [nic = ""] = at(propertiesOf(vm.id), ["networkProfile", "networkInterfaces", "id"]).map(String);
    const [address = ""] = at(propertiesOf(nic), ["ipConfigurations", "properties", "privateIPAddress"]).map(String);
    const network = resources.find(({ name, type }) => name === vm.virtualNetwork && type.endsWith("virtualNetworks"));
    const [nameServer = AZURE_DNS] = at(network?.properties, ["dhcpOptions", "dnsServers"]).map(String);
    const config = join(folder, "machine.json");
    const name = vm.id.split("/").at(-1)!;
    writeFileSync(config, JSON.stringify({ folder, name, address, nameServer, answers, registries, metadata, script }));
    const args = [...NAMESPACES, process.execPath, join(__dirname, "machine.cjs"), config];
    return { command: "unshare", args, env: { PROBE_CURL_OPTIONS: this.curlOptions(folder) } };
  }

  private async onLoopback({ vm, folder, answers, script }: Machine): Promise<Started> {
    const standIns = new Map<string, string>();
    const lines: string[] = [];
    const cases: string[] = [];
    for (const [host, addresses] of Object.entries(answers)) {
      for (const address of addresses) {
        const loopback = address.replace(/^\d+/, "127");
        standIns.set(loopback, address);
        const client = { from: networkOf(vm), to: address === PUBLIC_ADDRESS ? undefined : address };
        const server = await this.azure.listenForRegistries(client, { host: loopback, port: 0 });
        lines.push(`connect-to = "${host}:443:${loopback}:${(server.address() as AddressInfo).port}"`);
        cases.push(`${host}) echo '${address} STREAM ${host}'; found=yes ;;`);
      }
    }
    const metadata = await this.azure.listenForMetadata(vm.id, { host: "127.0.0.1", port: 0 });
    const bin = join(folder, "bin");
    mkdirSync(bin);
    command(bin, "getent", ['case "$2" in', ...cases, "esac", '[ -n "${found-}" ] || exit 2'].join("\n"));
    const env = {
      PATH: `${bin}:${this.environment.PATH!}`,
      PROBE_CURL_OPTIONS: this.curlOptions(folder, lines),
      PROBE_IMDS: `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`,
    };
    return { command: "/bin/sh", args: script, env, standIns };
  }

  private curlOptions(folder: string, lines: readonly string[] = []): string {
    const file = join(folder, "curl.conf");
    writeFileSync(file, [`cacert = "${this.certificate}"`, ...lines, ""].join("\n"));
    return file;
  }

  private made(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    return folder;
  }
}

function networkOf({ virtualNetwork }: DeployedVm) {
  return { network: virtualNetwork };
}

/** Writes a command of a shell. */
function command(folder: string, name: string, text: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}
