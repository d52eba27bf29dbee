import { type AzureAnswer, type ResourceManager, wordsOf } from "../../../common/azure-client";
import { eachAtOnce } from "../../../common/util/at-once";
import { groupBy } from "../../../common/util/collections";
import { at, isJson, type Json } from "../../../common/util/json";
import { UsageError, UserError } from "../../../common/util/user-error";
import { ApiVersions } from "./api-versions";
import type { NotRead } from "../read/configuration";
import type { AzureRead, ReadOptions } from "./azure-read";
import { ENDPOINTS, type PartRead, READS, type TypeRead, ZONES } from "./reads";
import { MANY_ZONES, partsFromGraph } from "./zones";

/** How many requests are under way at once. */
const AT_ONCE = 8;

/** Most services of a type in a subscription that are read one by one. */
const MANY_SERVICES = 20;

const SUBSCRIPTIONS_VERSION = "2022-12-01";
const LEFT_OUT = "--subscription leaves them out.";
const PROVIDERS_VERSION = "2021-04-01";

/**
 * Reads from Azure Resource Manager.
 *
 * @param readAs - who reads
 */
export async function readFrom(
  azure: ResourceManager,
  readAs: string,
  { subscriptions: given, keep, onProgress }: Omit<ReadOptions, "env">,
): Promise<AzureRead> {
  onProgress("Reading the subscriptions");
  const subscriptions = await (given?.length ? givenSubscriptions(azure, given) : visibleSubscriptions(azure));
  const reading = new Reading(azure, keep, onProgress);
  for (const [i, subscription] of subscriptions.entries())
    await reading.readSubscription(subscription, `Reading subscription ${i + 1} of ${subscriptions.length}`);
  if (reading.hasNothing) throw new UserError(`Azure did not return ${sentence(reading.result().notRead[0]!)}`);
  await reading.readServices();
  if (given?.length) await reading.noteOthers(subscriptions);
  return { version: 1, readAt: new Date().toISOString(), readAs, subscriptions, ...reading.result() };
}

/** @throws UserError if there is none */
async function visibleSubscriptions(azure: ResourceManager): Promise<string[]> {
  const answer = await azure.list("/subscriptions", SUBSCRIPTIONS_VERSION);
  if (answer.status !== 200) throw new UserError(`Azure did not return the subscriptions: ${wordsOf(answer)}`);
  const ids = answer.items.flatMap(({ subscriptionId: id }) => (typeof id === "string" ? [id.toLowerCase()] : []));
  if (ids.length > 0) return ids.sort();
  throw new UserError(
    "The login sees no subscription. Ask for the role Reader on one, or sign in to its tenant: az login --tenant TENANT",
  );
}

/** @throws UserError if one is not there */
async function givenSubscriptions(azure: ResourceManager, given: readonly string[]): Promise<string[]> {
  const wrong = given.find((id) => !/^[0-9a-f-]{36}$/i.test(id));
  if (wrong !== undefined)
    throw new UsageError(
      `--subscription: found ${wrong}, allowed: the ID of a subscription. To see those of the login, run: az account list --output table`,
    );
  const ids = [...new Set(given.map((id) => id.toLowerCase()))].sort();
  await eachAtOnce(AT_ONCE, ids, async (id) => {
    const answer = await azure.get(`/subscriptions/${id}`, SUBSCRIPTIONS_VERSION);
    if (answer.status !== 200)
      throw new UserError(
        `Azure did not return ${sentence({ what: `the subscription ${id}`, why: wordsOf(answer) })} Check the ID, and that the login has the role Reader there. To see its subscriptions, run: az account list --output table`,
      );
  });
  return ids;
}

/** What was read so far. */
class Reading {
  /** What is kept of each resource, by its ID in lower case; undefined if nothing is. */
  readonly #kept = new Map<string, Json | undefined>();
  readonly #notRead = new Map<string, string>();
  /** What private endpoints connect to, by the ID in lower case. */
  readonly #services = new Map<string, string>();
  /** Those of one subscription: they are the same in all of a cloud. */
  #versions: ApiVersions | undefined;

  constructor(
    private readonly azure: ResourceManager,
    private readonly keep: ReadOptions["keep"],
    private readonly onProgress: ReadOptions["onProgress"],
  ) {}

  /** Whether no subscription could be read. */
  public get hasNothing(): boolean {
    return this.#versions === undefined;
  }

