import { CLOUDS, MAX_RECORDS } from "../../packages/common/azure";
import { isIn } from "../../packages/common/util";
import { parseId } from "../terraform/resource-id";
import type { SettingsError } from "../settings/errors";
import { type Context, errorAt, repeated } from "../rule-context";

export function* sharedZoneIsReachable({
  dns,
  spokePeering,
  endpoints,
  hubs,
  networks,
}: Context): Iterable<SettingsError> {
  if (dns !== "shared") return;
  const closed = networks.filter(({ existing }) => existing?.peer === false);
  // Between networks that exist the peerings are their owners'; those made here take one with each.
  if (closed.length < networks.length) {
    for (const { path } of closed) {
      const allowed = 'true if dns is "shared": every network must reach every endpoint';
      yield errorAt([...path, "existing", "peer"], false, allowed);
    }
  }
  if (spokePeering === "hub") {
    yield errorAt(
      ["dns"],
      dns,
      '"per-spoke", or "shared" if spokePeering is "mesh": a shared zone returns the addresses of all endpoints to each ' +
        "spoke, and a spoke that is peered with the hub only cannot reach the endpoints in other spokes",
    );
  }
  if (hubs.length > 1) {
    yield {
      path: ["dns"],
      found: `"shared" with ${hubs.length} hubs`,
      allowed:
        '"per-spoke": a shared zone returns the addresses of all endpoints to each hub, which cannot reach those in spokes of another hub',
    };
  }
  if (endpoints > MAX_RECORDS) {
    yield {
      path: ["dns"],
      found: `"shared" with ${endpoints} endpoints`,
      allowed: `"per-spoke": a record set holds at most ${MAX_RECORDS} addresses, so a shared zone supports at most ${MAX_RECORDS} endpoints`,
    };
  }
}

export function* dnsServersAnswerRight({ hubs, spokes, spokePeering }: Context): Iterable<SettingsError> {
  const holderIn = <Holder extends Context["networks"][number]>(
    networks: readonly Holder[],
    servers: readonly string[],
  ) =>
    networks.find(
      ({ addressSpace }) => addressSpace !== undefined && servers.some((server) => isIn(server, addressSpace)),
    );
  const error = ({ path, dnsServers }: Context["networks"][number], allowed: string) =>
    errorAt([...path, "dnsServers"], dnsServers, allowed);
  for (const hub of hubs) {
    const holder = holderIn(spokes, hub.dnsServers);
    if (holder && holder.hub !== hub)
      yield error(hub, `DNS servers outside of ${holder.label}, which is a spoke of another hub`);
    else if (holder?.asksHub)
      yield error(hub, `DNS servers outside of ${holder.label}, which itself uses DNS servers in the hub`);
    const other = holderIn(
      hubs.filter((one) => one !== hub),
      hub.dnsServers,
    );
    if (other) yield error(hub, `DNS servers outside of ${other.label}: each hub has an answer of its own`);
  }
  for (const spoke of spokes) {
    const { hub, asksHub } = spoke;
    const holder = holderIn(spokes, spoke.dnsServers);
    const otherHub = holderIn(
      hubs.filter((one) => one !== hub),
      spoke.dnsServers,
    );
    if (otherHub) {
      yield error(spoke, `DNS servers outside of ${otherHub.label}, with which the spoke is not peered`);
    } else if (asksHub && hub.virtualHubId !== undefined) {
      yield error(spoke, `DNS servers outside of ${hub.label}: no private DNS zone can be linked to a Virtual WAN hub`);
    } else if (asksHub && hub.endpoint === false) {
      yield error(
        spoke,
        `DNS servers in the hub only if ${hub.label}.endpoint is true: they return what DNS returns in the hub, and without an ` +
          "endpoint in the hub that is an endpoint in one spoke, which the other spokes cannot reach",
      );
    } else if (asksHub && !hub.existing && spoke.existing?.peer === false) {
      yield error(
        spoke,
        "DNS servers in the hub only if existing.peer is true: the spoke must reach these servers and the hub's endpoint",
      );
    } else if (asksHub && hub.existing?.peer === false && (spoke.existing?.peer ?? true) === true) {
      yield error(
        spoke,
        `DNS servers in the hub only if ${hub.label}.existing.peer is true: the spoke must reach these servers and the hub's endpoint`,
      );
    } else if (holder && holder !== spoke && spokePeering === "hub") {
      yield error(
        spoke,
        `DNS servers in the spoke's own address space, in the hub's or elsewhere, but not in ${holder.label}, which the spoke cannot reach`,
      );
    }
  }
}

export function* existingZonesFit({ cloud, dns, networks }: Context): Iterable<SettingsError> {
  const zone = cloud && CLOUDS[cloud].privateLinkZone;
  for (const { path, existing } of networks) {
    const zoneId = existing?.zoneId;
    if (zoneId === undefined) continue;
    const error = (allowed: string) => errorAt([...path, "existing", "zoneId"], zoneId, allowed);
    if (zone && parseId("privateDnsZone", zoneId)?.names[0]?.toLowerCase() !== zone)
      yield error(`a private DNS zone named ${zone}`);
    if (dns === "external") yield error('nothing if dns is "external": others write the records, into any zone');
  }
  for (const [{ path, existing }, first] of repeated(networks, ({ existing }) => existing?.zoneId?.toLowerCase())) {
    yield errorAt(
      [...path, "existing", "zoneId"],
      existing?.zoneId,
      `a zone that differs from the one of ${first.label}: the records of one zone are the same for every network that is linked to it`,
    );
  }
}
