import { Access, type RoleDefinition } from "./access";
import { actionOn, documentOf, inbornList } from "./any-type/kept-type";
import { ArmError, badRequest, notEmulated } from "./arm-error";
import { type ArmId, parentOf, parseArmId, equalIgnoringCase } from "./arm-id";
import type { ArmAnswer, ArmRequest } from "./arm-request";
import { type Faults, InjectedFaults, THROTTLED } from "./faults";
import type { Json } from "../../common/util/json";
import { known } from "./known-types";
import { Operations } from "./operations";
import { refuseInOutage } from "./outages";
import { type Identified, pageOf } from "./pages";
import { patched } from "./patch";
import { RESOURCE_GRAPH, resourceGraph } from "./resource-graph";
import { resourceProvider, resourceProviders } from "./resource-providers";
import { roleDefinitions } from "./resource-types/role-definitions";
import { type Policy, Resources } from "./resources";
import type { RunScript } from "./run-script";
import type { SavedState } from "./saved-state";
import { type Resource, Store } from "./store";
import { isTop, resourcesOfType, subscription, subscriptionList } from "./subscription-lists";

/** How the emulated Azure behaves. */
export interface ResourceManagerOptions {
  /** Address at which clients poll operations, such as `https://localhost:8443`. */
  readonly endpoint: string;
  readonly faults?: Faults;
  /**
   * Whether resources of types without rules are kept as they are written. Otherwise they are refused, so that a type that is
   * misspelt is noticed.
   *
   * @default false
   */
  readonly anyType?: boolean | undefined;
  /** Policies, as a landing zone has them. They act on every resource that is written. */
  readonly policies?: readonly Policy[];
  /**
   * Answers requests instead of the emulator, for faults of your own.
   *
   * @returns undefined to leave the request to the emulator
   * @default - the emulator answers all requests
   */
  readonly intercept?: (request: ArmRequest) => ArmAnswer | undefined;
  /** The role of the client. @default - every action is allowed */
  readonly role?: RoleDefinition;
  /** @default - Run Commands are refused */
  readonly runScript?: RunScript;
  /** Most items of a list; the rest is on further pages. @default - a list has all items */
  readonly pageSize?: number;
  /** Milliseconds that never go back. @default performance.now */
  readonly clock?: () => number;
}

/**
 * Azure Resource Manager, in memory: what it answers to requests. What is specific to a type is in the folder
 * `resource-types`.
 *
 * @see README.md for the rules of Azure that it follows
 */
export class ResourceManager {
  public readonly store: Store;
  public readonly access: Access;
  /** Regions whose control plane is down. */
  public readonly outages = new Set<string>();
  /** How resources are read, written and deleted. */
  public readonly resources: Resources;
  private readonly operations: Operations;
  private readonly faults: InjectedFaults;
  private readonly anyType: boolean;
  /** What resources have besides their parts, by path. */
  private readonly documents = new Map<string, Json>();

  constructor(private readonly options: ResourceManagerOptions) {
    const { endpoint, faults = {}, anyType = false, policies = [], runScript } = options;
    this.anyType = anyType;
    this.store = new Store(faults.namesWhilePending);
    this.access = new Access(options.role);
    this.faults = new InjectedFaults(faults);
    this.operations = new Operations(endpoint, options.clock ?? (() => performance.now()));
    const { operations } = this;
    this.resources = new Resources(this.store, { operations, faults: this.faults, anyType, policies, runScript });
  }

  /** Answers a request. An ArmError becomes an answer too. */
  public answer(request: ArmRequest): ArmAnswer {
    try {
      this.operations.finishDue();
      this.faults.throttle();
      return this.options.intercept?.(request) ?? this.served(request);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const seconds = error.code === THROTTLED ? this.faults.retryAfter : error.retryAfter;
      const wait = seconds === undefined ? {} : { "Retry-After": seconds };
      return { status: error.status, body: error.body, headers: wait };
    }
  }

  /**
   * Writes a resource without the faults that are injected for clients.
   *
   * @throws ArmError if Azure would refuse it
   */
  public put(id: string, body: Json): void {
    this.withoutFaults(id, (parsed) => this.resources.write(parsed, body));
  }

  /**
   * Deletes a resource without the faults that are injected for clients.
   *
   * @throws ArmError if Azure would refuse it
   */
  public delete(id: string): void {
    this.withoutFaults(id, (parsed) => this.resources.remove(parsed));
  }

