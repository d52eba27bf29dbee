import { type Client, problemsOf } from "./client";
import { UsageError } from "../../common/util";

/** The keys of `--client`, and the members of a client. */
const KEYS = {
  name: "name",
  network: "connectedTo",
  dns: "dnsServers",
  forwards: "forwards",
  ranges: "ranges",
} as const satisfies Record<string, keyof Client>;

type Key = keyof typeof KEYS;

/** How a value of `--client` is written. */
export const CLIENT_SYNTAX =
  "name=NAME,network=NETWORK,dns=ADDRESS[,dns=ADDRESS...][,forwards=ZONE...][,ranges=CIDR...]";

/**
 * Clients outside Azure from the values of `--client`, which are written as those of `docker run --mount`.
 *
 * @throws UsageError with all that is wrong with them
 */
export function parseClients(values: readonly string[]): Client[] {
  const wrong: string[] = [];
  const clients = values.map((value, index): Client => {
    const say = (problem: string) => wrong.push(`--client ${value}: ${problem}`);
    const given = Object.fromEntries(Object.keys(KEYS).map((key) => [key, [] as string[]])) as Record<Key, string[]>;
    for (const field of value.split(",")) {
      const [key = "", text] = field.split(/=(.*)/, 2).map((part) => part.trim());
      if (text !== undefined && Object.hasOwn(KEYS, key)) given[key as Key].push(text);
      else say(`found ${JSON.stringify(field)}, allowed: ${Object.keys(KEYS).join("=, ")}=`);
    }
    for (const key of ["name", "network"] as const)
      if (given[key].length !== 1) say(`${key}: found ${given[key].length || "none"}, allowed: one`);
    const { name, network, dns: dnsServers, forwards, ranges } = given;
    return {
      name: name[0] ?? `client ${index + 1}`,
      connectedTo: network[0] ?? "?",
      dnsServers,
      ...(forwards.length > 0 && { forwards }),
      ...(ranges.length > 0 && { ranges }),
    };
  });
  const keyOf = (member: keyof Client) => Object.entries(KEYS).find(([, its]) => its === member)![0];
  wrong.push(...problemsOf(clients, (index, member) => `--client ${values[index]}: ${keyOf(member)}`));
  if (wrong.length > 0) throw new UsageError(wrong.join("\n"));
  return clients;
}
