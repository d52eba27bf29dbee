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
  /** "3 networks, 9 answers: 9 reachable, 0 not", and "1 error, 0 warnings". */
  readonly counts: readonly string[];
  /** What is not in the page for its size; empty in most. */
  readonly leftOut: string;
  readonly networks: readonly PageNetwork[];
  readonly zones: readonly PageZone[];
  readonly services: readonly PageService[];
  readonly endpoints: readonly PageEndpoint[];
  readonly names: readonly PageName[];
  readonly answers: readonly PageAnswer[];
  readonly resources: readonly string[];
  readonly steps: readonly PageStep[];
  /** By network, the ways of its questions. */
  readonly ways: readonly (readonly PageWay[])[];
  readonly findings: readonly PageFinding[];
  readonly help: Readonly<Record<string, PageHelp>>;
}

/** 0 where all is right, 1 where something is broken, 2 where something is not known, 3 where something is to be looked at. */
export type PageState = 0 | 1 | 2 | 3;

export interface PageNetwork {
  readonly address: string;
  readonly name: string;
  readonly region: string;
  readonly ranges: readonly string[];
  /** What it uses for DNS, in a few words. */
  readonly dns: string;
  /** What it is connected with, a sentence for each kind of connection. */
  readonly connected: readonly string[];
  readonly endpoints: readonly number[];
  /** The network of which the answers are shown in its place, as it gets the same. */
  readonly sameAs?: number;
}

export interface PageZone {
  readonly address: string;
  readonly name: string;
  readonly managed: boolean;
  readonly records: number;
  readonly networks: readonly number[];
}

export interface PageService {
  readonly title: string;
  /** What it is: "storage account". */
  readonly label: string;
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
  /** The name to be read, where a part of it is (known after apply). */
  readonly text: string;
  /** Short: "login server", "blob". */
  readonly label: string;
  readonly service: number;
}

/** "its own endpoint pep-spoke1", and what is the same for all networks that have an endpoint of their own. */
export type PageAnswer = readonly [text: string, kind: string];

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
  /** "yes", "no", "in part" or "not known", by its index in that order. */
  reachable: 0 | 1 | 2 | 3,
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
