import type { Colors } from "picocolors/types";
import { Table, WIDTH } from "../../packages/common/text";
import { count, joinWords } from "../../packages/common/util";
import { AZURE } from "../../packages/private-link-preview";
import type { Failover, Move } from "./moves";

/** What a failover changes, before it is applied. */
export function movesText(moves: readonly Move[], colors: Colors, width = WIDTH): string {
  const table = new Table(["Virtual network", "Served by", "Then by", "Address"], colors, width);
  for (const { networks, from, to, fromAddress, toAddress } of moves)
    table.add([networks.join(", "), regionText(from), regionText(to), `${fromAddress} → ${toAddress}`]);
  const notes = moves
    .filter(({ endpointFails }) => endpointFails)
    .map(
      ({ networks, endpoint }) =>
        `\nNote: ${joinWords(networks)} reaches the registry through ${endpoint.name}, which is in the region that fails. If the network of the region is down too, it needs an endpoint of its own: hub.endpoint.`,
    );
  return [
    table.toString(),
    `\n${count(moves.length, "record set")} of the login server will be updated in place. Nothing else changes.`,
    ...notes,
  ].join("\n");
}

/** What follows once it is applied: how long clients may keep the old answer, how to make it last, and how to go back. */
export function appliedText({ region, back }: Failover, moves: readonly Move[], drained: readonly string[]): string {
  const ttl = Math.max(...moves.map(({ ttl }) => ttl));
  const setting = drainedText({ region, back }, drained);
  const isLasting = back !== drained.includes(region);
  return [
    `Applied. Clients that have looked the name up may keep the old answer for up to ${count(ttl, "second")}, the TTL of the records. Connections that are open stay where they are.`,
    isLasting
      ? `The settings say the same already (${setting} under registry), so the next deployment keeps it.`
      : `To make it last, set ${setting} under registry in the settings. Otherwise the next deployment leads the names ${back ? "away" : "back"} again.`,
    `To ${back ? "lead them away" : "go back"}: npm run failover -- ${back ? "" : "--back "}${region}`,
  ].join("\n");
}

/** The setting that leads names away from a region for good, or back. */
export function drainedText({ region, back }: Failover, drained: readonly string[]): string {
  const lasting = back ? drained.filter((one) => one !== region) : [...new Set([...drained, region])];
  return `"drained": ${JSON.stringify(lasting)}`;
}

/** What there is to say where nothing moves. */
export function nothingText({ region, back }: Failover): string {
  return back
    ? `Nothing to do: every network that prefers ${region} is led there already.`
    : `Nothing to do: no login server leads to ${region}.`;
}

function regionText(region: string): string {
  return region === AZURE ? "Azure's choice" : region;
}
