import type { Cause } from "./cause";
import { type Remedies, findingsOf } from "./findings";
import type { FindingCode } from "./findings/codes";
import type { Finding } from "./findings/finding";
import { codeOf } from "./findings/reasons";
import { type Assumed, buildNetworkModel } from "./model/build-network-model";
import type { NetworkModel } from "./model/network-model";
import { problemsOf } from "./client";
import { joinWords, unique, UsageError, UserError } from "../../common/util";
import type { Configuration } from "./read/configuration";
import { joined } from "./read/joined";
import { type Source, readAll } from "./read/read-json";
import { lookUpAll } from "./questions";
import { Resolver } from "./resolver";
import { type Lookup, answeredBy, causeOf, isKnown, isReachable } from "./trace";

/** What one network's DNS returns for one host name of a service. */
export interface Answer {
  /** Name of the virtual network, or of the client outside Azure. */
  readonly virtualNetwork: string;
  /** Its Terraform address, or its Azure id if it is not in the file; `client.NAME` of a client. */
  readonly virtualNetworkAddress: string;
  /** Whether a client outside Azure asks; absent for a virtual network. */
  readonly client?: true;
  /** Terraform address of the registry or other service that the name is of, or its Azure id if it is not in the file. */
  readonly service: string;
  readonly host: string;
  /** Terraform address of the zone that answers; null where public DNS does, or where that is not known. */
  readonly zone: string | null;
  /**
   * What answers: a private zone, public DNS, or nothing, so that the name does not resolve. Null where that is not known.
   */
  readonly answeredBy: "zone" | "public" | "nothing" | null;
  /** Terraform addresses of the endpoints whose addresses the answer holds. */
  readonly endpoints: readonly string[];
  /** The addresses in the answer; empty where they are (known after apply). */
  readonly addresses: readonly string[];
  /**
   * Whether the network reaches every address in the answer, and there is one; null if that is not known. The public address
   * is reached where public network access lets the network in.
   */
  readonly reachable: boolean | null;
  /**
   * The region that serves the name, or `azure` if Azure chooses it. Null if it is not known, if there is no answer, or if
   * the answer leads to several regions.
   */
  readonly servedBy: string | null;
  /** Whether everything that decides the answer is in the file. */
  readonly known: boolean;
  /**
   * The code of the finding that says why it is not reachable, or not known, or that it is reachable by the public address
   * alone; null for a private answer that is reachable.
   */
  readonly reason: FindingCode | null;
}

/** What each network's DNS returns, and the findings about it. */
export interface Preview {
  readonly model: NetworkModel;
  readonly lookups: readonly Lookup[];
  readonly answers: readonly Answer[];
  /**
   * By network, the other networks that get the same answers: in a file with so many answers that only one of such
   * networks is among them. Empty in other files.
   */
  readonly alike: Readonly<Record<string, readonly string[]>>;
  readonly findings: readonly Finding[];
  /** What the file says that its resources do not show, such as conditions that failed; in sentences. */
  readonly notices: readonly string[];
  /** What to do about findings, in place of what their codes say. */
  readonly remedies: Remedies;
  /** By the causes in the traces of lookups, the index of the finding about them. */
  readonly findingAt: ReadonlyMap<Cause, number>;
}

/**
 * Works out, from Terraform's JSON alone, what each virtual network gets for each host name of each service with private endpoints.
 *
 * @param json - a configuration as synthesized, `terraform show -json` of a plan or a state, or resources of Azure
 * @param source - where it comes from, for the error
 * @param remedies - what to do about findings, by their codes, in place of the general advice
 * @throws UserError if it is none of these
 */
export function previewOf(
  json: unknown,
  source = "the stack",
  remedies?: Remedies,
  options: PreviewOptions = {},
): Preview {
  return previewsOf([{ json, source }], remedies, options).preview;
}

/** What is assumed that no file shows. */
export type PreviewOptions = Assumed;

