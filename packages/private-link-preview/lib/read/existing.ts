import { type Client, problemsOf } from "../client";
import { type Json, UserError, at, isJson } from "../../../common/util";
import { valuesOfAzure } from "./azure-resource";
import { eachAt, textAt, textsAt } from "./places";

/** A resource that somebody else manages, as azurerm or azapi has it. */
export interface ExistingResource {
  /** Its Azure id, or for a record set and its link the output. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly values: Json;
  /** For an attribute that may be (known after apply): type and name of the resource of this file that has it. */
  readonly of: Readonly<Record<string, { readonly type: string; readonly name: unknown }>>;
}

/**
 * What a configuration uses and does not manage, as far as three of its outputs say it:
 *
 * - `existing_resources`: resources that exist, in the form of Azure's API, each with its `id`
 * - `dns_records`: A record sets that somebody else writes, into a zone that is linked to the network of each
 * - `dns_clients`: networks outside Azure, and what their DNS forwards
 *
 * @param valueOf - the value of an output, as far as known
 * @param place - where the outputs are, for errors
 * @throws UserError if one is of another form
 */
export function readExisting(valueOf: (output: string) => unknown, place: string): ExistingResource[] {
  const outputs = Object.fromEntries([EXISTING, RECORDS, CLIENTS].map((output) => [output, valueOf(output)]));
  const existing = eachAt(outputs, EXISTING, place, existingResource);
  const records = eachAt(outputs, RECORDS, place, writtenRecord).flat();
  // Each network has a link to its zone, in the entries of all its records.
  const byAddress = new Map(records.map((one) => [one.address, one]));
  return [...existing, ...byAddress.values(), ...eachAt(outputs, CLIENTS, place, client)];
}

const EXISTING = "existing_resources";
const RECORDS = "dns_records";
const CLIENTS = "dns_clients";
/** The type of what stands for a client. */
export const CLIENT = "dns_client";

/** Whether an address is that of a resource which an output describes. */
export function isOfOutput(address: string): boolean {
  return address.startsWith("/") || address.startsWith(`${RECORDS}[`);
}

function existingResource(resource: Json, place: string): ExistingResource {
  const values = valuesOfAzure(resource, place);
  return { address: values.id, type: "azapi_resource", name: values.id, of: {}, values };
}

function writtenRecord(record: Json, place: string): ExistingResource[] {
  const [network, zone, name] = ["network", "zone", "name"].map((member) => textAt(record, member, place));
  // The last part of a zone's id is its name.
  const zoneId = `${RECORDS}["${network!}"]/${zone!}`;
  const base = { private_dns_zone_id: zoneId };
  return [
    {
      address: `${zoneId}/link`,
      type: "azurerm_private_dns_zone_virtual_network_link",
      name: `${network!} link`,
      values: { ...base, ...given(record, "virtual_network_id") },
      of: { virtual_network_id: { type: "azurerm_virtual_network", name: record.virtual_network } },
    },
    {
      address: `${zoneId}/${name!}`,
      type: "azurerm_private_dns_a_record",
      name: `${network!} ${name!}`,
      values: { ...base, name, ...given(record, "addresses", "records") },
      of: { records: { type: "azurerm_private_endpoint", name: record.private_endpoint } },
    },
  ];
}

function client(told: Json, place: string): ExistingResource {
  const gateway = told.virtual_hub_id === undefined ? "virtual_network" : "virtual_hub_id";
  const [name, connectedTo] = ["name", gateway].map((member) => textAt(told, member, place)) as [string, string];
  const lists = ["dns_servers", "forwards", "ranges"].map((member) => textsAt(told, member, place));
  const [dnsServers = [], forwards = [], ranges = []] = lists;
  const named = { connectedTo: gateway, dnsServers: "dns_servers" } as Partial<Record<keyof Client, string>>;
  const [wrong] = problemsOf(
    [{ name, connectedTo, dnsServers, forwards, ranges }],
    (_, member) => `${place}.${named[member] ?? member}`,
  );
  if (wrong !== undefined) throw new UserError(wrong);
  return {
    address: `client.${name}`,
    type: CLIENT,
    name,
    values: {
      name,
      ...given(told, "dns_servers"),
      ...given(told, "forwards"),
      ...given(told, "ranges"),
      ...given(told, "virtual_network_id"),
      ...given(told, "virtual_hub_id"),
    },
    of:
      gateway === "virtual_network"
        ? { virtual_network_id: { type: "azurerm_virtual_network", name: connectedTo } }
        : {},
  };
}

/** Whether a zone is one into which others write the records that a file says are needed. */
export function isWrittenByOthers(zone: string): boolean {
  return zone.startsWith(`${RECORDS}[`);
}

function given(record: Json, member: string, as = member): Json {
  return record[member] === undefined ? {} : { [as]: record[member] };
}

/** The id of a resource or data source in lower case, or "". */
export function idIn(values: Json): string {
  const [id] = [...at(values, ["id"]), ...at(values, ["resource_id"])];
  return typeof id === "string" ? id.toLowerCase() : "";
}

/** The ids of what exists, in lower case. */
export function idsOf(existing: readonly ExistingResource[]): ReadonlySet<string> {
  return new Set(existing.map(({ values }) => idIn(values)).filter((id) => id !== ""));
}

/** The value of an output of a plan or state, as far as known. */
export function outputIn(outputs: unknown, name: string, member: "value" | "after"): unknown {
  const found = isJson(outputs) && Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  return isJson(found) ? found[member] : undefined;
}
