import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { readFileSync } from "node:fs";
import { UserError } from "./user-error";

/**
 * What a file of JSON holds.
 *
 * @param file - its path, or - for standard input
 * @param absent - what to say if the file can't be read
 * @throws UserError if it can't be read, or is not JSON, with the place
 */
export function readJsonFile(file: string, absent?: string): unknown {
  const name = file === "-" ? "standard input" : file;
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(code === "ENOENT" && absent !== undefined ? absent : `Can't read ${name}: ${message}`);
  }
  return parseJson(text, name);
}

/**
 * What a text of JSON holds.
 *
 * @param source - where it comes from, for the error
 * @throws UserError if it is not JSON, with the place
 */
export function parseJson(text: string, source: string): unknown {
  const plain = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(plain);
  } catch {
    // Only now: Node.js does not always say where.
    const errors: ParseError[] = [];
    parse(plain, errors, { disallowComments: true });
    const [first] = errors;
    const before = plain.slice(0, first?.offset ?? 0).split("\n");
    const code = first === undefined ? "InvalidSymbol" : printParseErrorCode(first.error);
    const what = code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
    throw new UserError(
      `${source} is not JSON, at line ${before.length}, column ${before.at(-1)!.length + 1}: ${what}`,
    );
  }
}
