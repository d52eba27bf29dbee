/**
 * How often a step was tried, for the end of a sentence. Empty if only once.
 *
 * @param seconds - for how long it was tried
 */
export function triesText(retries = 0, seconds?: number): string {
  if (retries === 0) return "";
  return `after ${retries + 1} tries${seconds === undefined ? "" : ` in ${seconds} s`}`;
}
