import { UserError } from "../../packages/common/util";
import { parseSettings } from "../../src/settings/load";

/** The errors in some settings, a line each, without what every path starts with. */
export function errorsIn(settings: unknown): string[] {
  const [, ...lines] = linesOf(() => parseSettings(settings));
  return lines.map((line) => line.replace(/^ {2}privateRegistry\.?/, ""));
}

/** What a user is told instead of what fails, a line each. */
export function linesOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split("\n");
  }
}