  /** Resources and what was not read, each in an order of its own. */
  public result(): Pick<AzureRead, "resources" | "notRead"> {
    return {
      resources: inOrder(this.#kept).flatMap(([, kept]) => (kept ? [kept] : [])),
      notRead: inOrder(this.#notRead).map(([what, why]) => ({ what, why })),
    };
  }

  /** @param progress - how the progress begins */
  public async readSubscription(subscription: string, progress: string): Promise<void> {
    const versions = await this.versions(subscription);
    if (!versions) return;
    this.onProgress(progress);
    const lists = await eachAtOnce(AT_ONCE, READS, async (read) => {
      this.onProgress(`${progress}: ${read.called}`);
      return this.readType(subscription, read, versions);
    });
    for (const [i, { type, called, parts }] of READS.entries())
      await this.readParts(
        await this.withoutGraph(subscription, type, lists[i]!, progress),
        called,
        type,
        parts,
        versions,
        progress,
      );
  }

  /** Notes that there are subscriptions of which nothing is read: their zones may be linked to networks that are. */
  public async noteOthers(subscriptions: readonly string[]): Promise<void> {
    const { status, items } = await this.azure.list("/subscriptions", SUBSCRIPTIONS_VERSION);
    const others = items.filter(({ subscriptionId: id }) => !subscriptions.includes(String(id).toLowerCase()));
    if (status === 200 && others.length === 0) return;
    this.#notRead.set("networks, private DNS zones and private endpoints of other subscriptions", LEFT_OUT);
  }

  /** Reads what private endpoints connect to, and what no list had. */
  public async readServices(): Promise<void> {
    const versions = this.#versions;
    const missing = () => [...this.#services].filter(([key]) => !this.#kept.has(key)).map(([, id]) => id);
    if (!versions) return;
    const progress = "Reading what private endpoints connect to";
    this.onProgress(progress);
    const listOf = (id: string) => `/subscriptions/${id.split("/")[2]!}/providers/${typeOf(id)}`;
    for (const [, ids] of groupBy(missing(), (id) => listOf(id).toLowerCase())) {
      const [type, path] = [typeOf(ids[0]!), listOf(ids[0]!)];
      const version = versions.newest(type);
      if (version === undefined || ids.length <= MANY_SERVICES || type.split("/").length > 2) continue;
      const { items } = await this.azure.list(path, version);
      for (const item of items) if (this.#services.has(keyOf(item))) this.add(item, type);
    }
    // A login that may read the services may not read all of their type.
    const others = missing();
    let done = 0;
    await eachAtOnce(AT_ONCE, others, async (id) => {
      await this.readService(id, versions.newest(typeOf(id)));
      this.onProgress(`${progress}: ${progressText(++done, others.length)}`);
    });
  }

  private async readService(id: string, version: string | undefined): Promise<void> {
    if (version === undefined) {
      this.#notRead.set(id, "Azure names no API version of its type.");
      return;
    }
    const answer = await this.azure.get(id, version);
    if (answer.status === 200 && typeof answer.body.id === "string") this.add(answer.body, typeOf(id));
    else if (!isGone(answer)) this.#notRead.set(id, wordsOf(answer));
  }

  /** The API versions; undefined if no subscription has said them yet, nor does this one. */
  private async versions(subscription: string): Promise<ApiVersions | undefined> {
    if (this.#versions) return this.#versions;
    const answer = await this.azure.list(`/subscriptions/${subscription}/providers`, PROVIDERS_VERSION);
    if (answer.status === 200) this.#versions = new ApiVersions(answer.items);
    else this.#notRead.set(`the subscription ${subscription}`, wordsOf(answer));
    return this.#versions;
  }

  /** Reads all resources of a type. None if the cloud does not have the type. */
  private async readType(
    subscription: string,
    { type, preview }: TypeRead,
    versions: ApiVersions,
  ): Promise<readonly Json[]> {
    const [version, stable] = [versions.newest(type, preview), versions.newest(type)];
    if (version === undefined || stable === undefined) return [];
    const path = `/subscriptions/${subscription}/providers/${type}`;
    let answer = await this.azure.list(path, version);
    if (answer.status !== 200 && version !== stable) answer = await this.azure.list(path, stable);
    return this.taken(answer, type, `${type} in the subscription ${subscription}`);
  }

  /** The resources whose parts are read one by one: of zones, where there are many, those that Resource Graph does not know. */
  private async withoutGraph(
    subscription: string,
    type: string,
    resources: readonly Json[],
    progress: string,
  ): Promise<readonly Json[]> {
    if (type !== ZONES || resources.length <= MANY_ZONES) return resources;
    this.onProgress(`${progress}: links and record sets of ${resources.length.toLocaleString("en")} private DNS zones`);
    const { parts, others } = await partsFromGraph(this.azure, subscription, resources);
    for (const part of parts) this.add(part, String(part.type));
    return others;
  }

  /** Reads the parts of resources, and the parts of these. */
  private async readParts(
    resources: readonly Json[],
    called: string,
    type: string,
    parts: readonly PartRead[] = [],
    versions: ApiVersions,
    progress: string,
  ): Promise<void> {
    for (const part of parts) {
      const partType = `${type}/${part.path}`;
      let done = 0;
      const found = await eachAtOnce(AT_ONCE, resources, async ({ id }) => {
        const answer = await this.azure.list(`${String(id)}/${part.path}`, versions.newest(partType)!);
        this.onProgress(`${progress}: ${part.called} of ${progressText(++done, resources.length)} ${called}`);
        return this.taken(answer, partType, `the ${part.called} of ${String(id)}`);
      });
      await this.readParts(found.flat(), part.called, partType, part.parts, versions, progress);
    }
  }

  /** Takes what a list has, and notes where it does not have all. */
  private taken(answer: AzureAnswer & { items: readonly Json[] }, type: string, what: string): readonly Json[] {
    if (answer.status !== 200 && !isNone(answer)) this.#notRead.set(what, wordsOf(answer));
    return answer.items.filter((item) => this.add(item, type));
  }

  /**
   * Adds a resource.
   *
   * @param type - its type, where it does not say it
   * @returns false if it is none
   */
  private add(item: Json, type: string): boolean {
    if (!RESOURCE_ID.test(String(item.id))) {
      this.#notRead.set(`${type} ${JSON.stringify(item.id)}`, "Its ID is none that Azure can be asked for.");
      return false;
    }
    const resource = typeof item.type === "string" ? item : { ...item, type };
    const key = keyOf(resource);
    if (!this.#kept.has(key)) this.#kept.set(key, this.keep(resource));
    if (type === ENDPOINTS) for (const id of servicesOf(resource)) this.#services.set(id.toLowerCase(), id);
    return true;
  }
}

/** An ID that Azure returned becomes part of an address to which a token is sent, so it has nothing but names. */
const RESOURCE_ID = /^(\/[^/?#%\\\s]+)+$/;

/** What was not read, and why, as the end of a sentence. */
function sentence({ what, why }: Required<NotRead>): string {
  return `${what}: ${why.replace(/(?<!\.)\.+$/, "")}.`;
}

function keyOf({ id }: Json): string {
  return String(id).toLowerCase();
}

function inOrder<Value>(values: ReadonlyMap<string, Value>): [string, Value][] {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** "240 of 1,000". */
function progressText(done: number, all: number): string {
  return `${done.toLocaleString("en")} of ${all.toLocaleString("en")}`;
}

/** The IDs of what a private endpoint connects to. */
function servicesOf({ properties }: Json): string[] {
  return ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"]
    .flatMap((kind) => at(properties, [kind, "properties", "privateLinkServiceId"]))
    .filter((id): id is string => typeof id === "string" && /^\/subscriptions\/[^/]+\/.+\/providers\//i.test(id))
    .filter((id) => RESOURCE_ID.test(id));
}

/** The type in an ID: `Microsoft.Web/sites/slots`. */
function typeOf(id: string): string {
  const [namespace = "", ...rest] = id
    .split(/\/providers\//i)
    .at(-1)!
    .split("/");
  return [namespace, ...rest.filter((_, i) => i % 2 === 0)].join("/");
}

/** Azure's codes for a type that a subscription does not use, or that the cloud does not have. */
const NONE = new Set(["MissingSubscriptionRegistration", "NoRegisteredProviderFound", "InvalidResourceType"]);

/** Whether an answer says that a list has nothing. */
function isNone(answer: AzureAnswer): boolean {
  return NONE.has(codeOf(answer)) || isGone(answer);
}

/** Whether an answer says that there is no such resource, and not only that the login does not see its subscription. */
function isGone(answer: AzureAnswer): boolean {
  return answer.status === 404 && codeOf(answer) !== "SubscriptionNotFound";
}

function codeOf({ body }: AzureAnswer): string {
  return isJson(body.error) ? String(body.error.code) : "";
}
