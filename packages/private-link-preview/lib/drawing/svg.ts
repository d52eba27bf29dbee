import type { Box, BoxKind, Line, LineKind, Picture, Text } from "./picture";

interface BoxStyle {
  readonly fill: string;
  readonly stroke: string;
  /** Colour of the left edge. */
  readonly edge?: string;
  readonly round: number;
  readonly dash?: string;
}

const ITEM = { stroke: "#cbd5e1", round: 4 } as const;
const BOXES: Readonly<Record<BoxKind, BoxStyle>> = {
  section: { fill: "#f1f5f9", stroke: "#94a3b8", round: 10, dash: "6 4" },
  hub: { fill: "#eef4fd", stroke: "#5b8bd0", round: 8 },
  network: { fill: "#f8fafc", stroke: "#94a3b8", round: 8 },
  elsewhere: { fill: "#ffffff", stroke: "#94a3b8", round: 8, dash: "4 3" },
  shared: { fill: "#fdf9ec", stroke: "#d6b656", round: 8 },
  wan: { fill: "#eef7fd", stroke: "#3b82c4", round: 8 },
  group: { fill: "#eefaf9", stroke: "#0f8a8a", round: 8 },
  service: { fill: "#f5f3fc", stroke: "#8573c9", round: 8 },
  zone: { ...ITEM, fill: "#fffbeb", edge: "#d99a0b" },
  servers: { ...ITEM, fill: "#fff8e8", edge: "#8f6400" },
  endpoint: { ...ITEM, fill: "#effaf4", edge: "#1f9d63" },
  machine: { ...ITEM, fill: "#ffffff", edge: "#64748b" },
  bastion: { ...ITEM, fill: "#fbf2fb", edge: "#a84fb0" },
  other: { ...ITEM, fill: "#ffffff", edge: "#94a3b8" },
  region: { ...ITEM, fill: "#ffffff", edge: "#6d5bbf" },
};

interface LineStyle {
  readonly colour: string;
  readonly width: number;
  readonly dash?: string;
}

const LINES: Readonly<Record<LineKind, LineStyle>> = {
  peering: { colour: "#64748b", width: 1.5 },
  "one-sided": { colour: "#c62828", width: 1.5, dash: "8 3" },
  wan: { colour: "#3b82c4", width: 1.5 },
  group: { colour: "#0f8a8a", width: 1.5 },
  asks: { colour: "#b26a00", width: 1.5, dash: "6 4" },
  returns: { colour: "#b26a00", width: 1.5, dash: "1.5 3" },
  path: { colour: "#6d5bbf", width: 2 },
};

/** Colours of the paths to regions, in turn. */
const REGIONS = ["#2f6fdb", "#0f9488", "#8b5cf6", "#4d7c0f", "#c026d3", "#0369a1", "#8a6a0b", "#5b21b6"];

const TONES = { plain: "#1e293b", muted: "#51607a", problem: "#c62828" } as const;

const FONTS = "Arial, Helvetica, 'Liberation Sans', Arimo, 'DejaVu Sans', sans-serif";

/** The picture as SVG 1.1, of rectangles, paths and texts alone, so that every program draws it alike. */
export function svgOf({ width, height, title, boxes, lines, texts }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONTS}">`,
    `<title>${escaped(title)}</title>`,
    `<rect class="page" x="0" y="0" width="${width}" height="${height}" fill="#ffffff"/>`,
    // Lines end at the edge of boxes inside frames.
    ...boxes.filter(({ parent, kind }) => !parent || kind === "network" || kind === "elsewhere").map(boxElement),
    ...lines.map(lineElements),
    ...boxes.filter(({ parent, kind }) => parent && kind !== "network" && kind !== "elsewhere").map(boxElement),
    ...[...boxes.flatMap((box) => box.texts), ...texts].map(textElement),
    "</svg>\n",
  ].join("\n");
}

function boxElement({ kind, x, y, width, height, region, texts, addresses = [], idle = false }: Box): string {
  const { fill, dash, ...style } = BOXES[kind];
  const broken = texts.some(({ tone }) => tone === "problem");
  const stroke = broken ? TONES.problem : style.stroke;
  const edge = idle ? BOXES.other.edge : region === undefined || region === 0 ? style.edge : regionColour(region);
  const round = Math.min(style.round, height / 4);
  const named = addresses.length === 0 ? "" : ` data-address="${addresses.map(escaped).join("&#10;")}"`;
  const rect = `<rect class="${kind}${broken ? " broken" : ""}${idle ? " idle" : ""}"${named} x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" ry="${round}" fill="${fill}" stroke="${stroke}" stroke-width="1"${dashed(idle ? "4 3" : dash)}/>`;
  if (edge === undefined) return rect;
  const [right, low] = [x + 5, y + height];
  return `${rect}\n<path class="edge ${colourClass(kind, region)}" d="M${right} ${y}H${x + round}Q${x} ${y} ${x} ${y + round}V${low - round}Q${x} ${low} ${x + round} ${low}H${right}Z" fill="${edge}"/>`;
}

function lineElements({ kind, region = 0, segments, dots, arrows }: Line): string {
  const { width, dash } = LINES[kind];
  const colour = region === 0 ? LINES[kind].colour : regionColour(region);
  const d = segments.map(([a, b]) => `M${a.x} ${a.y}${a.y === b.y ? `H${b.x}` : `V${b.y}`}`).join("");
  const cap = dash === undefined ? ' stroke-linecap="square"' : "";
  const heads = arrows.map(({ x, y, from }) => {
    if (from === "left") return `M${x} ${y}L${x - 8} ${y - 4}V${y + 4}Z`;
    if (from === "right") return `M${x} ${y}L${x + 8} ${y - 4}V${y + 4}Z`;
    const base = from === "above" ? y - 8 : y + 8;
    return `M${x} ${y}L${x - 4} ${base}H${x + 4}Z`;
  });
  const r = width + 0.75;
  const points = dots.map(({ x, y }) => `M${x - r} ${y}A${r} ${r} 0 1 0 ${x + r} ${y}A${r} ${r} 0 1 0 ${x - r} ${y}Z`);
  const filled = [...heads, ...points].join("");
  const name = colourClass(kind, region);
  return [
    `<path class="line ${name}" d="${d}" fill="none" stroke="${colour}" stroke-width="${width}"${cap}${dashed(dash)}/>`,
    ...(filled === "" ? [] : [`<path class="head ${name}" d="${filled}" fill="${colour}"/>`]),
  ].join("\n");
}

function regionColour(region: number): string {
  return REGIONS[(region - 1) % REGIONS.length]!;
}

/** The class of what has the colour of a kind, or of a region. */
function colourClass(kind: string, region = 0): string {
  return region === 0 ? kind : `region-${((region - 1) % REGIONS.length) + 1}`;
}

function dashed(dash: string | undefined): string {
  return dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
}

function textElement({ text, x, y, size, bold = false, end = false, tone }: Text): string {
  const weight = bold ? ' font-weight="bold"' : "";
  const anchor = end ? ' text-anchor="end"' : "";
  return `<text class="${tone}" x="${x}" y="${y}" font-size="${size}" fill="${TONES[tone]}"${weight}${anchor}>${escaped(text)}</text>`;
}

/** Text of a foreign file for XML. What controls a terminal, hides or turns text is replaced. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Cn}]/gu, "\uFFFD")
    .replace(/[&<>"']/g, (special) => `&#${special.charCodeAt(0)};`);
}
