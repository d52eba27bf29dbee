import { randomUUID } from "node:crypto";
import { Access, type RoleDefinition } from "./access";
import { actionOn, documentOf, inborn, inbornList, keptType } from "./any-type/kept-type";
import { ArmError } from "./arm-error";
import { type ArmId, RESOURCE_GROUP, parseArmId, equalIgnoringCase } from "./arm-id";
import type { ArmAnswer, ArmRequest } from "./arm-request";
import { type AsyncOperation, AsyncOperations } from "./async-operations";
import { type Faults, secondsFor } from "./faults";
import { type Json, isJson } from "../../common/util/json";
import { Outages } from "./outages";
import { type Poll, type Polling, pollingPath } from "./polling";
import type { ResourceType } from "./resource-type";
import { RESOURCE_TYPES } from "./resource-types";
import { refuseWhereLocked } from "./resource-types/authorization";
import { roleDefinitions } from "./resource-types/role-definitions";
import type { RunScript } from "./run-script";
import { type Resource, Store } from "./store";
import { isTop, subscription, subscriptionList } from "./subscription-lists";

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
  readonly anyType?: boolean;
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
  /** Milliseconds that never go back. @default performance.now */
  readonly clock?: () => number;
}

/** What a policy does after a resource was written: the id and the body are of a resource that it deploys. */
export type Policy = (resource: Resource, store: Store) => { readonly id: string; readonly body: Json } | undefined;

/**
 * Azure Resource Manager, in memory: what all resource types have in common. What is specific to a type is in the folder
 * `resource-types`.
 *
 * @see README.md for the rules of Azure that it follows
 */
export class ResourceManager {
  public readonly store: Store;
  public readonly access: Access;
  public readonly outages = new Outages();
  private readonly operations: AsyncOperations;
  /** The last operation on each id. */
  private readonly lastOperations = new Map<string, AsyncOperation>();
  /** What is polled, by path. */
  private readonly polls = new Map<string, Poll>();
  private readonly failed = new Set<string>();
  private readonly kept = new Set<string>();
  private readonly documents = new Map<string, Json>();
  private readonly asked = new Map<string, string>();
  private readonly written = new Set<string>();
  private requests = 0;
  private faults: Faults;

  constructor(private readonly options: ResourceManagerOptions) {
    this.faults = options.faults ?? {};
    this.store = new Store(this.faults.namesWhilePending);
    this.access = new Access(options.role);
    this.operations = new AsyncOperations(options.clock ?? (() => performance.now()));
  }

  /** The types without rules whose resources were kept as they were written, in alphabetical order. */
  public get keptTypes(): string[] {
    return [...this.kept].sort();
  }

  /** The ids of resources that a client asked for, and that nobody has written or tried to write. */
  public get missing(): string[] {
    return [...this.asked].filter(([key]) => !this.written.has(key)).map(([, id]) => id);
  }

  /** Answers a request. An ArmError becomes an answer too. */
  public answer(request: ArmRequest): ArmAnswer {
    try {
      this.operations.finishDue();
      this.throttle();
      return this.options.intercept?.(request) ?? this.serve(request);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const wait = error.status === 429 ? { "Retry-After": String(this.faults.retryAfter ?? 1) } : {};
      return { status: error.status, body: error.body, headers: wait };
    }
  }

  /**
   * Writes a resource without the faults that are injected for clients.
   *
   * @throws ArmError if Azure would refuse it
   */
  public put(id: string, body: Json): void {
    this.withoutFaults(id, (parsed) => this.write(parsed, body));
  }

  /**
   * Deletes a resource without the faults that are injected for clients.
   *
   * @throws ArmError if Azure would refuse it
   */
  public delete(id: string): void {
    this.withoutFaults(id, (parsed) => this.remove(parsed));
  }

