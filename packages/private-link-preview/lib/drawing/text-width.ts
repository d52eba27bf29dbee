// Advance widths of the characters from space to tilde, in hundredths of the font's size: for each the larger one of
// Arimo, which has the widths of Arial, Helvetica and Liberation Sans, and of DejaVu Sans, which is wider than most.
const REGULAR = widths(
  "32 41 46 84 64 96 78 28 40 40 50 84 32 37 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 56 102 69 69 73 78 67 62 78 76 30 50 67 56 87 75 79 67 79 73 67 62 74 69 99 69 67 69 40 34 40 84 56 50 62 64 55 64 62 36 64 64 28 28 58 28 98 64 62 64 64 42 53 40 64 60 82 60 60 53 64 34 64 84",
);
const BOLD = widths(
  "35 46 53 84 70 101 88 31 46 46 53 84 38 42 38 37 70 70 70 70 70 70 70 70 70 70 40 40 84 84 84 62 100 78 77 74 84 69 69 83 84 38 56 78 64 100 84 86 74 86 78 73 69 82 78 111 78 73 73 46 37 46 84 56 50 68 72 60 72 68 44 72 72 35 35 67 35 105 72 69 72 72 50 60 48 72 66 93 65 66 59 72 37 72 84",
);
/** Of any other character: as wide as the widest letter of the fonts' other scripts. */
const OTHER = 160;

/** How a text is set. */
export interface Setting {
  /** Font size in pixels. */
  readonly size: number;
  readonly bold?: boolean;
}

/** Width of a text in pixels, at most: in some fonts it is narrower, and in no usual one wider. */
export function textWidth(text: string, { size, bold = false }: Setting): number {
  const table = bold ? BOLD : REGULAR;
  let sum = 0;
  for (const character of text) sum += table[character.codePointAt(0)! - 32] ?? KNOWN[character] ?? OTHER;
  return Math.ceil((sum * size) / 100);
}

/** The text, cut so that it fits. */
export function fit(text: string, width: number, setting: Setting): string {
  if (textWidth(text, setting) <= width) return text;
  const characters = Array.from(text);
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (textWidth(`${characters.slice(0, middle).join("")}…`, setting) <= width) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join("").trimEnd()}…`;
}

/** Characters of the picture's own words. */
const KNOWN: Readonly<Record<string, number>> = { "…": 105, "·": 40 };

function widths(text: string): number[] {
  return text.split(" ").map(Number);
}
