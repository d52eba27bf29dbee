/**
 * What the page of a preview shows, as its script reads it. The lists refer to each other by index, and what is the same in
 * many ways is there once, so that 200 networks with a dozen names each take less than a megabyte.
 */
export interface PageData {
  readonly title: string;
  /** Where the preview comes from, such as a file. */
  readonly source: string;
  readonly version: string;
  readonly headline: string;
  readonly state: PageState;
  /** "3 networks", "1 error", and so on. */
  readonly counts: readonly string[];
  /** What is not in the page for its size; empty in most. */
  readonly leftOut: string;
  readonly networks: readonly PageNetwork[];
  readonly groups: readonly PageGroup[];
  /** Connections that no group shows: neither with its middle, nor in its mesh. */
  readonly lines: readonly PageLine[];
  readonly zones: readonly PageZone[];
  readonly services: readonly PageService[];
  readonly endpoints: readonly PageEndpoint[];
  readonly names: readonly PageName[];
  /** Texts of answers: "its own endpoint pep-spoke1". */
  readonly answers: readonly string[];
  readonly resources: readonly string[];
  readonly steps: readonly PageStep[];
  /** By network, the ways of its questions. */
  readonly ways: readonly (readonly PageWay[])[];
  readonly findings: readonly PageFinding[];
  readonly help: Readonly<Record<string, PageHelp>>;
}

/** 0 where all is right, 1 where something is broken, 2 where something is not known. */
export type PageState = 0 | 1 | 2;

export interface PageNetwork {
  readonly address: string;
  readonly name: string;
  readonly region: string;
  readonly ranges: readonly string[];
  readonly managed: boolean;
  /** What it uses for DNS, in a few words. */
  readonly dns: string;
  /** What it is connected with, a sentence for each kind of connection. */
  readonly connected: readonly string[];
  readonly zones: readonly number[];
  readonly endpoints: readonly number[];
  /** The network of which the answers are shown in its place, as it gets the same. */
  readonly sameAs?: number;
  /** How many of its answers are reachable, not reachable, and not known. */
  readonly sums: readonly [right: number, broken: number, unknown: number];
}

/** Networks that are connected by one: a hub with its spokes, a Virtual WAN hub, or a mesh. */
export interface PageGroup {
  /** The network in the middle. */
  readonly hub?: number;
  /** What is in the middle in place of a network, or what the group is. */
  readonly title: string;
  readonly members: readonly PageMember[];
  readonly mesh: boolean;
}

export interface PageMember {
  readonly network: number;
  /** How it is connected with the middle: "peered", "peered in one direction only". Empty where nothing is in the middle. */
  readonly by: string;
  readonly broken: boolean;
}

export type PageLine = readonly [from: number, to: number, broken: boolean];

export interface PageZone {
  readonly address: string;
  readonly name: string;
  readonly managed: boolean;
  readonly records: number;
  readonly networks: readonly number[];
}

export interface PageService {
  readonly address: string;
  readonly name: string;
  readonly label: string;
  readonly regions: readonly string[];
}

export interface PageEndpoint {
  readonly address: string;
  readonly name: string;
  /** -1 where it is not known. */
  readonly network: number;
  readonly service: number;
  /** Host names with their addresses, as far as known. */
  readonly addresses: readonly (readonly [host: string, addresses: string])[];
}

export interface PageName {
  readonly fqdn: string;
  readonly service: number;
}

export type PageStep = readonly [
  kind: string,
  state: PageState,
  text: string,
  resources: readonly number[],
  findings: readonly number[],
];

export type PageWay = readonly [
  name: number,
  answer: number,
  /** "yes", "no", "in part", "not known", or "yes, but a step is broken", by its index in that order. */
  reachable: 0 | 1 | 2 | 3 | 4,
  servedBy: string,
  /** The steps after the client's. */
  steps: readonly number[],
  /** Networks that the way leads through: that whose DNS answers, and those of the endpoints. */
  dns: number,
  homes: readonly number[],
];

export interface PageFinding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly resources: readonly string[];
  readonly ignored: boolean;
  /** Why it is ignored; empty where that is not given. */
  readonly reason: string;
  /** The network and the name whose way shows it. */
  readonly way?: readonly [network: number, name: number];
}

export interface PageHelp {
  readonly means: string;
  readonly fix: string;
  readonly ignore: string;
}
