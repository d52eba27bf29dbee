import type { IdsIn, LinkedActions } from "./linked-actions";
import type { ArmError } from "./arm-error";
import type { Json } from "../../common/util/json";
import { type PollingBy, networkPolling, registryPolling } from "./polling";
import type { RunScript } from "./run-script";
import type { Shape } from "./shape";
import type { Resource, Store } from "./store";

/** In {@link ResourceType.references}: a resource of any type. */
export const ANY_TYPE = "resource";

/** What a client does with a resource. */
export type ResourceAction = "create" | "update" | "delete";

/** What a client changes. */
export interface Change {
  readonly action: ResourceAction;
  readonly apiVersion: string;
  /** As it is to be, or as it is if it is deleted. */
  readonly resource: Resource;
  /** As it was before. */
  readonly old: Resource | undefined;
}

/** What Azure allows a resource to be called. */
export interface NameRule {
  readonly form: RegExp;
  /** In words, for the error message. */
  readonly allowed: string;
}

/**
 * What is specific to one resource type. What all types have in common is done by `Resources`: names, groups,
 * parents, tags, locks, provisioning states, asynchronous operations.
 */
export interface ResourceType<Properties = Json> {
  /** Type as Azure spells it: `Microsoft.Network/privateEndpoints`. */
  readonly type: string;
  readonly names: NameRule;
  /** Whether a resource is in a region, is global, has no location, or has the one that a client writes, if any. */
  readonly location: "region" | "global" | "none" | "optional";
  /** Whether writes and deletions, or some of them, are asynchronous operations, which the client polls. @default false */
  readonly asynchronous?: boolean | readonly ResourceAction[] | ((change: Change, store: Store) => boolean);
  /** How clients poll the operations. @default - by `Azure-AsyncOperation`, with a path `locations/REGION/operations` */
  readonly polling?: PollingBy;
  /** Whether the answer to a write is 202 with an empty object, instead of the resource. @default false */
  readonly acceptsWrites?: boolean;
  /** Whether a deletion ends a write that is still in progress, instead of being refused. @default false */
  readonly deletionPreempts?: boolean;
  /** Status of the answer to the PUT that creates a resource. @default 201 */
  readonly createdStatus?: 200 | 201 | 202;
  /** Status of the answer to a PUT or PATCH of a resource that exists. @default 200 */
  readonly updatedStatus?: 200 | 201 | 202;
  /** Status of the answer to a write that could be asynchronous and is not. @default - as if it were */
  readonly synchronousStatus?: 200;
  /** Provisioning state in the answer to the PUT that creates a resource. @default "Updating" */
  readonly creatingState?: "Creating" | "Succeeded";
  /** Body of the answer to a deletion, unless it could be asynchronous and is not: the resource, or `null`. @default - none */
  readonly deletionAnswer?: "resource" | "null";
  /** Status of the answer to a deletion that is not asynchronous. @default 200 */
  readonly deletedStatus?: 200 | 204;
  /** What the properties have to look like. @default - anything */
  readonly shape?: Shape;
  /** Code of the error of a resource that does not exist. @default "ResourceNotFound" */
  readonly missingCode?: string;
  /** Whether the etag in a body guards a write, as the header `If-Match` does. @default false */
  readonly etagInBody?: boolean;
  /** Whether the error of a precondition has nothing around it, instead of being the member `error`. @default false */
  readonly bareErrors?: boolean;
  /** Properties that Azure adds to those that a client leaves out. */
  readonly defaults?: Readonly<Json>;
  /** Properties that Azure sets, whatever a client writes. */
  readonly fixed?: Readonly<Json>;
  /** Properties in which each resource has a UUID of its own. */
  readonly uuids?: readonly string[];
  /** What a write refers to: the type of resources that have to exist, or {@link ANY_TYPE}, each with their ids. */
  readonly references?: Readonly<Record<string, IdsIn>>;
  /** Code of the error where one of these does not exist: `NotFound` has status 404. @default "InvalidResourceReference" */
  readonly missingReference?: "NotFound";
  /** Whether only one of the parts of a resource that have this type is written or deleted at a time. @default false */
  readonly oneAtATime?: boolean;
  /** Which types of these have to be in the region and the subscription of the resource. @default - none */
  readonly regional?: readonly string[];
  /** Whether the properties have no provisioning state. @default false */
  readonly withoutState?: boolean;
  /** The id in an answer, where it is not the path. */
  readonly shownId?: (id: string) => string;
  /** Most tags of a resource. @default 50 */
  readonly tagLimit?: number;
  /**
   * Requests besides reading, writing and deleting, by method and name: `POST start`. A function that is returned ends an
   * asynchronous operation; anything else is the body of the answer.
   */
  readonly actions?: Record<string, (resource: Resource<Properties>, store: Store) => unknown>;
  /** Lists of parts of several types, by their name in upper case. */
  readonly lists?: Record<string, (resource: Resource<Properties>, store: Store) => Resource[]>;
  /** Actions on other resources that a write needs, besides the one on the resource itself. */
  readonly linkedActions?: LinkedActions;
  /**
   * Adds to what a client wrote what Azure adds to it, before it is stored.
   *
   * @param query - of the request
   * @throws ArmError if Azure refuses it
   */
  beforeWrite?(
    resource: Resource<Properties>,
    store: Store,
    old: Resource<Properties> | undefined,
    query: URLSearchParams,
  ): void;
  /**
   * Work outside the emulator that a write starts. Its operation is in progress until the work is done.
   *
   * @throws ArmError if the work fails, and with it the operation
   */
  work?(resource: Resource<Properties>, store: Store, runScript: RunScript | undefined): Promise<void>;
  /**
   * Changes other resources as a consequence of a write, at the end of its operation.
   *
   * @throws ArmError if the operation fails: the write is rolled back
   */
  afterWrite?(resource: Resource<Properties>, store: Store, old: Resource<Properties> | undefined): void;
  /**
   * Why the operation of a write or deletion, which Azure accepts at first, fails at its end. Asked as the operation begins,
   * after the resource was stored.
   *
   * @returns undefined if nothing is in its way
   */
  failure?(action: "write" | "delete", resource: Resource<Properties>, store: Store): ArmError | undefined;
  /** @throws ArmError if Azure refuses the deletion */
  beforeDelete?(resource: Resource<Properties>, store: Store): void;
  /** Changes other resources as a consequence of a deletion. The resource and all below it are deleted already. */
  afterDelete?(resource: Resource<Properties>, store: Store): void;
  /**
   * Properties that an answer has in addition to those that are stored.
   *
   * @param expand - what the client asked for by `$expand`
   */
  onRead?(resource: Resource<Properties>, store: Store, expand: string | null): Json;
}

