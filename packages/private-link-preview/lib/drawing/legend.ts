import { BOXES, LINES } from "./kinds";
import type { Box, BoxKind, Line, Picture, Point, Text } from "./picture";
import type { JoinKind } from "./scene";
import { textWidth } from "./text-width";

const SETTING = { size: 12 };
const ROW = 22;
const SAMPLE = { box: 20, line: 30, height: 14, gap: 8 } as const;
const BETWEEN = 28;

/** The legend: the kinds of boxes and lines that occur, in columns. */
export function legendOf(drawn: Pick<Picture, "boxes" | "lines">, at: Point, width: number) {
  const boxKinds = (Object.keys(BOXES) as BoxKind[]).filter((kind) => BOXES[kind].means !== "");
  const samples = [
    ...boxKinds.flatMap((kind) => drawn.boxes.find((box) => box.kind === kind) ?? []),
    ...(Object.keys(LINES) as JoinKind[]).flatMap((kind) => drawn.lines.find((line) => line.kind === kind) ?? []),
  ].map((sample) => ({ sample, means: "texts" in sample ? BOXES[sample.kind].means : LINES[sample.kind].means }));
  const widest = Math.max(0, ...samples.map(({ means }) => textWidth(means, SETTING)));
  const column = widest + SAMPLE.line + SAMPLE.gap + BETWEEN;
  const most = Math.max(1, Math.floor((width + BETWEEN) / column));
  const rows = Math.ceil(samples.length / most);
  const columns = Math.ceil(samples.length / rows);
  const [boxes, lines, texts]: [Box[], Line[], Text[]] = [[], [], []];
  samples.forEach(({ sample, means }, i) => {
    const [x, y] = [at.x + (i % columns) * column, at.y + Math.floor(i / columns) * ROW];
    const middle = y + SAMPLE.height / 2;
    texts.push({ text: means, x: x + SAMPLE.line + SAMPLE.gap, y: middle + 4, ...SETTING, tone: "muted" });
    const colour = sample.region === undefined ? {} : { region: sample.region };
    if ("texts" in sample) {
      const place = { x: x + (SAMPLE.line - SAMPLE.box) / 2, y, width: SAMPLE.box, height: SAMPLE.height };
      boxes.push({ kind: sample.kind, ...place, ...colour, texts: [] });
      return;
    }
    const tip = { x: x + SAMPLE.line, y: middle };
    const arrow = LINES[sample.kind].arrow !== undefined;
    const segment = [{ x, y: middle }, arrow ? { ...tip, x: tip.x - 6 } : tip] as const;
    const arrows = arrow ? [{ ...tip, from: "left" as const }] : [];
    lines.push({ kind: sample.kind, ...colour, joins: [], segments: [segment], dots: [], arrows });
  });
  return { boxes, lines, texts, bottom: at.y + (rows - 1) * ROW + SAMPLE.height };
}
