import {
  ConnectionError,
  connectionErrorFrom as connectionError,
  firstLine,
  signedOut,
} from "../../../packages/common/azure-client/errors";
import { UserError } from "../../../packages/common/util";
import { type Facts, type ReasonName, type Told, sentences, told } from "../reasons";

/** Azure refused a request or did not complete it in time. The message says what to do. */
export class AzureError extends UserError {
  readonly told: Told;

  constructor(
    /** Why there is no result of a script, other than an error of the script itself. */
    readonly reason: ReasonName,
    facts: Facts = {},
  ) {
    const { found, advice } = told(reason, facts);
    super(sentences({ found, advice }));
    this.told = { found: found.replace(/(?<!\.)\.+$/, ""), advice };
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
function vmLabel({ name, resourceGroup }: Vm): string {
  return `VM ${name} (resource group ${resourceGroup})`;
}

/** What the reasons need to know of a VM. */
export function vmFacts(vm: Vm): Facts {
  return { vm: vmLabel(vm), id: vm.id, name: vm.name, group: vm.resourceGroup, subscription: vm.subscriptionId };
}

/**
 * A VM's Azure id. Its parts become parts of URLs and of the commands in messages, so only the characters of Azure's names
 * are allowed.
 */
export const VM_ID =
  /^\/subscriptions\/([\w-]+)\/resourceGroups\/([\p{L}\p{N}_.()-]+)\/providers\/Microsoft\.Compute\/virtualMachines\/([\w.-]+)$/iu;

/**
 * Parses a VM's Azure id.
 *
 * @throws UserError if it is not the id of a virtual machine
 */
export function vmOf(id: string): Vm {
  const [, subscriptionId, resourceGroup, name] = VM_ID.exec(id) ?? [];
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

/**
 * An error for a VM that is not running.
 *
 * @param label - what to call it
 */
export function offError(vm: Vm, state: string, label = vmLabel(vm)): AzureError {
  return new AzureError("VM off", { ...vmFacts(vm), vm: label, state });
}

/**
 * Turns an error of the Azure SDK into an {@link AzureError} about a VM.
 *
 * @param action - the permission that the request needed, for answers that do not name it
 * @returns an `AzureError`, or the error itself if it is not about a request to Azure
 */
export function azureErrorFrom(error: unknown, vm: Vm, action: string): unknown {
  const failed = connectionErrorFrom(error);
  if (failed instanceof UserError || !(error instanceof Error)) return failed;
  const facts = vmFacts(vm);
  const { status, code, message } = azureAnswerIn(error);
  if (status === undefined && code === "") return error;
  if (status === 401) return connectionErrorFrom(signedOut(error));
  if (status === 403 && code.includes("AuthorizationFailed")) {
    const permission = /perform action '([^']+)'/.exec(message)?.[1] ?? action;
    return new AzureError("forbidden", { ...facts, permission });
  }
  if (code === "SubscriptionNotFound") return new AzureError("no subscription", facts);
  if (status === 404 && /runCommands/i.test(message)) {
    return new AzureError("script removed", facts);
  }
  if (status === 404) return new AzureError("VM missing", facts);
  if (NOT_RUNNING.test(message)) return offError(vm, "not running");
  if (status === 429) return new AzureError("Azure throttles", facts);
  if (AGENT_CODES.test(code)) return agentError(vm, firstLine(message));
  return new AzureError("Azure refuses", { ...facts, code: code || String(status), detail: message });
}

/**
 * Turns an error of the Azure SDK into an {@link AzureError} where there is no token, or no connection to Azure.
 *
 * @returns the error itself if it is another one
 */
export function connectionErrorFrom(error: unknown): unknown {
  const failed = connectionError(error);
  return failed instanceof ConnectionError ? new AzureError(failed.reason, failed.facts) : failed;
}

/** An error for a VM whose agent does not respond. */
export function agentError(vm: Vm, detail: string): AzureError {
  return new AzureError("agent silent", { ...vmFacts(vm), detail });
}

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
