import type { SettingsError } from "../settings/errors";
import { type Context, errorAt, repeated } from "../rule-context";

export function* clientsFit({ clients, hubs }: Context): Iterable<SettingsError> {
  for (const [{ path, name }, first] of repeated(clients, ({ name }) => name))
    yield errorAt([...path, "name"], name, `a name that differs from the name of ${first.label}`);
  const names = hubs.flatMap(({ name }) => name ?? []);
  for (const { path, connectedTo, hasServers } of clients) {
    if (connectedTo === undefined) continue;
    const hub = hubs.find(({ name }) => name === connectedTo);
    if (!hub) {
      if (names.length === hubs.length)
        yield errorAt([...path, "connectedTo"], connectedTo, `the name of a hub: ${names.join(", ")}`);
    } else if (!hasServers && hub.resolver === false) {
      yield errorAt(
        [...path, "dnsServers"],
        undefined,
        `the addresses to which its DNS forwards names${hub.virtualHubId === undefined ? `, or ${hub.label}.resolver set to true` : ""}`,
      );
    }
  }
}
