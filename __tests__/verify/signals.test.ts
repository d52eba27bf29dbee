import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fqdn, perSpoke, stateOf } from "../../packages/private-link-preview/__tests__/terraform-fixtures";
import { PROJECT } from "../support/programs";
import { describeUnless } from "../support/skips";
import { EmulatedVms } from "./emulated-vms";
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
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "signals-"));
    azure = await EmulatedVms.start();
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
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

  /** A VM on which each script runs until it is ended. */
  function vmThatWaits(name: string): string {
    command("getent", "echo 10.10.0.4 STREAM x");
    command("docker", "exec sleep 60");
    const PATH = command("curl", "exec sleep 60");
    return azure.vm(name, { environment: { PATH } });
  }

  /** The state of a deployment with VMs, as a file. */
  function stateFile(vms: readonly string[], loginServer = fqdn("login")): string {
    const state = stateOf(perSpoke()) as { values: object };
    const spokes = vms.map((id, index) => [
      `spoke${index + 1}`,
      { id, virtual_network: `vnet-spoke${index + 1}`, may_push: index === 0 },
    ]);
    const outputs = { login_server: { value: loginServer }, test_vms: { value: Object.fromEntries(spokes) as object } };
    const file = join(folder, "state.json");
    writeFileSync(file, JSON.stringify({ ...state, values: { ...state.values, outputs } }));
    return file;
  }

  /** Starts a command, signed in with a fake of the Azure CLI. */
  async function start(name: "verify" | "push-hello", file: string): Promise<Running> {
    const { token } = (await azure.credential.getToken("any/.default"))!;
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const answer = JSON.stringify({ accessToken: token, expires_on: expires, tokenType: "Bearer" });
    const PATH = command("az", `cat <<'END'\n${answer}\nEND`);
    const ca = join(folder, "azure.pem");
    writeFileSync(ca, azure.ca);
    const files = [join(PROJECT, "typescript.cjs"), require.resolve("./on-emulator.cjs")];
    const child = spawn(
      process.execPath,
      [...files.flatMap((path) => ["--require", path]), join(PROJECT, "src/commands/main.ts"), name, "--state", file],
      {
        cwd: folder,
        env: {
          ...{ PATH, HOME: folder, NO_COLOR: "1", NODE_EXTRA_CA_CERTS: ca },
          ...{ AZURE_EMULATOR: azure.endpoint, AZURE_TOKEN_CREDENTIALS: "AzureCliCredential" },
        },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    children.push(child);
    const running: Running = { child, stderr: "", ended: once(child, "exit").then(([code]) => code as number | null) };
    child.stderr.on("data", (chunk: Buffer) => (running.stderr += chunk.toString()));
    return running;
  }

  /** Waits until the scripts run on this many VMs. */
  async function untilScriptsRun({ child, ...running }: Running, vms: number, text: () => string): Promise<void> {
    for (let i = 0; i < 1000; i++) {
      if (azure.scriptsRun && text().split("running the script").length > vms) return;
      if (child.exitCode !== null) break;
      await sleep(20);
    }
    throw new Error(`The scripts did not start: ${text()}${running.stderr}`);
  }

  test.each<[command: "verify" | "push-hello", signal: NodeJS.Signals, status: number]>([
    ["verify", "SIGINT", 130],
    ["verify", "SIGTERM", 143],
    ["verify", "SIGHUP", 129],
    ["push-hello", "SIGINT", 130],
    ["push-hello", "SIGTERM", 143],
    ["push-hello", "SIGHUP", 129],
  ])("%s: %s ends what runs on the VMs, and then the command with status %i", async (name, signal, status) => {
    const vms = ["vm1", "vm2"].map(vmThatWaits);
    const running = await start(name, stateFile(vms));
    await untilScriptsRun(running, name === "verify" ? 2 : 1, () => running.stderr);
    running.child.kill(signal);
    expect(await running.ended).toBe(status);
    expect(running.stderr).toContain("Ending the scripts on the VMs.");
    expect(running.stderr).toContain(`Interrupted by ${signal}. Nothing is left running on the VMs.`);
    expect(azure.scriptsRun).toBe(false);
    expect(azure.commands).toEqual([]);
  });

  test("the end of the terminal, to which nothing can be written any more, ends the scripts too", async () => {
    const running = await start("verify", stateFile([vmThatWaits("vm1")]));
    await untilScriptsRun(running, 1, () => running.stderr);
    running.child.stderr!.destroy();
    running.child.kill("SIGHUP");
    expect(await running.ended).toBe(129);
    expect(azure.scriptsRun).toBe(false);
    expect(azure.commands).toEqual([]);
  });

  test("a second Ctrl-C ends the command at once, and says what is left on which VMs and how to end it", async () => {
    const running = await start("verify", stateFile(["vm1", "vm2"].map(vmThatWaits)));
    await untilScriptsRun(running, 2, () => running.stderr);
    for (const vm of ["vm1", "vm2"]) azure.change(vm, { busy: Infinity });
    running.child.kill("SIGINT");
    await sleep(1000);
    expect(running.child.exitCode).toBeNull();
    running.child.kill("SIGINT");
    expect(await running.ended).toBe(130);
    for (const vm of ["vm1", "vm2"]) {
      const name = new RegExp(`/${vm}/runCommands/(private-registry-\\w+)`).exec(azure.commands.join("\n"))![1]!;
      expect(running.stderr).toContain(
        `The script on VM ${vm} (resource group rg-test) was not ended, and may run for up to 900 s. To remove it, run: az vm run-command delete --yes --run-command-name ${name} --vm-name ${vm} --resource-group rg-test`,
      );
    }
    expect(running.stderr).not.toContain("Nothing is left");
    expect(azure.scriptsRun).toBe(true);
  });

  test("one Ctrl-C that arrives twice, from the terminal and from npm, is one", async () => {
    const running = await start("verify", stateFile([vmThatWaits("vm1")]));
    await untilScriptsRun(running, 1, () => running.stderr);
    running.child.kill("SIGINT");
    await sleep(50);
    running.child.kill("SIGINT");
    expect(await running.ended).toBe(130);
    expect(running.stderr).toContain("Nothing is left running on the VMs.");
    expect(azure.scriptsRun).toBe(false);
  });

  test("what can't be ended is named, on each VM", async () => {
    const running = await start("verify", stateFile(["vm1", "vm2", "vm3"].map(vmThatWaits)));
    await untilScriptsRun(running, 3, () => running.stderr);
    for (const vm of ["vm2", "vm3"]) azure.change(vm, { keepsCommands: true });
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(143);
    expect(running.stderr).toMatch(/The script on VM vm2 .* was not ended, .* --vm-name vm2/);
    expect(running.stderr).toMatch(/The script on VM vm3 .* was not ended, .* --vm-name vm3/);
    expect(running.stderr).not.toMatch(/The script on VM vm1|Nothing is left/);
  });

  test.each(["verify", "push-hello"] as const)(
    "%s sends nothing anywhere if the state has a login server of someone else",
    async (name) => {
      const running = await start(name, stateFile([vmThatWaits("vm1")], "acmeacr.azurecr.io.attacker.example"));
      expect(await running.ended).toBe(3);
      expect(running.stderr).toMatch(/has the login server "acmeacr\.azurecr\.io\.attacker\.example", allowed: /);
      expect(azure.requests).toEqual([]);
    },
  );
});
