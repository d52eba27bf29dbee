import type { Colors } from "picocolors/types";
import { Table } from "../../packages/common/text";
import { count, groupBy, printable } from "../../packages/common/util";
import { type DnsRecord, RIGHTS } from "./dns-records";

/** The records as CSV (RFC 4180), one line for each address. */
export function csvOf(records: readonly DnsRecord[]): string {
  const columns = ["network", "virtual_network_id", "zone", "name", "type", "ttl", "address"] as const;
  const lines = records.flatMap(({ addresses, ...record }) =>
    addresses.map((address) => columns.map((column) => quoted(String({ ...record, address }[column])))),
  );
  return [columns, ...lines].map((fields) => `${fields.join(",")}\r\n`).join("");
}

/** A field in which nothing is a line of its own, a command of a log, or a formula of a program that opens tables. */
function quoted(field: string): string {
  // Where a comma is in numbers, these programs take what is after a semicolon for a field.
  const plain = printable(field).replace(/(?:^|;)\s*(?=[=+\-@\uFF0B\uFF0D\uFF1D\uFF20].)/g, "$&'");
  return /[",;]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The records as a table, and what it takes to write them. */
export function recordsText(records: readonly DnsRecord[], colors: Colors, width: number): string {
  const table = new Table(["Network", "Name", "TTL", "Address"], colors, width);
  for (const { network, name, ttl, addresses } of records) table.add([network, name, `${ttl} s`, addresses.join(", ")]);
  const networks = [...groupBy(records, ({ virtual_network_id: id }) => id)];
  const zone = [...new Set(records.map((record) => record.zone))].join(", ");
  return [
    `${count(records.length, "A record set")} for others to write, into zones named ${printable(zone)}:`,
    table.toString(),
    `Each network needs a zone of its own, linked to:\n${networks.map(([id, [record]]) => `  ${printable(`${record!.network}  ${id}`)}`).join("\n")}`,
    [
      "It takes these rights:",
      `  ${RIGHTS.role}, on the zones or on their resource groups:`,
      ...RIGHTS.actions.map((action) => `    ${action}`),
      "  On each network:",
      ...RIGHTS.onNetworks.map((action) => `    ${action}`),
    ].join("\n"),
  ].join("\n\n");
}