/**
 * Works out the same from several files, which are one network: what has the same Azure id in two of them is one resource.
 * Of a plan and a state, the plan counts.
 *
 * @param earlier - files that they are compared with; a client that is connected to none of their networks is not among them
 * @returns beside the preview, that of the earlier files; without such, of what there is before the deployments of which
 *   files are the what-if
 * @throws UserError if a file is in none of the forms
 * @throws UsageError with all that is wrong with clients
 */
export function previewsOf(
  sources: readonly Source[],
  remedies?: Remedies,
  options: PreviewOptions = {},
  earlier: readonly Source[] = [],
): { preview: Preview; before?: Preview } {
  refuse(problemsOf(options.clients ?? [], (index, member) => `clients[${index}].${member}`));
  const all = readAll([...sources, ...earlier]);
  const [inputs, others] = [all.slice(0, sources.length), all.slice(sources.length)];
  const now = joined(inputs, others);
  const before = others.length > 0 ? joined(others, inputs).after : now.before;
  const previewed = (configuration: Configuration, files: readonly Source[], report?: typeof refuse) =>
    previewOfConfiguration(configuration, joinWords(files.map(({ source }) => source)), remedies, options, report);
  return {
    preview: previewed(now.after, sources, refuse),
    ...(before && { before: previewed(before, others.length > 0 ? earlier : sources) }),
  };
}

/** @throws UsageError with all problems */
function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
}

function previewOfConfiguration(
  configuration: Configuration,
  source: string,
  remedies: Remedies | undefined,
  options: PreviewOptions,
  report?: (problems: readonly string[]) => void,
): Preview {
  const model = buildNetworkModel(configuration, options, report);
  const resolver = new Resolver(model);
  const lookups = lookUpAll(model, resolver);
  const found = findingsOf(model, resolver, lookups, remedies);
  requireRead(configuration, source);
  return {
    model,
    lookups,
    answers: lookups.map(answerOf),
    alike: alikeIn(lookups),
    findings: [...found.values()],
    remedies: remedies ?? {},
    notices: configuration.notices ?? [],
    findingAt: new Map([...found.keys()].map((cause, index) => [cause, index])),
  };
}

/** @throws UserError if a value is marked as sensitive that decides what networks get, so that an answer could be wrong */
function requireRead({ resources }: Configuration, source: string): void {
  const withheld = resources.flatMap((resource) => resource.withheld);
  if (withheld.length > 0)
    throw new UserError(
      `${source} marks values as sensitive that decide what networks get, so that is not known: ${joinWords(withheld)}. Take the mark away in the configuration: nonsensitive(…)`,
    );
}

/** The findings about some causes, which are those of steps of an answer. */
export function findingsFor(
  causes: readonly Cause[],
  { findings, findingAt }: Pick<Preview, "findings" | "findingAt">,
): Finding[] {
  return unique(causes.flatMap((cause) => findings[findingAt.get(cause) ?? -1] ?? []));
}

function alikeIn(lookups: readonly Lookup[]): Record<string, string[]> {
  const found = new Map(lookups.map(({ network, alike = [] }) => [network, alike]));
  return Object.fromEntries(
    [...found].flatMap(([{ address }, alike]) =>
      alike.length > 0 ? [[address, alike.map((one) => one.address)]] : [],
    ),
  );
}

function answerOf(lookup: Lookup): Answer {
  const { network, service, host, link, endpoints, addresses, servedBy } = lookup;
  const cause = causeOf(lookup);
  return {
    virtualNetwork: network.name,
    virtualNetworkAddress: network.address,
    ...(network.outside && { client: true as const }),
    service: service.address,
    host: host.fqdn,
    zone: link?.zone.address ?? null,
    answeredBy: answeredBy(lookup) ?? null,
    endpoints: endpoints.map(({ address }) => address),
    addresses,
    reachable: isReachable(lookup) ?? null,
    servedBy: servedBy.length === 1 ? servedBy[0]! : null,
    known: isKnown(lookup),
    reason: cause ? codeOf(cause.name) : null,
  };
}
