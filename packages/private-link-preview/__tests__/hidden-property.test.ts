import { type Answer, previewOf } from "../lib/preview";
import { vnet } from "./addresses";
import { type Json, type Part, change, planOf, stateOf } from "./forms";
import { WORLDS } from "./worlds";

/** Attributes without references that decide an answer, and that a local may hide as well. */
const PLAIN = [
  "allow_virtual_network_access",
  "allow_gateway_transit",
  "use_remote_gateways",
  "dns_proxy_enabled",
  "dns_servers",
];

/** The same value, with a local in place of each reference; undefined where there is nothing to hide. */
function hidden(name: string, value: unknown): unknown {
  const text = JSON.stringify(value ?? null);
  if (PLAIN.includes(name)) return "${local.hidden}";
  return text.includes("${")
    ? (JSON.parse(text.replace(/"[^"]*\$\{(?:[^"\\]|\\.)*"/g, '"${local.hidden}"')) as unknown)
    : undefined;
}

/** A client outside Azure asks in each world with a hub. */
const OFFICE = { name: "office", connectedTo: vnet("hub"), dnsServers: ["10.12.3.4"] };
const clientsOf = (json: Json) => (JSON.stringify(json).includes(`"${vnet("hub")}"`) ? [OFFICE] : []);

const answersOf = (json: Json) =>
  new Map(
    previewOf(json, undefined, undefined, { clients: clientsOf(json) }).answers.map((answer) => [
      `${answer.virtualNetwork} ${answer.host}`,
      answer,
    ]),
  );

const told = ({ reachable, endpoints, answeredBy }: Answer) => ({ reachable, endpoints, answeredBy });

test.each(Object.entries<Part[]>(WORLDS))(
  "an answer that is known from a plan in which a local hides one attribute is the answer of the state: %s",
  (_, parts) => {
    const applied = answersOf(stateOf(parts));
    const tried = parts.flatMap(({ address, body }) =>
      Object.entries(body).flatMap(([name, value]) => {
        const local = hidden(name, value);
        if (local === undefined) return [];
        const answers = [...answersOf(planOf(change(parts, address, { [name]: local })))];
        return answers.flatMap(([key, answer]) => {
          const expected = applied.get(key);
          return answer.known && expected ? [[`${address}.${name} ${key}`, told(answer), told(expected)] as const] : [];
        });
      }),
    );

    expect(tried.length).toBeGreaterThan(0);
    expect(tried.map(([key, found]) => [key, found])).toEqual(tried.map(([key, , expected]) => [key, expected]));
  },
);
