import { UserError } from "private-link-preview/util";

/** Why there is no result of a script, other than an error of the script itself. */
export type AzureErrorReason =
  | "signed-out"
  | "forbidden"
  | "not-found"
  | "off"
  | "agent"
  | "silent"
  | "timeout"
  | "busy"
  | "throttled"
  | "unreachable"
  | "left-running"
  | "refused";

/** Azure refused a request or did not complete it in time. The message says what to do. */
export class AzureError extends UserError {
  constructor(
    readonly reason: AzureErrorReason,
    message: string,
  ) {
    super(message);
  }
}

/** The parts of a virtual machine's Azure id. */
export interface Vm {
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** A VM's name and resource group, for messages. */
export function vmLabel({ name, resourceGroup }: Vm): string {
  return `VM ${name} (resource group ${resourceGroup})`;
}

/**
 * Parses a VM's Azure id.
 *
 * @throws UserError if it is not the id of a virtual machine
 */
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

/** Whether the VM can't run a script now, but may be able to later. */
export function isBusy(error: unknown): boolean {
  const { status, code, message } = azureAnswerIn(error);
  return status === 409 && code !== "ScopeLocked" && !NOT_RUNNING.test(message);
}

/** Whether Azure answered the request with a client error. */
export function isRefusal(error: unknown): boolean {
  const { status } = azureAnswerIn(error);
  return status !== undefined && status >= 400 && status < 500;
}

export function offError(vm: Vm, state: string): AzureError {
  return new AzureError(
    "off",
    `${vmLabel(vm)} is ${state}. Test VMs shut down every day on a schedule. Start it with --start, or run: az vm start --ids ${vm.id}`,
  );
}

/**
 * Turns an error of the Azure SDK into an {@link AzureError} about a VM.
 *
 * @param action - the permission that the request needed, for answers that do not name it
 * @returns an `AzureError`, or the error itself if it is not about a request to Azure
 */
export function azureErrorFrom(error: unknown, vm: Vm, action: string): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  if (SIGN_IN_ERRORS.has(error.name)) return signedOut(error);
  const { status, code, message } = azureAnswerIn(error);
  if (status === undefined && SYSTEM_ERRORS.test(code)) {
    return new AzureError(
      "unreachable",
      `Azure can't be reached (${code}): ${firstLine(message)}. Check the network connection, the proxy (HTTPS_PROXY) and the cloud in the settings.`,
    );
  }
  if (status === undefined && code === "") return error;
  if (status === 401) return signedOut(error);
  if (status === 403 && code.includes("AuthorizationFailed")) return forbidden(vm, message, action);
  if (code === "SubscriptionNotFound") {
    return new AzureError(
      "not-found",
      `The signed-in account has no access to subscription ${vm.subscriptionId}. Sign in to the tenant of the subscription: az login --tenant TENANT`,
    );
  }
  if (status === 404 && /runCommands/i.test(message)) {
    return new AzureError(
      "refused",
      `The script was removed from ${vmLabel(vm)} by someone else. Run the command again.`,
    );
  }
  if (status === 404) {
    return new AzureError(
      "not-found",
      `${vmLabel(vm)} does not exist in Azure (${vm.id}), but is in the Terraform state. To create a new one, run: npm run deploy`,
    );
  }
  if (NOT_RUNNING.test(message)) return offError(vm, "not running");
  if (status === 429) {
    return new AzureError(
      "throttled",
      `Azure throttles requests for ${vmLabel(vm)} (HTTP status 429), and did so again after the wait that it asked for. Try again in a few minutes.`,
    );
  }
  if (AGENT_CODES.test(code)) return agentError(vm, firstLine(message));
  return new AzureError(
    "refused",
    `Azure refused a request for ${vmLabel(vm)} (${code || String(status)}): ${message}`,
  );
}

export function agentError(vm: Vm, detail: string): AzureError {
  return new AzureError(
    "agent",
    `The Azure VM agent on ${vmLabel(vm)} does not respond: ${detail}. After a start, the agent needs a minute or two. If it still does not respond, run: az vm restart --ids ${vm.id}`,
  );
}

const SIGN_IN_ERRORS = new Set([
  "CredentialUnavailableError",
  "AuthenticationError",
  "AggregateAuthenticationError",
  "AuthenticationRequiredError",
]);

const SYSTEM_ERRORS = /^(E[A-Z_]+|REQUEST_SEND_ERROR|.*CERT.*|UNABLE_TO_.*)$/;

/** Azure sends this with HTTP status 409, the same as for a busy VM: "Cannot modify extensions in the VM when the VM is not running." */
const NOT_RUNNING = /VM is not running|requires the VM to be running/i;

const AGENT_CODES = /VMAgentStatusCommunicationError|Timeout|TimedOut/i;

/** The message of a failed long-running operation, as @azure/core-lro composes it. */
const FAILED_OPERATION = /^The long-running operation has failed\. (\w+)\. ([^]*)$/;

/** HTTP status, code and message of Azure's answer, where the error has them. */
function azureAnswerIn(error: unknown): { status: number | undefined; code: string; message: string } {
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
    `The signed-in account lacks the permission ${missing} on ${vmLabel(vm)}. Ask for the role Virtual Machine Contributor on the VM. A new role assignment can take several minutes to take effect, and may require a new az login.`,
  );
}

function signedOut(error: Error): AzureError {
  const detail = error.name === "AggregateAuthenticationError" ? "" : ` Azure returned: ${firstLine(error.message)}`;
  return new AzureError(
    "signed-out",
    `You are not signed in to Azure. Run: az login. A pipeline signs in with its own task for Azure, or with AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.${detail}`,
  );
}

function firstLine(text: string): string {
  return text
    .trim()
    .replace(/\r?\n[^]*$/, "")
    .replace(/\.$/, "");
}