  private withoutFaults(id: string, change: (parsed: ArmId) => void): void {
    const parsed = parseArmId(id);
    if (!parsed) throw new ArmError(400, "InvalidResourceId", `${id} is not the id of a resource.`);
    const { faults } = this;
    this.faults = {};
    try {
      change(parsed);
    } finally {
      this.faults = faults;
    }
  }

  private serve(request: ArmRequest): ArmAnswer {
    const { method, path } = request;
    this.access.require(request);
    this.outages.require(request, this.store);
    const segments = path.split("/").slice(1);
    const poll = this.polls.get(request.query.has("monitor") ? `${path}?monitor=true` : path);
    if (poll) return this.answerPoll(poll);
    if (method === "POST" && /\/check\w*NameAvailability$/i.test(path))
      return { status: 200, body: this.nameAvailability(request.body) };
    if (/^\/subscriptions\/[^/]+$/i.test(path)) return { status: 200, body: subscription(segments[1]!) };
    const [, namespace] = /^\/subscriptions\/[^/]+\/providers(?:\/([^/]+)(?:\/register)?)?$/i.exec(path) ?? [];
    if (namespace !== undefined) return { status: 200, body: registered(namespace) };
    if (/^\/subscriptions\/[^/]+\/providers$/i.test(path))
      return { status: 200, body: { value: NAMESPACES.map(registered) } };
    const listed = method === "GET" ? subscriptionList(path, request.query, this.store) : undefined;
    if (listed) return { status: 200, body: { value: listed } };
    if (method === "GET" && /\/roleDefinitions(\/[^/]+)?$/i.test(path))
      return roleDefinitions(request, this.store, this.options.anyType ?? false);

    const id = parseArmId(path);
    if (id) {
      const resourceType = this.typeCalled(id.type);
      if (resourceType && request.body && (method === "PUT" || method === "PATCH"))
        this.access.requireLinked(id.path, resourceType, request.body, this.store);
      switch (method) {
        case "PUT":
          return this.write(id, request.body ?? {}, request.query.get("api-version"));
        case "PATCH":
          return this.write(id, patched(this.existing(id), request.body ?? {}), request.query.get("api-version"));
        case "GET":
          return { status: 200, body: this.show(this.existing(id), request.query) };
        case "HEAD":
          return { status: this.find(id) ? 204 : 404 };
        case "DELETE":
          return this.remove(id);
      }
    }
    const acted = this.act(method, path, request.body) ?? this.document(method, path, request.body);
    if (acted) return acted;
    if (method === "GET") return this.list(path);
    throw new ArmError(405, "MethodNotAllowed", `${method} ${path} is not emulated.`);
  }

  private throttle(): void {
    const every = this.faults.throttleEvery;
    this.requests += 1;
    if (every !== undefined && this.requests % every === 0)
      throw new ArmError(429, "TooManyRequests", "Number of requests exceeded the limit. Please try again later.");
  }

  private find({ path, type }: ArmId): Resource | undefined {
    const resource = this.store.get(path);
    return resource ?? (this.options.anyType && !known(type) ? inborn(path, type, this.store) : undefined);
  }

