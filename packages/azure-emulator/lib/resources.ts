import { randomUUID } from "node:crypto";
import { normaliseRegion } from "../../common/azure/regions";
import { inborn, keptType } from "./any-type/kept-type";
import { ArmError, badRequest, conflict, notEmulated } from "./arm-error";
import { type ArmId, equalIgnoringCase, parseArmId } from "./arm-id";
import type { ArmAnswer, ArmRequest } from "./arm-request";
import type { InjectedFaults } from "./faults";
import { type Json, isJson } from "../../common/util/json";
import { known } from "./known-types";
import { idsIn } from "./linked-actions";
import type { OperationProps, Operations } from "./operations";
import { regionOf } from "./polling";
import { preconditionError } from "./preconditions";
import { ANY_TYPE, type Change, type ResourceType } from "./resource-type";
import { refuseWhereLocked } from "./resource-types/authorization";
import type { RunScript } from "./run-script";
import { BODY, refuseOtherShape, withoutNulls } from "./shape";
import type { Resource, Store } from "./store";

/** What a policy does after a resource was written: the id and the body are of a resource that it deploys. */
export type Policy = (resource: Resource, store: Store) => { readonly id: string; readonly body: Json } | undefined;

/** What happens to resources that are written and deleted. */
export interface ResourcesProps {
  readonly operations: Operations;
  readonly faults: InjectedFaults;
  readonly anyType: boolean;
  readonly policies: readonly Policy[];
  readonly runScript: RunScript | undefined;
}

/** What a request has besides the body that is written. */
type RequestOf = Pick<ArmRequest, "query" | "headers" | "body">;

/** A write or a deletion by the emulator itself. */
const OWN_REQUEST: RequestOf = { query: new URLSearchParams() };

/** Types that are kept as they are written, although no other type is. */
const KEPT = /^Microsoft\.Network\/virtualHubs(?:\/hubVirtualNetworkConnections)?$/i;