/** A resource type without what follows from its name: parts of resources have no location, and most others a region. */
type Definition<Properties, Given extends keyof ResourceType> = Omit<ResourceType<Properties>, Given> &
  Partial<Pick<ResourceType, Given>>;

/** Whether resources of a type are parts of others, as subnets are of networks. */
function isPart({ type }: Pick<ResourceType, "type">): boolean {
  return type.split("/").length > 2;
}

/** Gives the methods of a resource type the type of its properties, and lets it be listed with other resource types. */
export function resourceType<Properties>(definition: Definition<Properties, "location">): ResourceType {
  return { location: isPart(definition) ? "none" : "region", ...definition } as ResourceType<unknown>;
}

/** A resource type of Microsoft.Network, whose writes and deletions are asynchronous. */
export function networkType<Properties>(definition: Definition<Properties, "location" | "names">): ResourceType {
  return resourceType<Properties>({
    names: networkName(80),
    asynchronous: true,
    polling: networkPolling,
    etagInBody: true,
    ...(isPart(definition) && { missingCode: "NotFound" }),
    ...definition,
  });
}

/** A registry, or a part of one that is written asynchronously. */
export function registryType<Properties>(definition: Definition<Properties, "location">): ResourceType {
  const polling = registryPolling(definition.type.split("/").at(-1)!);
  return resourceType<Properties>({
    asynchronous: true,
    polling,
    creatingState: "Creating",
    updatedStatus: 201,
    synchronousStatus: 200,
    ...definition,
  });
}

/** The rule that most names of Microsoft.Network follow. */
export function networkName(max: number): NameRule {
  return {
    form: new RegExp(`^(?=.{1,${max}}$)[a-z0-9]([\\w.-]*\\w)?$`, "i"),
    allowed: `1 to ${max} letters, digits, underscores, dots and hyphens, starting with a letter or digit, ending with one or an underscore`,
  };
}
