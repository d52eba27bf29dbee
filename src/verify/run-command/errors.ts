import { UserError } from "private-link-preview/util";

/** What can go wrong between here and a script's result, other than the script. */
export type AzureFault =
  | "signed-out"
  | "forbidden"
  | "gone"
  | "off"
  | "agent"
  | "silent"
  | "timeout"
  | "busy"
  | "throttled"
  | "unreachable"
  | "left-running"
  | "refused";

/** Something that Azure refused, or did not do in time. The message says what to do. */
export class AzureError extends UserError {
  constructor(
    readonly fault: AzureFault,
    message: string,
  ) {
    super(message);
  }
}

/** A virtual machine by the parts of its id. */
export interface Vm {
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** How a VM is called in messages. */
export function label({ name, resourceGroup }: Vm): string {
  return `VM ${name} (resource group ${resourceGroup})`;
}

/** Takes a VM's id apart. */
export function vmOf(id: string): Vm {
  const [, subscriptionId, resourceGroup, name] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Compute\/virtualMachines\/([^/]+)$/i.exec(
      id,
    ) ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined || name === undefined) {
    throw new UserError(`${JSON.stringify(id)} is not the id of a virtual machine. Run: npm run deploy`);
  }
  return { id, subscriptionId, resourceGroup, name };
}

/** The VM can't run a script now, but may after a while. */
export function isBusy(error: unknown): boolean {
  const { status, code, message } = answerIn(error);
  return status === 409 && code !== "ScopeLocked" && !NOT_RUNNING.test(message);
}

/** Azure answered, and did not do what it was asked for. */
export function isRefusal(error: unknown): boolean {
  const { status } = answerIn(error);
  return status !== undefined && status >= 400 && status < 500;
}

export function offError(vm: Vm, state: string): AzureError {
  return new AzureError(
    "off",
    `${label(vm)} is off: ${state}. Test VMs shut down by a schedule. Start it with --start, or run: az vm start --ids ${vm.id}`,
  );
}

/**
 * Says what an error of the SDK means for a VM.
 *
 * @param action - the right that the request needed, if Azure does not name it
 * @returns the error itself if it is none of Azure's
 */
export function explained(error: unknown, vm: Vm, action: string): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  if (SIGN_IN_ERRORS.has(error.name)) return signedOut(error);
  const { status, code, message } = answerIn(error);
  if (status === undefined && SYSTEM_ERRORS.test(code)) {
    return new AzureError(
      "unreachable",
      `Can't reach Azure (${code}): ${firstLine(message)}. Check the network, a proxy (HTTPS_PROXY) and the cloud in the settings.`,
    );
  }
  if (status === undefined && code === "") return error;
  if (status === 401) return signedOut(error);
  if (status === 403 && code.includes("AuthorizationFailed")) return forbidden(vm, message, action);
  if (code === "SubscriptionNotFound") {
    return new AzureError(
      "gone",
      `Whoever is signed in sees no subscription ${vm.subscriptionId}. Sign in to its tenant: az login --tenant TENANT`,
    );
  }
  if (status === 404 && /runCommands/i.test(message)) {
    return new AzureError("refused", `Someone else removed the script from ${label(vm)}. Run it again.`);
  }
  if (status === 404) {
    return new AzureError(
      "gone",
      `${label(vm)} is gone: Azure knows no ${vm.id}. The state still has it: run npm run deploy to make it anew.`,
    );
  }
  if (NOT_RUNNING.test(message)) return offError(vm, "not running");
  if (status === 429) {
    return new AzureError(
      "throttled",
      `Azure takes no more requests for ${label(vm)} for now (429), even after waiting as it asked. Try again in a few minutes.`,
    );
  }
  if (AGENT_CODES.test(code)) return agentError(vm, firstLine(message));
  return new AzureError("refused", `Azure refused for ${label(vm)} (${code || String(status)}): ${message}`);
}

export function agentError(vm: Vm, detail: string): AzureError {
  return new AzureError(
    "agent",
    `The agent on ${label(vm)} does not answer: ${detail}. A VM that has just started needs a minute or two; after that, run: az vm restart --ids ${vm.id}`,
  );
}

const SIGN_IN_ERRORS = new Set([
  "CredentialUnavailableError",
  "AuthenticationError",
  "AggregateAuthenticationError",
  "AuthenticationRequiredError",
]);

const SYSTEM_ERRORS = /^(E[A-Z_]+|REQUEST_SEND_ERROR|.*CERT.*|UNABLE_TO_.*)$/;

/** With status 409, as for a VM that is busy: "Cannot modify extensions in the VM when the VM is not running." */
const NOT_RUNNING = /VM is not running|requires the VM to be running/i;

const AGENT_CODES = /VMAgentStatusCommunicationError|Timeout|TimedOut/i;

/** A failed operation's message, as @azure/core-lro puts it together. */
const FAILED_OPERATION = /^The long-running operation has failed\. (\w+)\. ([^]*)$/;

/** Status, code and message of Azure's answer, as far as there are any. */
function answerIn(error: unknown): { status: number | undefined; code: string; message: string } {
  const answer = error as { message?: string; code?: string | number; statusCode?: number };
  const { message = "", code = "", statusCode } = answer;
  const failed = FAILED_OPERATION.exec(message);
  return failed
    ? { status: undefined, code: failed[1]!, message: failed[2]! }
    : { status: statusCode, code: String(code), message };
}

function forbidden(vm: Vm, message: string, action: string): AzureError {
  const missing = /perform action '([^']+)'/.exec(message)?.[1] ?? action;
  return new AzureError(
    "forbidden",
    `No right to ${missing} on ${label(vm)}. Ask for the role Virtual Machine Contributor on it; a new role takes some minutes to work, and may need a new az login.`,
  );
}

function signedOut(error: Error): AzureError {
  const detail = error.name === "AggregateAuthenticationError" ? "" : ` Azure says: ${firstLine(error.message)}`;
  return new AzureError(
    "signed-out",
    `Not signed in to Azure. Run: az login. A pipeline signs in by its own step for Azure, or by AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.${detail}`,
  );
}

function firstLine(text: string): string {
  return text
    .trim()
    .replace(/\r?\n[^]*$/, "")
    .replace(/\.$/, "");
}