  /** What there is, once all operations have ended, as if their time had passed. */
  public saved(): Pick<SavedState, "resources" | "documents"> {
    this.operations.finishAll();
    return { resources: this.store.all(), documents: Object.fromEntries(this.documents) };
  }

  /** Replaces what there is. */
  public restore({ resources, documents }: Pick<SavedState, "resources" | "documents">): void {
    this.operations.finishAll();
    this.store.clear();
    for (const resource of resources) this.store.set(structuredClone(resource));
    this.resources.keep(resources);
    this.documents.clear();
    for (const [path, document] of Object.entries(documents)) this.documents.set(path, document as Json);
  }

  private withoutFaults(id: string, change: (parsed: ArmId) => void): void {
    const parsed = parseArmId(id);
    if (!parsed) throw badRequest("InvalidResourceId", `${id} is not the id of a resource.`);
    this.faults.without(() => {
      change(parsed);
    });
  }

  /** The answer to a request, of which a GET changes nothing. */
  private served(request: ArmRequest): ArmAnswer {
    return request.method === "GET" ? this.store.reading(() => this.serve(request)) : this.serve(request);
  }

  private serve(request: ArmRequest): ArmAnswer {
    const { method, path, query, body = {} } = request;
    this.access.require(request);
    refuseInOutage(this.outages, request, this.store);
    const polled = this.operations.answerPoll(query.has("monitor") ? `${path}?monitor=true` : path);
    if (polled) return polled;
    if (method === "POST" && /\/check\w*NameAvailability$/i.test(path))
      return { status: 200, body: this.nameAvailability(body) };
    if (method === "POST" && RESOURCE_GRAPH.test(path))
      return { status: 200, body: this.store.reading(() => resourceGraph(body, (type) => this.readable(type))) };
    const [, subscriptionId, providers, namespace] = SUBSCRIPTION.exec(path) ?? [];
    if (subscriptionId !== undefined && providers === undefined)
      return { status: 200, body: subscription(subscriptionId) };
    if (providers !== undefined) return { status: 200, body: this.providers(subscriptionId!, namespace) };
    const listed = method === "GET" ? this.subscriptionList(request) : undefined;
    if (listed) return listed;
    if (method === "GET" && /\/roleDefinitions(\/[^/]+)?$/i.test(path))
      return roleDefinitions(request, this.store, this.anyType);

    // Kept as written, a template would look deployed.
    if (/\/providers\/Microsoft\.Resources\/deployments(\/|$)/i.test(path))
      throw notEmulated(`Microsoft.Resources/deployments, of ${path},`);
    const id = parseArmId(path);
    if (id) {
      const resourceType = this.resources.typeCalled(id.type);
      if (resourceType && request.body && (method === "PUT" || method === "PATCH"))
        this.access.requireLinked(id.path, resourceType, request.body, this.store);
      switch (method) {
        case "PUT":
          // Of types without rules, some are written without a body.
          if (!request.body && known(id.type))
            throw badRequest("InvalidRequestContent", `The request has no content, which ${id.type} needs.`);
          return this.resources.write(id, body, request);
        case "PATCH":
          return this.resources.write(id, patched(this.resources.existing(id), body), request);
        case "GET":
          return { status: 200, body: this.resources.show(this.resources.existing(id), query) };
        case "HEAD":
          return { status: this.resources.find(id) ? 204 : 404 };
        case "DELETE":
          return this.resources.remove(id, request);
      }
    }
    const acted = this.act(method, path, body) ?? this.document(method, path, body);
    if (acted) return acted;
    if (method === "GET") return this.list(request);
    throw notEmulated(`${method} ${path}`);
  }

  /** The resources of a type in all subscriptions, as a GET shows them; none if the client may not read them. */
  private readable(type: string): Resource[] {
    const found = this.store.ofType(type);
    const isAllowed = found[0] !== undefined && this.access.mayRead(found[0].type);
    return isAllowed ? found.map((resource) => this.resources.show(resource)) : [];
  }

