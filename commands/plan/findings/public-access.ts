import { count, joinWords } from "../../../packages/common/util";
import { nameOf } from "../change";
import {
  closing,
  isNamed,
  leavesOut,
  type OpenTo,
  type PublicAccessChange,
  type PublicNetworks,
  publicAccessChanges,
  publicNetworks,
} from "../public-access";
import { findingAbout, type PlanFinding, type PlanRule } from "./plan-finding";

/** A registry is closed to clients that use its public name: networks that are not led to it privately stop reaching it. */
export const publicAccessCloses: PlanRule = (plan, { disconnectNetworks = [] }) =>
  closing(plan).flatMap((change) => {
    const { stop, interrupted, notKnown } = publicNetworks(plan, change);
    return [false, true].flatMap((accepted): PlanFinding[] => {
      const [cut = [], waiting = [], doubtful = []] = [stop, interrupted, notKnown].map((all) =>
        all.filter((one) => isNamed(one, disconnectNetworks) === accepted),
      );
      const all = [...cut, ...waiting, ...doubtful];
      if (all.length === 0) return [];
      const options = all.map(({ name }) => `--disconnect-network ${name}`).join(" ");
      const finding = findingAbout(
        "public-access-closes",
        `${closes(change)}: ${[
          ...(cut.length > 0
            ? [
                `${joinWords(cut.map(withClients))} would stop reaching it, because DNS leads there to the public address`,
              ]
            : []),
          ...(waiting.length > 0
            ? [
                `${joinWords(waiting.map(withClients))} would not reach it until this plan's private endpoints and records exist, since the registry is closed before them`,
              ]
            : []),
          ...(doubtful.length > 0
            ? [
                `whether ${joinWords(doubtful.map(withClients))} still ${doubtful.length === 1 ? "reaches" : "reach"} it is not known`,
              ]
            : []),
        ].join(
          "; ",
        )}. First deploy with registry.publicAccess as it is, so that the networks are led to private endpoints, and check with npm run verify that they pull there; then close it. To close it anyway: npm run deploy -- ${options}`,
        change.registry,
      );
      return [accepted ? { ...finding, ignored: true } : finding];
    });
  });

/** A network, and what in it may pull. */
function withClients({ name, clients }: PublicNetworks["stop"][number]): string {
  const more = clients.length - MOST_CLIENTS;
  const shown = [...clients.slice(0, MOST_CLIENTS), ...(more > 0 ? [`${more} more`] : [])];
  return shown.length === 0 ? name : `${name} (${shown.join(", ")})`;
}

/** Most clients of a network that a message names. */
const MOST_CLIENTS = 5;

/** Clients of which this plan knows nothing may use the public name that it closes. */
export const publicClientsElsewhere: PlanRule = (plan) =>
  closing(plan).map((change) =>
    findingAbout(
      "public-clients-elsewhere",
      `${closes(change)}. Clients outside of this file that use its public name stop reaching it${change.after.length > 0 ? ", unless they come from these addresses" : ""}: other networks, pipelines, developers. npm run adopt lists those that Azure knows of.`,
      change.registry,
    ),
  );

/** A registry is opened to clients that use its public name. */
export const publicAccessOpens: PlanRule = (plan) =>
  publicAccessChanges(plan)
    .filter(({ before, after }) => leavesOut(after, before))
    .map(({ registry, after }) =>
      findingAbout(
        "public-access-opens",
        `The registry ${nameOf(registry)} is opened over its public name to ${whom(after)}: who has credentials for it can pull and push from there, and images can be exported to other registries. Set registry.publicAccess to false if that is not on purpose.`,
        registry,
      ),
    );

function closes({ registry, after }: PublicAccessChange): string {
  return `The registry ${nameOf(registry)} is closed over its public name${after.length > 0 ? ` to all but ${whom(after)}` : ""}`;
}

/** Who can reach a registry, as text. */
function whom(openTo: OpenTo): string {
  if (openTo === "everybody") return "everybody";
  return openTo.length > MOST_RANGES ? count(openTo.length, "range") : joinWords(openTo);
}

/** Most ranges that a message lists. */
const MOST_RANGES = 5;
