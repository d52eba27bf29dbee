import type { PublicAccess, Service, VirtualNetwork } from "../model/network-model";
import { joinWords } from "../../../common/util";

const THEN: Readonly<Record<Extract<PublicAccess, string>, string>> = {
  enabled: "",
  disabled: ", which refuses clients",
  limited: ", which refuses some clients",
  "not known": ", which may refuse clients",
};

/**
 * What DNS returns for a service where no private zone answers: the public address, and whether that lets clients in.
 *
 * @param network - the network of the client, if it is one
 */
export function publicAddress({ publicAccess }: Service, network?: VirtualNetwork): string {
  const { leavesBy } = network ?? {};
  if (publicAccess !== "disabled" && leavesBy?.length === 0)
    return "the public address, to which the network has no way out";
  if (typeof publicAccess === "string") return `the public address${THEN[publicAccess]}`;
  const from = leavesBy ? `, and the network leaves by ${joinWords(leavesBy)}` : "";
  return `the public address, which lets in ${joinWords(publicAccess.ranges)} alone${from}`;
}
