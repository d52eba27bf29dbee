import { createHash } from "node:crypto";
import { freeAddresses, subnetAddressesOf } from "../addresses";
import { parentOf, parseArmId } from "../arm-id";
import { type Json, isJson } from "../../../common/util/json";
import { IDENTITY } from "../sign-in";
import type { Resource, Store } from "../store";

/** A UUID that is the same for the same texts. */
export function uuidOf(...texts: readonly string[]): string {
  const hex = createHash("sha256").update(texts.join("\n").toLowerCase()).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

/** Adds the members of a template that an object does not have, at any depth. Texts in the template are {@link filled}. */
export function addMissing(target: Json, template: Json, resource: Resource, store: Store): void {
  for (const [name, value] of Object.entries(template)) {
    const found = target[name];
    if (isJson(found) && isJson(value)) addMissing(found, value, resource, store);
    else if (found === undefined || found === null) target[name] = filled(value, resource, store);
  }
}

/** A value of a template, with what its texts stand for. */
function filled(value: unknown, resource: Resource, store: Store): unknown {
  if (typeof value === "string") return filledText(value, resource, store);
  if (Array.isArray(value)) return value.map((one) => filled(one, resource, store));
  if (!isJson(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, resource, store)]));
}

function filledText(text: string, resource: Resource, store: Store): string {
  const { id, name, location = "global" } = resource;
  const { subscriptionId = "", resourceGroup = "" } = parseArmId(id) ?? {};
  const values: Record<string, string> = {
    name: name.toLowerCase(),
    Name: name,
    parentId: parentOf(id),
    parent: parentOf(id).split("/").at(-1)!.toLowerCase(),
    id,
    location,
    group: resourceGroup,
    subscription: subscriptionId,
    tenant: IDENTITY.tenantId,
    hex: uuidOf(id).replaceAll("-", ""),
    code: uuidOf(id, "code").replaceAll("-", "").slice(0, 10),
  };
  return text.replace(/\{(\w+)(?::([^}|]+))?(?:\|([^}]+))?\}/g, (_, kind: string, word = "", otherwise = "") => {
    if (kind === "uuid") return uuidOf(id, word as string);
    if (kind === "address") return addressAt(word as string, resource, store) ?? (otherwise as string);
    return values[kind]!;
  });
}

/** The first free address of the subnet whose id is at a path of the properties, such as `vnetConfiguration.subnetId`. */
function addressAt(path: string, { properties }: Resource, store: Store): string | undefined {
  const subnetId = path.split(".").reduce<unknown>((at, name) => (at as Json | undefined)?.[name], properties);
  return typeof subnetId === "string" && store.has(subnetId) ? freeAddresses(subnetId, 1, store)[0] : undefined;
}

/** Gives what a resource has in subnets its addresses: the ones that it had before, or the first free ones. */
export function takeAddresses(resource: Resource, old: Resource | undefined, store: Store): void {
  const before = old ? subnetAddressesOf(old) : [];
  for (const { subnetId, address, key, name, take } of subnetAddressesOf(resource)) {
    if (address !== undefined || !store.has(subnetId)) continue;
    const had = before.find((place) => place.key === key && place.name === name && place.subnetId === subnetId);
    take(had?.address ?? freeAddresses(subnetId, 1, store)[0]!);
  }
}

/** Gives a resource's managed identities what Microsoft Entra ID knows of them. */
export function identify(resource: Resource): void {
  const { id, identity } = resource;
  if (!isJson(identity)) return;
  // Some clients write one without a type where there is none. Azure shows none then.
  if (typeof identity.type !== "string" || identity.type === "None") {
    delete resource.identity;
    return;
  }
  if (/SystemAssigned/i.test(identity.type))
    Object.assign(identity, { principalId: uuidOf(id, "principal"), tenantId: IDENTITY.tenantId });
  const assigned = identity.userAssignedIdentities;
  if (isJson(assigned))
    for (const name of Object.keys(assigned))
      assigned[name] = { clientId: uuidOf(name, "client"), principalId: uuidOf(name, "principal") };
}
