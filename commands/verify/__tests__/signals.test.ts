import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fqdn, perSpoke } from "../../../packages/private-link-preview/__tests__/terraform-fixtures";
import { PROJECT } from "../../../__tests__/support/programs";
import { describeUnless } from "../../../__tests__/support/skips";
import { EmulatedVms } from "./emulated-vms";
import { stateWith } from "./reports";
import { missingTools } from "./vm-fake";

/** A command in a process of its own, and what it has printed so far. */
interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stderr: string;
}

describeUnless(missingTools(), "a signal to a command that works on VMs", () => {
  let folder: string;
  let azure: EmulatedVms;
  let running: Running;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "signals-"));
    azure = await EmulatedVms.start();
  });

  afterEach(async () => {
    running.child.kill("SIGKILL");
    await azure.close();
    rmSync(folder, { recursive: true });
  });

  /** A folder with a command for the PATH. */
  function command(name: string, body: string): string {
    const bin = join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
    return `${bin}:${process.env.PATH ?? ""}`;
  }

  /** The state of a deployment with two VMs, on which each script runs until it is ended, as a file. */
  function stateFile(): string {
    command("getent", "echo 10.10.0.4 STREAM x");
    command("docker", "exec sleep 600");
    const environment = { PATH: command("curl", "exec sleep 600") };
    const vm = (name: string, may_push: boolean) => ({ id: azure.vm(name, { environment }), may_push });
    const spoke1 = { ...vm("vm1", true), virtual_network: "vnet-spoke1" };
    const spoke2 = { ...vm("vm2", false), virtual_network: "vnet-spoke2" };
    const file = join(folder, "state.json");
    writeFileSync(file, stateWith(perSpoke(), { login_server: fqdn("login"), test_vms: { spoke1, spoke2 } }));
    return file;
  }

  /** Starts a command, signed in with a fake of the Azure CLI, and waits until its scripts run on all of its VMs. */
  async function start(name: "verify" | "push-hello"): Promise<void> {
    const { token } = (await azure.credential.getToken("any/.default"))!;
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const answer = JSON.stringify({ accessToken: token, expires_on: expires, tokenType: "Bearer" });
    const PATH = command("az", `cat <<'END'\n${answer}\nEND`);
    const ca = join(folder, "azure.pem");
    writeFileSync(ca, azure.ca);
    const required = [join(PROJECT, "typescript.cjs"), require.resolve("./on-emulator.cjs")];
    const program = [...required.flatMap((path) => ["--require", path]), join(PROJECT, "commands/main.ts")];
    const child = spawn(process.execPath, [...program, name, "--state", stateFile()], {
      cwd: folder,
      env: {
        ...{ PATH, HOME: folder, NO_COLOR: "1", NODE_EXTRA_CA_CERTS: ca },
        ...{ AZURE_EMULATOR: azure.endpoint, AZURE_TOKEN_CREDENTIALS: "AzureCliCredential" },
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    running = { child, stderr: "", ended: once(child, "exit").then(([code]) => code as number | null) };
    const vms = name === "verify" ? 2 : 1;
    await new Promise<void>((resolve, reject) => {
      child.stderr.on("data", (chunk: Buffer) => {
        running.stderr += chunk.toString();
        if (running.stderr.split("running the script").length > vms) resolve();
      });
      void running.ended.then(() => {
        reject(new Error(`The scripts did not start: ${running.stderr}`));
      });
    });
    expect(azure.scriptsRun).toBe(true);
  }

  test("ends what runs on the VM, and then the command with the status of the signal", async () => {
    await start("push-hello");
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(143);
    expect(running.stderr).toContain("Ending the scripts on the VMs.");
    expect(running.stderr).toContain("Interrupted by SIGTERM. Nothing is left running on the VMs.");
    expect([azure.scriptsRun, azure.commands]).toEqual([false, []]);
  });

  test("ends the scripts on all VMs too if it is the end of the terminal, to which nothing can be written", async () => {
    await start("verify");
    running.child.stderr!.destroy();
    running.child.kill("SIGHUP");
    expect(await running.ended).toBe(129);
    expect([azure.scriptsRun, azure.commands]).toEqual([false, []]);
  });

  test("ends the command at once if it is the second Ctrl-C, and says what is left on which VMs and how to end it", async () => {
    await start("verify");
    for (const vm of ["vm1", "vm2"]) azure.change(vm, { busy: Infinity });
    running.child.kill("SIGINT");
    // Those that arrive right after the first one are taken for the same key press.
    const again = setInterval(() => running.child.kill("SIGINT"), 100);
    expect(await running.ended).toBe(130);
    clearInterval(again);
    for (const vm of ["vm1", "vm2"]) {
      const name = new RegExp(`/${vm}/runCommands/(private-registry-\\w+)`).exec(azure.commands.join("\n"))![1]!;
      expect(running.stderr).toContain(
        `The script on VM ${vm} (resource group rg-test) was not ended, and may run for up to 900 s. To remove it, run: az vm run-command delete --yes --run-command-name ${name} --vm-name ${vm} --resource-group rg-test`,
      );
    }
    expect(running.stderr).not.toContain("Nothing is left");
    expect(azure.scriptsRun).toBe(true);
  });
});
