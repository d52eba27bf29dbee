/** What a picture shows, without any place or size. */
export interface Sketch {
  readonly title: string;
  /** Each is drawn below the other. */
  readonly subtitles: readonly Row[];
  /** Hubs and what networks share, in a row at the top. */
  readonly top: readonly Frame[];
  /** The other networks, in columns side by side. */
  readonly sections: readonly Section[];
  /** Registries and other services, in a row at the bottom. */
  readonly services: readonly Frame[];
  readonly joins: readonly Join[];
  readonly paths: readonly Path[];
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
  /** Terraform address or Azure id of what it stands for. */
  readonly address?: string;
  readonly title: string;
  readonly subtitle: string;
  /** What there is to say below the title. */
  readonly notes: readonly Row[];
  readonly items: readonly Item[];
}

export type ItemKind = "zone" | "endpoint" | "servers" | "bastion" | "machine" | "other" | "region";

/** A box in a frame. */
export interface Item {
  readonly kind: ItemKind;
  readonly rows: readonly Row[];
  /** Whether the next item is what this one returns. */
  readonly returnsNext?: boolean;
  /** Number of the region; 0 if no path leads to it alone. */
  readonly region?: number;
}

/** A line of text, with a second text at its right end. */
export interface Row {
  readonly text: string;
  readonly right?: string;
  /** What it is: the name of something, what that is, a problem; others say more about it. */
  readonly is?: "name" | "label" | "problem";
}

export type JoinKind = "peering" | "one-sided" | "wan" | "group" | "asks" | "returns";

/** Lines that join boxes, networks or sections as one. */
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
  readonly from: readonly Item[];
  readonly to: Item | Frame;
  /** Number of the region; 0 where Azure chooses. */
  readonly region: number;
}
