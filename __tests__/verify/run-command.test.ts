import { ChainedTokenCredential, EnvironmentCredential, type TokenCredential } from "@azure/identity";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../packages/common/util";
import { AzureError, type AzureErrorReason } from "../../src/verify/run-command/errors";
import { ByVariables, RESOURCE_MANAGERS, signIn } from "../../src/verify/run-command/sign-in";
import { type RunScriptProps, type ScriptResult, VmScripts } from "../../src/verify/run-command/vm-scripts";
import { describeUnless } from "../support/skips";
import { EmulatedVms } from "./emulated-vms";
import { makeCertificate } from "./registry-fake";
import { wrongSystem } from "./vm-fake";

const onLinux = (name: string, body: () => void) => {
  describeUnless(wrongSystem(), name, body);
};

const NO_WAITS = { poll: 0.01, busyPoll: 0, busy: 0.05, agent: 0.05, answer: 0.05, cleanUp: 10, retry: 0, still: 30 };

const LONG_ENOUGH = { ...NO_WAITS, busy: 10, agent: 10, answer: 10 };

let azure: EmulatedVms;
let folder: string;
/** Waits as long as a test takes, and keeps its connections. */
let withTime: VmScripts;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "run-command-"));
  azure = await EmulatedVms.start();
  withTime = vmScripts(LONG_ENOUGH);
});

afterEach(() => azure.reset());

afterAll(async () => {
  await azure.close();
  rmSync(folder, { recursive: true });
});

onLinux("a script", () => {
  test("returns its output and its exit code", async () => {
    const vmId = azure.vm("vm1");
    const result = await run({ vmId, script: "echo out; echo err >&2; exit 3" });
    expect(result).toEqual({ stdout: "out\n", stderr: "err\n", exitCode: 3 });
  });

  test("runs with the interpreter in its first line", async () => {
    const vmId = azure.vm("vm1");
    const { stdout } = await run({ vmId, script: '#!/usr/bin/env bash\necho "${BASH_VERSION:+bash}"\n' });
    expect(stdout).toBe("bash\n");
  });

  test("gets its arguments unchanged, with any characters", async () => {
    const vmId = azure.vm("vm1");
    const args = [
      "",
      "a b",
      "'",
      `"'\\''"`,
      "$HOME `id` $(id)",
      "-n",
      "*",
      "line\nbreak\r\n",
      "\ttab",
      "ö€😀",
      "!#;&|<>",
    ];
    const { stdout } = await run({ vmId, script: 'for arg; do printf "%s\\0" "$arg"; done', args });
    expect(stdout.split("\0").slice(0, -1)).toEqual(args);
  });

  test("does not show its arguments in the VM's process list", async () => {
    const vmId = azure.vm("vm1");
    const { stdout } = await run({ vmId, script: 'tr "\\0" " " </proc/$$/cmdline', args: ["argument"] });
    expect(stdout).toContain("script.sh");
    expect(stdout).not.toContain("argument");
  });

  test("returns the last 4,096 bytes of its output", async () => {
    const vmId = azure.vm("vm1");
    const { stdout } = await run({ vmId, script: 'printf "%05000d" 1; echo; echo end' });
    expect(stdout).toHaveLength(4096);
    expect(stdout).toMatch(/01\nend\n$/);
  });

  test("leaves no command on the VM", async () => {
    const vmId = azure.vm("vm1");
    await run({ vmId, script: "true" });
    expect(azure.changes).toEqual(["PUT /runCommands/private-registry-*", "DELETE /runCommands/private-registry-*"]);
    expect(azure.commands).toEqual([]);
  });

  test("is sent with the VM's region and a time limit, to be run asynchronously", async () => {
    const vmId = azure.vm("vm1");
    await run({ vmId, script: "true", timeoutSeconds: 30 });
    const { body } = azure.requests.find(({ method }) => method === "PUT")!;
    expect(body).toMatchObject({
      location: "swedencentral",
      properties: { timeoutInSeconds: 90, asyncExecution: true },
    });
  });

  test("runs on several VMs at the same time, each time with another name", async () => {
    const [one, two] = [azure.vm("vm1"), azure.vm("vm2")];
    const here = join(folder, "one");
    const there = join(folder, "two");
    // Each waits for the other.
    const script = 'touch "$1"; while [ ! -e "$2" ]; do sleep 0.01; done; echo met';
    const scripts = withTime;
    const results = await Promise.all([
      run({ vmId: one, script, args: [here, there] }, scripts),
      run({ vmId: two, script, args: [there, here] }, scripts),
    ]);
    expect(results.map(({ stdout }) => stdout)).toEqual(["met\n", "met\n"]);
    expect(new Set(azure.requests.filter(({ method }) => method === "PUT").map(({ path }) => path)).size).toBe(2);
  });

  test("reports its progress, each state once", async () => {
    const vmId = azure.vm("vm1", { busy: 2 });
    const states: string[] = [];
    await run({ vmId, script: "true", onProgress: (state) => states.push(state) });
    expect(states).toEqual(["sending the script", "waiting for the VM, which is busy", "running the script"]);
  });
});

