/** A block of Terraform's configuration language: `resource "azurerm_subnet" "endpoints" { … }`. */
export interface HclBlock {
  /** `resource`, `provider`, `module`, `terraform`, `backend`. */
  readonly type: string;
  readonly labels: readonly string[];
  /** Names of the arguments, each with its text if that is a plain string. */
  readonly attributes: ReadonlyMap<string, string | undefined>;
  readonly blocks: readonly HclBlock[];
  /** Where it starts and ends in the text. */
  readonly start: number;
  readonly end: number;
  /** The line on which it starts, from 1. */
  readonly line: number;
}

/** The blocks of a file in HCL, in time linear to its length. What is not understood is passed over: the engine reports errors of syntax. */
export function hclBlocks(text: string): HclBlock[] {
  const top: Body = { attributes: new Map(), blocks: [] };
  const open: { body: Body; close?: (end: number) => void }[] = [{ body: top }];
  const tokens = tokensOf(text);
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const { body, close } = open.at(-1)!;
    if (token.text === "}") {
      // One that closes nothing ends the file.
      if (!close) break;
      close(token.start + 1);
      open.pop();
    }
    if (token.kind !== "word") continue;
    if (tokens[at + 1]?.text === "=") {
      const end = endOfValue(tokens, at + 2);
      body.attributes.set(token.text, plainString(tokens[at + 2], tokens[at + 3]));
      at = end - 1;
      continue;
    }
    const labels: string[] = [];
    for (let label = tokens[at + 1]; label?.kind === "string" || label?.kind === "word"; label = tokens[at + 1]) {
      labels.push(label.kind === "string" ? label.text.slice(1, -1) : label.text);
      at += 1;
    }
    if (tokens[at + 1]?.text !== "{") continue;
    at += 1;
    const inner: Body = { attributes: new Map(), blocks: [] };
    const block = { type: token.text, labels, ...inner, start: token.start, end: text.length, line: token.line };
    body.blocks.push(block);
    open.push({ body: inner, close: (end) => (block.end = end) });
  }
  return top.blocks;
}

interface Body {
  readonly attributes: Map<string, string | undefined>;
  readonly blocks: HclBlock[];
}

interface Token {
  readonly kind: "word" | "string" | "other" | "line";
  readonly text: string;
  readonly start: number;
  readonly line: number;
}

/** The position after an expression. */
function endOfValue(tokens: readonly Token[], from: number): number {
  let [at, depth] = [from, 0];
  for (; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!;
    if (depth === 0 && (kind === "line" || text === "}" || text === ",")) return at;
    if ("([{".includes(text)) depth += 1;
    if (")]}".includes(text)) depth -= 1;
  }
  return at;
}

/** The text of an expression that is nothing but a string without templates. */
function plainString(first: Token | undefined, next: Token | undefined): string | undefined {
  const isAlone = first?.kind === "string" && (next?.kind === "line" || next?.text === "}");
  return isAlone && !/[$%]\{/.test(first.text) ? first.text.slice(1, -1) : undefined;
}

/** Blanks, comments and heredocs, which are passed over; then words, ends of lines, and single characters. */
const TOKEN =
  /[^\S\n]+|(?:#|\/\/)[^\n]*|\/\*(?:[^]*?\*\/|[^]*)|<<-?(\w+)[^\S\n]*(?=\n)(?:[^]*?\n[^\S\n]*\1(?![^\s])|[^]*)|([\p{L}_][\p{L}\p{N}_-]*)|([^])/gu;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let [line, counted] = [1, 0];
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [, , word, character] = match;
    const start = match.index;
    const found = word ?? character;
    if (found === undefined) continue;
    const end = found === '"' ? (endOf('"', text, start + 1) ?? text.length) : pattern.lastIndex;
    for (; counted < start; counted++) if (text[counted] === "\n") line += 1;
    const kind = found === '"' ? "string" : found === "\n" ? "line" : word === undefined ? "other" : "word";
    tokens.push({ kind, text: text.slice(start, end), start, line });
    pattern.lastIndex = end;
  }
  return tokens;
}

/** Where the brace is that closes the expression which begins at a position; the end of the text if none does. */
export function closingBrace(text: string, from: number): number {
  return (endOf("{", text, from) ?? text.length + 1) - 1;
}

/** The position after a string or an expression, which may have the other inside; undefined if it is not closed. */
function endOf(opening: '"' | "{", text: string, from: number): number | undefined {
  const open: string[] = [opening];
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    const isString = open.at(-1) === '"';
    if (isString && character === "\\") at += 1;
    else if (character === (isString ? '"' : "}")) open.pop();
    else if (isString && /^[$%]$/.test(character) && text[at + 1] === "{") {
      if (text[at - 1] !== character) open.push("{");
      at += 1;
    } else if (!isString && (character === '"' || character === "{")) open.push(character);
    if (open.length === 0) return at + 1;
  }
  return undefined;
}
