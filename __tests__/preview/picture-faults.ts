import { groupBy } from "../../packages/common/util";
import type { Box, Line, Point, Scene, Text } from "../../src/preview/picture/scene";
import { textWidth } from "../../src/preview/picture/text-width";

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const areaOf = ({ x, y, width, height }: Box): Area => ({ left: x, right: x + width, top: y, bottom: y + height });

const areaOfText = (text: Text): Area => {
  const width = textWidth(text.text, text);
  const left = text.end ? text.x - width : text.x;
  return { left, right: left + width, top: text.y - 0.75 * text.size, bottom: text.y + 0.25 * text.size };
};

const areaOfSegment = ([a, b]: readonly [Point, Point]): Area => ({
  left: Math.min(a.x, b.x),
  right: Math.max(a.x, b.x),
  top: Math.min(a.y, b.y),
  bottom: Math.max(a.y, b.y),
});

/** Whether two areas have more than an edge in common. */
const overlap = (a: Area, b: Area) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const isIn = (a: Area, b: Area, padding: number) =>
  a.left >= b.left + padding &&
  a.right <= b.right - padding &&
  a.top >= b.top + padding &&
  a.bottom <= b.bottom - padding;

/** Whether a segment runs beside an edge, so close that it looks like a part of it. */
const runsAlong = (a: Area, b: Area) => {
  const beside = (place: number, edges: readonly number[], common: number) =>
    common > 10 && edges.some((edge) => Math.abs(edge - place) < 5);
  return a.left === a.right
    ? beside(a.left, [b.left, b.right], Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top))
    : beside(a.top, [b.top, b.bottom], Math.min(a.right, b.right) - Math.max(a.left, b.left));
};

const nameOf = (box: Box) => `${box.kind} ${box.texts[0]?.text ?? ""}`;

function around(box: Box): Box[] {
  return box.parent ? [box.parent, ...around(box.parent)] : [];
}

function* pairs<T>(things: readonly T[]): Iterable<[T, T]> {
  for (const [i, one] of things.entries()) for (const other of things.slice(i + 1)) yield [one, other];
}

/** What is wrong with how a picture is laid out, each as a sentence. */
export function faultsIn({ width, height, boxes, lines, texts }: Scene): string[] {
  const page = { left: 0, right: width, top: 0, bottom: height };
  const inBoxes = boxes.flatMap((box) => box.texts.map((text) => ({ box, text })));
  const allTexts = [...texts, ...inBoxes.map(({ text }) => text)];
  const segments = lines.flatMap((line) =>
    line.segments.map((segment) => ({ line, segment, area: areaOfSegment(segment) })),
  );
  const faults: string[] = [];

  for (const box of boxes) {
    if (!isIn(areaOf(box), page, 8)) faults.push(`${nameOf(box)} is not on the page.`);
    if (box.parent && !isIn(areaOf(box), areaOf(box.parent), 8))
      faults.push(`${nameOf(box)} is not in ${nameOf(box.parent)}.`);
  }
  const byParent = groupBy(boxes, ({ parent }) => parent);
  for (const siblings of byParent.values())
    for (const [one, other] of pairs(siblings))
      if (overlap(areaOf(one), areaOf(other))) faults.push(`${nameOf(one)} and ${nameOf(other)} overlap.`);

  for (const { box, text } of inBoxes)
    if (!isIn(areaOfText(text), areaOf(box), 3)) faults.push(`The text ${text.text} is not in ${nameOf(box)}.`);
  for (const text of texts) {
    if (!isIn(areaOfText(text), page, 8)) faults.push(`The text ${text.text} is not on the page.`);
    for (const box of boxes)
      if (overlap(areaOfText(text), areaOf(box))) faults.push(`The text ${text.text} is on ${nameOf(box)}.`);
  }
  for (const { box, text } of inBoxes)
    for (const other of byParent.get(box) ?? [])
      if (overlap(areaOfText(text), areaOf(other))) faults.push(`${nameOf(other)} is on the text ${text.text}.`);
  for (const list of [texts, ...boxes.map((box) => box.texts)])
    for (const [one, other] of pairs(list))
      if (overlap(areaOfText(one), areaOfText(other))) faults.push(`The texts ${one.text} and ${other.text} overlap.`);

  const crossable = new Map<Line, Set<Box>>(lines.map((line) => [line, new Set(line.joins.flatMap(around))]));
  for (const { line, segment, area } of segments) {
    const [a, b] = segment;
    const name = `A line ${line.kind} from ${a.x},${a.y} to ${b.x},${b.y}`;
    if (a.x !== b.x && a.y !== b.y) faults.push(`${name} is oblique.`);
    if (!isIn(area, page, 4)) faults.push(`${name} is not on the page.`);
    for (const box of boxes) {
      if (!crossable.get(line)!.has(box) && overlap(area, areaOf(box)))
        faults.push(`${name} goes through ${nameOf(box)}.`);
      if (runsAlong(area, areaOf(box))) faults.push(`${name} runs along the edge of ${nameOf(box)}.`);
    }
    for (const text of allTexts)
      if (overlap(area, areaOfText(text))) faults.push(`${name} goes through the text ${text.text}.`);
  }
  const upright = (area: Area) => area.left === area.right;
  for (const [one, other] of pairs(segments)) {
    if (one.line === other.line || upright(one.area) !== upright(other.area)) continue;
    const [a, b] = [one.area, other.area];
    const same = upright(a)
      ? Math.abs(a.left - b.left) < 4 && a.top < b.bottom && b.top < a.bottom
      : Math.abs(a.top - b.top) < 4 && a.left < b.right && b.left < a.right;
    if (same) faults.push(`Lines ${one.line.kind} and ${other.line.kind} run together at ${a.left},${a.top}.`);
  }
  return faults;
}