  private existing(id: ArmId): Resource {
    const resource = this.find(id);
    if (resource) return resource;
    // Clients look there for names that are taken, such as those of deleted vaults.
    if (!/\/locations\//i.test(id.path)) this.asked.set(id.path.toLowerCase(), id.path);
    if (id.type === RESOURCE_GROUP)
      throw new ArmError(404, "ResourceGroupNotFound", `Resource group '${id.name}' could not be found.`);
    throw new ArmError(404, "ResourceNotFound", `The Resource '${id.type}/${id.name}' was not found: ${id.path}`);
  }

  private write(id: ArmId, body: Json, apiVersion: string | null = null): ArmAnswer {
    this.written.add(id.path.toLowerCase());
    const old = this.store.get(id.path);
    const resourceType = typeFor(this.typeOf(id), old ? "update" : "create", apiVersion);
    this.refuseWrite(id, resourceType, body, old);
    if (!known(id.type)) this.kept.add(id.type);

    const { location, properties } = body;
    const resource: Resource = {
      ...body,
      // An id keeps the spelling with which the resource was created.
      id: old?.id ?? spelled(id, resourceType),
      name: old?.name ?? id.name,
      type: resourceType.type,
      etag: `W/"${randomUUID()}"`,
      properties: isJson(properties) ? { ...properties } : {},
      ...(resourceType.location === "global" && { location: "global" }),
      ...(["region", "optional"].includes(resourceType.location) &&
        typeof location === "string" && { location: normalised(location) }),
    };
    resourceType.beforeWrite?.(resource, this.store, old);
    const setState = (state: string) => {
      if (!resourceType.withoutState) resource.properties.provisioningState = state;
    };
    setState(old ? "Updating" : (resourceType.creatingState ?? "Updating"));
    this.store.set(resource);
    let failure: Error | undefined = resourceType.failure?.("write", resource, this.store);
    const work = resourceType.work?.(resource, this.store, this.options.runScript).catch((error: unknown) => {
      failure = error as Error;
    });
    const finish = () => {
      setState("Succeeded");
      try {
        if (failure) throw failure;
        resourceType.afterWrite?.(resource, this.store, old);
      } catch (error) {
        if (old) this.store.set(old);
        else this.store.delete(resource.id);
        throw error;
      }
      this.applyPolicies(resource);
    };
    const headers = this.operate(id, resourceType, "write", finish, work);
    if (resourceType.acceptsWrites) return { status: 202, body: {}, headers };
    const status = old ? (resourceType.updatedStatus ?? 200) : (resourceType.createdStatus ?? 201);
    return { status, body: this.show(resource), headers };
  }

  private refuseWrite(id: ArmId, resourceType: ResourceType, body: Json, old: Resource | undefined): void {
    this.refuseBusy(id);
    if (!resourceType.names.form.test(id.name))
      throw new ArmError(
        400,
        "InvalidResourceName",
        `${resourceType.type} '${id.name}': ${resourceType.names.allowed}.`,
      );
    this.requireParent(id);
    refuseWhereLocked("write", id.path, this.store);
    const tags = isJson(body.tags) ? Object.keys(body.tags) : [];
    const most = resourceType.tagLimit ?? 50;
    if (tags.length > most)
      throw new ArmError(
        400,
        "InvalidTags",
        `${resourceType.type} takes at most ${most} tags, and got ${tags.length}.`,
      );
    const location = typeof body.location === "string" ? normalised(body.location) : undefined;
    if (resourceType.location === "region" && location === undefined)
      throw new ArmError(400, "LocationRequired", `The location property is required for ${id.path}.`);
    if (old && resourceType.location === "region" && location !== old.location)
      throw new ArmError(
        409,
        "InvalidResourceLocation",
        `The resource '${id.name}' already exists in location '${old.location ?? ""}'. It can't be created in '${location!}'.`,
      );
    this.failOnce("write", id);
  }

  /** A resource needs its group; a part or an extension needs the resource that it belongs to. */
  private requireParent(id: ArmId): void {
    if (id.resourceGroup !== undefined && id.parent !== undefined) {
      const group = `/subscriptions/${id.subscriptionId}/resourceGroups/${id.resourceGroup}`;
      if (!this.store.has(group))
        throw new ArmError(404, "ResourceGroupNotFound", `Resource group '${id.resourceGroup}' could not be found.`);
    }
    if (id.parent !== undefined && !this.hasParent(id.parent))
      throw new ArmError(404, "ParentResourceNotFound", `${id.path} belongs to ${id.parent}, which does not exist.`);
  }

  /** Management groups, which have no subscription, are expected to exist. */
  private hasParent(parent: string): boolean {
    const id = parseArmId(parent);
    if (!id || !this.options.anyType) return this.store.has(parent);
    return id.subscriptionId === "" || this.find(id) !== undefined;
  }

  private remove(id: ArmId): ArmAnswer {
    if (!this.store.has(id.path)) return { status: 204 };
    const resource = this.existing(id);
    const resourceType = typeFor(this.typeOf(id), "delete", null);
    if (resourceType.deletionPreempts) this.preempt(id);
    else this.refuseBusy(id);
    refuseWhereLocked("delete", id.path, this.store);
    resourceType.beforeDelete?.(resource, this.store);
    this.failOnce("delete", id);
    const { provisioningState } = resource.properties;
    resource.properties.provisioningState = "Deleting";
    const failure = resourceType.failure?.("delete", resource, this.store);
    const finish = () => {
      if (failure) {
        resource.properties.provisioningState = provisioningState;
        throw failure;
      }
      // Parts before the resource that they belong to.
      const deleted = [...this.store.below(id.path).reverse(), resource];
      for (const { id } of deleted) this.store.delete(id);
      for (const one of deleted) this.typeCalled(one.type)?.afterDelete?.(one, this.store);
      for (const one of deleted) this.releaseLate(one);
    };
    const headers = this.operate(id, resourceType, "delete", finish);
    const { asynchronous, deletionAnswer, deletedStatus = 200 } = resourceType;
    return {
      ...(asynchronous ? { status: 202, headers } : { status: deletedStatus }),
      ...(deletionAnswer !== undefined && { body: deletionAnswer === "resource" ? this.show(resource) : null }),
    };
  }

  /**
   * Begins the operation of a write, a deletion or an action.
   *
   * @returns the headers by which the client polls it; none where it is not asynchronous
   * @throws ArmError if it has failed and is not asynchronous
   */
  private operate(
    id: ArmId,
    resourceType: ResourceType,
    action: "write" | "delete" | "action",
    finish: () => void,
    work?: Promise<void>,
  ): Record<string, string> {
    const [namespace] = resourceType.type.split("/");
    const polling: Polling = resourceType.polling?.(action) ?? {
      status: `/subscriptions/{subscription}/providers/${namespace!}/locations/{region}/operations/{operation}`,
    };
    const uuid = randomUUID();
    const seconds = resourceType.asynchronous ? secondsFor(id.path, this.faults.slow) : 0;
    // Before the operation begins: a deletion may end at once, and the region with it.
    const paths = (["status", "result"] as const).flatMap((shows) => {
      const path = polling[shows];
      return path === undefined ? [] : [{ shows, path: pollingPath(path, id, uuid, this.store) }];
    });
    const operation = this.operations.begin(uuid, seconds, finish, work);
    if (operation.status === "InProgress") this.lastOperations.set(id.path.toLowerCase(), operation);
    if (!resourceType.asynchronous) {
      if (operation.error) throw operation.error;
      return {};
    }
    for (const { shows, path } of paths) this.polls.set(path, { operation, polling, shows });
    return {
      ...Object.fromEntries(paths.map(({ shows, path }) => [POLLING_HEADERS[shows], this.options.endpoint + path])),
      "Retry-After": String(this.operations.remaining(operation)),
    };
  }

  private answerPoll({ operation, polling, shows }: Poll): ArmAnswer {
    const { id, status, error } = operation;
    const headers = { "Retry-After": String(this.operations.remaining(operation)) };
    const isInProgress = status === "InProgress";
    if (shows === "status")
      return {
        status: isInProgress ? (polling.inProgress ?? 200) : 200,
        body: { name: id, status: isInProgress ? (polling.inProgressAs ?? status) : status, ...error?.body },
        headers,
      };
    if (isInProgress) return { status: 202, headers };
    return error ? { status: error.status, body: error.body } : { status: polling.ended ?? 200 };
  }

  /** Lets a resource that was deleted go on to have its effect for a while, if that fault is injected. */
  private releaseLate(resource: Resource): void {
    const seconds = secondsFor(resource.id, this.faults.releaseLate);
    if (seconds === 0) return;
    this.store.linger(resource);
    this.operations.begin(randomUUID(), seconds, () => {
      this.store.release(resource);
    });
  }

  private refuseBusy(id: ArmId): void {
    if (this.lastOperations.get(id.path.toLowerCase())?.status === "InProgress")
      throw new ArmError(409, "AnotherOperationInProgress", `Another operation on ${id.path} is in progress.`);
  }

  private preempt(id: ArmId): void {
    const operation = this.lastOperations.get(id.path.toLowerCase());
    if (operation?.status !== "InProgress") return;
    operation.status = "Failed";
    operation.error = new ArmError(409, "OperationPreempted", "Operation was preempted by a more recent operation.");
  }

  private failOnce(action: "write" | "delete", { path }: ArmId): void {
    // A random name is another one each time that the client tries again.
    const key = `${action} ${path.toLowerCase().replace(/\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "/*")}`;
    if (!this.faults.failOnce?.test(path) || this.failed.has(key)) return;
    this.failed.add(key);
    throw new ArmError(400, "MadeToFail", `The emulator was told to let ${path} fail once.`);
  }

  private applyPolicies(resource: Resource): void {
    for (const policy of this.options.policies ?? []) {
      const deployed = policy(resource, this.store);
      if (deployed) this.write(parseArmId(deployed.id)!, deployed.body);
    }
  }

  private show(resource: Resource, query?: URLSearchParams): Resource {
    const resourceType = this.typeCalled(resource.type);
    const added = resourceType?.onRead?.(resource, this.store, query?.get("$expand") ?? null);
    const id = resourceType?.shownId?.(resource.id) ?? resource.id;
    return { ...resource, id, properties: { ...resource.properties, ...added } };
  }

  /** Serves an action of a resource; undefined if its type has no such action. */
  private act(method: string, path: string, body: Json = {}): ArmAnswer | undefined {
    const [id, name] = [path.slice(0, path.lastIndexOf("/")), path.split("/").at(-1)!];
    const parsed = parseArmId(id);
    const resource = parsed && this.find(parsed);
    const resourceType = resource && this.typeCalled(resource.type);
    const action = resourceType?.actions?.[`${method} ${name}`];
    if (!resource || !action)
      return method === "POST" && this.options.anyType ? actionOn(resource, id, name, body, this.store) : undefined;
    if (method !== "GET") this.refuseBusy(parseArmId(id)!);
    const result = action(resource, this.store);
    if (typeof result !== "function") return { status: 200, body: result };
    return { status: 202, headers: this.operate(parseArmId(id)!, resourceType, "action", result as () => void) };
  }

  /** Serves what a resource of a type without rules has besides its parts, such as `PUT sharedkey`. */
  private document(method: string, path: string, body: Json = {}): ArmAnswer | undefined {
    const id = parseArmId(path.slice(0, path.lastIndexOf("/")));
    const resource = this.options.anyType && id ? this.find(id) : undefined;
    if (!resource) return undefined;
    const key = path.toLowerCase();
    if (method === "PUT" || method === "PATCH") this.documents.set(key, body);
    if (method === "DELETE") this.documents.delete(key);
    if (method === "DELETE") return { status: 200 };
    const found = this.documents.get(key) ?? documentOf(resource, path.split("/").at(-1)!);
    return found && { status: 200, body: found };
  }

  /** Lists the resources in a group, or those of one type below an id. */
  private list(path: string): ArmAnswer {
    const [, group] = /^(.*\/resourceGroups\/[^/]+)\/resources$/i.exec(path) ?? [];
    if (group !== undefined) {
      const found = this.store.below(group).filter(isTop);
      return {
        status: 200,
        body: { value: found.map(({ id, name, type, location }) => ({ id, name, type, location })) },
      };
    }
    const listed = this.typeCalled(parseArmId(`${path}/x`)?.type ?? "");
    if (!listed) throw new ArmError(404, "InvalidResourceType", `${path} is not emulated.`);
    const prefix = `${path}/`.toLowerCase();
    const value = this.store
      .ofType(listed.type)
      .filter(({ id }) => id.toLowerCase().startsWith(prefix))
      .map((resource) => this.show(resource));
    return { status: 200, body: { value: [...value, ...(this.options.anyType ? inbornList(path) : [])] } };
  }

  private typeCalled(type: string): ResourceType | undefined {
    return known(type) ?? (this.options.anyType && type !== "" ? keptType(type) : undefined);
  }

  private typeOf({ type, path }: ArmId): ResourceType {
    const resourceType = this.typeCalled(type);
    if (!resourceType) throw new ArmError(400, "InvalidResourceType", `${type} is not emulated: ${path}`);
    return resourceType;
  }

  /** Whether a name that must be unique across Azure is free. */
  private nameAvailability(body: Json | undefined): Json {
    const { name, type } = body ?? {};
    const taken =
      typeof name === "string" &&
      typeof type === "string" &&
      this.store.ofType(type).some((resource) => equalIgnoringCase(resource.name, name));
    return taken
      ? { nameAvailable: false, reason: "AlreadyExists", message: `The name ${name} is already in use.` }
      : { nameAvailable: true };
  }
}

/** The headers with the paths by which clients poll. */
const POLLING_HEADERS = { status: "Azure-AsyncOperation", result: "Location" } as const;

const RESOURCE_TYPES_BY_NAME = new Map(
  RESOURCE_TYPES.map((resourceType) => [resourceType.type.toLowerCase(), resourceType]),
);

/** Namespaces of the resource providers. All are registered. */
const NAMESPACES = [...new Set(RESOURCE_TYPES.map(({ type }) => type.split("/")[0]!))];

function registered(namespace: string): Json {
  return { namespace, registrationState: "Registered", resourceTypes: [] };
}

/** The type of a name, if there are rules for it. */
function known(type: string): ResourceType | undefined {
  return RESOURCE_TYPES_BY_NAME.get(type.toLowerCase());
}

/** A type as it is for one kind of request, in an API version: asynchronous or not. */
function typeFor(
  resourceType: ResourceType,
  action: "create" | "update" | "delete",
  apiVersion: string | null,
): ResourceType {
  const { asynchronous, synchronousSince } = resourceType;
  if (Array.isArray(asynchronous)) return { ...resourceType, asynchronous: asynchronous.includes(action) };
  if (synchronousSince === undefined || action === "delete" || (apiVersion ?? "") < synchronousSince)
    return resourceType;
  return { ...resourceType, asynchronous: false, createdStatus: 200 };
}

/** An id of a new resource. A part's type is spelled as Azure spells it: `privateDnsZones/NAME/A/hello`, not `…/a/hello`. */
function spelled({ path, parent, name }: ArmId, { type }: ResourceType): string {
  const types = type.split("/").slice(1);
  return types.length > 1 && parent !== undefined ? `${parent}/${types.at(-1)!}/${name}` : path;
}

/**
 * Applies a PATCH: members that the body names are replaced, at any depth, and the others stay (RFC 7396). The tags are one
 * member: those that the body does not have are gone, by which azurerm removes a tag from a group or a registry.
 *
 * Source: "Resource Groups - Update": "If a field is unspecified, the current value is retained."
 */
function patched(resource: Json, body: Json): Json {
  return { ...merged(resource, body), ...(isJson(body.tags) && { tags: body.tags }) };
}

function merged(resource: Json, body: Json): Json {
  return Object.fromEntries([
    ...Object.entries(resource).filter(([name]) => body[name] !== null),
    ...Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
      const old = resource[name];
      if (value === null) return [];
      return [[name, isJson(value) && isJson(old) ? merged(old, value) : value]];
    }),
  ]);
}

/** The API name of a region: "Sweden Central" is swedencentral. */
function normalised(location: string): string {
  return location.replace(/\s+/g, "").toLowerCase();
}
