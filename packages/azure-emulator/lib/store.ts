import { randomUUID } from "node:crypto";
import { equalIgnoringCase, parentOf } from "./arm-id";
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
  /** Deleted resources that go on to have their effect. */
  public readonly lingering = new Set<Resource>();

  public get<Properties = Json>(id: string): Resource<Properties> | undefined {
    return this.resources.get(id.toLowerCase()) as Resource<Properties> | undefined;
  }

  public has(id: string): boolean {
    return this.resources.has(id.toLowerCase());
  }

  public set(resource: Resource): void {
    resource.etag ??= `W/"${randomUUID()}"`;
    this.resources.set(resource.id.toLowerCase(), resource);
  }

  public delete(id: string): void {
    this.resources.delete(id.toLowerCase());
  }

  public all(): Resource[] {
    return [...this.resources.values()];
  }

  /** All resources of a type; with a parent, those that are part of it. */
  public ofType<Properties = Json>(type: string, parent?: string): Resource<Properties>[] {
    return ofType(this.all(), type, parent);
  }

  /** The other parts of a resource's parent that have its type. */
  public siblings<Properties>({ id, type }: Resource<Properties>): Resource<Properties>[] {
    return this.ofType<Properties>(type, parentOf(id)).filter((other) => !equalIgnoringCase(other.id, id));
  }

  /** The resources of a type whose properties have the id of another one at a path, such as `subnet.id`. */
  public referring<Properties = Json>(type: string, path: string, id: string): Resource<Properties>[] {
    return this.ofType<Properties>(type).filter(({ properties }) =>
      at(properties, path.split(".")).some((value) => typeof value === "string" && equalIgnoringCase(value, id)),
    );
  }

  /** As {@link ofType}, with those that are deleted and still have their effect. */
  public withLingering<Properties = Json>(type: string, parent?: string): Resource<Properties>[] {
    return ofType([...this.all(), ...this.lingering], type, parent);
  }

  /** All resources below an id: parts, parts of parts, extensions. */
  public below(id: string): Resource[] {
    const prefix = `${id.toLowerCase()}/`;
    return this.all().filter((resource) => resource.id.toLowerCase().startsWith(prefix));
  }
}

function ofType<Properties>(resources: readonly Resource[], type: string, parent?: string): Resource<Properties>[] {
  const prefix = parent === undefined ? undefined : `${parent}/${type.split("/").at(-1)!}/`.toLowerCase();
  return resources.filter(
    (resource) => equalIgnoringCase(resource.type, type) && (!prefix || resource.id.toLowerCase().startsWith(prefix)),
  ) as Resource<unknown>[] as Resource<Properties>[];
}
