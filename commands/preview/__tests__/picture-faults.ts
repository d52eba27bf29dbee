import { groupBy } from "../../../packages/common/util";
import type { Box, Line, Picture, Point, Text } from "../../../packages/private-link-preview/lib/drawing/picture";
import { textWidth } from "../../../packages/private-link-preview/lib/drawing/text-width";

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
  const isNear = (place: number, edge: number, other: number) =>
    Math.abs(edge - place) < 5 || Math.abs(other - place) < 5;
  return a.left === a.right
    ? isNear(a.left, b.left, b.right) && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 10
    : isNear(a.top, b.top, b.bottom) && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 10;
};

const nameOf = (box: Box) => `${box.kind} ${box.texts[0]?.text ?? ""}`;

function around(box: Box): Box[] {
  return box.parent ? [box.parent, ...around(box.parent)] : [];
}

function* pairs<T>(things: readonly T[]): Iterable<[T, T]> {
  for (let i = 0; i < things.length; i++) for (let j = i + 1; j < things.length; j++) yield [things[i]!, things[j]!];
}

/** What is wrong with how a picture is laid out, each as a sentence. */
export function faultsIn({ width, height, boxes, lines, texts }: Picture): string[] {
  const page = { left: 0, right: width, top: 0, bottom: height };
  const inBoxes = boxes.flatMap((box) => box.texts.map((text) => ({ box, text })));
  const allTexts = [...texts, ...inBoxes.map(({ text }) => text)];
  // Each area is compared with many others, and worked out once.
  const areas = new Map<Box | Text, Area>();
  const at = (thing: Box | Text): Area => {
    const area = areas.get(thing) ?? ("text" in thing ? areaOfText(thing) : areaOf(thing));
    areas.set(thing, area);
    return area;
  };
  const segments = lines.flatMap((line) =>
    line.segments.map((segment) => ({ line, segment, area: areaOfSegment(segment) })),
  );
  const faults: string[] = [];

  for (const box of boxes) {
    if (!isIn(at(box), page, 8)) faults.push(`${nameOf(box)} is not on the page.`);
    if (box.parent && !isIn(at(box), at(box.parent), 8)) faults.push(`${nameOf(box)} is not in ${nameOf(box.parent)}.`);
  }
  const byParent = groupBy(boxes, ({ parent }) => parent);
  for (const siblings of byParent.values())
    for (const [one, other] of pairs(siblings))
      if (overlap(at(one), at(other))) faults.push(`${nameOf(one)} and ${nameOf(other)} overlap.`);

  for (const { box, text } of inBoxes)
    if (!isIn(at(text), at(box), 3)) faults.push(`The text ${text.text} is not in ${nameOf(box)}.`);
  for (const text of texts) {
    if (!isIn(at(text), page, 8)) faults.push(`The text ${text.text} is not on the page.`);
    for (const box of boxes) if (overlap(at(text), at(box))) faults.push(`The text ${text.text} is on ${nameOf(box)}.`);
  }
  for (const { box, text } of inBoxes)
    for (const other of byParent.get(box) ?? [])
      if (overlap(at(text), at(other))) faults.push(`${nameOf(other)} is on the text ${text.text}.`);
  for (const list of [texts, ...boxes.map((box) => box.texts)])
    for (const [one, other] of pairs(list))
      if (overlap(at(one), at(other))) faults.push(`The texts ${one.text} and ${other.text} overlap.`);

  const crossable = new Map<Line, Set<Box>>(lines.map((line) => [line, new Set(line.joins.flatMap(around))]));
  for (const { line, segment, area } of segments) {
    const [a, b] = segment;
    const say = (what: string) => faults.push(`A line ${line.kind} from ${a.x},${a.y} to ${b.x},${b.y} ${what}.`);
    if (a.x !== b.x && a.y !== b.y) say("is oblique");
    if (!isIn(area, page, 4)) say("is not on the page");
    for (const box of boxes) {
      if (overlap(area, at(box)) && !crossable.get(line)!.has(box)) say(`goes through ${nameOf(box)}`);
      if (runsAlong(area, at(box))) say(`runs along the edge of ${nameOf(box)}`);
    }
    for (const text of allTexts) if (overlap(area, at(text))) say(`goes through the text ${text.text}`);
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
