import { ArmError } from "../lib/arm-error";
import type { Json } from "../../common/util/json";
import type { ResourceManagerOptions } from "../lib/resource-manager";
import { type VirtualMachineProperties, setState } from "../lib/resource-types/virtual-machine";
import type { RunCommand, ScriptRun } from "../lib/run-script";
import { type Answer, Azure, REGION, deferred, id, pollingPath } from "./azure";

const VM = id("Microsoft.Compute/virtualMachines/vm");
const COMMAND = `${VM}/runCommands/hello`;

let azure: Azure;

function given(options: Partial<ResourceManagerOptions> = {}): void {
  azure = new Azure(options);
  azure.given(VM);
}

function setMachine(state: Parameters<typeof setState>[1]): void {
  setState(azure.manager.store.get<VirtualMachineProperties>(VM)!, state);
}

/** The states that the machine's instance view shows: of its power, and of its agent. */
function states(): string[] {
  const { instanceView } = azure.properties(`${VM}?$expand=instanceView`) as {
    instanceView: { statuses: { code: string }[]; vmAgent: { statuses: { displayStatus: string }[] } };
  };
  const power = instanceView.statuses.flatMap(({ code }) => /^PowerState\/(.*)/.exec(code)?.[1] ?? []);
  return [...power, instanceView.vmAgent.statuses[0]!.displayStatus];
}

describe("a virtual machine", () => {
  test("runs from its creation on, shows that to those who ask for it, and reports the state that was set", () => {
    given();
    expect(azure.properties(VM)).not.toHaveProperty("instanceView");
    expect(states()).toEqual(["running", "Ready"]);
    setMachine({ agentReady: false });
    expect(states()).toEqual(["running", "Not Ready"]);
    setMachine({ power: "stopped" });
    expect(states()).toEqual(["stopped", "Not Ready"]);
  });

  test("is stopped and started by operations, and stays off when it is updated", () => {
    let now = 0;
    given({ clock: () => now, faults: { slow: [{ pattern: /virtualMachines\/vm$/, seconds: 30 }] } });
    expect(azure.send("POST", `${VM}/deallocate`)).toMatchObject({ status: 202, headers: { "retry-after": "30" } });
    expect(states()[0]).toBe("deallocating");
    expect(azure.send("POST", `${VM}/start`).code).toBe("AnotherOperationInProgress");
    now = 30_000;
    expect(states()[0]).toBe("deallocated");
    azure.given(VM, {}, { tags: { a: "b" } });
    expect(states()[0]).toBe("deallocated");
    azure.send("POST", `${VM}/start`);
    now = 60_000;
    expect(states()[0]).toBe("running");
  });
});

describe("a managed Run Command", () => {
  /** A script that runs until it is told to end, on a machine that starts it when it is told to. */
  function givenScript() {
    const [started, ended] = [deferred(), deferred()];
    const run = { instanceView: { executionState: "Running" } as Json, ended: ended.promise, cancel: jest.fn() };
    const runScript = jest.fn<Promise<ScriptRun>, [RunCommand]>(() => started.promise.then(() => run));
    given({ runScript });
    return { run, runScript, start: started.resolve, end: ended.resolve };
  }

  function put(properties: Json = {}): Answer {
    return azure.send("PUT", COMMAND, { location: REGION, properties: { source: { script: "echo" }, ...properties } });
  }

  /** State of the operation of an answer, and the code of its error, once what follows from what has been done is done. */
  async function outcome(answer: Answer): Promise<unknown[]> {
    await new Promise(setImmediate);
    const { body, code } = azure.get(pollingPath(answer)!);
    return code === undefined ? [body.status] : [body.status, code];
  }

  test("hands its script to the embedder, and shows how it goes to those who ask for it", async () => {
    const { run, runScript, start } = givenScript();
    const written = put({ asyncExecution: true });
    expect(runScript.mock.calls).toEqual([[{ id: COMMAND, vmId: VM, script: "echo" }]]);
    start();
    expect(await outcome(written)).toEqual(["Succeeded"]);
    const view = (query: string) => azure.properties(`${COMMAND}${query}`).instanceView;
    expect(view("?$expand=instanceView")).toEqual({ executionState: "Running" });
    expect(view("")).toBeUndefined();
    run.instanceView = { executionState: "Succeeded", exitCode: 0, output: "hello\n" };
    expect(view("?$expand=instanceView")).toMatchObject({ executionState: "Succeeded", output: "hello\n" });
  });

  test("is written once its script has started, or has ended where the client waits for that", async () => {
    const { start, end } = givenScript();
    const written = put({ asyncExecution: false });
    expect(written.status).toBe(201);
    expect(await outcome(written)).toEqual(["InProgress"]);
    start();
    expect(await outcome(written)).toEqual(["InProgress"]);
    end();
    expect(await outcome(written)).toEqual(["Succeeded"]);
  });

  test("fails where the machine can't start its script, or where nobody runs scripts", async () => {
    given({ runScript: () => Promise.reject(new ArmError(409, "VMAgentStatusCommunicationError", "No answer.")) });
    expect(await outcome(put())).toEqual(["Failed", "VMAgentStatusCommunicationError"]);
    given();
    expect(await outcome(put())).toEqual(["Failed", "ScriptsNotRun"]);
  });

  test.each([
    ["itself", COMMAND],
    ["its machine", VM],
  ])("is cancelled with the deletion of %s", async (_, deleted) => {
    const { run, start } = givenScript();
    const written = put({ asyncExecution: true });
    start();
    await outcome(written);
    azure.delete(deleted);
    expect(run.cancel).toHaveBeenCalledTimes(1);
    expect(azure.get(COMMAND).status).toBe(404);
  });

  test("can be deleted before its script has started, which then is cancelled", async () => {
    const { run, start } = givenScript();
    const written = put();
    expect(azure.send("DELETE", COMMAND).status).toBe(202);
    expect(await outcome(written)).toEqual(["Failed", "OperationPreempted"]);
    start();
    await outcome(written);
    expect(azure.get(COMMAND).status).toBe(404);
    expect(run.cancel).toHaveBeenCalledTimes(1);
  });

  test("is refused by a machine that is off", () => {
    givenScript();
    setMachine({ power: "deallocated" });
    expect(put()).toMatchObject({ status: 409, code: "OperationNotAllowed" });
  });
});
