import { isJson, isObject, type Json } from "../../../common/util/json";
import { ArmError, badRequest, notEmulated } from "../arm-error";
import { FUNCTIONS } from "./functions";

/** Where an expression is evaluated: what its functions read. */
export interface Scope {
  /** What functions answer that depend on the deployment, such as `parameters` and `reference`. */
  readonly functions: Readonly<Record<string, (...args: never[]) => unknown>>;
  /** The indices of the loops around it; that of the innermost one has the name "". */
  readonly loops: Readonly<Record<string, number>>;
  /** Variables of lambdas. */
  readonly locals: Json;
}

/** What is known once the deployment has run, as the expression that says it. */
export class Unknown {
  constructor(private readonly text: string) {}

  public toJSON(): string {
    return this.text;
  }
}

type Expression = (scope: Scope) => unknown;

/**
 * Evaluates the expressions in a part of a template, at any depth.
 *
 * @throws ArmError if an expression is wrong, or calls a function that is not emulated
 * @see https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (typeof value === "string") return evaluateText(value, scope);
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope));
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): [string, unknown][] =>
      key === "copy" && Array.isArray(member)
        ? member.map((loop: Json) => [String(loop.name), looped(loop, scope, loop.input)])
        : [[String(evaluateText(key, scope)), evaluate(member, scope)]],
    ),
  );
}

/** What a loop makes of a part of a template. */
export function looped({ name, count }: Json, scope: Scope, input: unknown): unknown[] {
  return scopesOf(String(name), Number(evaluate(count, scope)), scope).map((inner) => evaluate(input, inner));
}

/** Source: "Template limits". */
const MOST_TURNS = 800;

/** The scopes of a loop, one for each of its turns. */
export function scopesOf(name: string, count: number, scope: Scope): Scope[] {
  if (!Number.isInteger(count) || count < 0 || count > MOST_TURNS)
    throw badRequest("InvalidTemplate", `The loop '${name}' has ${count} turns, allowed: 0 to ${MOST_TURNS}.`);
  return Array.from({ length: count }, (_, index) => ({
    ...scope,
    loops: { ...scope.loops, "": index, [name.toLowerCase()]: index },
  }));
}

function evaluateText(text: string, scope: Scope): unknown {
  if (!text.startsWith("[") || !text.endsWith("]")) return text;
  return text.startsWith("[[") ? text.slice(1) : new Parser(text).parse()(scope);
}

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(-?\d+)|([A-Za-z_][\w.]*)(?=\s*\()|(\.\??[A-Za-z_]\w*)|([A-Za-z_]\w*)|(.))/y;

/** Reads one expression in brackets. */
class Parser {
  private position = 1;
  private token: RegExpExecArray | null = null;

  constructor(private readonly text: string) {
    this.next();
  }

  public parse(): Expression {
    const found = this.expression();
    if (this.symbol !== "]" || this.position !== this.text.length) throw this.wrong();
    return found;
  }

  private get symbol(): string | undefined {
    return this.token?.[6];
  }

  private next(): void {
    TOKEN.lastIndex = this.position;
    this.token = TOKEN.exec(this.text);
    if (!this.token) throw this.wrong();
    this.position = TOKEN.lastIndex;
  }

  private expression(): Expression {
    let found = this.primary();
    for (;;) {
      const [, , , , member] = this.token!;
      const inner = found;
      if (member !== undefined) {
        const name = member.replace(/^\.\??/, "");
        const isSafe = member.startsWith(".?");
        found = (scope) => memberOf(inner(scope), name, isSafe);
        this.next();
      } else if (this.symbol === "[") {
        this.next();
        const index = this.expression();
        this.expect("]");
        found = (scope) => memberOf(inner(scope), index(scope), false);
      } else return found;
    }
  }

  private primary(): Expression {
    const [, text, number, name] = this.token!;
    if (text === undefined && number === undefined && name === undefined) throw this.wrong();
    this.next();
    if (text !== undefined) return () => text.replaceAll("''", "'");
    if (number !== undefined) return () => Number(number);
    this.expect("(");
    const args: Expression[] = [];
    while (this.symbol !== ")") {
      args.push(this.expression());
      if (this.symbol !== ")") this.expect(",");
    }
    this.next();
    return (scope) => call(name!, args, scope);
  }

  private expect(symbol: string): void {
    if (this.symbol !== symbol) throw this.wrong();
    this.next();
  }

  private wrong() {
    return badRequest("InvalidTemplate", `The expression '${this.text}' is not valid at position ${this.position}.`);
  }
}

function memberOf(value: unknown, key: unknown, isSafe: boolean): unknown {
  if (value instanceof Unknown) return value;
  const name = isJson(value)
    ? (Object.keys(value).find((one) => one.toLowerCase() === String(key).toLowerCase()) ?? key)
    : key;
  const isThere = isObject(value) && Object.hasOwn(value, name as PropertyKey);
  const found = isThere ? (value as unknown as Record<PropertyKey, unknown>)[name as PropertyKey] : undefined;
  if (found === undefined && !isSafe)
    throw badRequest("InvalidTemplate", `There is no member '${String(key)}' in ${JSON.stringify(value)}.`);
  return found ?? null;
}

/** Calls a function. Some do not evaluate all of their arguments. */
function call(written: string, args: readonly Expression[], scope: Scope): unknown {
  const name = written.toLowerCase().replace(/^sys\./, "");
  const value = (index: number) => args[index]?.(scope);
  switch (name) {
    case "if":
      return value(value(0) === true ? 1 : 2);
    case "coalesce":
      return args.reduce<unknown>((found, arg) => found ?? arg(scope), null);
    case "tryget":
      return args.slice(1).reduce<unknown>((found, arg) => memberOf(found, arg(scope), true), value(0));
    case "copyindex": {
      const [first, second] = [value(0), value(1)];
      const loop = typeof first === "string" ? first.toLowerCase() : "";
      return (scope.loops[loop] ?? 0) + Number((typeof first === "number" ? first : second) ?? 0);
    }
    case "lambda": {
      const names = args.slice(0, -1).map((arg) => String(arg(scope)));
      return (...values: readonly unknown[]) =>
        args.at(-1)!({
          ...scope,
          locals: { ...scope.locals, ...Object.fromEntries(names.map((one, index) => [one, values[index]])) },
        });
    }
    case "lambdavariables":
      return scope.locals[String(value(0))];
  }
  const values = args.map((arg) => arg(scope));
  const unknown = values.find((one) => one instanceof Unknown);
  if (unknown) return unknown;
  const isList = /^list\w/.test(name);
  const known = isList ? "list" : name;
  const found = [scope.functions, FUNCTIONS].find((table) => Object.hasOwn(table, known))?.[known];
  if (!found) throw notEmulated(`The template function ${written}`);
  try {
    return (found as (...of: readonly unknown[]) => unknown)(...(isList ? [written, ...values] : values));
  } catch (error) {
    if (error instanceof ArmError) throw error;
    throw badRequest(
      "InvalidTemplate",
      `The template function '${written}' does not take these values: ${JSON.stringify(values)}.`,
    );
  }
}
