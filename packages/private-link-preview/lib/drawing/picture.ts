import type { FrameKind, ItemKind, JoinKind } from "./scene";

/** A picture as it is drawn: all places and sizes are in pixels, from the upper left corner. */
export interface Picture extends Size {
  /** What the picture shows, in a few words. */
  readonly title: string;
  /** From the outermost to the innermost. */
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  /** Texts outside of boxes. */
  readonly texts: readonly Text[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type BoxKind = FrameKind | ItemKind | "section";

export interface Box extends Point, Size {
  readonly kind: BoxKind;
  /** The box that it is in. */
  readonly parent?: Box;
  readonly texts: readonly Text[];
  /** Terraform addresses or Azure ids of what it stands for. */
  readonly addresses?: readonly string[];
  /** Number of the region, for the colour of its path. */
  readonly region?: number;
  /** Whether clients are led elsewhere. */
  readonly idle?: boolean;
}

/** A line of text, with the point at which it starts or ends on its base line. */
export interface Text {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly bold?: boolean;
  readonly end?: boolean;
  readonly tone: "plain" | "muted" | "problem";
}

/** Straight segments of one kind that meet. */
export interface Line {
  readonly kind: JoinKind;
  /** Number of the region, for the colour of a path. */
  readonly region?: number;
  /** What it joins. */
  readonly joins: readonly Box[];
  readonly segments: readonly (readonly [Point, Point])[];
  /** Where segments of it meet, and do not only cross those of others. */
  readonly dots: readonly Point[];
  /** Tips of arrows, each with the side of it on which the line is. */
  readonly arrows: readonly (Point & { readonly from: "left" | "right" | "above" | "below" })[];
}
