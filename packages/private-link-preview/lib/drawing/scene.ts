import type { Endpoint, Service, VirtualNetwork, Zone } from "../model/network-model";
import { groupBy } from "../../../common/util/collections";

/** What is drawn of a network, without any place or size. Every form of drawing shows this. */
export interface Scene {
  readonly title: string;
  /** Each is drawn below the other. */
  readonly subtitles: readonly Row[];
  /** Hubs and what networks share. */
  readonly top: readonly Frame[];
  /** The other networks. */
  readonly sections: readonly Section[];
  /** Registries and other services. */
  readonly services: readonly Frame[];
  readonly joins: readonly Join[];
  readonly paths: readonly Join[];
  /** Networks, each with the boxes of the endpoints that its DNS returns and that it can't reach. */
  readonly unreachable: readonly { readonly network: Frame; readonly items: readonly Item[] }[];
  /** Networks whose DNS returns the public addresses of services that may let them in, each with the frames of these. */
  readonly publicly: readonly { readonly network: Frame; readonly services: readonly Frame[] }[];
  /** Whether networks are drawn below the names of their regions. */
  readonly byRegion: boolean;
}

/** Networks that belong together; with a title, in a frame. */
export interface Section {
  readonly title?: string;
  readonly frames: readonly Frame[];
}

export type FrameKind = "hub" | "network" | "elsewhere" | "client" | "shared" | "wan" | "group" | "service";

/** A virtual network, or something else that holds boxes. */
export interface Frame {
  readonly kind: FrameKind;
  /** What it stands for, if that is one thing. */
  readonly network?: VirtualNetwork;
  readonly service?: Service;
  /** Terraform addresses or Azure ids of what it stands for. */
  readonly addresses: readonly string[];
  readonly title: string;
  readonly region?: string;
  readonly subtitle: string;
  /** What there is to say below the title. */
  readonly notes: readonly Row[];
  readonly items: readonly Item[];
}

export type ItemKind = "zone" | "endpoint" | "servers" | "bastion" | "machine" | "other" | "region";

/** A box in a frame. */
export interface Item {
  readonly kind: ItemKind;
  /** The zones or endpoints that it stands for. */
  readonly of: readonly (Zone | Endpoint)[];
  readonly rows: readonly Row[];
  /** The boxes of the endpoints that it returns. */
  readonly returns: readonly Item[];
  /** Number of the region; 0 if no path leads to it alone. */
  readonly region?: number;
  /** Whether clients are led to other regions. */
  readonly idle?: boolean;
}

/** A line of text, with a second text at its right end. */
export interface Row {
  readonly text: string;
  readonly right?: string;
  /** What it is: the name of something, what that is, a problem; others say more about it. */
  readonly is?: "name" | "label" | "problem";
}

/** What a line can lead to. */
export type Thing = Item | Frame | Section;
export type JoinKind = "peering" | "one-sided" | "wan" | "group" | "gateway" | "asks" | "returns" | "path";

/** Lines that join one thing with others. A path leads from private endpoints to the one thing that serves there. */
export interface Join {
  readonly kind: JoinKind;
  readonly one: Thing;
  readonly others: readonly Thing[];
  /** Of a path, the number of the region; 0 where Azure chooses. */
  readonly region?: number;
  /** Of a path, the names of the networks that take it from each of its private endpoints, where these are not plain. */
  readonly users?: ReadonlyMap<Thing, readonly string[]>;
}

/** By each thing, the lines that end there, with their numbers. */
export function linesByThing({ joins, paths }: Pick<Scene, "joins" | "paths">) {
  const ends = [...joins, ...paths].flatMap((line, number) =>
    [line.one, ...line.others].map((thing) => ({ thing, line, number })),
  );
  return groupBy(ends, ({ thing }) => thing);
}

/** The first of many names, and how many more there are. */
export function shortened(things: readonly { readonly name: string }[], most: number): string[] {
  const names = things.map(({ name }) => name);
  return names.length <= most ? names : [...names.slice(0, most - 1), `and ${names.length - most + 1} more`];
}

/** A frame with nothing in it. */
export function plainFrame(
  kind: FrameKind,
  title: string,
  subtitle: string,
  addresses: Frame["addresses"] = [],
): Frame {
  return { kind, addresses, title, subtitle, notes: [], items: [] };
}

/** A box that returns nothing. */
export function plainItem(kind: ItemKind, rows: readonly Row[], of: Item["of"] = []): Item {
  return { kind, of, rows, returns: [] };
}

/** A row of text that is there only in some cases. */
export function rowIf(given: boolean, text: string, is?: "problem"): Row[] {
  return given ? [{ text, ...(is && { is }) }] : [];
}
