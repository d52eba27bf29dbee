/** A count with its noun: "1 network", "3 networks". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Breaks a text into lines: between words, or inside one that is too long, after a hyphen or the like if it has one. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").flatMap((long) => pieces(long, width))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const end = /^.*[-_./]/.exec(word.slice(0, width))?.[0].length ?? width;
  return [word.slice(0, end), ...pieces(word.slice(end), width)];
}
