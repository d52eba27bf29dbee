import { BOXES, LINES, REGIONS, TONES } from "./kinds";
import type { Box, Line, Picture, Text } from "./picture";

const FONTS = "Arial, Helvetica, 'Liberation Sans', Arimo, 'DejaVu Sans', sans-serif";

/** The picture as SVG 1.1, of rectangles, paths and texts alone, so that every program draws it the same. */
export function svgOf({ width, height, title, boxes, lines, texts }: Picture): string {
  const isOuter = ({ parent, kind }: Box) => !parent || kind === "network" || kind === "elsewhere";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONTS}">`,
    `<title>${escaped(title)}</title>`,
    `<rect class="page" x="0" y="0" width="${width}" height="${height}" fill="#ffffff"/>`,
    // Lines end at the edge of boxes inside frames.
    ...boxes.filter(isOuter).map(boxElement),
    ...lines.map(lineElements),
    ...boxes.filter((box) => !isOuter(box)).map(boxElement),
    ...[...boxes.flatMap((box) => box.texts), ...texts].map(textElement),
    "</svg>\n",
  ].join("\n");
}

function boxElement({ kind, x, y, width, height, region, texts, addresses = [], idle = false }: Box): string {
  const style = BOXES[kind];
  const broken = texts.some(({ tone }) => tone === "problem");
  const classes = [kind, ...(broken ? ["broken"] : []), ...(idle ? ["idle"] : [])].join(" ");
  const named = addresses.length === 0 ? "" : ` data-address="${addresses.map(escaped).join("&#10;")}"`;
  const round = Math.min(style.round, height / 4);
  const look = `fill="${style.fill}" stroke="${broken ? TONES.problem : style.stroke}" stroke-width="1"${dashed(idle ? "4 3" : style.dash)}`;
  const rect = `<rect class="${classes}"${named} x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" ry="${round}" ${look}/>`;
  const edge = idle ? BOXES.other.edge : style.edge;
  if (edge === undefined) return rect;
  const [right, low] = [x + 5, y + height];
  const colour = colourOf(idle ? "idle" : kind, edge, region);
  return `${rect}\n<path class="edge ${colour.name}" d="M${right} ${y}H${x + round}Q${x} ${y} ${x} ${y + round}V${low - round}Q${x} ${low} ${x + round} ${low}H${right}Z" fill="${colour.value}"/>`;
}

function lineElements({ kind, region, segments, dots, arrows }: Line): string {
  const { width = 1.5, dash, colour } = LINES[kind];
  const { name, value } = colourOf(kind, colour, region);
  const d = segments.map(([a, b]) => `M${a.x} ${a.y}${a.y === b.y ? `H${b.x}` : `V${b.y}`}`).join("");
  const cap = dash === undefined ? ' stroke-linecap="square"' : "";
  const heads = arrows.map(({ x, y, from }) => {
    const base = from === "left" || from === "above" ? -8 : 8;
    const isLevel = from === "left" || from === "right";
    return `M${x} ${y}L${isLevel ? `${x + base} ${y - 4}V${y + 4}` : `${x - 4} ${y + base}H${x + 4}`}Z`;
  });
  const r = width + 0.75;
  const points = dots.map(({ x, y }) => `M${x - r} ${y}A${r} ${r} 0 1 0 ${x + r} ${y}A${r} ${r} 0 1 0 ${x - r} ${y}Z`);
  const filled = [...heads, ...points].join("");
  const line = `<path class="line ${name}" d="${d}" fill="none" stroke="${value}" stroke-width="${width}"${cap}${dashed(dash)}/>`;
  return filled === "" ? line : `${line}\n<path class="head ${name}" d="${filled}" fill="${value}"/>`;
}

/** The colour of a kind, or of a region, and its class. */
function colourOf(kind: string, colour: string, region = 0): { name: string; value: string } {
  const number = (region - 1) % REGIONS.length;
  return region === 0 ? { name: kind, value: colour } : { name: `region-${number + 1}`, value: REGIONS[number]! };
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
    .replace(/[&<>"'#]/g, (special) => `&#${special.charCodeAt(0)};`);
}
