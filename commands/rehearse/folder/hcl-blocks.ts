/** A block of Terraform's configuration language, as far as a rehearsal needs it. */
export interface HclBlock {
  /** `provider`, `module`, `terraform`, `backend`. */
  readonly type: string;
  readonly labels: readonly string[];
  /** Names of the attributes, each with its text if that is a plain string. */
  readonly attributes: ReadonlyMap<string, string | undefined>;
  readonly blocks: readonly HclBlock[];
  /** Where it starts and ends in the text. */
  readonly start: number;
  readonly end: number;
}

/** The blocks of a file in HCL. What is not understood is passed over: the engine reports errors of syntax. */
export function hclBlocks(text: string): HclBlock[] {
  return [...new Reader(text).body().blocks];
}

interface Token {
  readonly kind: "word" | "string" | "other" | "line";
  readonly text: string;
  readonly start: number;
}

class Reader {
  private readonly tokens: Token[];
  private at = 0;

  constructor(private readonly text: string) {
    this.tokens = tokensOf(text);
  }

  /** Reads attributes and blocks up to the brace that ends them. */
  public body(): Pick<HclBlock, "attributes" | "blocks"> {
    const attributes = new Map<string, string | undefined>();
    const blocks: HclBlock[] = [];
    for (let token = this.tokens[this.at]; token && token.text !== "}"; token = this.tokens[this.at]) {
      this.at += 1;
      if (token.kind !== "word") continue;
      if (this.tokens[this.at]?.text === "=") {
        this.at += 1;
        attributes.set(token.text, this.value());
        continue;
      }
      const labels: string[] = [];
      for (
        let label = this.tokens[this.at];
        label?.kind === "string" || label?.kind === "word";
        label = this.tokens[this.at]
      ) {
        labels.push(label.kind === "string" ? label.text.slice(1, -1) : label.text);
        this.at += 1;
      }
      if (this.tokens[this.at]?.text !== "{") continue;
      this.at += 1;
      const body = this.body();
      const end = this.tokens[this.at];
      this.at += 1;
      blocks.push({
        type: token.text,
        labels,
        ...body,
        start: token.start,
        end: end ? end.start + 1 : this.text.length,
      });
    }
    return { attributes, blocks };
  }

  /** Reads an expression, and returns its text if it is a plain string. */
  private value(): string | undefined {
    const [first, second] = this.tokens.slice(this.at, this.at + 2);
    for (let depth = 0, token = this.tokens[this.at]; token; token = this.tokens[this.at]) {
      if (depth === 0 && (token.kind === "line" || token.text === "}" || token.text === ",")) break;
      if ("([{".includes(token.text)) depth += 1;
      if (")]}".includes(token.text)) depth -= 1;
      this.at += 1;
    }
    const isPlain =
      first?.kind === "string" && !/[$%]\{/.test(first.text) && (second?.kind === "line" || second?.text === "}");
    return isPlain ? first.text.slice(1, -1) : undefined;
  }
}

/** Words, strings, single characters and ends of lines, without comments and without the text of heredocs. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /[^\S\n]+|(?:#|\/\/)[^\n]*|\/\*[^]*?\*\/|<<-?(\w+)\n[^]*?\n[^\S\n]*\1(?=\s|$)|[\p{L}_][\p{L}\p{N}_-]*|\n|./gu;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [found] = match;
    const start = match.index;
    if (found === '"') {
      const end = endOfString(text, start);
      tokens.push({ kind: "string", text: text.slice(start, end), start });
      pattern.lastIndex = end;
    } else if (found === "\n") tokens.push({ kind: "line", text: found, start });
    else if (/^[\p{L}_]/u.test(found)) tokens.push({ kind: "word", text: found, start });
    else if (!/^(\s|#|\/\/|\/\*)/.test(found)) tokens.push({ kind: "other", text: found, start });
  }
  return tokens;
}

/** The position after a string, which may have expressions with strings in them. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === "\\") at += 2;
    else if (/^[$%]\{/.test(text.slice(at, at + 2)) && text[at - 1] !== text[at]) at = endOfExpression(text, at + 2);
    else at += 1;
  }
  return Math.min(at + 1, text.length);
}

function endOfExpression(text: string, start: number): number {
  let [at, depth] = [start, 1];
  while (at < text.length && depth > 0) {
    if (text[at] === '"') at = endOfString(text, at) - 1;
    else if (text[at] === "{") depth += 1;
    else if (text[at] === "}") depth -= 1;
    at += 1;
  }
  return at;
}
