import { closeSync, openSync, writeFileSync } from "node:fs";

/** How much text is gathered before it is written. In characters. */
const PIECE = 1 << 20;

/**
 * Writes JSON as cdktf does, with sorted keys and two spaces, but in pieces: cdktf makes one text of it, for which it takes
 * six times the size of the text in memory.
 *
 * @throws Error of the file system
 */
export function writeJson(path: string, value: unknown): void {
  const file = openSync(path, "w");
  let piece = "";
  const write = (text: string) => {
    piece += text;
    if (piece.length < PIECE) return;
    writeFileSync(file, piece);
    piece = "";
  };
  try {
    writeValue(value, "\n", write);
    writeFileSync(file, piece);
  } finally {
    closeSync(file);
  }
}

/** @param indent - a line break, and the spaces before what closes the value */
function writeValue(value: unknown, indent: string, write: (text: string) => void): void {
  if (typeof value !== "object" || value === null) {
    write(JSON.stringify(value));
    return;
  }
  const inner = `${indent}  `;
  let before = inner;
  const next = () => {
    write(before);
    before = `,${inner}`;
  };
  if (Array.isArray(value)) {
    write("[");
    for (const item of value) {
      next();
      writeValue(item, inner, write);
    }
    write(`${indent}]`);
    return;
  }
  write("{");
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object).sort()) {
    if (object[key] === undefined) continue;
    next();
    write(`${JSON.stringify(key)}: `);
    writeValue(object[key], inner, write);
  }
  write(`${indent}}`);
}
