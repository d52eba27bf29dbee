import { groupBy, joinWords, unique } from "../../../common/util";
import type { NetworkModel } from "../model/network-model";
import type { Hidden, HiderKind } from "../read/hidden";

/** What hides a value that depends on it, as the end of a sentence. */
const HIDERS: Readonly<Record<HiderKind, (what: string, isOne: boolean) => string>> = {
  blocks: () => "the for_each of a dynamic block, which is (known after apply) and which a plan does not show",
  local: (what) => `${what}, whose expression a plan does not show`,
  output: (what) => `${what}, of which the file does not show which output is meant`,
  instance: (what) => `${what}, of which the file does not show which instance is meant`,
  attribute: (what, isOne) => `${what}, which ${isOne ? "is" : "are"} (known after apply)`,
  resource: (what) => what,
  sensitive: (what, isOne) => `${what}, which ${isOne ? "is" : "are"} marked as sensitive`,
};

const DIRECTLY = "refer to one resource directly";

/** What shows to which resource an attribute leads. */
const REFERRING: Readonly<Record<HiderKind, string>> = {
  blocks: "let the for_each of the dynamic block depend on what is known before the apply, such as a variable",
  local: DIRECTLY,
  output: "write out the index of the module",
  instance: "write out the index",
  attribute: DIRECTLY,
  resource: DIRECTLY,
  sensitive: "take the mark away with nonsensitive(…)",
};

/** Attributes that are no references, in azurerm and in azapi. */
const PLAIN = new Set([
  "name",
  "enabled",
  "proxy_enabled",
  "dns_proxy_enabled",
  "allow_virtual_network_access",
  "allow_gateway_transit",
  "use_remote_gateways",
  "is_manual_connection",
  "allowVirtualNetworkAccess",
  "allowGatewayTransit",
  "useRemoteGateways",
  "enableProxy",
  "forwardingRuleState",
]);

/** What hides the values of some attributes, in sentences: one for all that depend on the same. */
export function hiddenText(hidden: readonly Hidden[]): string {
  return [...groupBy(hidden, (one) => predicateOf(one, true)).values()]
    .map((alike) => {
      const attributes = unique(alike.map(pathOf));
      return `${fewOf(attributes)} ${predicateOf(alike[0]!, attributes.length === 1)}.`;
    })
    .join(" ");
}

/** What a sentence says of an attribute, or of several. */
function predicateOf(hidden: Hidden, isOne: boolean): string {
  const { by } = hidden;
  const be = isOne ? "is" : "are";
  if (by.length === 0) return `${be} not shown in this file`;
  if (by.some(({ kind, what }) => kind === "sensitive" && what === pathOf(hidden))) return `${be} marked as sensitive`;
  const hiders = [...groupBy(by, ({ kind }) => kind)].map(([kind, same]) => {
    const all = unique(same.map(({ what }) => what));
    return HIDERS[kind](fewOf(all), all.length === 1);
  });
  return `${isOne ? "depends" : "depend"} on ${hiders.join(", and on ")}`;
}

/** What shows the values of some attributes; undefined where there is nothing but to look elsewhere. */
export function showing(hidden: readonly Hidden[], { form }: Pick<NetworkModel, "form">): string | undefined {
  const changes = unique(
    hidden.flatMap((one) =>
      one.by.map(({ kind }) =>
        kind !== "sensitive" && PLAIN.has(one.attribute.split(".").at(-1)!)
          ? `give ${pathOf(one)} a value that is known before the apply`
          : REFERRING[kind],
      ),
    ),
  );
  const ways = [joinWords(changes), form === "state" ? "" : "preview the state after the apply"].filter(
    (way) => way !== "",
  );
  const text = ways.join(", or ");
  return text === "" ? undefined : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function pathOf({ address, attribute }: Hidden): string {
  return `${address}.${attribute}`;
}

/** Things as text, of which the first are named. */
function fewOf(things: readonly string[]): string {
  const more = things.length - MOST_NAMED;
  return joinWords(more > 1 ? [...things.slice(0, MOST_NAMED), `${more} more`] : things);
}

const MOST_NAMED = 3;
