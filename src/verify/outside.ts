import { lookup } from "node:dns/promises";
import { type RequestOptions, request } from "node:https";
import { isPrivateRange } from "private-link-preview/util";
import type { Check } from "./judge";

/** Milliseconds in which the registry has to answer. */
const TIME_LIMIT = 10_000;

/**
 * Asks a registry for its API's base from here: the status of its answer, or a word for why there is none.
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

/** What the registry's answer to somebody outside of the network says. It has to refuse. */
export function judgeOutside(answer: number | string): Check {
  const what = "from here";
  if (answer === 403) return { what, verdict: "holds", found: "refused with status 403" };
  if (typeof answer === "number") {
    return {
      what,
      verdict: "fails",
      found: `answered with status ${answer}: the registry can be reached from outside`,
      advice: "See that its public network access is disabled.",
    };
  }
  if (answer === "inside") {
    return { what, verdict: "not tried", found: "this machine is inside the network: its names are private here" };
  }
  if (answer === "no-name") {
    return { what, verdict: "not tried", found: "the name does not resolve here: is this machine offline?" };
  }
  // Azure refuses with 403: no answer at all says nothing of the registry.
  return { what, verdict: "not tried", found: `no connection from here (${answer})` };
}
