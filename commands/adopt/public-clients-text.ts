import type { Colors } from "picocolors/types";
import { Table } from "../../packages/common/text";
import { count, groupBy, joinWords, printable, wrap } from "../../packages/common/util";
import type { PublicClients } from "./public-clients";
import type { SignIns } from "./sign-ins";

/** Who comes to a registry over its public name: the networks with what is in them, then who signed in. */
export function publicClientsText(
  { networks, notKnown, elsewhere, notRead, signIns }: PublicClients,
  registry: string,
  colors: Colors,
  width: number,
): string {
  const sentences = (...texts: readonly string[]) => texts.flatMap((text) => wrap(text, width)).join("\n");
  return [
    colors.bold(`Who uses the public name of ${registry}`),
    networks.length === 0 ? "No network that was read is known to." : networksTable(networks, colors, width),
    ...(elsewhere.length === 0
      ? []
      : [sentences(`In no virtual network, as far as is known: ${clientsText(elsewhere)}.`)]),
    ...(notKnown.length === 0 ? [] : [sentences(`Not known, because of their DNS servers: ${joinWords(notKnown)}.`)]),
    ...notRead.map((text) => sentences(text)),
    ...signInsText(signIns, colors, width, sentences),
  ].join("\n\n");
}

function networksTable(networks: PublicClients["networks"], colors: Colors, width: number): string {
  const table = new Table(["Virtual network", "Region", "Public name", "What is in it"], colors, width);
  for (const { virtualNetwork, location = "not known", isCertain, machines } of networks)
    table.add([
      virtualNetwork,
      location,
      isCertain ? "lets it in" : "may refuse it",
      machines.length === 0 ? "nothing that was read" : clientsText(machines),
    ]);
  return table.toString();
}

/** Machines by their kind: "Kubernetes cluster a and b, Virtual machine c". */
function clientsText(clients: PublicClients["elsewhere"]): string {
  const byKind = groupBy(
    clients,
    ({ kind }) => kind,
    ({ name }) => name,
  );
  return [...byKind].map(([kind, names]) => `${kind} ${joinWords(names)}`).join(", ");
}

function signInsText(
  signIns: SignIns,
  colors: Colors,
  width: number,
  sentences: (...texts: readonly string[]) => string,
): string[] {
  if (!signIns.known) {
    const { why, advice, command } = signIns;
    // A command stays on one line, so that it can be copied.
    return [
      [sentences(`Who signed in is not known. ${why}`, advice), ...(command ? [printable(command)] : [])].join("\n"),
    ];
  }
  const { callers, more, days, workspace } = signIns;
  const title = `Who signed in or pulled in the last ${count(days, "day")}, by the events in ${workspace.split("/").at(-1)!}`;
  if (callers.length === 0)
    return [
      sentences(`${title}: nobody. New events take minutes to arrive; a workload that starts rarely takes longer.`),
    ];
  const table = new Table(["Address", "Way", "Identity", "Sign-ins", "Pulls", "Last"], colors, width);
  // Who still comes from outside is what has to be looked at.
  for (const { address, identity, isPrivate, signIns: times, pulls, last } of callers.toSorted(
    (a, b) => Number(a.isPrivate) - Number(b.isPrivate),
  ))
    table.add([
      address,
      isPrivate ? "private" : "public",
      identity === "" ? "anonymous" : identity,
      String(times),
      String(pulls),
      last.slice(0, "2026-01-01T00:00".length),
    ]);
  const outside = callers.filter(({ isPrivate }) => !isPrivate).length;
  return [
    sentences(`${title}:`),
    table.toString(),
    ...(more ? [`There are more: these are the last ${callers.length}.`] : []),
    sentences(
      outside === 0
        ? "All of them came by private endpoints."
        : `${count(outside, "caller")} came over the public name. Those with a private address came by a private endpoint.`,
    ),
  ];
}
