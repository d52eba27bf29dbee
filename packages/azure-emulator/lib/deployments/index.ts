import { randomUUID } from "node:crypto";
import { isJson, type Json } from "../../../common/util/json";
import { ArmError, badRequest, notEmulated } from "../arm-error";
import type { ArmAnswer, ArmRequest } from "../arm-request";
import { NOW, type Resource } from "../store";
import { Deployment, type DeploymentProps } from "./deployment";

/** What deployments do with resources. */
export interface DeploymentsProps extends Pick<DeploymentProps, "read" | "write" | "act"> {
  readonly endpoint: string;
  /** @throws ArmError if resources of the type of an id can't be written */
  readonly requireType: (id: string) => void;
}

const PATH =
  /^(\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?)(?:\/providers\/Microsoft\.Resources)?\/deployments(?:\/([^/]+)(?:\/(validate|whatIf|operations|operationStatuses)(?:\/.*)?)?)?$/i;

/** Deployments of ARM templates, also of those that Bicep compiles. Each has ended when its request is answered. */
export class Deployments {
  private readonly all = new Map<string, Json & { readonly id: string; readonly properties: Json }>();

  constructor(private readonly props: DeploymentsProps) {}

  /** Answers a request about deployments; undefined for any other. */
  public answer({ method, path, body = {} }: ArmRequest): ArmAnswer | undefined {
    const [, scope, name, part] = PATH.exec(path) ?? [];
    if (scope === undefined) return undefined;
    if (/resourceGroups/i.test(scope) && !this.props.read(scope))
      throw new ArmError(
        404,
        "ResourceGroupNotFound",
        `Resource group '${scope.split("/").at(-1)!}' could not be found.`,
      );
    const id = `${scope}/providers/Microsoft.Resources/deployments/${name ?? ""}`;
    const found = this.all.get(id.toLowerCase());
    switch (`${method} ${part?.toLowerCase() ?? (name === undefined ? "list" : "")}`) {
      case "GET list":
        return {
          status: 200,
          body: { value: [...this.all].filter(([key]) => key.startsWith(id.toLowerCase())).map(([, one]) => one) },
        };
      case "POST validate":
        return {
          status: 200,
          body: {
            id,
            name,
            type: TYPE,
            properties: { ...this.trial(scope, name!, body).properties, provisioningState: "Succeeded" },
          },
        };
      case "POST whatif":
        return {
          status: 200,
          body: { status: "Succeeded", properties: { changes: this.trial(scope, name!, body).changes } },
        };
      case "PUT ":
        return this.deploy(id, scope, name!, body);
      case "HEAD ":
        return { status: found ? 204 : 404 };
      case "DELETE ":
        return { status: this.all.delete(id.toLowerCase()) ? 202 : 204 };
    }
    if (!found) throw new ArmError(404, "DeploymentNotFound", `Deployment '${name ?? ""}' could not be found.`);
    switch (`${method} ${part?.toLowerCase() ?? ""}`) {
      case "GET ":
        return { status: 200, body: found };
      case "GET operationstatuses":
        return {
          status: 200,
          body: {
            status: found.properties.provisioningState,
            ...(found.properties.error !== undefined && { error: found.properties.error }),
          },
        };
      case "GET operations":
        return { status: 200, body: { value: operationsOf(found) } };
    }
    return undefined;
  }

  private deploy(id: string, scope: string, name: string, body: Json): ArmAnswer {
    const properties = propertiesOf(body);
    const deployment = new Deployment({ ...this.props, ...templateOf(properties), name, scope, isTrial: false });
    let ended: Json;
    try {
      ended = { provisioningState: "Succeeded", outputs: deployment.run() };
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const { code, message } = error;
      const details = [{ code, message }];
      ended = {
        provisioningState: "Failed",
        error: { code: "DeploymentFailed", message: "At least one resource deployment operation failed.", details },
      };
    }
    const { parameters = {}, mode = "Incremental" } = properties;
    const common = {
      mode,
      parameters,
      timestamp: NOW,
      duration: "PT0S",
      correlationId: randomUUID(),
      providers: [],
      dependencies: [],
    };
    const outputResources = deployment.written.map((one) => ({ id: one }));
    const made = { id, name, type: TYPE, properties: { ...common, ...ended, outputResources } };
    this.all.set(id.toLowerCase(), made);
    // The client asks how it has ended.
    const headers = {
      "Azure-AsyncOperation": `${this.props.endpoint}${id}/operationStatuses/${randomUUID()}`,
      "Retry-After": "0",
    };
    return {
      status: 201,
      body: { ...made, properties: { ...made.properties, provisioningState: "Accepted" } },
      headers,
    };
  }

  /** What a deployment would write, and how that differs from what there is. */
  private trial(scope: string, name: string, body: Json): { readonly properties: Json; readonly changes: Json[] } {
    const properties = propertiesOf(body);
    const changes: Json[] = [];
    const write = (id: string, after: Json) => {
      this.props.requireType(id);
      changes.push(changeOf(id, this.props.read(id), JSON.parse(JSON.stringify(after)) as Json));
    };
    new Deployment({ ...this.props, ...templateOf(properties), name, scope, write, isTrial: true }).run();
    const { parameters = {}, mode = "Incremental" } = properties;
    return {
      properties: { mode, parameters, validatedResources: changes.map(({ resourceId: id }) => ({ id })) },
      changes,
    };
  }
}

const TYPE = "Microsoft.Resources/deployments";

function propertiesOf({ properties }: Json): Json {
  if (!isJson(properties)) throw badRequest("InvalidRequestContent", "The request has no properties.");
  if (/^complete$/i.test(String(properties.mode))) throw notEmulated("A deployment in the mode Complete");
  return properties;
}

function templateOf({ template, parameters }: Json): Pick<DeploymentProps, "template" | "parameters"> {
  if (!isJson(template)) throw notEmulated("A deployment without its template");
  return { template, parameters: isJson(parameters) ? parameters : {} };
}

function operationsOf({ id, properties }: { readonly id: string; readonly properties: Json }): Json[] {
  const written = properties.outputResources as { readonly id: string }[];
  return written.map((resource, index) => ({
    id: `${id}/operations/${index}`,
    operationId: String(index),
    properties: {
      provisioningOperation: "Create",
      provisioningState: "Succeeded",
      statusCode: "OK",
      targetResource: resource,
    },
  }));
}

function changeOf(resourceId: string, before: Resource | undefined, after: Json): Json {
  if (!before) return { resourceId, changeType: "Create", after };
  const delta = differences(before, after);
  return { resourceId, changeType: delta.length === 0 ? "NoChange" : "Modify", before, after, delta };
}

/** The members that a template writes otherwise than they are. */
function differences(before: unknown, after: Json, above = ""): Json[] {
  return Object.entries(after).flatMap(([name, value]): Json[] => {
    const old = isJson(before) ? before[name] : undefined;
    const path = `${above}${name}`;
    if (isJson(value) && isJson(old)) return differences(old, value, `${path}.`);
    if (isCovered(value, old)) return [];
    return [
      {
        path,
        propertyChangeType: old === undefined ? "Create" : "Modify",
        before: old ?? null,
        after: value,
        children: null,
      },
    ];
  });
}

/** Whether a value is as it is written: what Azure has added to the parts of a list does not count. */
function isCovered(value: unknown, old: unknown): boolean {
  if (Array.isArray(value))
    return (
      Array.isArray(old) && old.length === value.length && value.every((item, index) => isCovered(item, old[index]))
    );
  if (isJson(value))
    return isJson(old) && Object.entries(value).every(([name, member]) => isCovered(member, old[name]));
  return value === old;
}