onLinux("between the request and the result", () => {
  /** Has the time of the next script end when a function that this returns is called, instead of after seconds. */
  function timeEnds(): () => void {
    const limit = new AbortController();
    jest.spyOn(AbortSignal, "timeout").mockReturnValueOnce(limit.signal);
    return () => {
      limit.abort();
    };
  }

  /** Has the time of the next script end when its state has been read twice. */
  function timeEndsAfterTwoAnswers(): void {
    const end = timeEnds();
    let reads = 0;
    azure.onRequest = ({ method, path }) => {
      if (method === "GET" && path.startsWith("/runCommands/") && ++reads === 3) end();
    };
  }

  afterEach(() => {
    jest.restoreAllMocks();
  });

  test("the script waits for a busy VM", async () => {
    const vmId = azure.vm("vm1", { busy: 3 });
    expect((await run({ vmId, script: "echo done" })).stdout).toBe("done\n");
  });

  test("a VM that stays busy is an error", async () => {
    const vmId = azure.vm("vm1", { busy: Infinity });
    await fails(
      run({ vmId, script: "true" }, vmScripts(NO_WAITS)),
      "VM busy",
      /VM vm1 .* was busy with another operation for 0\.05 s/,
    );
    expect(azure.changes).not.toContainEqual(expect.stringContaining("DELETE"));
  });

  test("throttled requests are repeated", async () => {
    const vmId = azure.vm("vm1", { throttled: { times: 3, headers: { "retry-after": "0" } } });
    expect((await run({ vmId, script: "echo done" })).stdout).toBe("done\n");
  });

  test("throttled requests are repeated only after the time that Azure asks for", async () => {
    const vmId = azure.vm("vm1", { throttled: { times: 1, headers: { "retry-after-ms": "61" } } });
    const timers = jest.spyOn(globalThis, "setTimeout");
    await withTime.powerState(vmId);
    expect(timers.mock.calls.map(([, delay]) => delay)).toContain(61);
  });

  test("throttled requests are not repeated without end", async () => {
    const vmId = azure.vm("vm1", { throttled: { times: Infinity, headers: { "retry-after": "0" } } });
    await fails(run({ vmId, script: "true" }), "Azure throttles", /throttles requests for VM vm1 .* few minutes/);
  });

  test("the script waits for an agent that is not ready yet", async () => {
    const vmId = azure.vm("vm1", { agent: "Not Ready" });
    const states: string[] = [];
    const onProgress = (state: string) => {
      states.push(state);
      azure.change("vm1", { agent: "Ready" });
    };
    await run({ vmId, script: "true", onProgress });
    expect(states[0]).toBe("waiting for the VM's agent");
  });

  test("an agent that does not become ready is an error", async () => {
    const vmId = azure.vm("vm1", { agent: "Not Ready" });
    await fails(
      run({ vmId, script: "true" }, vmScripts(NO_WAITS)),
      "agent silent",
      /agent on VM vm1 .* Not Ready.*az vm restart/,
    );
  });

  test("an agent that does not start the script is an error, and the script is removed", async () => {
    const vmId = azure.vm("vm1", { handover: "never begins" });
    await fails(
      run({ vmId, script: "true", timeoutSeconds: 0.05 }, vmScripts(NO_WAITS)),
      "agent silent",
      /did not start the script/,
    );
    expect(azure.commands).toEqual([]);
  });

  test("a VM that reports nothing has no outbound access", async () => {
    const vmId = azure.vm("vm1", { view: { executionState: "Pending" } });
    timeEndsAfterTwoAnswers();
    await fails(run({ vmId, script: "true" }), "VM silent", /neither a state nor any output.*443 .* AzureCloud/);
  });

  test("a VM that shuts down while the script runs is an error", async () => {
    const vmId = azure.vm("vm1", { view: { executionState: "Running" } });
    const onProgress = () => {
      if (azure.commands.length > 0) azure.change("vm1", { power: "deallocated" });
    };
    timeEndsAfterTwoAnswers();
    await fails(run({ vmId, script: "true", onProgress }), "VM off", /deallocated/);
  });

  test("a script that takes too long is ended with all processes that it started", async () => {
    const vmId = azure.vm("vm1");
    const started = join(folder, "too-long");
    const script = 'sleep 60 & echo $! >"$1"; echo waiting; wait';
    await fails(
      run({ vmId, script, args: [started], timeoutSeconds: 1 }, vmScripts({ ...LONG_ENOUGH, poll: 0.2 })),
      "time limit",
      /did not finish within 1 s.* last line was: waiting/,
    );
    // The signal has been sent, but the process may need a moment.
    await until(() => !isAlive(readFileSync(started, "utf8")));
  });

  test("a script that does not report any more is a timeout", async () => {
    const vmId = azure.vm("vm1", { view: { executionState: "Running", output: "step 1\nstep 2\n" } });
    timeEndsAfterTwoAnswers();
    await fails(run({ vmId, script: "true" }), "time limit", /last line was: step 2/);
  });

  test("what a running script prints as its progress is reported once", async () => {
    const view = { executionState: "Running", output: "step: exchange\nprogress: waiting for a role\n" };
    const vmId = azure.vm("vm1", { view });
    const states: string[] = [];
    const onProgress = (state: string) => states.push(state);
    timeEndsAfterTwoAnswers();
    await fails(run({ vmId, script: "true", onProgress }), "time limit", /role/);
    expect(states).toEqual(["sending the script", "running the script", "waiting for a role"]);
  });

  test("of several lines of progress, the last one is reported", async () => {
    const output = "progress: waiting for a role\nprogress: waiting for a replica\n";
    const vmId = azure.vm("vm1", { view: { executionState: "Succeeded", exitCode: 0, output } });
    const states: string[] = [];
    await run({ vmId, script: "true", onProgress: (state) => states.push(state) });
    expect(states.at(-1)).toBe("waiting for a replica");
  });

  test("as long as nothing changes, it is reported for how long", async () => {
    const vmId = azure.vm("vm1", { view: { executionState: "Running", output: "progress: waiting for a role\n" } });
    const states: string[] = [];
    const end = timeEnds();
    const onProgress = (state: string) => {
      states.push(state);
      if (state.startsWith("still")) end();
    };
    const result = run({ vmId, script: "true", onProgress }, vmScripts({ ...LONG_ENOUGH, still: 0.02 }));
    await fails(result, "time limit", /waiting for a role/);
    expect(states.at(-1)).toMatch(/^still waiting for a role \(\d+ s\)$/);
  });

  test("a script's own exit code 124 is not a timeout", async () => {
    const vmId = azure.vm("vm1");
    expect((await run({ vmId, script: "exit 124" })).exitCode).toBe(124);
  });

  test.each<[name: string, vm: Parameters<EmulatedVms["vm"]>[1], reason: AzureErrorReason, message: RegExp]>([
    ["a script that Azure ended", { view: { executionState: "TimedOut" } }, "time limit", /had no output/],
    [
      "a failure of Azure's extension",
      { view: { executionState: "Failed", exitCode: -203, executionMessage: "failed to save script" } },
      ...(["Run Command failed", /could not run the script: failed to save script/] as const),
    ],
    [
      "a script that someone else ended",
      { view: { executionState: "Canceled" } },
      ...(["script ended", /^The script on VM vm1 .* was ended by someone else/] as const),
    ],
    [
      "an agent that Azure can't reach",
      { handover: { code: "VMAgentStatusCommunicationError", message: "VM 'vm1' has not reported status.\nMore." } },
      ...(["agent silent", /does not respond: VM 'vm1' has not reported status\. After a start/] as const),
    ],
    [
      "any other refusal",
      { handover: { code: "SomethingNew", message: "Never seen." } },
      ...(["Azure refuses", /VM vm1 .*\(SomethingNew\): Never seen\./] as const),
    ],
  ])("%s is not the script's result", async (_, vm, reason, message) => {
    await fails(run({ vmId: azure.vm("vm1", vm), script: "true" }), reason, message);
  });

  test("a script that someone else removed has no result, although its VM exists", async () => {
    const vmId = azure.vm("vm1", { view: { executionState: "Running" } });
    const onProgress = (state: string) => {
      if (state === "running the script") azure.removeCommands();
    };
    await fails(
      run({ vmId, script: "true", onProgress }),
      "script removed",
      /The script was removed from VM vm1 .* by someone else/,
    );
  });
});

