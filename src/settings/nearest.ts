import { closest, distance } from "fastest-levenshtein";

/** What a misspelled word may be meant to be, in parentheses; empty where nothing known is near. */
export function nearest(word: string, known: readonly string[]): string {
  const found = closest(word, known);
  const isNear = distance(word.toLowerCase(), found.toLowerCase()) <= Math.max(1, Math.floor(word.length / 3));
  return isNear ? ` (nearest: ${found})` : "";
}
