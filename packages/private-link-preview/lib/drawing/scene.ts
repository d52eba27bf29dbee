import type { Endpoint, Service, VirtualNetwork, Zone } from "../model/network-model";

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
  readonly paths: readonly Path[];
  /** Networks, each with the boxes of the endpoints that its DNS returns and that it can't reach. */
  readonly unreachable: readonly { readonly network: Frame; readonly items: readonly Item[] }[];
  /** Whether networks are drawn below the names of their regions. */
  readonly byRegion: boolean;
}

/** Networks that belong together; with a title, in a frame. */
export interface Section {
  readonly title?: string;
  readonly frames: readonly Frame[];
}

export type FrameKind = "hub" | "network" | "elsewhere" | "shared" | "wan" | "group" | "service";

/** A virtual network, or something else that holds boxes. */
export interface Frame {
  readonly kind: FrameKind;
  /** What it stands for, if that is one thing. */
  readonly network?: VirtualNetwork;
  readonly service?: Service;
  /** Terraform addresses or Azure ids of the networks that it stands for. */
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
  /** What it stands for, if that may be many things. */
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

export type JoinKind = "peering" | "one-sided" | "wan" | "group" | "asks" | "returns";

/** Lines that join boxes, networks or sections as one: the first with each other. */
export interface Join {
  readonly kind: JoinKind;
  readonly ends: readonly End[];
}

/** Where a line ends. */
export interface End {
  readonly on: Item | Frame | Section;
  readonly arrow?: boolean;
}

/** The way from private endpoints to what serves there. */
export interface Path {
  /** Each with the names of the networks that take it, where these have to be told. */
  readonly from: ReadonlyMap<Item, readonly string[]>;
  readonly to: Item | Frame;
  /** Number of the region; 0 where Azure chooses. */
  readonly region: number;
}

/** Most of each that is drawn one by one. */
export interface Limits {
  /** Networks of which each box says what it is; with more, the legend does. */
  readonly labelled: number;
  readonly zones: number;
  readonly sharedZones: number;
  readonly endpoints: number;
  readonly machines: number;
  /** Addresses in a box. */
  readonly addresses: number;
  /** Names in a box. */
  readonly names: number;
  /** Peerings beside hubs and meshes, and answers across networks, that are drawn as lines. */
  readonly lines: number;
  readonly services: number;
}
