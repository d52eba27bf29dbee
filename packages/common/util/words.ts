/** A count with its noun: "1 network", "3 networks". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The order of names for people: `spoke2` before `spoke10`. */
export const naturally = new Intl.Collator("en", { numeric: true }).compare;

/** "a", "a and b", "a, b and c"; the tail of a long list is counted. */
export function joinWords(words: readonly string[]): string {
  const shown = words.length > 6 ? [...words.slice(0, 5), `${words.length - 5} more`] : words;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** A text without its middle if it is long. An ID of Azure stays whole: what is wrong in one may be anywhere. */
export function withoutMiddle(text: string): string {
  return text.length > 240 ? `${text.slice(0, 80)}…${text.slice(-120)}` : text;
}

/** A path in JSON: `spokes[1].name`. */
export function pathText(path: readonly (string | number)[]): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : `${i > 0 ? "." : ""}${step}`)).join("");
}

/**
 * Breaks a text into printable lines: between words, or inside a word that is too long, after a hyphen or the like. A name
 * without one stays whole, although the line is longer then.
 */
export function wrap(text: string, width: number): string[] {
  const words = printable(text).split(" ");
  const pieces = words.flatMap((word) => (word.length <= width ? [word] : filled(partsOf(word), "", width)));
  // Again, because each line now has a start of its own.
  return filled(pieces, " ", width).map(printable);
}

/** Lines with as many of the parts as fit into each. */
function filled(parts: readonly string[], between: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1) ?? ""}${between}${part}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

/** Longest part of a word that stays whole, in characters. A digest has 71; what is longer is no name of Azure's. */
const LONGEST_PART = 100;

/** The parts of a word that stay whole, of which each but the last ends with a hyphen, an underscore, a period or a slash. */
export function partsOf(word: string): string[] {
  return word
    .split(/(?<=[-_./])/)
    .flatMap((part) => (part.length > LONGEST_PART ? (part.match(/.{1,20}/gs) ?? []) : [part]));
}

/**
 * A line as a terminal and GitHub's log show it, with text of a foreign file in it: characters that control a terminal or
 * hide in the text are written as their codes, and nothing in it is a command of a log.
 */
export function printable(line: string): string {
  return withoutCommands(hidden(line));
}

/** Text in which no line is a command of GitHub's log, such as `::error`, and no `##[error]` or `##vso[…]` of Azure Pipelines'. */
export function withoutCommands(text: string): string {
  return text.replace(/^([^\S\n\r\u2028\u2029]*)(?=::)|(?<=##(?:vso)?)(?=\[)/gim, "$1\\");
}

/** JSON for a terminal and GitHub's log: the same value, with the same in its texts written as codes. */
export function printableJson(value: unknown): string {
  return shown(JSON.stringify(value, null, 2)).replace(/#(?=#(?:vso)?\[)/gi, "\\u0023");
}

/** What controls a terminal, hides in a text or turns it, separates lines, or is no character that XML can have. */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{NChar}]/gu;

/** Text of several lines, with all that is not seen in it as codes. */
export function shown(lines: string): string {
  return lines
    .split("\n")
    .map((line) => hidden(line))
    .join("\n");
}

/** Writes control characters, characters without a width such as those that reverse a text, and line separators as their codes. */
export function hidden(text: string, which = UNSEEN): string {
  return text.replace(which, (found) =>
    [...Array(found.length).keys()]
      .map((unit) => `\\u${found.charCodeAt(unit).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
