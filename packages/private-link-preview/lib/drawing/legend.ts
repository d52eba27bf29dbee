import type { Box, BoxKind, Line, LineKind, Point, Text } from "./picture";
import { textWidth } from "./text-width";

/** What each kind of box and line is. */
const MEANINGS: readonly (
  { readonly box: BoxKind; readonly means: string } | { readonly line: LineKind; readonly means: string }
)[] = [
  { box: "hub", means: "Hub network" },
  { box: "network", means: "Virtual network" },
  { box: "elsewhere", means: "Virtual network, managed elsewhere" },
  { box: "shared", means: "Shared by networks" },
  { box: "wan", means: "Virtual WAN hub" },
  { box: "group", means: "Network Manager's group" },
  { box: "section", means: "Each peered with every other" },
  { box: "zone", means: "Private DNS zone" },
  { box: "endpoint", means: "Private endpoint" },
  { box: "servers", means: "DNS servers" },
  { box: "bastion", means: "Bastion" },
  { box: "machine", means: "Virtual machine" },
  { box: "other", means: "Other resource" },
  { box: "region", means: "Region of the registry" },
  { line: "peering", means: "Peering" },
  { line: "one-sided", means: "Peering in one direction only" },
  { line: "wan", means: "Connection to a Virtual WAN hub" },
  { line: "group", means: "Connected by Virtual Network Manager" },
  { line: "asks", means: "Asks for names" },
  { line: "returns", means: "Returns the addresses of" },
  { line: "path", means: "Data path" },
];

const SETTING = { size: 12 };
const ROW = 22;
const SAMPLE = { box: 20, line: 30, height: 14, gap: 8 } as const;
const BETWEEN = 28;

/** The legend: the kinds of boxes and lines that occur, in columns. */
export function legendOf(
  drawn: { readonly boxes: readonly Box[]; readonly lines: readonly Line[] },
  at: Point,
  width: number,
): { boxes: Box[]; lines: Line[]; texts: Text[]; bottom: number } {
  const kinds = new Set<BoxKind | LineKind>([...drawn.boxes, ...drawn.lines].map(({ kind }) => kind));
  const entries = MEANINGS.filter((entry) => kinds.has("box" in entry ? entry.box : entry.line));
  const column =
    Math.max(...entries.map(({ means }) => textWidth(means, SETTING))) + SAMPLE.line + SAMPLE.gap + BETWEEN;
  const most = Math.max(1, Math.floor((width + BETWEEN) / column));
  const rows = Math.ceil(entries.length / most);
  const columns = Math.ceil(entries.length / rows);
  const legend = { boxes: [] as Box[], lines: [] as Line[], texts: [] as Text[] };
  entries.forEach((entry, i) => {
    const [x, y] = [at.x + (i % columns) * column, at.y + Math.floor(i / columns) * ROW];
    const middle = y + SAMPLE.height / 2;
    const text = { x: x + SAMPLE.line + SAMPLE.gap, y: middle + 4, ...SETTING, tone: "muted" } as const;
    legend.texts.push({ text: entry.means, ...text });
    if ("box" in entry) {
      const inset = (SAMPLE.line - SAMPLE.box) / 2;
      const place = { x: x + inset, y, width: SAMPLE.box, height: SAMPLE.height };
      const { region } = drawn.boxes.find(({ kind }) => kind === entry.box)!;
      legend.boxes.push({ kind: entry.box, ...place, texts: [], ...(region !== undefined && { region }) });
      return;
    }
    const [tip, arrow] = [{ x: x + SAMPLE.line, y: middle }, WITH_ARROW.has(entry.line)];
    const { region } = drawn.lines.find(({ kind }) => kind === entry.line)!;
    legend.lines.push({
      kind: entry.line,
      ...(region !== undefined && { region }),
      joins: [],
      segments: [[{ x, y: middle }, arrow ? { ...tip, x: tip.x - 6 } : tip]],
      dots: [],
      arrows: arrow ? [{ ...tip, from: "left" }] : [],
    });
  });
  return { ...legend, bottom: at.y + (rows - 1) * ROW + SAMPLE.height };
}

const WITH_ARROW: ReadonlySet<LineKind> = new Set(["asks", "returns", "path", "one-sided"]);
