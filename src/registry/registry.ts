import { Construct } from "constructs";
import type { RegistryHost } from "../../packages/common/azure";
import type { ITerraformDependable } from "../terraform";
import type { Place } from "../place";
import { type Permission, type RepositoryPermission, rolesFor } from "./repository-permissions";

/** What every registry has, created here or not. */
export interface RegistryProps {
  /** Global name, 5 to 50 lower-case letters and digits. */
  readonly name: string;
  /** Home region. */
  readonly location: string;
  /** Whether each region has a login server of its own. */
  readonly regionalEndpoints: boolean;
  /**
   * Roles in single repositories; an empty list has none, but makes them possible.
   *
   * @default - the registry's role assignments are for all repositories
   */
  readonly repositoryPermissions?: readonly RepositoryPermission[] | undefined;
  /** Who can reach the registry over its public name: everybody, nobody, or public IPv4 ranges in CIDR notation. */
  readonly publicAccess: boolean | readonly string[];
  /** The host names that the registry has. */
  readonly hosts: readonly RegistryHost[];
}

/** A geo-replicated registry as its private endpoints, records and roles use it, created here or existing. */
export abstract class Registry extends Construct {
  /** A plain string, since the resource's attribute would make record names unknown while planning. */
  public readonly name: string;
  public readonly location: string;
  public readonly hosts: readonly RegistryHost[];
  /** Whether role assignments can be limited to single repositories. */
  public readonly perRepository: boolean;
  /** Azure id, known once the registry and all its replicas exist. */
  public abstract readonly id: string;
  /** Where things of the registry's own are created; absent for an existing registry. */
  public readonly place?: Place;
  /** What writes the registry. What is read of its private endpoints depends on it, to be read again after each change. */
  public abstract readonly writes: readonly ITerraformDependable[];
  /** What else its private endpoints must depend on, so that they have an address for each host name from the start. */
  public abstract readonly hostWrites: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, location, hosts, repositoryPermissions }: RegistryProps) {
    super(scope, id);
    this.name = name;
    this.location = location;
    this.hosts = hosts;
    this.perRepository = repositoryPermissions !== undefined;
  }

  /** The roles that permit an identity to do something with all repositories, each with the start of its construct id. */
  public rolesFor(permission: Permission): readonly { id: string; role: string }[] {
    return rolesFor(permission, this.perRepository);
  }
}

/** The first API version with regional endpoints that azapi 2.12 knows. */
export const REGISTRY_PREVIEW = "Microsoft.ContainerRegistry/registries@2026-03-01-preview";
