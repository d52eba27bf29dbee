import { lookup } from "node:dns/promises";
import { type RequestOptions, request } from "node:https";
import { isIn, isPrivateRange } from "../../packages/common/util";
import type { Service } from "../../packages/private-link-preview";
import type { Check } from "./checks";
import { type ReasonName, adviceOf, hostFacts, wordsOf } from "./reasons";

/** The registry refuses a request from a public address, which it says. */
interface Refusal {
  readonly refused: string;
}

/** What a request from here got: an HTTP status, a refusal with 403, or a word for why there is no answer. */
export type FromHere = number | string | Refusal;

/** Time in which the registry has to answer, in milliseconds. */
const TIME_LIMIT = 10_000;

/**
 * Sends a request to the registry's API from this machine.
 *
 * @param options - further options of the request
 * @param addressesOf - resolves a name
 */
export async function askFromHere(
  loginServer: string,
  signal: AbortSignal,
  options: RequestOptions = {},
  addressesOf: (name: string) => Promise<readonly { address: string }[]> = (name) =>
    lookup(name, { all: true, family: 4 }),
): Promise<FromHere> {
  try {
    const addresses = await addressesOf(loginServer);
    if (addresses.some(({ address }) => isPrivateRange(`${address}/32`))) return "inside";
  } catch {
    return "no-name";
  }
  return new Promise((resolve) => {
    const asked = request({ host: loginServer, path: "/v2/", signal, timeout: TIME_LIMIT, ...options }, (response) => {
      const { statusCode = "no status" } = response;
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("close", () => {
        const [, address] = REFUSED.exec(Buffer.concat(parts).toString()) ?? [];
        resolve(statusCode === 403 && address !== undefined ? { refused: address } : statusCode);
      });
    });
    asked.on("timeout", () => asked.destroy(Object.assign(new Error(), { code: "no answer" })));
    asked.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      resolve(code ?? message);
    });
    asked.end();
  });
}

/** What the registry says with 403. In JSON, an apostrophe may be a code. */
const REFUSED = /client with IP (?:'|\\u0027)?(\d+(?:\.\d+){3})/;

/** What is expected of a request from outside. */
interface Registry {
  readonly loginServer: string;
  /** Who is let in over the public name. @default "disabled" */
  readonly publicAccess?: Service["publicAccess"];
}

/** The check that the registry answers requests from outside the network, or refuses them, as the state says. */
export function checkFromHere(answer: FromHere, registry: Registry): Check {
  const what = "from here";
  const { publicAccess = "disabled" } = registry;
  const skipped = (found: string): Check => ({ what, status: "skipped", found });
  const passed = (found: string): Check => ({ what, status: "passed", found });
  const failed = (found: string, reason: ReasonName, facts = {}): Check => ({
    what,
    status: "failed",
    found: `${found}: ${wordsOf(reason, facts)}`,
    advice: adviceOf(reason, { ...hostFacts(undefined, registry), ...facts }),
  });
  if (answer === 429 || (typeof answer === "number" && answer >= 500)) {
    const reason = answer === 429 ? "throttled" : "registry fails";
    return skipped(`${wordsOf(reason)} (HTTP status ${answer})`);
  }
  if (answer === "inside")
    return skipped("this machine is inside the network: the name resolves to a private address here");
  if (answer === "no-name") return skipped("the name does not resolve here. This machine may be offline");
  // Azure refuses with 403. No answer at all says nothing about the registry.
  if (typeof answer === "string") return skipped(`no connection from here (${answer})`);
  const address = typeof answer === "object" ? answer.refused : undefined;
  const status = typeof answer === "object" ? 403 : answer;
  const isRefused = status === 403;
  const from = address === undefined ? "" : `, as ${address}`;
  const found = isRefused ? `refused with HTTP status 403${from}` : `answered with HTTP status ${status}`;
  if (publicAccess === "enabled")
    return isRefused ? failed(found, "closed to the outside") : passed(`${found}: public access is on`);
  if (publicAccess === "disabled" || publicAccess === "not known")
    return isRefused ? passed(found) : failed(found, "open to the outside");
  const ranges = publicAccess === "limited" ? undefined : publicAccess.ranges;
  if (address === undefined || !ranges)
    return skipped(
      `${found}. Public access is on for some addresses, and it is not known whether this machine has one`,
    );
  return ranges.some((range) => isIn(address, range))
    ? failed(found, "range refused", { address })
    : passed(`${found}, which is in none of the ranges`);
}
