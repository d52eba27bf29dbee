import { lookup } from "node:dns/promises";
import { type RequestOptions, request } from "node:https";
import { isPrivateRange } from "../../packages/common/util";
import type { Check } from "./checks";
import { adviceOf, hostFacts, wordsOf } from "./reasons";

/** Time in which the registry has to answer, in milliseconds. */
const TIME_LIMIT = 10_000;

/**
 * Sends a request to the registry's API from this machine.
 *
 * @param options - further options of the request
 * @param addressesOf - resolves a name
 * @returns the HTTP status of the answer, or a word for why there is none
 */
export async function askFromHere(
  loginServer: string,
  signal: AbortSignal,
  options: RequestOptions = {},
  addressesOf: (name: string) => Promise<readonly { address: string }[]> = (name) =>
    lookup(name, { all: true, family: 4 }),
): Promise<number | string> {
  try {
    const addresses = await addressesOf(loginServer);
    if (addresses.some(({ address }) => isPrivateRange(`${address}/32`))) return "inside";
  } catch {
    return "no-name";
  }
  return new Promise((resolve) => {
    const asked = request({ host: loginServer, path: "/v2/", signal, timeout: TIME_LIMIT, ...options }, (response) => {
      response.resume();
      resolve(response.statusCode ?? "no status");
    });
    asked.on("timeout", () => asked.destroy(Object.assign(new Error(), { code: "no answer" })));
    asked.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      resolve(code ?? message);
    });
    asked.end();
  });
}

/** The check that the registry refuses requests from outside the network, decided by its answer. */
export function checkFromHere(answer: number | string, deployment: { readonly loginServer: string }): Check {
  const what = "from here";
  const skipped = (found: string): Check => ({ what, status: "skipped", found });
  if (answer === 403) return { what, status: "passed", found: "refused with HTTP status 403" };
  if (answer === 429 || (typeof answer === "number" && answer >= 500)) {
    const reason = answer === 429 ? "throttled" : "registry fails";
    return skipped(`${wordsOf(reason)} (HTTP status ${answer})`);
  }
  if (typeof answer === "number") {
    return {
      what,
      status: "failed",
      found: `answered with HTTP status ${answer}: ${wordsOf("open to the outside")}`,
      advice: adviceOf("open to the outside", hostFacts(undefined, deployment)),
    };
  }
  if (answer === "inside")
    return skipped("this machine is inside the network: the name resolves to a private address here");
  if (answer === "no-name") return skipped("the name does not resolve here. This machine may be offline");
  // Azure refuses with 403. No answer at all says nothing about the registry.
  return skipped(`no connection from here (${answer})`);
}
