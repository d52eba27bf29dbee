import type { Finding } from "../findings/finding";
import { fingerprint } from "../findings/fingerprint";
import { isBlocking } from "../findings/ignore";
import type { Answer, Preview } from "../preview";
import type { Lookup } from "../trace";
import { isNamed } from "../text/answer-tables";
import { answerText, reachableText } from "../text/answers";
import { type Comparable, comparables } from "./comparable";
import { type PartChange, partChanges } from "./parts";
import { groupBy } from "../../../common/util";

/** A side of a change: the answer, and what it is as text. */
export interface Side {
  readonly answer: Answer;
  readonly text: string;
}

/** An answer that is not the same in two previews. */
export interface AnswerChange {
  /** Name of the virtual network. */
  readonly virtualNetwork: string;
  readonly virtualNetworkAddress: string;
  readonly host: string;
  /** Undefined where the network was not asked for the name. */
  readonly before: Side | undefined;
  readonly after: Side | undefined;
}

/** What is different between two previews of the same network. */
export interface Comparison {
  readonly answers: readonly AnswerChange[];
  /** Record sets, links and peerings that are not the same, whether or not that changes an answer. */
  readonly parts: readonly PartChange[];
  readonly findings: {
    readonly new: readonly Finding[];
    readonly gone: readonly Finding[];
    readonly unchanged: readonly Finding[];
  };
}

/** What of a preview is compared. */
export type Compared = Pick<Preview, "model" | "lookups" | "answers" | "findings">;

/**
 * Compares two previews. Networks and resources are the same if their Terraform addresses are, and findings if their codes
 * and resources are.
 */
export function compare(before: Compared, after: Compared): Comparison {
  const comparable = comparables(before.model, after.model);
  const isInScope = scopeOf(before, after, comparable);
  const now = answersOf(after, comparable);
  const old = renamed(answersOf(before, comparable), now);
  const keys = new Set([...now.keys(), ...old.keys()]);
  const answers = [...keys].flatMap((key): AnswerChange[] => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was && is && isSame(was, is, comparable)) return [];
    const { virtualNetwork, virtualNetworkAddress, host } = (is ?? was)!.answer;
    if (!isInScope([virtualNetworkAddress])) return [];
    return [{ virtualNetwork, virtualNetworkAddress, host, before: was, after: is }];
  });
  const keyOf = ({ code, resources }: Finding) => fingerprint({ code, resources: resources.map(comparable) });
  const known = groupBy(before.findings, keyOf);
  const [unchanged, fresh]: [Finding[], Finding[]] = [[], []];
  for (const finding of after.findings) {
    if (finding.resources.length > 0 && !isInScope(finding.resources)) continue;
    const same = known.get(keyOf(finding))?.shift();
    // What was a warning, or was ignored, and makes a command fail now is new.
    (same && (isBlocking(same) || !isBlocking(finding)) ? unchanged : fresh).push(finding);
  }
  return {
    answers,
    parts: partChanges(before.model, after.model, comparable, isInScope),
    findings: { new: fresh, gone: [...known.values()].flat(), unchanged },
  };
}

/**
 * Which resources are compared: all, unless Azure's are compared with those of a file. Azure has networks of others too, and
 * what is compared is what the file manages.
 */
function scopeOf(
  { model: before }: Compared,
  { model: after }: Compared,
  comparable: Comparable,
): (addresses: readonly string[]) => boolean {
  if (!after.addressesInUse || before.addressesInUse) return () => true;
  const { networks, zones, endpoints, services, links, peerings } = before;
  const own = [...networks, ...zones].filter(({ managed }) => managed);
  const addresses = [
    ...own,
    ...endpoints,
    ...services,
    ...links,
    ...peerings,
    ...zones.flatMap(({ records }) => records),
  ];
  const scope = new Set(addresses.map(({ address }) => comparable(address)));
  return (some) => some.some((address) => scope.has(comparable(address)));
}

/** The answers of one side by the names of the other, where one side shows a name that is (known after apply) on the other. */
function renamed(old: ReadonlyMap<string, Named>, now: ReadonlyMap<string, Named>): ReadonlyMap<string, Named> {
  const left = [...now].filter(([key]) => !old.has(key));
  const byPlace = new Map(left.map(([key, side]) => [side.place, { key, side }]));
  return new Map(
    [...old].map(([key, side]) => {
      const twin = now.has(key) ? undefined : byPlace.get(side.place);
      return [twin && side.isNamed !== twin.side.isNamed ? twin.key : key, side];
    }),
  );
}

/** An answer, with what it is of whatever the service is called, and whether its name is known. */
interface Named extends Side {
  readonly place: string;
  readonly isNamed: boolean;
}

function answersOf({ lookups, answers }: Compared, comparable: Comparable): ReadonlyMap<string, Named> {
  return new Map(
    lookups.flatMap((lookup, index) =>
      [lookup.network, ...(lookup.alike ?? [])].map(({ name, address }) => {
        const answer = { ...answers[index]!, virtualNetwork: name, virtualNetworkAddress: address };
        const { service, host } = lookup;
        const network = comparable(address);
        const place = `${network} ${comparable(service.address)} ${host.fqdn.replace(service.name, "")}`;
        return [`${network} ${answer.host}`, { answer, text: textOf(lookup), place, isNamed: isNamed(service) }];
      }),
    ),
  );
}

function textOf(lookup: Lookup): string {
  return `${answerText(lookup)}${lookup.endpoints.length > 0 ? REACHED[reachableText(lookup)] : ""}`;
}

const REACHED = {
  yes: "",
  no: ", not reachable",
  "in part": ", reachable in part",
  "not known": ", reachable or not: not known",
} as const;

/** Whether two answers are the same. Addresses and a region that become known with the apply are no change. */
function isSame(
  { answer: before, text: was }: Side,
  { answer: after, text: is }: Side,
  comparable: Comparable,
): boolean {
  const addresses = [before.addresses, after.addresses].map((list) => [...list].sort().join());
  const [zone, zoneBefore] = [after, before].map((one) => (one.zone === null ? null : comparable(one.zone)));
  return (
    was === is &&
    zone === zoneBefore &&
    before.reachable === after.reachable &&
    (before.servedBy === after.servedBy || before.servedBy === null || after.servedBy === null) &&
    before.endpoints.map(comparable).join() === after.endpoints.map(comparable).join() &&
    (addresses[0] === addresses[1] || addresses.includes(""))
  );
}
