import { count, groupBy, joinWords } from "../../../common/util";
import { optional } from "../model/resources";
import { hiddenText, showing } from "./hidden";
import { AFTER_APPLY, type Reasons, type Said } from "./said";

/** @param some - how many of them there are, of which too little is known */
function nothing(what: string, some: number): Said {
  return some > 0
    ? {
        problem: `The file does not show enough of any ${what} to tell what DNS returns for it.`,
        remedy: AFTER_APPLY,
        resources: [],
      }
    : { problem: `The file holds no ${what}, so there is nothing to preview.`, resources: [] };
}

/** What is said of what a file does not show. */
export const FILE = {
  "module-not-read": ([module]) => ({
    problem: `The resources of ${module} are not in this file.`,
    resources: [module],
  }),
  "resources-not-read": ([what, why]) => ({
    problem: `Azure did not show ${what}: ${why}${why.endsWith(".") ? "" : "."}`,
    resources: [],
  }),
  "files-differ": ([address, how]) => ({
    problem: `The files differ in ${address}: ${how}. The first counts.`,
    resources: [address],
  }),
  "service-not-known": ([of], _, { model }) => {
    const unread = model.unread.filter((one) => one.of === of);
    const addresses = unread.map(({ address }) => address);
    const hidden = unread.flatMap((one) => one.hidden ?? []);
    const one = addresses.length === 1;
    const named = joinWords(addresses);
    return of === undefined
      ? {
          problem: `What ${named} ${one ? "connects" : "connect"} to is not known from this file, so its names are not looked up. ${hiddenText(hidden)}`,
          ...optional("remedy", showing(hidden, model)),
          resources: addresses,
        }
      : {
          problem: `The names of ${of} are not known to this command, so ${named} ${one ? "is" : "are"} not looked up.`,
          remedy: `Check the DNS of ${one ? "it" : "them"} by hand.`,
          resources: addresses,
        };
  },
  "names-of-owner": ([{ address, service }]) => ({
    problem: `${address} connects to a ${service.label}, whose owner chooses its names, so they are not looked up.`,
    remedy: "Check the DNS of it by hand.",
    resources: [address],
  }),
  "no-endpoint": (_, __, { model }) => nothing("private endpoint", model.unread.length),
  "no-network": (_, __, { model }) => nothing("virtual network", model.networks.length),
  "ends-not-known": (_, affected, { model }) => {
    const { unplaced } = model;
    const kinds = [...groupBy(unplaced, ({ kind }) => kind)].map(([kind, { length }]) => count(length, kind));
    const hidden = unplaced.flatMap((one) => one.hidden);
    const then = affected.length > 0 ? ", so some answers are not known" : "";
    return {
      problem: `The ends of ${joinWords(kinds)} are not known from this file${then}. ${hiddenText(hidden)}`,
      ...optional("remedy", showing(hidden, model)),
      resources: unplaced.map(({ address }) => address),
    };
  },
} satisfies Partial<Reasons>;
