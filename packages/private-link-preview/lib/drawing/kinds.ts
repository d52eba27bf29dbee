import type { BoxKind } from "./picture";
import type { JoinKind } from "./scene";

/** What each kind of box is, in the order of the legend, and how it looks. */
interface BoxStyle {
  readonly means: string;
  readonly fill: string;
  readonly stroke: string;
  /** Colour of the left edge. */
  readonly edge?: string;
  readonly round: number;
  readonly dash?: string;
}

const FRAME = { stroke: "#94a3b8", round: 8 } as const;
const ITEM = { stroke: "#cbd5e1", round: 4 } as const;
export const BOXES: Readonly<Record<BoxKind, BoxStyle>> = {
  hub: { ...FRAME, means: "Hub network", fill: "#eef4fd", stroke: "#5b8bd0" },
  network: { ...FRAME, means: "Virtual network", fill: "#f8fafc" },
  elsewhere: { ...FRAME, means: "Virtual network, managed elsewhere", fill: "#ffffff", dash: "4 3" },
  client: { ...FRAME, means: "Client outside Azure", fill: "#fdf6fd", stroke: "#86198f", dash: "4 3" },
  shared: { ...FRAME, means: "Shared by networks", fill: "#fdf9ec", stroke: "#d6b656" },
  wan: { ...FRAME, means: "Virtual WAN hub", fill: "#eef7fd", stroke: "#3b82c4" },
  group: { ...FRAME, means: "Network Manager's group", fill: "#eefaf9", stroke: "#0f8a8a" },
  section: { ...FRAME, means: "Each peered with every other", fill: "#f1f5f9", round: 10, dash: "6 4" },
  zone: { ...ITEM, means: "Private DNS zone", fill: "#fffbeb", edge: "#d99a0b" },
  endpoint: { ...ITEM, means: "Private endpoint", fill: "#effaf4", edge: "#1f9d63" },
  servers: { ...ITEM, means: "DNS servers", fill: "#fff8e8", edge: "#8f6400" },
  bastion: { ...ITEM, means: "Bastion", fill: "#fbf2fb", edge: "#a84fb0" },
  machine: { ...ITEM, means: "Virtual machine", fill: "#ffffff", edge: "#64748b" },
  other: { ...ITEM, means: "Other resource", fill: "#ffffff", edge: "#94a3b8" },
  region: { ...ITEM, means: "Region of the registry", fill: "#ffffff", edge: "#6d5bbf" },
  service: { ...FRAME, means: "", fill: "#f5f3fc", stroke: "#8573c9" },
};

/** What is broken, and nothing else, is red. */
export const TONES = { plain: "#1e293b", muted: "#51607a", problem: "#c62828" } as const;

interface LineStyle {
  readonly means: string;
  readonly colour: string;
  readonly width?: number;
  readonly dash?: string;
  /** Where its arrow is: at the one thing that it joins with others, or at these. */
  readonly arrow?: "one" | "others";
}

export const LINES: Readonly<Record<JoinKind, LineStyle>> = {
  peering: { means: "Peering", colour: "#64748b" },
  "one-sided": { means: "Peering in one direction only", colour: TONES.problem, dash: "8 3", arrow: "others" },
  wan: { means: "Connection to a Virtual WAN hub", colour: "#3b82c4" },
  group: { means: "Connected by Virtual Network Manager", colour: "#0f8a8a" },
  gateway: { means: "VPN or ExpressRoute gateway", colour: "#86198f" },
  asks: { means: "Asks for names", colour: "#b26a00", dash: "6 4", arrow: "one" },
  returns: { means: "Returns the addresses of", colour: "#b26a00", dash: "1.5 3", arrow: "others" },
  path: { means: "Data path", colour: "#6d5bbf", width: 2, arrow: "one" },
};

/** Colours of the paths to regions, in turn. */
export const REGIONS = ["#2f6fdb", "#0f9488", "#8b5cf6", "#4d7c0f", "#c026d3", "#0369a1", "#8a6a0b", "#5b21b6"];
