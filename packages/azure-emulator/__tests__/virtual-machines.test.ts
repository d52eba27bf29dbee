import { ClientSecretCredential } from "@azure/identity";
import { ArmError } from "../lib/arm-error";
import type { EmulatorOptions } from "../lib/emulator";
import type { Json } from "../lib/json";
import type { RunCommand, ScriptRun } from "../lib/run-script";
import { GROUP, REGION, id, startAzure } from "./clients";

const VM = id("Microsoft.Compute/virtualMachines/vm");
const WAIT = { updateIntervalInMs: 1 };

let a: Awaited<ReturnType<typeof startAzure>>;

async function given(options: EmulatorOptions = {}): Promise<void> {
  a = await startAzure(options);
  a.azure.put(VM, { location: REGION });
}
afterEach(async () => {
  await a.azure.close();
});

async function statuses(): Promise<{ power: string; agent: string }> {
  const { instanceView } = await a.compute.virtualMachines.get(GROUP, "vm", { expand: "instanceView" });
  return {
    power: instanceView!.statuses!.find(({ code }) => code!.startsWith("PowerState/"))!.code!,
    agent: instanceView!.vmAgent!.statuses![0]!.displayStatus!,
  };
}

describe("a virtual machine", () => {
  test("runs from its creation on, and shows its instance view to those who ask for it", async () => {
    await given();
    expect(await statuses()).toEqual({ power: "PowerState/running", agent: "Ready" });
    expect((await a.compute.virtualMachines.get(GROUP, "vm")).instanceView).toBeUndefined();
  });

  test("is stopped and started by operations, and stays off when it is updated", async () => {
    let now = 0;
    await given({ clock: () => now, faults: { slow: [{ pattern: /virtualMachines\/vm$/, seconds: 30 }] } });
    now = 30_000;
    const off = await a.http("POST", `${VM}/deallocate`);
    expect(off).toMatchObject({ status: 202, headers: { "retry-after": "30" } });
    expect((await statuses()).power).toBe("PowerState/deallocating");
    expect((await a.http("POST", `${VM}/start`)).body).toMatchObject({ error: { code: "AnotherOperationInProgress" } });
    now = 60_000;
    expect((await statuses()).power).toBe("PowerState/deallocated");
    a.azure.put(VM, { location: REGION, tags: { a: "b" } });
    expect((await statuses()).power).toBe("PowerState/deallocated");
    await a.http("POST", `${VM}/start`);
    now = 90_000;
    expect((await statuses()).power).toBe("PowerState/running");
  });

  test("reports the state that was set", async () => {
    await given();
    a.azure.setVirtualMachine(VM, { agentReady: false });
    expect(await statuses()).toEqual({ power: "PowerState/running", agent: "Not Ready" });
    a.azure.setVirtualMachine(VM, { power: "stopped" });
    expect(await statuses()).toEqual({ power: "PowerState/stopped", agent: "Not Ready" });
  });
});