/** The resources, and how they are read, written and deleted: what all resource types have in common. */
export class Resources {
  private readonly kept = new Set<string>();
  private readonly asked = new Map<string, string>();
  private readonly written = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly props: ResourcesProps,
  ) {}

  /** The types without rules whose resources were kept as they were written, in alphabetical order. */
  public get keptTypes(): string[] {
    return [...this.kept].sort();
  }

  /** The ids of resources that a client asked for, and that nobody has written or tried to write. */
  public get missing(): string[] {
    return [...this.asked].filter(([key]) => !this.written.has(key)).map(([, id]) => id);
  }

  /** Takes the types of resources that were kept by another emulator for kept. */
  public keep(resources: readonly Resource[]): void {
    for (const { type } of resources) if (!known(type)) this.kept.add(type);
  }

  public find({ path, type }: ArmId): Resource | undefined {
    const resource = this.store.get(path);
    return resource ?? (this.props.anyType && !known(type) ? inborn(path, type, this.store) : undefined);
  }

  public existing(id: ArmId): Resource {
    const resource = this.find(id);
    if (resource) return resource;
    // Clients look there for names that are taken, such as those of deleted vaults.
    if (!/\/locations\//i.test(id.path)) this.asked.set(id.path.toLowerCase(), id.path);
    this.requireGroup(id);
    const { missingCode, bareErrors } = this.typeCalled(id.type) ?? {};
    const message = `The Resource '${id.type}/${id.name}' was not found: ${id.path}`;
    throw new ArmError(
      404,
      missingCode ?? "ResourceNotFound",
      message,
      missingCode === undefined ? undefined : [],
      bareErrors,
    );
  }

  public show(resource: Resource, query?: URLSearchParams): Resource {
    const resourceType = this.typeCalled(resource.type);
    const added = resourceType?.onRead?.(resource, this.store, query?.get("$expand") ?? null);
    const id = resourceType?.shownId?.(resource.id) ?? resource.id;
    return { ...resource, id, properties: { ...resource.properties, ...added } };
  }

  public typeCalled(type: string): ResourceType | undefined {
    const isKept = KEPT.test(type) || (this.props.anyType && type !== "");
    return known(type) ?? (isKept ? keptType(type) : undefined);
  }

  /** Writes a resource. With a PATCH, the body is what the request makes of the resource. */
  public write(id: ArmId, content: Json, request = OWN_REQUEST): ArmAnswer {
    this.written.add(id.path.toLowerCase());
    const old = this.store.get(id.path);
    const resourceType = this.typeOf(id);
    const cleaned = withoutNulls(content);
    refuseOtherShape(cleaned, BODY);
    const body = known(id.type) ? cleaned : content;
    const changed = preconditionError(request, old, resourceType);
    // What is accepted at first fails later.
    if (changed && !resourceType.acceptsWrites) throw changed;
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
        typeof location === "string" && { location: normaliseRegion(location) }),
    };
    addProperties(resource.properties, resourceType, old);
    this.refuseReferences(resource, resourceType);
    resourceType.beforeWrite?.(resource, this.store, old, request.query);
    const setState = (state: string) => {
      if (!resourceType.withoutState) resource.properties.provisioningState = state;
    };
    setState(old ? "Updating" : (resourceType.creatingState ?? "Updating"));
    this.store.set(resource);
    let failure: Error | undefined = changed ?? resourceType.failure?.("write", resource, this.store);
    const work = resourceType.work?.(resource, this.store, this.props.runScript).catch((error: unknown) => {
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
    const action = old ? "update" : "create";
    const isAsynchronous = this.isAsynchronous({ action, resource, old }, resourceType, request);
    const headers = this.begin(id, resourceType, { action, isAsynchronous, finish, work });
    if (resourceType.acceptsWrites) return { status: 202, body: {}, headers };
    const { createdStatus = 201, updatedStatus = 200, synchronousStatus } = resourceType;
    const status = (isAsynchronous ? undefined : synchronousStatus) ?? (old ? updatedStatus : createdStatus);
    return { status, body: this.show(resource), headers };
  }

  public remove(id: ArmId, request = OWN_REQUEST): ArmAnswer {
    this.requireGroup(id);
    if (!this.store.has(id.path)) return { status: 204 };
    const resource = this.existing(id);
    const resourceType = this.typeOf(id);
    const changed = preconditionError(request, resource, resourceType);
    if (changed) throw changed;
    if (resourceType.deletionPreempts) this.props.operations.preempt(id);
    else this.props.operations.refuseBusy(id);
    this.refuseTogether(id, resourceType);
    refuseWhereLocked("delete", id.path, this.store);
    resourceType.beforeDelete?.(resource, this.store);
    this.props.faults.failOnce("delete", id.path);
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
    const isAsynchronous = this.isAsynchronous({ action: "delete", resource, old: resource }, resourceType, request);
    const headers = this.begin(id, resourceType, { action: "delete", isAsynchronous, finish });
    const { asynchronous, deletionAnswer, deletedStatus = 200 } = resourceType;
    const hasBody = deletionAnswer !== undefined && (isAsynchronous || asynchronous === undefined);
    return {
      ...(isAsynchronous ? { status: 202, headers } : { status: deletedStatus }),
      ...(hasBody && { body: deletionAnswer === "resource" ? this.show(resource) : null }),
    };
  }

  /** Begins an operation on a resource, and returns the headers by which the client polls it. */
  public begin(id: ArmId, resourceType: ResourceType, props: Omit<OperationProps, "seconds">): Record<string, string> {
    const { operations, faults } = this.props;
    return operations.begin(id, resourceType, { ...props, seconds: faults.secondsFor("slow", id.path) }, this.store);
  }

  private refuseWrite(id: ArmId, resourceType: ResourceType, body: Json, old: Resource | undefined): void {
    this.props.operations.refuseBusy(id);
    this.refuseTogether(id, resourceType);
    if (!resourceType.names.form.test(id.name))
      throw badRequest("InvalidResourceName", `${resourceType.type} '${id.name}': ${resourceType.names.allowed}.`);
    this.requireParent(id);
    refuseWhereLocked("write", id.path, this.store);
    const tags = isJson(body.tags) ? Object.keys(body.tags) : [];
    const most = resourceType.tagLimit ?? 50;
    if (tags.length > most)
      throw badRequest("InvalidTags", `${resourceType.type} takes at most ${most} tags, and got ${tags.length}.`);
    const location = typeof body.location === "string" ? normaliseRegion(body.location) : undefined;
    if (resourceType.location === "region" && location === undefined)
      throw badRequest("LocationRequired", `The location property is required for ${id.path}.`);
    if (old && resourceType.location === "region" && location !== old.location)
      throw conflict(
        "InvalidResourceLocation",
        `The resource '${id.name}' already exists in location '${old.location ?? ""}'. It can't be created in '${location!}'.`,
      );
    refuseOtherShape(body.properties ?? {}, resourceType.shape ?? "object", "properties");
    this.props.faults.failOnce("write", id.path);
  }

  /** @throws ArmError if something that a resource refers to does not exist, or not in the region where it has to be */
  private refuseReferences(
    resource: Resource,
    { references = {}, regional = [], missingReference }: ResourceType,
  ): void {
    const placeOf = ({ id, location = regionOf(id, this.store) }: Pick<Resource, "id" | "location">) =>
      `${location} of subscription ${parseArmId(id)!.subscriptionId}`.toLowerCase();
    for (const [kind, on] of Object.entries(references))
      for (const id of idsIn(on, resource.id, resource, this.store)) {
        const found = this.store.get(id);
        const exists = found !== undefined && (kind === ANY_TYPE || equalIgnoringCase(found.type, kind));
        const isElsewhere = exists && regional.includes(kind) && placeOf({ id }) !== placeOf(resource);
        if (exists && !isElsewhere) continue;
        const message = `Resource ${id} referenced by resource ${resource.id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.${isElsewhere ? ` There is none in ${placeOf(resource)}.` : ""}`;
        throw new ArmError(missingReference ? 404 : 400, missingReference ?? "InvalidResourceReference", message, []);
      }
  }

  /** @throws ArmError if the group of a resource does not exist, or the resource that a part or an extension belongs to */
  public requireParent(id: ArmId): void {
    if (id.parent === undefined) return;
    this.requireGroup(id);
    if (!this.hasParent(id.parent))
      throw new ArmError(404, "ParentResourceNotFound", `${id.path} belongs to ${id.parent}, which does not exist.`);
  }

  private requireGroup({ subscriptionId, resourceGroup }: ArmId): void {
    if (
      resourceGroup !== undefined &&
      !this.store.has(`/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`)
    )
      throw new ArmError(404, "ResourceGroupNotFound", `Resource group '${resourceGroup}' could not be found.`);
  }

  private isAsynchronous(
    change: Omit<Change, "apiVersion">,
    { asynchronous = false }: ResourceType,
    { query }: RequestOf,
  ): boolean {
    if (typeof asynchronous === "boolean") return asynchronous;
    if (typeof asynchronous !== "function") return asynchronous.includes(change.action);
    return asynchronous({ ...change, apiVersion: query.get("api-version") ?? "" }, this.store);
  }

  /** @throws ArmError if another part of the same resource is being written or deleted, and that is in the way */
  private refuseTogether(id: ArmId, { type, oneAtATime }: ResourceType): void {
    const others = oneAtATime ? this.store.ofType(type, id.parent) : [];
    const busy = others.find((other) => !equalIgnoringCase(other.id, id.path) && this.props.operations.isBusy(other));
    if (!busy) return;
    const message = `An operation on ${busy.id} is in progress.`;
    const details = [{ code: "RetryableErrorDueToAnotherOperation", message }];
    throw new ArmError(429, "RetryableError", "A retryable error occurred.", details, false, "10");
  }

  /** Management groups, which have no subscription, are expected to exist. */
  private hasParent(parent: string): boolean {
    const id = parseArmId(parent);
    if (!id || !this.props.anyType) return this.store.has(parent);
    return id.subscriptionId === "" || this.find(id) !== undefined;
  }

  /** Lets a resource that was deleted go on to have its effect for a while, if that fault is injected. */
  private releaseLate(resource: Resource): void {
    const seconds = this.props.faults.secondsFor("releaseLate", resource.id);
    if (seconds === 0) return;
    this.store.lingering.add(resource);
    this.props.operations.after(seconds, () => {
      this.store.lingering.delete(resource);
    });
  }

  private applyPolicies(resource: Resource): void {
    for (const policy of this.props.policies) {
      const deployed = policy(resource, this.store);
      if (deployed) this.write(parseArmId(deployed.id)!, deployed.body);
    }
  }

  private typeOf({ type, path }: ArmId): ResourceType {
    const resourceType = this.typeCalled(type);
    if (!resourceType) throw notEmulated(`${type}, of ${path},`);
    return resourceType;
  }
}

function addProperties(properties: Json, type: ResourceType, old: Resource | undefined): void {
  const { defaults = {}, uuids = [], fixed } = type;
  for (const [name, value] of Object.entries(defaults)) properties[name] ??= structuredClone(value);
  for (const name of uuids) properties[name] = old?.properties[name] ?? randomUUID();
  Object.assign(properties, structuredClone(fixed));
}

/** An id of a new resource. A part's type is spelled as Azure spells it: `privateDnsZones/NAME/A/hello`, not `…/a/hello`. */
function spelled({ path, parent, name }: ArmId, { type }: ResourceType): string {
  const types = type.split("/").slice(1);
  return types.length > 1 && parent !== undefined ? `${parent}/${types.at(-1)!}/${name}` : path;
}
