import { closest, distance } from "fastest-levenshtein";

/** What a misspelled word may be meant to be, in parentheses; empty where nothing known is near. */
export function nearest(word: string, known: readonly string[]): string {
  const [small, all] = [word.toLowerCase(), known.map((one) => one.toLowerCase())];
  const found = closest(small, all);
  const isNear = distance(small, found) <= Math.max(1, Math.floor(word.length / 3));
  return isNear ? ` (nearest: ${known[all.indexOf(found)]!})` : "";
}