onLinux("sign-in and permissions", () => {
  test("nobody is signed in", async () => {
    const nobody = new ChainedTokenCredential(new EnvironmentCredential());
    const result = vmScripts(LONG_ENOUGH, nobody).powerState(azure.vm("vm1"));
    await fails(result, "signed out", /^You are not signed in to Azure\. Run: az login\./);
  });

  test("a token that Azure refuses is not shown", async () => {
    const token = "a-secret-of-someone";
    const someone = { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const result = vmScripts(LONG_ENOUGH, someone).powerState(azure.vm("vm1"));
    const error = await fails(
      result,
      "sign-in refused",
      /^Azure refuses the sign-in: The access token is invalid\. Run: az login/,
    );
    expect(JSON.stringify(error) + error.message + error.stack!).not.toContain(token);
  });

  test.each([
    ["read", "Microsoft.Compute/virtualMachines/read"],
    ["run a script on", "Microsoft.Compute/virtualMachines/runCommands/write"],
  ])("no permission to %s a VM: the message names the permission", async (_, right) => {
    const vmId = azure.vm("vm1", { forbidden: [right] });
    const error = await fails(run({ vmId, script: "true" }), "forbidden", /role Virtual Machine Contributor/);
    expect(error.message).toContain(`lacks the permission ${right} on VM vm1 (resource group rg-test)`);
  });

  test("a command that can't be removed does not lose the result", async () => {
    const vmId = azure.vm("vm1", { forbidden: ["Microsoft.Compute/virtualMachines/runCommands/delete"] });
    const states: string[] = [];
    const { stdout } = await run({ vmId, script: "echo done", onProgress: (state) => states.push(state) });
    expect(stdout).toBe("done\n");
    expect(states.at(-1)).toMatch(/could not remove the command private-registry-/);
  });

  test("Azure can't be reached", async () => {
    const resourceManager = { ...RESOURCE_MANAGERS.public, endpoint: "https://127.0.0.1:1" };
    const result = new VmScripts(azure.credential, { resourceManager, waits: NO_WAITS }).powerState(azure.id("vm1"));
    await fails(result, "Azure not reachable", /ECONNREFUSED/);
  });

  test("a certificate that is not trusted", async () => {
    const resourceManager = { ...RESOURCE_MANAGERS.public, endpoint: azure.endpoint };
    const result = new VmScripts(azure.credential, { resourceManager, waits: NO_WAITS }).powerState(azure.vm("vm1"));
    await fails(result, "Azure not reachable", /SELF_SIGNED_CERT/);
  });

  test("each cloud has a token of its own", async () => {
    const scopes: unknown[] = [];
    const credential: TokenCredential = {
      getToken: (scope) => {
        scopes.push(scope);
        return azure.credential.getToken(scope);
      },
    };
    const resourceManager = { ...RESOURCE_MANAGERS.china, endpoint: azure.endpoint };
    await new VmScripts(credential, { resourceManager, ca: azure.ca }).powerState(azure.vm("vm1"));
    expect(scopes).toEqual([["https://management.core.chinacloudapi.cn/.default"]]);
  });

  const ARM = { ARM_TENANT_ID: "tenant", ARM_CLIENT_ID: "client", ARM_CLIENT_SECRET: "secret" };
  const SDK = { AZURE_TENANT_ID: "tenant", AZURE_CLIENT_ID: "client", AZURE_CLIENT_SECRET: "secret" };

  test.each<[env: Record<string, string>, by: string]>([
    [ARM, "ByVariables"],
    [SDK, "ByVariables"],
    [{ AZURE_TENANT_ID: "tenant" }, "DefaultAzureCredential"],
    [{}, "DefaultAzureCredential"],
  ])("the variables %j are enough for %s, and no token is requested yet", (env, by) => {
    expect(signIn(RESOURCE_MANAGERS.public, env).constructor.name).toBe(by);
  });

  describe("a sign-in with variables", () => {
    let entra: Server;
    let authority: string;
    let ca: string;

    beforeAll(async () => {
      const { cert, key } = makeCertificate(folder, "entra", ["localhost"]);
      ca = readFileSync(cert, "utf8");
      entra = createServer({ cert: ca, key: readFileSync(key) }, ({ url }, response) => {
        if (url?.includes("openid-configuration")) {
          const at = (path: string) => `${authority}/tenant/oauth2/v2.0/${path}`;
          const endpoints = {
            token_endpoint: at("token"),
            authorization_endpoint: at("authorize"),
            jwks_uri: at("keys"),
          };
          response.writeHead(200, { "Content-Type": "application/json" });
          response.end(JSON.stringify({ ...endpoints, issuer: `${authority}/tenant/v2.0` }));
          return;
        }
        const description = "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1";
        const body = { error: "invalid_client", error_description: description, error_codes: [7000215] };
        response.writeHead(401, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      }).listen(0, "localhost");
      await once(entra, "listening");
      authority = `https://localhost:${(entra.address() as AddressInfo).port}`;
    });

    afterAll(() => {
      entra.close();
    });

    test("that is refused names the variables, and does not advise az login first", async () => {
      const options = { disableInstanceDiscovery: true, tlsOptions: { ca } };
      const credential = signIn({ ...RESOURCE_MANAGERS.public, authority }, ARM, options);
      const error = await fails(
        vmScripts(LONG_ENOUGH, credential).powerState(azure.vm("vm1")),
        "variables refused",
        /^The sign-in to Azure with ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET failed: .*AADSTS7000215: Invalid client secret provided.*Check the values/s,
      );
      expect(error.message).not.toMatch(/Run: az login/);
      expect(error.message).toMatch(/unset them first/);
      expect(error.message).not.toContain('secret"');
    });

    test("of the Azure SDK that is refused names those", async () => {
      const refusal = Object.assign(new Error("AADSTS7000215: Invalid client secret."), {
        name: "AuthenticationError",
      });
      const credential = new ByVariables({ getToken: () => Promise.reject(refusal) }, Object.keys(SDK));
      await fails(
        vmScripts(LONG_ENOUGH, credential).powerState(azure.vm("vm1")),
        "variables refused",
        /with AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET failed: AADSTS7000215: Invalid client secret\. Check/,
      );
    });
  });
});

onLinux("the power state of a VM", () => {
  test.each(["running", "starting", "stopping", "stopped", "deallocating", "deallocated"] as const)(
    "%s",
    async (power) => {
      expect(await withTime.powerState(azure.vm("vm1", { power }))).toBe(power);
    },
  );

  test("no script is sent to a VM that is not running", async () => {
    const vmId = azure.vm("vm1", { power: "deallocated" });
    const error = await fails(run({ vmId, script: "true" }), "VM off", /VM vm1 .* is deallocated\./);
    expect(error.message).toContain("To start it, add: -- --start");
    expect(azure.changes).toEqual([]);
  });

  test("a VM that shuts down before it gets the script is not reported as busy", async () => {
    const vmId = azure.vm("vm1");
    const onProgress = () => {
      azure.change("vm1", { power: "deallocating" });
    };
    await fails(run({ vmId, script: "true", onProgress }), "VM off", /VM vm1 .* is not running\./);
  });

  test("a busy VM is started, and then runs", async () => {
    const vmId = azure.vm("vm1", { power: "deallocated", busy: 1 });
    const scripts = withTime;
    await scripts.start(vmId);
    expect(await scripts.powerState(vmId)).toBe("running");
  });

  test("no permission to start a VM", async () => {
    const right = "Microsoft.Compute/virtualMachines/start/action";
    const vmId = azure.vm("vm1", { power: "deallocated", forbidden: [right] });
    await fails(withTime.start(vmId), "forbidden", /virtualMachines\/start\/action/);
  });

  test("a VM that does not exist", async () => {
    await fails(
      run({ vmId: azure.id("vm9"), script: "true" }),
      "VM missing",
      /VM vm9 .* does not exist in Azure .*create a new one, run: npm run deploy/,
    );
  });

  test("an id that is not the id of a VM", async () => {
    await expect(run({ vmId: "/subscriptions/1", script: "true" })).rejects.toThrow(UserError);
  });
});

onLinux("an abort", () => {
  /** Runs a script that starts another process and waits, aborts it once both run, and tells whether they live on. */
  async function abortInTheMiddle(
    name: string,
    controller: AbortController,
  ): Promise<{ result: Promise<unknown>; alive: () => boolean }> {
    const started = join(folder, name);
    const script = 'sleep 60 & echo $! $$ >"$1.new"; mv "$1.new" "$1"; wait';
    const result = run({ vmId: azure.id(name), script, args: [started], signal: controller.signal });
    result.catch(() => undefined);
    await until(() => existsSync(started));
    controller.abort(new Error("Ctrl-C"));
    return { result, alive: () => readFileSync(started, "utf8").trim().split(" ").some(isAlive) };
  }

  test.each([
    ["if the deletion of a command ends it", true],
    ["if it does not", false],
  ])("ends the script and all that it started, %s", async (_, deletionEnds) => {
    const name = deletionEnds ? "vm1" : "vm2";
    azure.vm(name, { deletionEnds });
    const { result, alive } = await abortInTheMiddle(name, new AbortController());
    await expect(result).rejects.toThrow("Ctrl-C");
    expect(alive()).toBe(false);
    expect(azure.scriptsRun).toBe(false);
    expect(azure.commands).toEqual([]);
    expect(azure.changes).toEqual([
      "PUT /runCommands/private-registry-*",
      "DELETE /runCommands/private-registry-*",
      "PUT /runCommands/private-registry-*-end",
      "DELETE /runCommands/private-registry-*-end",
    ]);
  });

  test("waits for a VM that is busy during the clean-up", async () => {
    azure.vm("vm3");
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener("abort", () => {
      azure.change("vm3", { busy: 2 });
    });
    const { result, alive } = await abortInTheMiddle("vm3", controller);
    await expect(result).rejects.toThrow("Ctrl-C");
    expect(alive()).toBe(false);
  });

  test("reports that the script can't be ended", async () => {
    azure.vm("vm4", { keepsCommands: true });
    const { result } = await abortInTheMiddle("vm4", new AbortController());
    await fails(
      result,
      "left running",
      /may run for up to 20 s\. To remove it, run: az vm run-command delete .*--vm-name vm4/,
    );
  });

  test("while the script is being sent removes it", async () => {
    const vmId = azure.vm("vm1", { handover: "never begins" });
    const controller = new AbortController();
    const result = run(
      { vmId, script: "true", signal: controller.signal },
      vmScripts({ ...LONG_ENOUGH, poll: 0.2, cleanUp: 1 }),
    );
    result.catch(() => undefined);
    await until(() => azure.commands.length > 0);
    controller.abort(new Error("Ctrl-C"));
    await fails(result, "left running", /was not ended/);
    expect(azure.commands).toEqual([]);
  });

  test("has nothing to end on a VM that has shut down", async () => {
    const vmId = azure.vm("vm1", { view: { executionState: "Running" } });
    const controller = new AbortController();
    const onProgress = (state: string) => {
      if (state !== "running the script") return;
      azure.change("vm1", { power: "deallocated" });
      controller.abort(new Error("Ctrl-C"));
    };
    await expect(run({ vmId, script: "true", signal: controller.signal, onProgress })).rejects.toThrow("Ctrl-C");
  });

  test("before the script is sent changes nothing", async () => {
    const vmId = azure.vm("vm1");
    await expect(run({ vmId, script: "true", signal: AbortSignal.abort(new Error("Ctrl-C")) })).rejects.toThrow(
      "Ctrl-C",
    );
    expect(azure.changes).toEqual([]);
  });

  test("while waiting for a VM changes nothing", async () => {
    const vmId = azure.vm("vm1", { agent: "Not Ready" });
    const controller = new AbortController();
    const onProgress = () => {
      controller.abort(new Error("Ctrl-C"));
    };
    await expect(run({ vmId, script: "true", signal: controller.signal, onProgress })).rejects.toThrow("Ctrl-C");
    expect(azure.changes).toEqual([]);
  });
});

function vmScripts(waits: typeof NO_WAITS, credential = azure.credential): VmScripts {
  const resourceManager = { ...RESOURCE_MANAGERS.public, endpoint: azure.endpoint };
  return new VmScripts(credential, { resourceManager, ca: azure.ca, waits });
}

function run(
  props: Omit<RunScriptProps, "timeoutSeconds"> & { timeoutSeconds?: number },
  scripts = withTime,
): Promise<ScriptResult> {
  return scripts.run({ timeoutSeconds: 20, ...props });
}

async function fails(result: Promise<unknown>, reason: AzureErrorReason, message: RegExp): Promise<AzureError> {
  const error: unknown = await result.then(
    () => "no failure",
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AzureError);
  expect(error).toMatchObject({ reason, message: expect.stringMatching(message) as string });
  return error as AzureError;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (condition()) return;
    await sleep(5);
  }
  throw new Error("It did not come to that.");
}

function isAlive(pid: string): boolean {
  try {
    // A process that has ended may not have been waited for yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid.trim()}/status`, "utf8"));
  } catch {
    return false;
  }
}