  /** Serves an action of a resource; undefined if its type has no such action. */
  private act(method: string, path: string, body: Json): ArmAnswer | undefined {
    const [id, name] = [path.slice(0, path.lastIndexOf("/")), path.split("/").at(-1)!];
    const parsed = parseArmId(id);
    const resource = parsed && this.resources.find(parsed);
    const resourceType = resource && this.resources.typeCalled(resource.type);
    const action = resourceType?.actions?.[`${method} ${name}`];
    if (!parsed || !resource || !action)
      return method === "POST" && this.anyType ? actionOn(resource, id, name, body, this.store) : undefined;
    if (method !== "GET") this.operations.refuseBusy(parsed);
    const result = action(resource, this.store);
    if (typeof result !== "function") return { status: 200, body: result };
    const finish = result as () => void;
    const props = { action: "action", isAsynchronous: true, finish } as const;
    return { status: 202, headers: this.resources.begin(parsed, resourceType, props) };
  }

  /** Serves what a resource of a type without rules has besides its parts, such as `PUT sharedkey`. */
  private document(method: string, path: string, body: Json): ArmAnswer | undefined {
    const id = parseArmId(path.slice(0, path.lastIndexOf("/")));
    const resource = this.anyType && id ? this.resources.find(id) : undefined;
    if (!resource) return undefined;
    const key = path.toLowerCase();
    if (method === "PUT" || method === "PATCH") this.documents.set(key, body);
    if (method === "DELETE") {
      this.documents.delete(key);
      return { status: 200 };
    }
    const found = this.documents.get(key) ?? documentOf(resource, path.split("/").at(-1)!);
    return found && { status: 200, body: found };
  }

  /** The resource providers of a subscription, or one of them. */
  private providers(subscriptionId: string, namespace: string | undefined): Json {
    const { keptTypes } = this.resources;
    return namespace === undefined
      ? { value: resourceProviders(subscriptionId, keptTypes) }
      : resourceProvider(subscriptionId, namespace, keptTypes);
  }

  /** Answers with a list of a tenant or a subscription; undefined if a request is for none. */
  private subscriptionList(request: ArmRequest): ArmAnswer | undefined {
    const { path, query } = request;
    const resources = resourcesOfType(path, this.store);
    if (resources) return this.listed(request, resources, (resource) => this.resources.show(resource));
    const others = subscriptionList(path, query, this.store);
    return others && this.listed(request, others);
  }

  /** Lists the resources in a group, the parts of a resource, or those of one type below an id. */
  private list(request: ArmRequest): ArmAnswer {
    const { path } = request;
    const [, group] = /^(.*\/resourceGroups\/[^/]+)\/resources$/i.exec(path) ?? [];
    if (group !== undefined) {
      this.resources.existing(parseArmId(group)!);
      const found = this.store.below(group).filter(isTop);
      return this.listed(request, found, ({ id, name, type, location }) => ({ id, name, type, location }));
    }
    const show = (resource: Resource) => this.resources.show(resource);
    const owner = parseArmId(path.slice(0, path.lastIndexOf("/")));
    const parts = owner && known(owner.type)?.lists?.[path.split("/").at(-1)!.toUpperCase()];
    if (parts) return this.listed(request, parts(this.resources.existing(owner), this.store), show);
    const id = parseArmId(`${path}/x`);
    const listed = this.resources.typeCalled(id?.type ?? "");
    if (!id || !listed) {
      if (owner && known(owner.type)) this.resources.existing(owner);
      throw notEmulated(`GET ${path}`);
    }
    this.resources.requireParent(id);
    const stored = this.store.ofType(listed.type, parentOf(id.path));
    return this.listed(request, this.anyType ? [...stored, ...inbornList(path, this.store)] : stored, show);
  }

  /** Answers with a list, or with the page of it that a request asks for. */
  private listed<T extends Identified>(
    request: ArmRequest,
    all: readonly T[],
    show: (item: T) => unknown = (item) => item,
  ): ArmAnswer {
    const { pageSize, endpoint } = this.options;
    const { items, next } = pageSize === undefined ? { items: all } : pageOf(all, request, pageSize, endpoint);
    return { status: 200, body: { value: items.map(show), ...(next !== undefined && { nextLink: next }) } };
  }

  /** Whether a name that must be unique across Azure is free. */
  private nameAvailability({ name, type }: Json): Json {
    const taken =
      typeof name === "string" &&
      typeof type === "string" &&
      this.store.ofType(type).some((resource) => equalIgnoringCase(resource.name, name));
    return taken
      ? { nameAvailable: false, reason: "AlreadyExists", message: `The name ${name} is already in use.` }
      : { nameAvailable: true };
  }
}

/** A subscription, its resource providers, or one of these. */
const SUBSCRIPTION = /^\/subscriptions\/([^/]+)(\/providers(?:\/([^/]+)(?:\/register)?)?)?$/i;