describe("a managed Run Command", () => {
  const command = `${VM}/runCommands/hello`;

  /** A script that runs until it is told to end. */
  function givenRun() {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const run = { instanceView: { executionState: "Running" } as Json, ended, cancel: jest.fn() };
    return { run: run satisfies ScriptRun, end };
  }

  function put(properties: Json = {}) {
    return a.http("PUT", command, { location: REGION, properties: { source: { script: "true" }, ...properties } });
  }

  async function operationOf({ headers }: { headers: Json }): Promise<Json> {
    return (await a.http("GET", (headers["azure-asyncoperation"] as string).slice(a.azure.endpoint.length))).body;
  }

  test("hands its script to the embedder, and shows how it goes to those who ask for it", async () => {
    const { run } = givenRun();
    const asked: RunCommand[] = [];
    await given({
      runScript: (command) => {
        asked.push(command);
        return Promise.resolve(run);
      },
    });
    await a.compute.virtualMachineRunCommands.createOrUpdate(
      GROUP,
      "vm",
      "hello",
      { location: REGION, source: { script: "echo hello" }, asyncExecution: true },
      WAIT,
    );
    expect(asked).toEqual([{ id: command, vmId: VM, script: "echo hello" }]);
    const view = async (expand?: "instanceView") =>
      (await a.compute.virtualMachineRunCommands.getByVirtualMachine(GROUP, "vm", "hello", expand && { expand }))
        .instanceView;
    expect(await view("instanceView")).toMatchObject({ executionState: "Running" });
    expect(await view()).toBeUndefined();
    run.instanceView = { executionState: "Succeeded", exitCode: 0, output: "hello\n" };
    expect(await view("instanceView")).toMatchObject({ executionState: "Succeeded", output: "hello\n" });
  });

  test("is written once its script has started, or has ended where the client waits for that", async () => {
    const { run, end } = givenRun();
    let start: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    await given({ runScript: () => started.then(() => run) });
    const written = await put({ asyncExecution: false });
    expect(written.status).toBe(201);
    expect(await operationOf(written)).toMatchObject({ status: "InProgress" });
    start();
    expect(await operationOf(written)).toMatchObject({ status: "InProgress" });
    end();
    expect(await operationOf(written)).toMatchObject({ status: "Succeeded" });
  });

  test("fails where the machine can't start its script", async () => {
    await given({
      runScript: () => Promise.reject(new ArmError(409, "VMAgentStatusCommunicationError", "No answer.")),
    });
    expect(await operationOf(await put())).toMatchObject({
      status: "Failed",
      error: { code: "VMAgentStatusCommunicationError", message: "No answer." },
    });
  });

  test("fails where nobody runs scripts", async () => {
    await given();
    expect(await operationOf(await put())).toMatchObject({ status: "Failed", error: { code: "ScriptsNotRun" } });
  });

  test.each([
    ["itself", command],
    ["its machine", VM],
  ])("is cancelled with the deletion of %s", async (_, deleted) => {
    const { run } = givenRun();
    await given({ runScript: () => Promise.resolve(run) });
    await put({ asyncExecution: true });
    await a.http("DELETE", deleted);
    expect(run.cancel).toHaveBeenCalledTimes(1);
    expect((await a.http("GET", command)).status).toBe(404);
  });

  test("can be deleted before its script has started, which then is cancelled", async () => {
    const { run } = givenRun();
    let start: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    await given({ runScript: () => started.then(() => run) });
    const written = await put();
    expect((await a.http("DELETE", command)).status).toBe(202);
    expect(await operationOf(written)).toMatchObject({ status: "Failed", error: { code: "OperationPreempted" } });
    start();
    await started;
    expect((await a.http("GET", command)).status).toBe(404);
    expect(run.cancel).toHaveBeenCalledTimes(1);
  });

  test("is refused by a machine that is off", async () => {
    await given({ runScript: () => Promise.resolve(givenRun().run) });
    a.azure.setVirtualMachine(VM, { power: "deallocated" });
    expect(await put()).toMatchObject({ status: 409, body: { error: { code: "OperationNotAllowed" } } });
  });
});

test("an embedder answers requests instead of the emulator", async () => {
  await given({ intercept: ({ method }) => (method === "DELETE" ? { status: 409, headers: { a: "b" } } : undefined) });
  expect(await a.http("DELETE", VM)).toMatchObject({ status: 409, headers: { a: "b" } });
  expect((await a.http("GET", VM)).status).toBe(200);
});

test("a token can be required: the one that a client secret gets", async () => {
  await given({ requireToken: true });
  expect(await a.http("GET", VM)).toMatchObject({
    status: 401,
    body: { error: { code: "InvalidAuthenticationToken" } },
  });
  const credential = new ClientSecretCredential("tenant", "client", "any", {
    authorityHost: a.azure.endpoint,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: a.azure.certificate },
  });
  const { token } = await credential.getToken("https://management.azure.com/.default");
  expect((await a.http("GET", VM, undefined, { authorization: `Bearer ${token}` })).status).toBe(200);
  expect((await a.http("GET", VM, undefined, { authorization: "Bearer other" })).status).toBe(401);
});

test("a path that can't be decoded, or a body that is no JSON, is refused", async () => {
  await given();
  expect((await a.http("GET", "/%zz")).status).toBe(404);
  expect((await a.http("PUT", VM, "{no JSON")).body).toMatchObject({ error: { code: "InvalidRequestContent" } });
});
