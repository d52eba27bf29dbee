import { isJson, type Json, objects } from "../../../common/util/json";
import { badRequest, notEmulated } from "../arm-error";
import { equalIgnoringCase, RESOURCE_GROUP } from "../arm-id";
import { REGISTRY_SUFFIX } from "../registry-names";
import { IDENTITY } from "../sign-in";
import type { Resource } from "../store";
import { evaluate, looped, type Scope, scopesOf, Unknown } from "./expression";

/** A deployment of a template, and what it is done with. */
export interface DeploymentProps {
  readonly name: string;
  /** Id of the resource group or subscription. */
  readonly scope: string;
  readonly template: Json;
  /** By name, each with its `value`. */
  readonly parameters: Json;
  /** A resource that exists, as a client sees it. */
  readonly read: (id: string) => Resource | undefined;
  /** Writes a resource; where it only collects what would be written, {@link read} does not find it. */
  readonly write: (id: string, body: Json) => void;
  /** What an action such as `listKeys` returns. */
  readonly act: (id: string, action: string) => unknown;
  /** Whether nothing is written. */
  readonly isTrial: boolean;
}

/** Members of a resource in a template that are about the deployment, and not of the resource. */
const OF_TEMPLATE = new Set(
  "apiVersion comments condition copy dependsOn existing metadata name resourceGroup resources scope subscriptionId type".split(
    " ",
  ),
);

/** A resource of a template, which a loop may repeat. */
interface Item {
  readonly id: string;
  /** What a dependency may call it: its id, its name, the name of its loop, or its symbol. */
  readonly names: readonly string[];
  readonly raw: Json;
  readonly scope: Scope;
  state: "waiting" | "in progress" | "done";
}

/**
 * Deploys a template: in the order of its dependencies, and only once what it refers to is there.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
 */
export class Deployment {
  /** The ids of what was written. */
  public readonly written: string[] = [];
  private readonly items: Item[] = [];
  private readonly values = new Map<string, unknown>();
  private readonly scope: Scope;

  constructor(private readonly props: DeploymentProps) {
    this.scope = { functions: this.functions(), loops: {}, locals: {} };
    const given = Object.keys(props.parameters).filter(
      (name) => memberIn(props.template.parameters, name) === undefined,
    );
    if (given.length > 0) throw badRequest("InvalidTemplate", `The template has no parameter '${given.join("', '")}'.`);
    for (const name of Object.keys(props.template.parameters ?? {})) this.parameter(name);
    const { resources = [] } = props.template;
    for (const [symbol, raw] of Object.entries(resources as Json))
      this.add(raw as Json, Array.isArray(resources) ? [] : [symbol]);
  }

  /** Writes everything, and returns the outputs: none of a trial. */
  public run(): Json {
    for (const item of this.items) this.deploy(item);
    if (this.props.isTrial) return {};
    return Object.fromEntries(
      Object.entries((this.props.template.outputs ?? {}) as Json).flatMap(([name, output]) => {
        const { type, condition = true, value, copy } = output as Json;
        if (evaluate(condition, this.scope) !== true) return [];
        return [
          [
            name,
            {
              type,
              value: isJson(copy) ? looped({ ...copy, name }, this.scope, copy.input) : evaluate(value, this.scope),
            },
          ],
        ];
      }),
    );
  }

  private add(raw: Json, names: readonly string[], above?: { readonly type: string; readonly name: unknown }): void {
    const type = above ? `${above.type}/${String(raw.type)}` : String(raw.type);
    const loop = isJson(raw.copy) ? raw.copy : undefined;
    const scopes = loop
      ? scopesOf(String(loop.name), Number(evaluate(loop.count, this.scope)), this.scope)
      : [this.scope];
    for (const scope of scopes) {
      if (evaluate(raw.condition ?? true, scope) !== true) continue;
      const own = String(evaluate(raw.name, scope));
      const name = above ? `${String(above.name)}/${own}` : own;
      const id = this.idOf(type, name, raw, scope);
      const called = [...names, id, name, ...(loop ? [String(loop.name)] : [])];
      this.items.push({
        id,
        names: called.map((one) => one.toLowerCase()),
        raw: { ...raw, type },
        scope,
        state: "waiting",
      });
      for (const child of objects(raw.resources ?? [])) this.add(child, [], { type, name });
    }
  }

