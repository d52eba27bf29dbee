import { UsageError } from "../../../common/util/user-error";
import { FINDING_CODES } from "./codes";

/** What an option is made of, as commander's `option` takes it. */
type OptionParts = [flags: string, description: string, read: (code: string, before?: readonly string[]) => string[]];

/**
 * The option by which findings are ignored on purpose; it can be repeated.
 *
 * @param codes - the codes that it takes
 */
export function ignoreOption(codes: readonly string[] = Object.keys(FINDING_CODES)): OptionParts {
  return [
    "--ignore <code>",
    "don't fail because of findings of this code; can be repeated",
    (code, before = []) => {
      if (!codes.includes(code))
        throw new UsageError(`--ignore: found ${JSON.stringify(code)}, allowed: ${[...codes].sort().join(", ")}`);
      return [...before, code];
    },
  ];
}
