import { randomUUID } from "node:crypto";
import { equalIgnoringCase, parentOf } from "./arm-id";
import { groupBy, unique } from "../../common/util/collections";
import { type Json, at } from "../../common/util/json";

/** A resource, as it is stored. */
export interface Resource<Properties = Json> {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  location?: string;
  tags?: Record<string, string>;
  sku?: { name?: string; tier?: string };
  properties: Properties;
  /** Identity and other members beside the properties. */
  [member: string]: unknown;
}

/** The time at which everything is created. */
export const NOW = "2026-01-01T00:00:00Z";

/** Whether no operation on a resource is in progress. */
export function isProvisioned({ properties }: Resource<object>): boolean {
  return (properties as Json).provisioningState === "Succeeded";
}

/** All resources, by id. */
export class Store {
  /**
   * @param namesWhilePending - whether the network interface of an endpoint has the host names of a connection that waits for
   * approval. It is not recorded whether Azure's has
   */
  constructor(public readonly namesWhilePending = false) {}

  private readonly resources = new Map<string, Resource>();
  /** The same resources by their type, and by the resource that they are part of and their type. */
  private readonly groups = new Map<string, Map<string, Resource>>();
  /** What was worked out of resources that do not change meanwhile. */
  private memo: Map<string, unknown> | undefined;
  /** Deleted resources that go on to have their effect. */
  public readonly lingering = new Set<Resource>();
  /** Called with the id of each resource that is deleted. */
  public onDelete: (id: string) => void = () => undefined;

  public get<Properties = Json>(id: string): Resource<Properties> | undefined {
    return this.resources.get(id.toLowerCase()) as Resource<Properties> | undefined;
  }

  public has(id: string): boolean {
    return this.resources.has(id.toLowerCase());
  }

  public set(resource: Resource): void {
    resource.etag ??= `W/"${randomUUID()}"`;
    this.memo?.clear();
    const key = resource.id.toLowerCase();
    this.resources.set(key, resource);
    for (const group of groupsOf(resource)) {
      const members = this.groups.get(group) ?? new Map<string, Resource>();
      this.groups.set(group, members.set(key, resource));
    }
  }

  public delete(id: string): void {
    const resource = this.get(id);
    if (!resource) return;
    this.memo?.clear();
    const key = id.toLowerCase();
    this.onDelete(key);
    this.resources.delete(key);
    for (const group of groupsOf(resource)) {
      const members = this.groups.get(group);
      members?.delete(key);
      if (members?.size === 0) this.groups.delete(group);
    }
  }

  public clear(): void {
    for (const { id } of this.all()) this.delete(id);
    this.lingering.clear();
  }

  /** Does something that changes no resource, so that what it works out of them has to be worked out once only. */
  public reading<T>(read: () => T): T {
    if (this.memo) return read();
    this.memo = new Map();
    try {
      return read();
    } finally {
      this.memo = undefined;
    }
  }

  /** What is worked out of the resources, which is kept by a name during {@link reading}. */
  public index<T>(name: string, build: () => T): T {
    if (!this.memo?.has(name)) {
      const built = build();
      this.memo?.set(name, built);
      return built;
    }
    return this.memo.get(name) as T;
  }

  public all(): Resource[] {
    return [...this.resources.values()];
  }

  /** All resources of a type; with a parent, those that are part of it. */
  public ofType<Properties = Json>(type: string, parent?: string): Resource<Properties>[] {
    const members = this.groups.get(groupKey(type, parent))?.values() ?? [];
    return [...members] as Resource<unknown>[] as Resource<Properties>[];
  }

  /** The other parts of a resource's parent that have its type. */
  public siblings<Properties>({ id, type }: Resource<Properties>): Resource<Properties>[] {
    return this.ofType<Properties>(type, parentOf(id)).filter((other) => !equalIgnoringCase(other.id, id));
  }

  /** The resources of a type whose properties have the id of another one at a path, such as `subnet.id`. */
  public referring<Properties = Json>(type: string, path: string, id: string): Resource<Properties>[] {
    const steps = path.split(".");
    const idsOf = ({ properties }: Resource) => at(properties, steps).filter((value) => typeof value === "string");
    const users = this.memo
      ? this.index(`${type} by ${path}`, () => byReference(this.ofType(type), idsOf)).get(id.toLowerCase())
      : this.ofType(type).filter((user) => idsOf(user).some((value) => equalIgnoringCase(value, id)));
    return [...(users ?? [])] as Resource<unknown>[] as Resource<Properties>[];
  }

  /** As {@link ofType}, with those that are deleted and still have their effect. */
  public withLingering<Properties = Json>(type: string, parent?: string): Resource<Properties>[] {
    const prefix = parent === undefined ? "" : `${parent}/${type.split("/").at(-1)!}/`.toLowerCase();
    const lingering = [...this.lingering].filter(
      (resource) => equalIgnoringCase(resource.type, type) && resource.id.toLowerCase().startsWith(prefix),
    ) as Resource<unknown>[] as Resource<Properties>[];
    return [...this.ofType<Properties>(type, parent), ...lingering];
  }

  /** All resources below an id: parts, parts of parts, extensions. */
  public below(id: string): Resource[] {
    const prefix = `${id.toLowerCase()}/`;
    return this.all().filter((resource) => resource.id.toLowerCase().startsWith(prefix));
  }
}

/** The users of each id, in lower case. */
function byReference(users: readonly Resource[], idsOf: (user: Resource) => string[]): Map<string, Resource[]> {
  const uses = users.flatMap((user) => unique(idsOf(user).map((id) => id.toLowerCase())).map((id) => ({ id, user })));
  return groupBy(
    uses,
    ({ id }) => id,
    ({ user }) => user,
  );
}

/** The groups of the index that a resource is in. */
function groupsOf({ id, type }: Resource): string[] {
  return [groupKey(type), groupKey(type, parentOf(id))];
}

function groupKey(type: string, parent = ""): string {
  return `${parent} ${type}`.toLowerCase();
}
