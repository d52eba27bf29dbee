export { which } from "./needs.cjs";

/** `test`, or a skipped test whose name says why. */
export function testUnless(
  reason: string | undefined,
  name: string,
  body: () => Promise<void>,
  milliseconds?: number,
): void {
  if (reason === undefined) test(name, body, milliseconds);
  else test.skip(`${name} (skipped: ${reason})`, body);
}

/** `describe`, or a skipped one whose name says why. */
export function describeUnless(reason: string | undefined, name: string, body: () => void): void {
  if (reason === undefined) describe(name, body);
  else describe.skip(`${name} (skipped: ${reason})`, body);
}