  private idOf(
    type: string,
    name: string,
    { scope: extended, resourceGroup, subscriptionId }: Json,
    scope: Scope,
  ): string {
    const [, subscription = "", group] = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/(.*))?$/i.exec(
      this.props.scope,
    )!;
    const named = extended === undefined ? "" : String(evaluate(extended, scope));
    if (named !== "") {
      const [, kind = "", names = ""] = /^\/?([\w.]+\/\w+)\/(.*)$/.exec(named) ?? [];
      return below(named.startsWith("/subscriptions") ? named : below(this.props.scope, kind, names), type, name);
    }
    const where = evaluate([subscriptionId ?? subscription, resourceGroup ?? group ?? ""], scope) as string[];
    return below(groupId(where[0]!, where[1]), type, name);
  }

  /** Writes a resource, and what it depends on before it. */
  private deploy(item: Item): void {
    if (item.state === "done") return;
    if (item.state === "in progress") throw badRequest("InvalidTemplate", `${item.id} depends on itself.`);
    item.state = "in progress";
    const { raw, scope, id } = item;
    for (const on of ((raw.dependsOn ?? []) as unknown[]).map((one) => String(evaluate(one, scope))))
      this.deployNamed(on);
    if (raw.existing !== true) {
      const own = Object.fromEntries(Object.entries(raw).filter(([member]) => !OF_TEMPLATE.has(member)));
      if (equalIgnoringCase(String(raw.type), "Microsoft.Resources/deployments")) this.deployNested(item, own);
      else {
        this.props.write(id, evaluate(own, scope) as Json);
        this.written.push(id);
      }
    }
    item.state = "done";
  }

  private deployNamed(name: string): void {
    for (const other of this.items) if (other.names.includes(name.toLowerCase())) this.deploy(other);
  }

  private deployNested({ id, scope }: Item, { properties }: Json): void {
    const { template, parameters = {}, templateLink, expressionEvaluationOptions } = properties as Json;
    if (templateLink !== undefined || !isJson(template)) throw notEmulated("The link to another template");
    const isInner = isJson(expressionEvaluationOptions) && /^inner$/i.test(String(expressionEvaluationOptions.scope));
    const nested = new Deployment({
      ...this.props,
      name: id.split("/").at(-1)!,
      scope: id.slice(0, id.toLowerCase().lastIndexOf("/providers/")),
      template: isInner ? template : (evaluate(template, scope) as Json),
      parameters: evaluate(parameters, scope) as Json,
    });
    const outputs = nested.run();
    this.written.push(...nested.written);
    this.values.set(`deployment ${id.toLowerCase()}`, { properties: { provisioningState: "Succeeded", outputs } });
  }

  private parameter(name: string): unknown {
    return this.once(`parameter ${name.toLowerCase()}`, () => {
      const declared = memberIn(this.props.template.parameters, name);
      const given = memberIn(this.props.parameters, name);
      if (!isJson(declared)) throw badRequest("InvalidTemplate", `The template has no parameter '${name}'.`);
      if (isJson(given) && "value" in given) return given.value;
      if (isJson(given) && "reference" in given) throw notEmulated("A parameter from a key vault");
      if ("defaultValue" in declared) return evaluate(declared.defaultValue, this.scope);
      if (declared.nullable === true) return null;
      throw badRequest("InvalidTemplate", `The value for the template parameter '${name}' is not provided.`);
    });
  }

  private variable(name: string): unknown {
    return this.once(`variable ${name.toLowerCase()}`, () => {
      const { variables = {} } = this.props.template as { variables?: Json };
      const loop = objects(variables.copy ?? []).find((one) => equalIgnoringCase(String(one.name), name));
      if (loop) return looped(loop, this.scope, loop.input);
      const value = memberIn(variables, name);
      if (value === undefined) throw badRequest("InvalidTemplate", `The template has no variable '${name}'.`);
      return evaluate(value, this.scope);
    });
  }

  private once(key: string, work: () => unknown): unknown {
    if (!this.values.has(key)) this.values.set(key, work());
    return this.values.get(key);
  }

  /** What is known of a resource, by its id, its name in the template or its symbol. */
  private reference(name: string, _version?: string, full?: string): unknown {
    const item = this.items.find(({ names }) => names.includes(name.toLowerCase()));
    if (item) this.deploy(item);
    const id = item?.id ?? name;
    const found = this.values.get(`deployment ${id.toLowerCase()}`) ?? this.props.read(id);
    if (this.props.isTrial && !found) return new Unknown(`[reference('${name}')]`);
    if (!isJson(found))
      throw badRequest(
        "InvalidTemplateDeployment",
        `The resource '${name}' that the template refers to does not exist.`,
      );
    return full === undefined ? found.properties : found;
  }

  private functions(): Scope["functions"] {
    const { name, scope, template, read, act } = this.props;
    const [, subscriptionId = "", group] = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/(.*))?$/i.exec(scope)!;
    const subscription = {
      id: `/subscriptions/${subscriptionId}`,
      subscriptionId,
      tenantId: IDENTITY.tenantId,
      displayName: "emulated",
    };
    return {
      parameters: (of: string) => this.parameter(of),
      variables: (of: string) => this.variable(of),
      reference: (...args: Parameters<Deployment["reference"]>) => this.reference(...args),
      list: (action: string, of: string) =>
        this.props.isTrial ? new Unknown(`[${action}('${of}')]`) : act(of, action),
      resourcegroup: () => (group === undefined ? null : (read(scope) ?? null)),
      subscription: () => subscription,
      tenant: () => ({ tenantId: IDENTITY.tenantId }),
      deployment: () => ({ name, properties: { template } }),
      environment: () => ({
        name: "AzureCloud",
        suffixes: {
          acrLoginServer: `.${REGISTRY_SUFFIX}`,
          storage: "core.windows.net",
          keyvaultDns: ".vault.azure.net",
        },
      }),
      resourceid: (...args: string[]) => {
        const at = args.findIndex((arg) => arg.includes("/"));
        const [inGroup = group, inSubscription = subscriptionId] = args.slice(0, at).reverse();
        return below(groupId(inSubscription, inGroup), args[at]!, args.slice(at + 1).join("/"));
      },
      subscriptionresourceid: (...args: string[]) => {
        const at = args.findIndex((arg) => arg.includes("/"));
        return below(groupId(args.slice(0, at)[0] ?? subscriptionId), args[at]!, args.slice(at + 1).join("/"));
      },
      tenantresourceid: (type: string, ...names: string[]) => below("", type, names.join("/")),
      extensionresourceid: (of: string, type: string, ...names: string[]) => below(of, type, names.join("/")),
    };
  }
}

function groupId(subscriptionId: string, group?: string): string {
  return `/subscriptions/${subscriptionId}${group ? `/resourceGroups/${group}` : ""}`;
}

/** Id of a resource of a type and a name, which both may have several parts. */
function below(scope: string, type: string, name: string): string {
  if (equalIgnoringCase(type, RESOURCE_GROUP)) return `${scope}/resourceGroups/${name}`;
  const [namespace = "", ...types] = type.split("/");
  const names = name.split("/");
  if (types.length !== names.length)
    throw badRequest("InvalidTemplate", `The name '${name}' has not as many parts as the type '${type}'.`);
  return `${scope}/providers/${namespace}/${types.map((one, index) => `${one}/${names[index]!}`).join("/")}`;
}

function memberIn(value: unknown, name: string): unknown {
  return isJson(value) ? Object.entries(value).find(([key]) => equalIgnoringCase(key, name))?.[1] : undefined;
}
