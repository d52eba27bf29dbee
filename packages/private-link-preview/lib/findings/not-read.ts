import type { NetworkModel } from "../model/network-model";
import type { Lookup } from "../resolver";
import { groupBy } from "../../../common/util/collections";
import { joinWords } from "../../../common/util/words";
import { type Finding, error, warning } from "./finding";

export function notRead(
  { unreadModules, networks, endpoints, unread, registries }: NetworkModel,
  lookups: readonly Lookup[],
): Finding[] {
  return [
    ...unreadModules.map((module) =>
      warning(
        "module-not-read",
        `The resources of ${module} are not in this file. Preview the plan instead: terraform show -json PLANFILE.`,
        [module],
      ),
    ),
    ...[...groupBy(unread, ({ of }) => of)].map(([of, its]) =>
      warning(
        "service-not-known",
        of === undefined
          ? `What ${joinWords(its.map(({ address }) => address))} ${its.length === 1 ? "connects" : "connect"} to is not known from this file, so its names are not looked up. Preview the state after the apply.`
          : `The names of ${of} are not known to this command, so ${joinWords(its.map(({ address }) => address))} ${its.length === 1 ? "is" : "are"} not looked up. Check the DNS of ${its.length === 1 ? "it" : "them"} by hand.`,
        its.map(({ address }) => address),
      ),
    ),
    ...(endpoints.length === 0 && registries.every(({ publicAccess }) => publicAccess !== "disabled")
      ? [nothing("no-endpoint", "private endpoint", unread.length)]
      : []),
    ...(lookups.length === 0 && (networks.length === 0 || endpoints.length > 0)
      ? [nothing("no-network", "virtual network", networks.length)]
      : []),
  ];
}

/** @param some - how many of them there are, of which too little is known */
function nothing(code: "no-endpoint" | "no-network", what: string, some: number): Finding {
  return error(
    code,
    some > 0
      ? `The file does not show enough of any ${what} to tell what DNS returns for it. Preview the state after the apply.`
      : `The file holds no ${what}, so there is nothing to preview. Check that it is the right file, and that all of the configuration is deployed if it is a state.`,
    [],
  );
}

export function unplaced({ unplaced }: NetworkModel, lookups: readonly Lookup[]): Finding[] {
  if (unplaced.length === 0 || lookups.length === 0) return [];
  const addresses = unplaced.map(({ address }) => address);
  return [
    warning(
      "answer-not-known",
      `The networks and zones that ${joinWords(addresses)} ${unplaced.length === 1 ? "connects" : "connect"} are (known after apply), so some answers are not known. Preview the state after the apply.`,
      addresses,
    ),
  ];
}
