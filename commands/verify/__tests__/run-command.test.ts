import { ChainedTokenCredential, EnvironmentCredential, type TokenCredential } from "@azure/identity";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ByVariables,
  RESOURCE_MANAGERS,
  type ResourceManagerEndpoint,
  signIn,
} from "../../../packages/common/azure-client";
import { UserError } from "../../../packages/common/util";
import type { ReasonName } from "../reasons";
import { AzureError } from "../run-command/errors";
import type { Waits } from "../run-command/managed-run-command";
import { type RunScriptProps, type ScriptResult, VmScripts } from "../run-command/vm-scripts";
import { describeUnless } from "../../../__tests__/support/skips";
import { EmulatedVms, type VmBehaviour } from "./emulated-vms";
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
/** The states that were reported. */
const states: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "run-command-"));
  azure = await EmulatedVms.start();
  withTime = vmScripts(LONG_ENOUGH);
});

afterEach(async () => {
  states.length = 0;
  await azure.reset();
});

afterAll(async () => {
  await azure.close();
  rmSync(folder, { recursive: true });
});

onLinux("a script", () => {
  test("returns its output and its exit code, which may be that of a timeout", async () => {
    const result = await run({ script: "echo out; echo err >&2; exit 124" });
    expect(result).toEqual({ stdout: "out\n", stderr: "err\n", exitCode: 124 });
  });

  test("runs with the interpreter in its first line", async () => {
    const { stdout } = await run({ script: '#!/usr/bin/env bash\necho "${BASH_VERSION:+bash}"\n' });
    expect(stdout).toBe("bash\n");
  });

  test("gets its arguments unchanged, with any characters", async () => {
    const quoted = ["'", `"'\\''"`, "$HOME `id` $(id)", "!#;&|<>", "*"];
    const args = ["", "a b", ...quoted, "-n", "line\nbreak\r\n", "\ttab", "ö€😀"];
    const { stdout } = await run({ script: 'for arg; do printf "%s\\0" "$arg"; done', args });
    expect(stdout.split("\0").slice(0, -1)).toEqual(args);
  });

  test("does not show its arguments in the VM's process list", async () => {
    const { stdout } = await run({ script: 'tr "\\0" " " </proc/$$/cmdline', args: ["argument"] });
    expect(stdout).toContain("script.sh");
    expect(stdout).not.toContain("argument");
  });

  test("returns the last 4,096 bytes of its output", async () => {
    const { stdout } = await run({ script: 'printf "%05000d" 1; echo; echo end' });
    expect(stdout).toHaveLength(4096);
    expect(stdout).toMatch(/01\nend\n$/);
  });

  test("is sent with the VM's region and a time limit, to be run asynchronously, and leaves no command", async () => {
    await run({ timeoutSeconds: 30 });
    const properties = { timeoutInSeconds: 90, asyncExecution: true };
    const { body } = azure.requests.find(({ method }) => method === "PUT")!;
    expect(body).toMatchObject({ location: "swedencentral", properties });
    expect(azure.changes).toEqual(["PUT /runCommands/private-registry-*", "DELETE /runCommands/private-registry-*"]);
    expect(azure.commands).toEqual([]);
  });

  test("runs on several VMs at the same time, each time with another name", async () => {
    const [here, there] = [join(folder, "one"), join(folder, "two")];
    // Each waits for the other.
    const script = 'touch "$1"; while [ ! -e "$2" ]; do sleep 0.01; done; echo met';
    const results = await Promise.all([
      run({ vmId: azure.vm("vm1"), script, args: [here, there] }),
      run({ vmId: azure.vm("vm2"), script, args: [there, here] }),
    ]);
    expect(results.map(({ stdout }) => stdout)).toEqual(["met\n", "met\n"]);
    expect(new Set(azure.requests.filter(({ method }) => method === "PUT").map(({ path }) => path)).size).toBe(2);
  });

  test("waits for a busy VM and for Azure, which throttles, and reports its progress, each state once", async () => {
    const throttled = { times: 3, headers: { "retry-after": "0" } };
    expect((await run({ script: "echo done" }, { busy: 3, throttled })).stdout).toBe("done\n");
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

  test("a VM that stays busy is an error", async () => {
    const result = run({}, { busy: Infinity }, vmScripts(NO_WAITS));
    await fails(result, "VM busy", /VM vm1 .* was busy with another operation for 0\.05 s/);
    expect(azure.changes).not.toContainEqual(expect.stringContaining("DELETE"));
  });

  test("throttled requests are repeated only after the time that Azure asks for", async () => {
    const vmId = azure.vm("vm1", { throttled: { times: 1, headers: { "retry-after-ms": "61" } } });
    const timers = jest.spyOn(globalThis, "setTimeout");
    await withTime.powerState(vmId);
    expect(timers.mock.calls.map(([, delay]) => delay)).toContain(61);
  });

  test("the script waits for an agent that is not ready yet", async () => {
    const onProgress = () => {
      azure.change("vm1", { agent: "Ready" });
    };
    await run({ onProgress }, { agent: "Not Ready" });
    expect(states[0]).toBe("waiting for the VM's agent");
  });

  test("an agent that does not become ready is an error", async () => {
    const result = run({}, { agent: "Not Ready" }, vmScripts(NO_WAITS));
    await fails(result, "agent silent", /agent on VM vm1 .* Not Ready.*az vm restart/);
  });

  test("an agent of a VM that has run for a while needs no time to start", async () => {
    const behaviour = { agent: "Not Ready", provisioned: "2026-01-01T00:00:00Z" } as const;
    const result = run({}, behaviour, vmScripts({ ...LONG_ENOUGH, silent: 0.05 }));
    await fails(result, "agent silent", /its status has been Not Ready for 0\.05 s/);
  });

  test("an agent that stops to report ends the wait for a script at once, and the script is removed", async () => {
    const onProgress = (state: string) => {
      if (state === "sending the script") azure.change("vm1", { agent: "Not Ready" });
    };
    const scripts = vmScripts({ ...LONG_ENOUGH, silent: 0, agentPoll: 0.01 });
    const result = run({ onProgress, timeoutSeconds: 60 }, { handover: "never begins" }, scripts);
    await fails(result, "agent silent", /Not Ready for 0 s while the script was to run/);
    expect(azure.commands).toEqual([]);
  });

  test("an agent that does not start the script is an error, and the script is removed", async () => {
    const result = run({ timeoutSeconds: 0.05 }, { handover: "never begins" }, vmScripts(NO_WAITS));
    await fails(result, "agent silent", /did not start the script/);
    expect(azure.commands).toEqual([]);
  });

  test.each<[name: string, view: Record<string, unknown>, reason: ReasonName, message: RegExp]>([
    [
      "a VM that reports nothing",
      { executionState: "Pending" },
      "VM silent",
      /neither a state nor .*443 .* AzureCloud/,
    ],
    ["a script that stops to report", { executionState: "Running", output: "1\n2\n" }, "time limit", /line was: 2/],
  ])("%s is an error when its time ends", async (_, view, reason, message) => {
    timeEndsAfterTwoAnswers();
    await fails(run({}, { view }), reason, message);
  });

  test("a VM that shuts down while the script runs is an error", async () => {
    const onProgress = () => {
      if (azure.commands.length > 0) azure.change("vm1", { power: "deallocated" });
    };
    timeEndsAfterTwoAnswers();
    await fails(run({ onProgress }, { view: { executionState: "Running" } }), "VM off", /deallocated/);
  });

  test("a script that takes too long is ended with all processes that it started", async () => {
    const started = join(folder, "too-long");
    const script = 'sleep 60 & echo $! >"$1"; echo waiting; wait';
    const result = run({ script, args: [started], timeoutSeconds: 1 }, {}, vmScripts({ ...LONG_ENOUGH, poll: 0.2 }));
    await fails(result, "time limit", /did not finish within 1 s.* last line was: waiting/);
    // The signal has been sent, but the process may need a moment.
    await until(() => !isAlive(readFileSync(started, "utf8")));
  });

  test("what a running script prints as its progress is reported once", async () => {
    const view = { executionState: "Running", output: "step: exchange\nprogress: waiting for a role\n" };
    timeEndsAfterTwoAnswers();
    await fails(run({}, { view }), "time limit", /role/);
    expect(states).toEqual(["sending the script", "running the script", "waiting for a role"]);
  });

  test("of several lines of progress, the last one is reported", async () => {
    const output = "progress: waiting for a role\nprogress: waiting for a replica\n";
    await run({}, { view: { executionState: "Succeeded", exitCode: 0, output } });
    expect(states.at(-1)).toBe("waiting for a replica");
  });

  test("as long as nothing changes, it is reported for how long", async () => {
    const view = { executionState: "Running", output: "progress: waiting for a role\n" };
    const end = timeEnds();
    const onProgress = (state: string) => {
      if (state.startsWith("still")) end();
    };
    const result = run({ onProgress }, { view }, vmScripts({ ...LONG_ENOUGH, still: 0.02 }));
    await fails(result, "time limit", /waiting for a role/);
    expect(states.at(-1)).toMatch(/^still waiting for a role \(\d+ s\)$/);
  });

  const view = (executionState: string, more = {}) => ({ view: { executionState, ...more } });
  const handover = (code: string, message: string) => ({ handover: { code, message } });
  const notSaved = view("Failed", { exitCode: -203, executionMessage: "failed to save script" });
  const unreachable = handover("VMAgentStatusCommunicationError", "VM 'vm1' has not reported status.\nMore.");
  const endless = { throttled: { times: Infinity, headers: { "retry-after": "0" } } };

  test.each<[name: string, vm: Partial<VmBehaviour>, reason: ReasonName, message: RegExp]>([
    ["a script that Azure ended", view("TimedOut"), "time limit", /had no output/],
    ["a failure of Azure's extension", notSaved, "Run Command failed", /not run the script: failed to save script/],
    ["what someone else ended", view("Canceled"), "script ended", /^The script on VM vm1 .* was ended by someone else/],
    [
      "an agent that Azure can't reach",
      unreachable,
      "agent silent",
      /: VM 'vm1' has not reported status\. After a start/,
    ],
    ["throttling without end", endless, "Azure throttles", /throttles requests for VM vm1 .* few minutes/],
    ["any other refusal", handover("New", "Never seen."), "Azure refuses", /VM vm1 .*\(New\): Never seen\./],
  ])("%s is not the script's result", async (_, vm, reason, message) => {
    await fails(run({}, vm), reason, message);
  });

  test("a script that someone else removed has no result, although its VM exists", async () => {
    const onProgress = (state: string) => {
      if (state === "running the script") azure.removeCommands();
    };
    const result = run({ onProgress }, view("Running"));
    await fails(result, "script removed", /The script was removed from VM vm1 .* by someone else/);
  });
});

onLinux("sign-in and permissions", () => {
  /** Reads the state of a VM with another credential or another Azure. */
  const powerWith = (credential: TokenCredential, more: Partial<ResourceManagerEndpoint> = {}, ca = azure.ca) => {
    const resourceManager = { ...RESOURCE_MANAGERS.public, endpoint: azure.endpoint, ...more };
    return new VmScripts(credential, { resourceManager, ca, waits: NO_WAITS }).powerState(azure.vm("vm1"));
  };

  test("nobody is signed in", async () => {
    const nobody = new ChainedTokenCredential(new EnvironmentCredential());
    await fails(powerWith(nobody), "signed out", /^You are not signed in to Azure\. Run: az login\./);
  });

  test("a token that Azure refuses is not shown", async () => {
    const token = "a-secret-of-someone";
    const someone = { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const message = /^Azure refuses the sign-in: The access token is invalid\. Run: az login/;
    const error = await fails(powerWith(someone), "sign-in refused", message);
    expect(JSON.stringify(error) + error.message + error.stack!).not.toContain(token);
  });

  test.each([
    ["read", "Microsoft.Compute/virtualMachines/read"],
    ["run a script on", "Microsoft.Compute/virtualMachines/runCommands/write"],
    ["start", "Microsoft.Compute/virtualMachines/start/action"],
  ])("no permission to %s a VM: the message names the permission", async (what, right) => {
    const vmId = azure.vm("vm1", { forbidden: [right] });
    const result = what === "start" ? withTime.start(vmId) : run({ vmId });
    const error = await fails(result, "forbidden", /role Virtual Machine Contributor/);
    expect(error.message).toContain(`lacks the permission ${right} on VM vm1 (resource group rg-test)`);
  });

  test("a command that can't be removed does not lose the result", async () => {
    const forbidden = ["Microsoft.Compute/virtualMachines/runCommands/delete"];
    expect((await run({ script: "echo done" }, { forbidden })).stdout).toBe("done\n");
    expect(states.at(-1)).toMatch(/could not remove the command private-registry-/);
  });

  test("Azure can't be reached, or its certificate is not trusted", async () => {
    const nowhere = powerWith(azure.credential, { endpoint: "https://127.0.0.1:1" });
    await fails(nowhere, "Azure not reachable", /ECONNREFUSED/);
    await fails(powerWith(azure.credential, {}, ""), "Azure not reachable", /SELF_SIGNED_CERT/);
  });

  test("each cloud has a token of its own", async () => {
    const scopes: unknown[] = [];
    const getToken: TokenCredential["getToken"] = (scope) => {
      scopes.push(scope);
      return azure.credential.getToken(scope);
    };
    await powerWith({ getToken }, { ...RESOURCE_MANAGERS.china, endpoint: azure.endpoint });
    expect(scopes).toEqual([["https://management.core.chinacloudapi.cn/.default"]]);
  });

  const ARM = { ARM_TENANT_ID: "tenant", ARM_CLIENT_ID: "client", ARM_CLIENT_SECRET: "secret" };
  const SDK = { AZURE_TENANT_ID: "tenant", AZURE_CLIENT_ID: "client", AZURE_CLIENT_SECRET: "secret" };

  describe("a sign-in with variables", () => {
    let entra: Server;
    let authority: string;
    let ca: string;

    beforeAll(async () => {
      const { cert, key } = makeCertificate(folder, "entra", ["localhost"]);
      ca = readFileSync(cert, "utf8");
      entra = createServer({ cert: ca, key: readFileSync(key) }, ({ url }, response) => {
        const at = (path: string) => `${authority}/tenant/${path}`;
        const metadata = { token_endpoint: at("token"), authorization_endpoint: at("authorize"), jwks_uri: at("keys") };
        const description = "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1";
        const [status, body] = url?.includes("openid-configuration")
          ? [200, { ...metadata, issuer: at("v2.0") }]
          : [401, { error: "invalid_client", error_description: description, error_codes: [7000215] }];
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
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
        powerWith(credential),
        "variables refused",
        /^The sign-in to Azure with ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET failed: .*AADSTS7000215: Invalid client secret provided.*Check the values/s,
      );
      expect(error.message).not.toMatch(/Run: az login/);
      expect(error.message).toMatch(/unset them first/);
      expect(error.message).not.toContain('secret"');
    });

    test("of the Azure SDK that is refused names those", async () => {
      const refusal = Object.assign(new Error("AADSTS7000215: Invalid."), { name: "AuthenticationError" });
      const credential = new ByVariables({ getToken: () => Promise.reject(refusal) }, Object.keys(SDK));
      const message =
        /with AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET failed: AADSTS7000215: Invalid\. Ch/;
      await fails(powerWith(credential), "variables refused", message);
    });
  });
});

onLinux("the power state of a VM", () => {
  const POWERS = ["running", "starting", "stopping", "stopped", "deallocating", "deallocated"] as const;
  test.each(POWERS)("%s", async (power) => {
    expect(await withTime.powerState(azure.vm("vm1", { power }))).toBe(power);
  });

  test("no script is sent to a VM that is not running", async () => {
    const error = await fails(run({}, { power: "deallocated" }), "VM off", /VM vm1 .* is deallocated\./);
    expect(error.message).toContain("To start it, add: -- --start");
    expect(azure.changes).toEqual([]);
  });

  test("a VM that shuts down before it gets the script is not reported as busy", async () => {
    const onProgress = () => {
      azure.change("vm1", { power: "deallocating" });
    };
    await fails(run({ onProgress }), "VM off", /VM vm1 .* is not running\./);
  });

  test("a busy VM is started, and then runs", async () => {
    const vmId = azure.vm("vm1", { power: "deallocated", busy: 1 });
    await withTime.start(vmId);
    expect(await withTime.powerState(vmId)).toBe("running");
  });

  test("a VM that does not exist", async () => {
    const message = /VM vm9 .* does not exist in Azure .*create a new one, run: npm run deploy/;
    await fails(run({ vmId: azure.id("vm9") }), "VM missing", message);
  });

  test("an id that is not the id of a VM", async () => {
    await expect(run({ vmId: "/subscriptions/1" })).rejects.toThrow(UserError);
  });
});

onLinux("an abort", () => {
  let controller: AbortController;
  let signal: AbortSignal;
  const abort = () => {
    controller.abort(new Error("Ctrl-C"));
  };

  beforeEach(() => {
    controller = new AbortController();
    ({ signal } = controller);
  });

  /** Runs a script that starts another process and waits, aborts it once both run, and tells whether they live on. */
  async function abortInTheMiddle(behaviour: Partial<VmBehaviour>) {
    const started = join(mkdtempSync(join(folder, "abort-")), "started");
    const script = 'sleep 60 & echo $! $$ >"$1.new"; mv "$1.new" "$1"; wait';
    const result = run({ script, args: [started], signal }, behaviour);
    result.catch(() => undefined);
    await until(() => existsSync(started));
    abort();
    return { result, alive: () => readFileSync(started, "utf8").trim().split(" ").some(isAlive) };
  }

  test.each([
    ["if the deletion of a command ends it", true],
    ["if it does not", false],
  ])("ends the script and all that it started, %s", async (_, deletionEnds) => {
    const { result, alive } = await abortInTheMiddle({ deletionEnds });
    await expect(result).rejects.toThrow("Ctrl-C");
    expect(alive()).toBe(false);
    expect(azure.scriptsRun).toBe(false);
    expect(azure.commands).toEqual([]);
    const command = "/runCommands/private-registry-*";
    const changes = ["PUT", "DELETE"].map((method) => `${method} ${command}`);
    expect(azure.changes).toEqual([...changes, ...changes.map((change) => `${change}-end`)]);
  });

  test("waits for a VM that is busy during the clean-up", async () => {
    signal.addEventListener("abort", () => {
      azure.change("vm1", { busy: 2 });
    });
    const { result, alive } = await abortInTheMiddle({});
    await expect(result).rejects.toThrow("Ctrl-C");
    expect(alive()).toBe(false);
  });

  test("reports that the script can't be ended", async () => {
    const { result } = await abortInTheMiddle({ keepsCommands: true });
    const message = /may run for up to 20 s\. To remove it, run: az vm run-command delete .*--vm-name vm1/;
    await fails(result, "left running", message);
  });

  test("while the script is being sent removes it", async () => {
    const scripts = vmScripts({ ...LONG_ENOUGH, poll: 0.2, cleanUp: 1 });
    const result = run({ signal }, { handover: "never begins" }, scripts);
    result.catch(() => undefined);
    await until(() => azure.commands.length > 0);
    abort();
    await fails(result, "left running", /was not ended/);
    expect(azure.commands).toEqual([]);
  });

  test("has nothing to end on a VM that has shut down", async () => {
    const onProgress = (state: string) => {
      if (state !== "running the script") return;
      azure.change("vm1", { power: "deallocated" });
      abort();
    };
    const result = run({ signal, onProgress }, { view: { executionState: "Running" } });
    await expect(result).rejects.toThrow("Ctrl-C");
  });

  test("before the script is sent changes nothing", async () => {
    abort();
    await expect(run({ signal })).rejects.toThrow("Ctrl-C");
    expect(azure.changes).toEqual([]);
  });

  test("while waiting for a VM changes nothing", async () => {
    await expect(run({ signal, onProgress: abort }, { agent: "Not Ready" })).rejects.toThrow("Ctrl-C");
    expect(azure.changes).toEqual([]);
  });
});

function vmScripts(waits: Partial<Waits>): VmScripts {
  const resourceManager = { ...RESOURCE_MANAGERS.public, endpoint: azure.endpoint };
  return new VmScripts(azure.credential, { resourceManager, ca: azure.ca, waits });
}

/** Runs a script on a VM that behaves like this, and records its states. */
function run(
  { onProgress, ...props }: Partial<RunScriptProps>,
  behaviour: Partial<VmBehaviour> = {},
  scripts = withTime,
): Promise<ScriptResult> {
  const { vmId = azure.vm("vm1", behaviour), script = "true", timeoutSeconds = 20, ...more } = props;
  const recorded = (state: string) => {
    states.push(state);
    onProgress?.(state);
  };
  return scripts.run({ vmId, script, timeoutSeconds, ...more, onProgress: recorded });
}

async function fails(result: Promise<unknown>, reason: ReasonName, message: RegExp): Promise<AzureError> {
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
